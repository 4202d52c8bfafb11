/**
 * The connection that appends. It is the log's own, outside the pools: nothing else can be in front of an append, and its plans
 * and lock timeout are its own. One at a time; made again after it broke.
 */
import pg, { type PoolClient } from 'pg';
import { connectionOf } from './address.ts';
import { sessionOptions, type Database, type Pool } from './database.ts';
import type { Transaction } from './transaction.ts';
import { valueTypes } from './values.ts';

/** force_generic_plan: the statement is always the same and planning it costs more than running it. */
const settings =
  '-c plan_cache_mode=force_generic_plan -c lock_timeout=3000 -c statement_timeout=15000 -c application_name=datong_log';
/** ms without an answer after which the connection is given up: callers learn that the log is away, they do not hang with it */
const silence = 20_000;

/** The driver has both, its types do not. */
type Referable = pg.Client & { ref(): void; unref(): void };

export class AuditConnection {
  readonly #database: Pick<Database, 'address'>;
  #client: Referable | undefined;
  #holders = 0;

  constructor(database: Pick<Database, 'address'>) {
    this.#database = database;
  }

  /** The open connection, if there is one. */
  get current(): Transaction | undefined {
    return this.#client as unknown as Transaction | undefined;
  }

  /** The open connection, or a new one. @throws Unreachable */
  async get(): Promise<Transaction> {
    if (this.#client === undefined) {
      const client = new pg.Client({
        ...connectionOf(this.#database.address),
        types: valueTypes,
        options: `${sessionOptions('datong_app')} ${settings}`,
        connectionTimeoutMillis: 5_000,
        query_timeout: silence,
      });
      // an idle connection that breaks is noticed here, a busy one by its statement
      client.on('error', () => {
        if (this.#client === client) this.#client = undefined;
      });
      await client.connect().catch(unreachable);
      this.#client = client as Referable;
    }
    return this.#client as unknown as Transaction;
  }

  /** Gives the connection up: its state is not known any more. */
  drop(): void {
    const client = this.#client;
    this.#client = undefined;
    client?.end().catch(() => undefined);
  }

  /** Somebody waits for an answer: until `letGo` the connection keeps the process alive. An idle log does not. */
  hold(): void {
    this.#holders += 1;
    this.#client?.ref();
  }

  letGo(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.#client?.unref();
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    client?.ref();
    await client?.end();
  }
}

/** There was no connection to be had: nothing was sent. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('the database cannot be reached', { cause });
    this.name = 'Unreachable';
  }
}

function unreachable(cause: unknown): never {
  throw new Unreachable(cause);
}

/** A connection of the pool, for work that is logged. @throws Unreachable */
export const connectionForWork = (pool: Pool): Promise<PoolClient> => pool.connect().catch(unreachable);

/** Whether an error came from the way to the database rather than from the database's answer: then the outcome is not known. */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof Unreachable) return true;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // 08: connection, 57P: the server is stopping or starting
  if ('severity' in error) return code.startsWith('08') || code.startsWith('57P');
  return (
    'syscall' in error ||
    /^(Connection terminated|Client (has|was)|Query read timeout|timeout ex)/.test(error.message)
  );
}

/** Deadlock, serialization failure, lock timeout: the same again succeeds. */
export const isRepeatable = (error: unknown): boolean =>
  ['40001', '40P01', '55P03'].includes((error as { code?: string }).code ?? '');
