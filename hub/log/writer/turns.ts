/**
 * Turns of several processes at the head of the log. A process that plans a flush on the head it knows writes it in one statement. Where
 * other processes append all the time, nearly every such flush fails: another one has moved the head by then, and the repetition takes nine
 * statements. So a process whose flush failed takes turns from then on: it waits for an advisory lock, reads what the others have written,
 * and selects its drafts only then, so that those that arrived while it waited are in the same flush. That takes four statements, and none
 * fails unless a process without turns comes in between.
 *
 * No correctness depends on the lock: `append_flush` compares the head as ever.
 */
import { commit, rollBack, type Transaction } from '../../platform/database/transaction.ts';
import { failureOf } from '../../platform/database/failure.ts';
import { beginInTurn, opening, openingInTurn } from '../store/head.ts';
import type { LogState } from './logState.ts';

/** consecutive turns without entries of others, after which this process takes no more */
const maxQuiet = 32;
/** ms without turns after one that could not be had: its holder may hang, and each wait for it would end with the lock timeout */
const pause = 60_000;

export class Turns {
  private readonly state: LogState;
  /** turns left if no other process writes */
  private left = 0;
  private notBefore = Number.NEGATIVE_INFINITY;
  private holder: Transaction | undefined;

  constructor(state: LogState) {
    this.state = state;
  }

  /** Whether others append too, so that the next flush should take a turn. */
  get wanted(): boolean {
    return this.left > 0 && performance.now() >= this.notBefore;
  }

  /** The statements that begin a transaction, where turns are wanted in its turn. */
  get opening(): string {
    return this.wanted ? openingInTurn : opening;
  }

  /** A transaction that waited for the turn has failed with this error. */
  failed(error: unknown): void {
    if (failureOf(error) === 'lock_timeout') this.notBefore = performance.now() + pause;
  }

  /** A flush failed because another process had moved the head. */
  conflicted(): void {
    this.left = maxQuiet;
  }

  /**
   * Waits for the turn and learns the newest head. `end` or `undo` must follow, also after an error: the transaction may be open.
   * @throws the database's error; Problem log_behind, log_inconsistent, keys_missing
   */
  async begin(client: Transaction): Promise<void> {
    this.left -= 1;
    this.holder = client;
    await beginInTurn(client);
    const ofOthers = await this.state.learnNewest(client);
    if (ofOthers === undefined) this.state.stale = true;
    else if (ofOthers > 0) this.left = maxQuiet;
  }

  /** Whether a turn has begun and not ended. */
  get isHeld(): boolean {
    return this.holder !== undefined;
  }

  /** Whether this connection is in its turn, and so in a transaction. */
  has(client: Transaction): boolean {
    return this.holder === client;
  }

  /** Ends the turn and makes what was written in it durable. Without a turn it does nothing. @throws the database's error */
  async end(): Promise<void> {
    const client = this.holder;
    this.holder = undefined;
    if (client !== undefined) await commit(client);
  }

  /** Ends the turn and undoes what was written in it. @param cause the error because of which @throws the database's error */
  async undo(cause: unknown): Promise<void> {
    const client = this.holder;
    this.holder = undefined;
    if (client !== undefined) await rollBack(client, cause);
  }
}
