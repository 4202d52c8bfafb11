/**
 * The streams that this process writes, and the connections of providers that it has. Owns: which they are, and their leases; what ends here without a word (a crash) is closed in the
 * log by whoever finds the lease ended (hub/flows/release/jobs/closeStreams.ts).
 */
import type { Reader } from '../../platform/database/reader.ts';
import { storeStreams } from './store/streams.ts';

export interface StreamLimits {
  /** streams that one department may have open at once */
  readonly ofDepartment: number;
  /** seconds after which another process may take a stream for lost */
  readonly leaseSeconds: number;
  /** rows of a page; of data without persons ten times as many */
  readonly rowsOfPage: number;
  /** pages that go as one part, where they have been read when its turn comes */
  readonly pagesOfPart: number;
}

const usual: StreamLimits = { ofDepartment: 8, leaseSeconds: 60, rowsOfPage: 1_000, pagesOfPart: 8 };

export class OpenStreams {
  private readonly given: Partial<StreamLimits>;
  /** the hub is about to end: streams end before their next part */
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

  /** Its last entry stands, or cannot be written: then its lease ends. */
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
    // a database that cannot be reached now is asked again in time, or the lease ends
    storeStreams(this.reader, [...this.open], this.limits.leaseSeconds).catch(() => undefined);
  }
}
