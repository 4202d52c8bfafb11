/**
 * A page of rows whose subjects consented, filled up from the rows after the withheld ones. Neither the cursor nor its absence may
 * disclose a person without consent, although callers choose filters, order and limits.
 */
import { randomInt } from 'node:crypto';
import { defined } from '../../../terms/defined.ts';
import type { Permission } from '../../../policies/decision.ts';
import type { ConsentCode } from '../../../policies/consents/verdict.ts';
import type { FetchedRow } from '../rows/store/fetch.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import {
  consentsOfNamed,
  verdictsOf,
  type ConsentCheck,
  type Consented,
  type KnownConsentState,
  type RowVerdict,
} from './consents.ts';
import type { Page, Query, RowOfVersions, RowSource } from './rowSource.ts';
import { namedBy } from './lookupLimit.ts';
import { callersTerms, limitOf } from './requestedRows.ts';
import type { ReleaseServices } from './services.ts';

/** Used where no person is named: no named person lacks consent. */
const noneMissing: ReadonlyMap<unknown, ConsentCode> = new Map();

/** Rows of one read, regardless of the page size: if few consented, a small page is not filled row by row. */
const minReading = 200;
/** Minimum number of reads after which a page that is not full ends with a cursor. */
const minReadings = 10;

/**
 * Rows that one call examines. A page that ends there before it is full discloses how many rows matched its filter. With a fixed number, a
 * filter matching that many rows plus one person would disclose that person. So the number is random for each call, between once and twice
 * the minimum.
 */
const rowsToLookAt = (reading: number): number => {
  const least = reading * minReadings;
  return least + randomInt(least);
};

/**
 * A full page always has a cursor, even if nothing follows; only the next page shows that nothing follows. If the caller names persons
 * individually, the rows of those who did not consent are not read, whether or not they are in the dataset. No row is read if none of them
 * consented.
 * @param duringQuery runs on rows that may leave, during the database query for their consents
 * @throws Problem as the source of the rows
 */
export async function fetchConsented(
  services: ReleaseServices,
  query: Query,
  permission: Permission,
  source: RowSource,
  check: ConsentCheck,
  dataset: LiveDataset,
  duringQuery?: (rows: readonly FetchedRow[]) => void,
): Promise<{ readonly page: Page; readonly consented: Consented }> {
  const limit = limitOf(query, permission);
  const filled = new FilledPage(limit);
  const named = namedIn(query, permission, dataset);
  const unagreed = named.size > 0 ? await unagreedOf(services, query, check, dataset, named) : noneMissing;
  const { requested, isNarrowed, noneAgreed } = narrowed(permission, dataset, named, unagreed);
  // once, with the first page: later pages ask for the same persons
  if ((isNarrowed || noneAgreed) && query.cursor === undefined)
    for (const fault of unagreed.values()) filled.withhold(fault);
  if (noneAgreed) {
    await source.refuse(query, permission);
    return filled.endingAt(undefined);
  }
  const reading = Math.max(limit, minReading);
  let left = rowsToLookAt(reading);
  let { cursor } = query;
  for (;;) {
    const page = await source.page(nextRead(query, Math.min(reading, left), cursor), requested);
    if (
      page.history !== undefined &&
      !filled.addVersions(page.history, await verdictsOf(services, check, versionsIn(page.history)))
    )
      return filled.endingAt(undefined);
    const { missing } = filled;
    const ahead = (some: readonly FetchedRow[]): void => duringQuery?.(some.slice(0, missing));
    const last = filled.add(await verdictsOf(services, check, page, ahead));
    if (last !== undefined) return filled.endingAt(page.cursorAfter?.(last));
    cursor = filled.cursorAfter(page);
    // a source may give a page without rows and a cursor; the reading ends all the same
    left -= Math.max(page.rows.length, 1);
    if (cursor === undefined || left <= 0) return filled.endingAt(cursor);
  }
}

/** The page as far as it is filled, and the consents that it was decided on. */
class FilledPage {
  private readonly limit: number;
  private readonly rows: FetchedRow[] = [];
  private readonly withheld = new Map<ConsentCode, number>();
  private readonly decidedOn: KnownConsentState[] = [];
  private history: RowOfVersions | undefined;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Number of rows until it is full. */
  get missing(): number {
    return this.limit - this.rows.length;
  }

  /** Counts a row or a named person without consent. */
  withhold(fault: ConsentCode): void {
    this.withheld.set(fault, (this.withheld.get(fault) ?? 0) + 1);
  }

  /** Adds the rows that may leave. @returns the last one, once the page is full */
  add(verdicts: readonly RowVerdict[]): FetchedRow | undefined {
    for (const verdict of verdicts) {
      if ('fault' in verdict) {
        this.withhold(verdict.fault);
        continue;
      }
      this.rows.push(verdict.row);
      this.decidedOn.push(verdict.known);
      // later rows are left to the next call, whether examined or not
      if (this.rows.length === this.limit) return verdict.row;
    }
    return undefined;
  }

  /** @param verdicts on `versionsIn` @returns false where the row may not be read as it is now */
  addVersions(
    { current, before, cursorAfterReading }: RowOfVersions,
    [now, former]: readonly RowVerdict[],
  ): boolean {
    if (now === undefined) return false;
    if ('fault' in now) {
      this.withhold(now.fault);
      return false;
    }
    this.decidedOn.push(now.known);
    const isRead = former !== undefined && 'known' in former;
    if (isRead) this.decidedOn.push(former.known);
    this.history ??= { current, before: isRead ? before : undefined, cursorAfterReading };
    return true;
  }

  /** The next version is compared with the last one that may be read, also where versions after it were withheld. */
  cursorAfter({ history, nextCursor }: Page): string | undefined {
    return history === undefined ? nextCursor : history.cursorAfterReading(this.rows.at(-1));
  }

  endingAt(nextCursor: string | undefined): { readonly page: Page; readonly consented: Consented } {
    const { rows, withheld, decidedOn, history } = this;
    return { page: { rows, nextCursor, ...defined({ history }) }, consented: { withheld, decidedOn } };
  }
}

/** The named persons without consent. @throws Problem of the query's terms */
function unagreedOf(
  services: ReleaseServices,
  query: Query,
  check: ConsentCheck,
  dataset: LiveDataset,
  named: ReadonlySet<unknown>,
): Promise<ReadonlyMap<unknown, ConsentCode>> {
  callersTerms(dataset, query);
  return consentsOfNamed(services, check, dataset.schema.subject?.kind ?? '', named);
}

/** The rows to request where persons are named and some did not consent. */
interface Narrowed {
  readonly requested: Permission;
  /** only rows of those who consented are requested */
  readonly isNarrowed: boolean;
  readonly noneAgreed: boolean;
}

/**
 * A provider is asked for all named persons, so that later consents do not change the question. Its answer is reused when the call is
 * decided again, and its cursors count through the names. Rows of the others are dropped on arrival.
 */
function narrowed(
  permission: Permission,
  dataset: LiveDataset,
  named: ReadonlySet<unknown>,
  unagreed: ReadonlyMap<unknown, ConsentCode>,
): Narrowed {
  const agreed = [...named].filter((value) => !unagreed.has(value));
  const isNarrowed = dataset.row.mode !== 'live' && unagreed.size > 0;
  return {
    requested: isNarrowed ? withOnly(permission, dataset, agreed) : permission,
    isNarrowed,
    noneAgreed: named.size > 0 && agreed.length === 0,
  };
}

const nextRead = (query: Query, limit: number, cursor: string | undefined): Query => ({
  ...query,
  limit,
  ...(cursor === undefined ? {} : { cursor }),
});

const versionsIn = ({ current, before }: RowOfVersions): Pick<Page, 'rows'> => ({
  rows: before ? [current, before] : [current],
});

/**
 * Persons among whom the caller searches: those named by every term on the subject's identifier. Persons looked up individually were
 * checked before.
 */
function namedIn(
  { filter = [] }: Query,
  { lookup }: Permission,
  { schema: { subject } }: LiveDataset,
): ReadonlySet<unknown> {
  if (subject === undefined || lookup?.field === subject.field) return new Set();
  const lists = filter.flatMap((term) => {
    const named = term.field === subject.field ? namedBy(term) : undefined;
    return named === undefined ? [] : [named];
  });
  const [first = [], ...others] = lists;
  return new Set(first.filter((value) => others.every((list) => list.includes(value))));
}

/** The permission for rows of these persons only; cursors stay bound to the original permission. */
const withOnly = (
  permission: Permission,
  { schema: { subject } }: LiveDataset,
  agreed: readonly unknown[],
): Permission => ({
  ...permission,
  rowFilter: [
    ...permission.rowFilter,
    ...(subject === undefined ? [] : [{ field: subject.field, op: 'in' as const, value: agreed }]),
  ],
});
