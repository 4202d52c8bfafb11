import { tokenYear } from '../../audit/subjects.ts';

/** Milliseconds that rows wait for the part before them to be gone; behind a slower reader they are read again. */
const freshFor = 1_000;

/** A page whose rows have been read: the next one may be read while they are masked. */
export interface PageBegun<T> {
  /** where the page behind it begins; undefined where nothing is */
  readonly next: string | undefined;
  readonly made: Promise<T>;
}

/** One page of rows, and where the page behind it begins. */
interface Ahead<T> {
  readonly cursor: string;
  readonly from: number;
  readonly pages: T[];
  /** its turn has come: the page under way is the last */
  stopped: boolean;
  read: Promise<void>;
}

/**
 * What the next part is made of, read and masked page by page while the part before it is logged and sent. The log costs about the same for
 * a part of many rows as for one of few, so whatever has been read when its turn comes goes as one part. That it may leave is decided then,
 * like that of any part; it is made again where it is old by then, or its persons' tokens would be of another year.
 */
export class PartAhead<T> {
  private ahead: Ahead<T> | undefined;
  /** pages that are read ahead now: one behind a reader that was too slow, twice as many after each part that was taken in time */
  private pages = 1;

  /**
   * @param cursor where the part begins @param now Unix ms @param most pages of a part
   * @param make one page; a failure is kept from everybody: the page is made again in its turn
   */
  begin(
    { cursor, now, most }: { readonly cursor: string; readonly now: number; readonly most: number },
    make: (cursor: string) => Promise<PageBegun<T>>,
  ): void {
    this.stop();
    const ahead: Ahead<T> = { cursor, from: now, pages: [], stopped: false, read: Promise.resolve() };
    ahead.read = readPages(ahead, Math.min(this.pages, most), make);
    this.ahead = ahead;
  }

  /** The pages that were made from a cursor on, once; none where the part must be made now. @param now Unix ms */
  async take(cursor: string | undefined, now: number): Promise<readonly T[]> {
    const { ahead } = this;
    this.stop();
    if (ahead === undefined || ahead.cursor !== cursor) return [];
    if (now - ahead.from > freshFor || tokenYear(now) !== tokenYear(ahead.from)) {
      this.pages = 1;
      return [];
    }
    await ahead.read;
    this.pages *= 2;
    return ahead.pages;
  }

  /** Nothing more is read. */
  stop(): void {
    if (this.ahead !== undefined) this.ahead.stopped = true;
    this.ahead = undefined;
  }
}

async function readPages<T>(
  ahead: Ahead<T>,
  most: number,
  make: (cursor: string) => Promise<PageBegun<T>>,
): Promise<void> {
  let cursor: string | undefined = ahead.cursor;
  /** the page before, which is masked while the next one is read */
  let before: Promise<T> | undefined;
  const settle = async (): Promise<void> => {
    if (before !== undefined) ahead.pages.push(await before);
    before = undefined;
  };
  try {
    for (let begun = 0; cursor !== undefined && !ahead.stopped && begun < most; begun += 1) {
      let page: PageBegun<T>;
      try {
        page = await make(cursor);
        page.made.catch(() => undefined); // told when its turn comes
      } finally {
        await settle();
      }
      before = page.made;
      cursor = page.next;
    }
    await settle();
  } catch {
    // what was read before goes; the rest is read in its turn, and fails there if it must
  }
}
