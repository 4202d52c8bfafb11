/**
 * One connector of a provider: questions go out on its connection, and each is ended by its own signed answer, by a frame that spoils it,
 * by its time or by the end of the connection. Owner of the questions under way on it.
 */
import { claimedQuestion, openFrame, questionDigest, signFrame } from '../../../certs/liveFrames.ts';
import type { SigningKey, VerificationKey } from '../../../certs/signatures/index.ts';
import { Problem } from '../../../terms/problem.ts';
import type { FrameChannel } from '../../pipeline/frameChannel.ts';
import { Unanswered } from './unanswered.ts';

/** What a provider signed and gave. */
export interface Given {
  /** the answer's statement, a compact JWS by the provider's key */
  readonly statement: string;
  /** JSON text of the body */
  readonly body: string;
  /** rows that the statement tells of */
  readonly rows: number;
  /** what the question is called in a report */
  readonly question: string;
  readonly connector: Connector;
}

export interface Asking {
  readonly exchange: string;
  readonly dataset: string;
  /** JSON text */
  readonly body: string;
  readonly nonce: string;
  /** ms that are left */
  readonly patience: number;
  /** Unix milliseconds */
  readonly now: number;
}

export interface ConnectorParts {
  readonly department: string;
  readonly datasets: readonly string[];
  readonly channel: FrameChannel;
  /** the hub's */
  readonly key: SigningKey;
  /** a signing key of the department that is in force now */
  readonly keyOf: (keyid: string) => VerificationKey | undefined;
  /** whether who opened the connection may still be here. @throws Problem */
  readonly checkStanding: () => void;
  /** characters of an answer at most */
  readonly longest: number;
  /** told of frames that belong to no question under way */
  readonly stray: () => void;
}

interface Pending {
  readonly exchange: string;
  settle(outcome: Given | Unanswered): void;
}

export class Connector {
  readonly department: string;
  readonly datasets: readonly string[];
  private readonly parts: ConnectorParts;
  private readonly pending = new Map<string, Pending>();
  private closed = false;

  constructor(parts: ConnectorParts) {
    this.parts = parts;
    this.department = parts.department;
    this.datasets = parts.datasets;
  }

  /** questions under way */
  get busy(): number {
    return this.pending.size;
  }

  get isOpen(): boolean {
    return !this.closed;
  }

  /** @throws Unanswered */
  async ask({ exchange, dataset, body, nonce, patience, now }: Asking): Promise<Given> {
    const { parts } = this;
    try {
      parts.checkStanding();
    } catch {
      this.end();
    }
    if (this.closed) throw new Unanswered('lost', 'closed');
    const frame = signFrame('question', { exchange, dataset, until: now + patience, nonce }, body, parts.key);
    const question = questionDigest(frame);
    const outcome = await new Promise<Given | Unanswered>((resolve) => {
      const timer = setTimeout(() => settle(new Unanswered('late', 'time')), patience);
      const settle = (one: Given | Unanswered): void => {
        clearTimeout(timer);
        this.pending.delete(question);
        resolve(one);
      };
      this.pending.set(question, { exchange, settle });
      parts.channel.send(frame);
    });
    if (outcome instanceof Unanswered) throw outcome;
    return outcome;
  }

  /** Says to the provider what of an answer could not be used. @param reported names, places and counts, never values */
  report(
    { exchange, question }: { readonly exchange: string; readonly question: string },
    reported: object,
  ): void {
    if (!this.closed)
      this.parts.channel.send(
        signFrame('report', { exchange, question }, JSON.stringify(reported), this.parts.key),
      );
  }

  received(frame: string): void {
    const claimed = claimedQuestion(frame);
    const pending = claimed === undefined ? undefined : this.pending.get(claimed);
    if (claimed === undefined || pending === undefined) {
      this.parts.stray();
      return;
    }
    const invalid = (reason: string): void => {
      this.report({ exchange: pending.exchange, question: claimed }, { refused: reason });
      pending.settle(new Unanswered('invalid', reason));
    };
    if (frame.length > this.parts.longest) {
      invalid('too_large');
      return;
    }
    try {
      const { statement, token, body } = openFrame('answer', frame, this.parts.keyOf);
      const { exchange, state, rows } = statement;
      if (exchange !== pending.exchange) invalid('other_exchange');
      else if (state === 'rows')
        pending.settle({ statement: token, body, rows, question: claimed, connector: this });
      else pending.settle(failure(body));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      invalid('signature');
    }
  }

  /** Who opened it may not be here any more. */
  private end(): void {
    if (this.closed) return;
    this.closed = true;
    this.parts.channel.close(1008);
    this.gone();
  }

  /** The connection is gone. */
  gone(): void {
    this.closed = true;
    for (const one of [...this.pending.values()]) one.settle(new Unanswered('lost', 'connection'));
  }

  /** Ends it when no question is under way any more. */
  leave(): void {
    this.closed = true;
    this.parts.channel.close(1001);
  }
}

/** What a provider says it could not do: a code of its own, or that a page's place is gone. */
function failure(body: string): Unanswered {
  let code: unknown;
  try {
    ({ code } = JSON.parse(body) as { readonly code?: unknown });
  } catch {
    code = undefined;
  }
  return code === 'cursor_expired'
    ? new Unanswered('cursor_expired', 'cursor')
    : new Unanswered('failed', typeof code === 'string' ? code.slice(0, 40) : 'failed');
}
