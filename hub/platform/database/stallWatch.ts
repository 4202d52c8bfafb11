/**
 * COPY, DDL and merges take as long as there are rows: no deadline says whether they are still at work. While connections are out, the
 * server is asked for a sign of life by a connection of its own. A server that gives none twice in a row is frozen or gone: every
 * connection that waits for it is cut, and who waits learns it.
 */
import pg from 'pg';
import { connectionOf, type DatabaseAddress } from './connection.ts';
import { isConnectionLoss } from './failure.ts';

export interface StallTimes {
  /** ms between two questions, while connections are out */
  readonly every: number;
  /** ms that an answer may take */
  readonly patience: number;
}

const usual: StallTimes = { every: 5_000, patience: 5_000 };
const maxSilences = 2;

export class StallWatch {
  private readonly address: DatabaseAddress;
  private readonly times: StallTimes;
  private readonly out = new Set<pg.ClientBase>();
  private timer: NodeJS.Timeout | undefined;
  private silences = 0;

  constructor(address: DatabaseAddress, times: StallTimes = usual) {
    this.address = address;
    this.times = times;
  }

  /** Watches every connection of the pool while somebody has it. */
  over(pool: pg.Pool): void {
    pool.on('acquire', (client) => {
      this.out.add(client);
      this.timer ??= setTimeout(() => void this.look(), this.times.every).unref();
    });
    pool.on('release', (_error, client) => this.out.delete(client));
    pool.on('remove', (client) => this.out.delete(client));
  }

  stop(): void {
    clearTimeout(this.timer);
    this.out.clear();
  }

  private async look(): Promise<void> {
    const waiting = [...this.out];
    this.silences = waiting.length > 0 && !(await this.lives()) ? this.silences + 1 : 0;
    if (this.silences >= maxSilences) {
      this.silences = 0;
      for (const client of waiting) if (this.out.has(client)) cut(client);
    }
    this.timer =
      this.out.size === 0 ? undefined : setTimeout(() => void this.look(), this.times.every).unref();
  }

  /** Any answer is a sign of life, a refusal too. */
  private async lives(): Promise<boolean> {
    const client = new pg.Client({
      ...connectionOf(this.address),
      connectionTimeoutMillis: this.times.patience,
      query_timeout: this.times.patience,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('SELECT');
      return true;
    } catch (error) {
      return !isConnectionLoss(error);
    } finally {
      client.end().catch(() => undefined);
    }
  }
}

/** Ends the socket without a word: nobody there would read it. */
function cut(client: pg.ClientBase): void {
  if (client instanceof pg.Client) client.connection.stream.destroy();
}
