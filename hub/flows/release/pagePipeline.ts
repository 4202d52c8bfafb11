import { dayInChina } from '../../../terms/civilDate.ts';
import { tokenYear } from '../../log/subjects.ts';

/** Milliseconds that rows wait for the parts before them to be gone; behind a slower reader they are read again. */
const freshFor = 1_000;
/** Pages that are read or masked at once: one is read while one is masked and one waits to be. */
const underWay = 3;
/** Milliseconds from when its first page was begun in which a part waits for more: the log costs about the same for many rows as for few. */
const patience = 50;

/** A page whose rows have been read: the next one may be read while they are masked. */
export interface PageBegun<T> {
  /** where the page behind it begins; undefined where nothing is */
  readonly next: string | undefined;
  readonly made: Promise<T>;
}

/** @param cursor undefined: the first page @param now Unix ms of the decision that its masks count with */
export type MakePage<T> = (cursor: string | undefined, now: number) => Promise<PageBegun<T>>;

/** What a part may be made of. */
export interface PagesQuery<T> {
  /** where the part begins */
  readonly cursor: string | undefined;
  /** Unix ms of its entry */
  readonly now: number;
  /** pages that may go as one part */
  readonly most: number;
  /** what it was decided on: pages made on anything else are made again */
  readonly ground: readonly unknown[];
  readonly make: MakePage<T>;
}

interface Waiting<T> {
  readonly cursor: string | undefined;
  readonly from: number;
  readonly ground: readonly unknown[];
  readonly made: Promise<T>;
  ready: boolean;
}

/** Pages one behind the other, from where somebody began to read. */
interface Run<T> {
  readonly pages: Waiting<T>[];
  /** where the next one begins, and whether there is one */
  next: { readonly cursor: string | undefined } | undefined;
  reading: boolean;
  /** pages that are read or masked */
  underWay: number;
  wanted: PagesQuery<T>;
  stopped: boolean;
}

/**
 * The pages of a stream or a file, read and masked one behind the other while those before them are logged and sent: the database, the
 * thread and the hub work side by side. Whatever is ready when a part's turn comes goes as one part. That it may leave is decided then,
 * like that of any part; pages are made again where they are old by then, were made on another ground or on another day: masks count with
 * the day, and persons' tokens with the year.
 */
export class PagePipeline<T> {
  private readonly clock: () => number;
  private run: Run<T> | undefined;
  /** pages that wait now at most: as many as are under way to begin with, one behind a reader that was too slow, twice as many after each part that was taken in time */
  private room = underWay;

  /** @param clock Unix ms */
  constructor(clock: () => number) {
    this.clock = clock;
  }

  /**
   * The pages of a part, at least one; those behind them are begun.
   * @throws whatever its first page throws that is made now; a page that failed ahead is made again
   */
  async take(wanted: PagesQuery<T>): Promise<readonly T[]> {
    const run = this.standing(wanted);
    if (run !== undefined) {
      run.wanted = wanted;
      this.fill(run);
      try {
        return await this.taken(run, wanted, patience);
      } catch {
        // told where it fails in its turn
      }
    }
    // the first of all goes at once
    return this.taken(this.begin(wanted), wanted, 0);
  }

  /** Nothing more is read. */
  stop(): void {
    if (this.run !== undefined) this.run.stopped = true;
    this.run = undefined;
  }

  /** What was begun before, if it is what is wanted now. */
  private standing({ cursor, now, ground, most }: PagesQuery<T>): Run<T> | undefined {
    const { run } = this;
    const [first] = run?.pages ?? [];
    if (first === undefined || first.cursor !== cursor || !isOn(first.ground, ground)) return undefined;
    if (now - first.from > freshFor) {
      this.room = 1;
      return undefined;
    }
    this.room = Math.min(this.room * 2, most + underWay - 1);
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

  /** @param wait ms from the beginning of its first page in which more pages are waited for */
  private async taken(run: Run<T>, { now, most }: PagesQuery<T>, wait: number): Promise<readonly T[]> {
    const [first] = run.pages;
    if (first === undefined) throw new TypeError('a part begins with a page');
    const pages = [await first.made];
    for (let at = 1; at < most; at += 1) {
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

  /** Begins to read the next page, where there is room for one. */
  private fill(run: Run<T>, from = this.clock()): void {
    const { wanted, next, pages } = run;
    const room = Math.min(this.room, wanted.most + underWay - 1);
    if (run.stopped || run.reading || next === undefined) return;
    if (pages.length >= room || run.underWay >= underWay) return;
    run.reading = true;
    run.underWay += 1;
    const begun = wanted.make(next.cursor, from);
    const made = begun.then((page) => page.made);
    const page: Waiting<T> = { cursor: next.cursor, from, ground: wanted.ground, made, ready: false };
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
      // nothing goes from behind it, so nothing is read there
      .catch(() => (run.stopped = true));
  }
}

const isOn = (ground: readonly unknown[], wanted: readonly unknown[]): boolean =>
  ground.length === wanted.length && ground.every((one, at) => one === wanted[at]);

/** Whether masks and tokens of two moments are the same. */
const isOneDay = (a: number, b: number): boolean =>
  tokenYear(a) === tokenYear(b) && dayInChina(a) === dayInChina(b);
