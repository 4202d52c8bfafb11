import { tokenYear } from '../../audit/subjects.ts';

/** Milliseconds that rows wait for the part before them to be gone; behind a slower reader they are read again. */
const freshFor = 1_000;

interface Ahead<T> {
  readonly cursor: string;
  readonly from: number;
  readonly made: Promise<T | undefined>;
}

/**
 * What the next part is made of, read and masked while the part before it is logged and sent. That it may leave is decided when its turn
 * comes, like that of any part; it is made again where it is old by then, or its persons' tokens would be of another year.
 */
export class PartAhead<T> {
  private ahead: Ahead<T> | undefined;

  /** @param cursor where the part begins @param now Unix ms @param make a failure is kept from everybody: the part is made again in its turn */
  begin(cursor: string, now: number, make: () => Promise<T>): void {
    const made = make().catch(() => undefined);
    this.ahead = { cursor, from: now, made };
  }

  /** What was made for a cursor, once. @param now Unix ms */
  async take(cursor: string | undefined, now: number): Promise<T | undefined> {
    const { ahead } = this;
    this.ahead = undefined;
    if (ahead === undefined || ahead.cursor !== cursor) return undefined;
    const isFresh = now - ahead.from <= freshFor && tokenYear(now) === tokenYear(ahead.from);
    return isFresh ? ahead.made : undefined;
  }
}
