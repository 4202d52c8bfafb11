import { dayInChina } from '../../../terms/civilDate.ts';
import { tokenYear } from '../../log/subjects.ts';

/** Milliseconds for which prefetched rows are valid while earlier parts are sent; for a slower reader they are read again. */
const freshFor = 1_000;
/** Pages that are read or masked at once: one is read, one is masked, and one waits for masking. */
const underWay = 3;
/**
 * Milliseconds from the start of its first page for which a part waits for more pages. An entry costs about the same for many rows as for
 * few.
 */
const patience = 50;

/** A page whose rows were read: the next page may be read while these are masked. */
export interface PageBegun<T> {
  /** cursor of the next page; undefined where this is the last one */
  readonly next: string | undefined;
  readonly made: Promise<T>;
}

/** @param cursor undefined: the first page @param now Unix ms of the decision, used by its masks */
export type MakePage<T> = (cursor: string | undefined, now: number) => Promise<PageBegun<T>>;

/** What a part may contain. */
export interface PagesQuery<T> {
  /** where the part begins */
  readonly cursor: string | undefined;
  /** Unix ms of its entry */
  readonly now: number;
  /** maximum number of pages in one part */
  readonly maxPages: number;
  /** the data of the decision: pages made from other data are made again */
  readonly basis: readonly unknown[];
  readonly make: MakePage<T>;
}

interface Waiting<T> {
  readonly cursor: string | undefined;
  readonly from: number;
  readonly basis: readonly unknown[];
  readonly made: Promise<T>;
  ready: boolean;
}

/** Consecutive pages from the start of a read. */
interface Run<T> {
  readonly pages: Waiting<T>[];
  /** cursor of the next page to read; undefined where there is none */
  next: { readonly cursor: string | undefined } | undefined;
  reading: boolean;
  /** pages that are read or masked */
  underWay: number;
  wanted: PagesQuery<T>;
  stopped: boolean;
}

/**
 * The pages of a stream or file, read and masked one after another while earlier ones are logged and sent. The database, the thread and
 * the hub thus work in parallel. All pages that are ready when a part is due form the part, and the part is decided then. Pages are made
 * again if they are too old, or if they were made from other data or on another day. Masks depend on the day, and subject tokens on the
 * year.
 */
export class PagePipeline<T> {
  private readonly clock: () => number;
  private run: Run<T> | undefined;
  /** maximum number of waiting pages: `underWay` at first, one after a reader was too slow, doubled after each part taken in time */
  private maxWaitingPages = underWay;

  /** @param clock Unix ms */
  constructor(clock: () => number) {
    this.clock = clock;
  }

  /**
   * The pages of a part, at least one; reading of the following pages starts.
   * @throws the error of its first page, if made now; a page whose prefetch failed is made again
   */
  async take(wanted: PagesQuery<T>): Promise<readonly T[]> {
    const run = this.matchingRun(wanted);
    if (run !== undefined) {
      run.wanted = wanted;
      this.fill(run);
      try {
        return await this.taken(run, wanted, patience);
      } catch {
        // reported when the page is due
      }
    }
    // the very first page is sent at once
    return this.taken(this.begin(wanted), wanted, 0);
  }

  /** Stops reading. */
  stop(): void {
    if (this.run !== undefined) this.run.stopped = true;
    this.run = undefined;
  }

  /** The run in progress, if it matches the request. */
  private matchingRun({ cursor, now, basis, maxPages }: PagesQuery<T>): Run<T> | undefined {
    const { run } = this;
    const [first] = run?.pages ?? [];
    if (first === undefined || first.cursor !== cursor || !isOn(first.basis, basis)) return undefined;
    if (now - first.from > freshFor) {
      this.maxWaitingPages = 1;
      return undefined;
    }
    this.maxWaitingPages = Math.min(this.maxWaitingPages * 2, maxPages + underWay - 1);
    return isOneDay(now, first.from) ? run : undefined;
  }

  private begin(wanted: PagesQuery<T>): Run<T> {
    this.stop();
    const { cursor } = wanted;
    const run = { pages: [], next: { cursor }, reading: false, underWay: 0, wanted, stopped: false };
    this.run = run;
    this.fill(run, wanted.now);
    return run;
  }

  /** @param wait ms from the start of its first page for which more pages are awaited */
  private async taken(run: Run<T>, { now, maxPages }: PagesQuery<T>, wait: number): Promise<readonly T[]> {
    const [first] = run.pages;
    if (first === undefined) throw new TypeError('a part begins with a page');
    const pages = [await first.made];
    for (let at = 1; at < maxPages; at += 1) {
      const page = run.pages[at];
      if (page === undefined || !isOneDay(page.from, now)) break;
      if (!page.ready && this.clock() - first.from >= wait) break;
      const made = await page.made.catch(() => undefined);
      if (made === undefined) break;
      pages.push(made);
    }
    run.pages.splice(0, pages.length);
    this.fill(run);
    return pages;
  }

  /** Starts to read the next page if the buffer has space. */
  private fill(run: Run<T>, from = this.clock()): void {
    const { wanted, next, pages } = run;
    const maxWaiting = Math.min(this.maxWaitingPages, wanted.maxPages + underWay - 1);
    if (run.stopped || run.reading || next === undefined) return;
    if (pages.length >= maxWaiting || run.underWay >= underWay) return;
    run.reading = true;
    run.underWay += 1;
    const begun = wanted.make(next.cursor, from);
    const made = begun.then((page) => page.made);
    const page: Waiting<T> = { cursor: next.cursor, from, basis: wanted.basis, made, ready: false };
    pages.push(page);
    const goOn = (): void => this.fill(run);
    begun
      .then(({ next: cursor }) => {
        run.next = cursor === undefined ? undefined : { cursor };
        run.reading = false;
        goOn();
      })
      .catch(() => undefined);
    made
      .then(() => {
        page.ready = true;
        run.underWay -= 1;
        goOn();
      })
      // no page after a failed one is sent, so reading stops
      .catch(() => (run.stopped = true));
  }
}

const isOn = (basis: readonly unknown[], wanted: readonly unknown[]): boolean =>
  basis.length === wanted.length && basis.every((one, at) => one === wanted[at]);

/** Whether masks and tokens of two moments are equal. */
const isOneDay = (a: number, b: number): boolean =>
  tokenYear(a) === tokenYear(b) && dayInChina(a) === dayInChina(b);
