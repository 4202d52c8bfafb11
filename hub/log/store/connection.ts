/**
 * The connection for appends. The log owns it, outside the pools, so that no other statement delays an append; it has its own plans and
 * lock timeout. There is one at a time, reopened after a failure.
 */
import pg, { type PoolClient } from 'pg';
import { connectionOf } from '../../platform/database/connection.ts';
import { processIdOf, type Database, type Pool } from '../../platform/database/database.ts';
import { Unreachable } from '../../platform/database/failure.ts';
import { driverDeadline, prepareSession, sessionOptions } from '../../platform/database/session.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { valueTypes } from '../../platform/database/values.ts';

/** force_generic_plan: the statement is always the same, and planning it costs more than running it. */
const settings = '-c plan_cache_mode=force_generic_plan -c lock_timeout=3000 -c application_name=datong_log';

/** The driver has both methods, its types do not. */
type Referable = pg.Client & { ref(): void; unref(): void };

type Where = Pick<Database, 'address' | 'appAddress' | 'durable' | 'needsStandby'>;

export class AuditConnection {
  private readonly database: Where;
  private readonly check: (client: Transaction) => Promise<void>;
  private client: Referable | undefined;
  private holders = 0;

  /** @param check called with each new connection; `get` throws its error */
  constructor(database: Where, check: (client: Transaction) => Promise<void> = () => Promise.resolve()) {
    this.database = database;
    this.check = check;
  }

  /** The open connection, if there is one. */
  get current(): Transaction | undefined {
    return this.client as unknown as Transaction | undefined;
  }

  /**
   * The open connection, or a new one that was checked.
   * @throws Unreachable; Problem database_session, database_not_durable
   */
  async get(): Promise<Transaction> {
    if (this.client === undefined) {
      const { address, appAddress, durable, needsStandby } = this.database;
      const client = new pg.Client({
        ...connectionOf(appAddress),
        types: valueTypes,
        ...(appAddress === address ? { options: `${sessionOptions('datong_app')} ${settings}` } : {}),
        connectionTimeoutMillis: 5_000,
        query_timeout: driverDeadline,
      });
      // detects the failure of an idle connection; a busy one fails with its statement
      client.on('error', () => {
        if (this.client === client) this.client = undefined;
      });
      try {
        await client.connect().catch(unreachable);
        const rules = { role: 'datong_app', durable, needsStandby, processId: processIdOf(client) } as const;
        await prepareSession(client, rules);
        await this.check(client as unknown as Transaction);
      } catch (error) {
        client.end().catch(() => undefined);
        throw error;
      }
      this.client = client as Referable;
    }
    return this.client as unknown as Transaction;
  }

  /** Drops the connection, because its state is unknown. */
  drop(): void {
    const client = this.client;
    this.client = undefined;
    client?.end().catch(() => undefined);
  }

  /** Prevents the exit of the process until `letGo`, while a caller waits for an answer. An idle log does not prevent it. */
  hold(): void {
    this.holders += 1;
    this.client?.ref();
  }

  letGo(): void {
    this.holders -= 1;
    if (this.holders === 0) this.client?.unref();
  }

  async close(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    client?.ref();
    await client?.end();
  }
}

function unreachable(cause: unknown): never {
  throw new Unreachable(cause);
}

/** A connection of the pool, for work that is logged. @throws Unreachable */
export const connectionForWork = (pool: Pool): Promise<PoolClient> => pool.connect().catch(unreachable);
