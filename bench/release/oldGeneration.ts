import { constants, PerformanceObserver } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { getHeapSpaceStatistics } from 'node:v8';

/** Bytes of this process's old objects, some of which may be unreachable: young collections could not free them. */
export class OldGeneration {
  private before = 0;
  /** the whole heap was collected, so the growth is unknown */
  private swept = false;
  private readonly observer = new PerformanceObserver((list) => {
    if (list.getEntries().some(isMajor)) this.swept = true;
  });

  constructor() {
    this.observer.observe({ entryTypes: ['gc'] });
  }

  begin(): void {
    this.before = oldBytes();
    this.swept = false;
  }

  /** Bytes since; undefined where they cannot be determined. */
  async grown(): Promise<number | undefined> {
    const now = oldBytes();
    await setImmediate(); // collections are reported after the turn in which they ran
    return this.swept ? undefined : now - this.before;
  }

  stop(): void {
    this.observer.disconnect();
  }
}

const isMajor = (entry: object): boolean =>
  (entry as { readonly detail?: { readonly kind?: number } }).detail?.kind ===
  constants.NODE_PERFORMANCE_GC_MAJOR;

const oldBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space')?.space_used_size ??
  Number.NaN;
