/**
 * The streams that this process writes, and its provider connections. Owns the list of them and their leases. If a process crashes, the
 * job that finds the expired lease closes them in the log (hub/flows/release/jobs/closeStreams.ts).
 */
import type { Reader } from '../../platform/database/reader.ts';
import { renewStreamLeases } from './store/streams.ts';

export interface StreamLimits {
  /** streams that one department may have open at once */
  readonly maxOfDepartment: number;
  /** seconds after which another process may treat a stream as abandoned */
  readonly leaseSeconds: number;
  /** rows of a page; ten times as many for data without subjects */
  readonly rowsOfPage: number;
  /** maximum pages of one part, if they were read in time */
  readonly pagesOfPart: number;
}

const usual: StreamLimits = { maxOfDepartment: 8, leaseSeconds: 60, rowsOfPage: 1_000, pagesOfPart: 8 };

export class OpenStreams {
  private readonly given: Partial<StreamLimits>;
  /** the hub is shutting down: streams end before their next part */
  stopping = false;
  private readonly reader: Reader;
  private readonly open = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private done: (() => void) | undefined;

  constructor(reader: Reader, limits: Partial<StreamLimits> = {}) {
    this.reader = reader;
    this.given = limits;
  }

  /** Read with each part. */
  get limits(): StreamLimits {
    return { ...usual, ...this.given };
  }

  begin(id: string): void {
    this.open.add(id);
    this.timer ??= setInterval(() => this.renew(), this.limits.leaseSeconds * 300).unref();
  }

  /** Called once its last entry is durable, or cannot be written: its lease ends. */
  end(id: string): void {
    this.open.delete(id);
    if (this.open.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.done?.();
  }

  stop(): void {
    this.stopping = true;
  }

  /** Resolves when no stream is open here. */
  async settled(): Promise<void> {
    if (this.open.size > 0) await new Promise<void>((resolve) => (this.done = resolve));
  }

  private renew(): void {
    // if the database is unreachable now, the next renewal succeeds in time, or the lease ends
    renewStreamLeases(this.reader, [...this.open], this.limits.leaseSeconds).catch(() => undefined);
  }
}
