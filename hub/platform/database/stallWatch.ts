/**
 * Detects a server that no longer responds. COPY, DDL and merges take time in proportion to their rows, so no deadline shows whether they
 * still work. While connections are in use, a separate connection probes the server. If two probes in a row fail, the server is frozen or
 * gone: every connection that waits for it is closed, and its user gets an error.
 */
import pg from 'pg';
import { connectionOf, type DatabaseAddress } from './connection.ts';
import { isConnectionLoss } from './failure.ts';

export interface StallTimes {
  /** ms between two probes, while connections are in use */
  readonly every: number;
  /** ms that a reply may take */
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

  /** Watches every connection of the pool while it is in use. */
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

  /** Any reply shows that the server lives, a rejection too. */
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

/** Closes the socket without a message, because the server would not read it. */
function cut(client: pg.ClientBase): void {
  if (client instanceof pg.Client) client.connection.stream.destroy();
}
