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
  const rows: FetchedRow[] = [];
  const withheld = new Map<ConsentCode, number>();
  const decidedOn: KnownConsentState[] = [];
  let history: RowOfVersions | undefined;
  let lastRead: FetchedRow | undefined;
  const done = (nextCursor: string | undefined) => ({
    page: { rows, nextCursor, ...defined({ history }) },
    consented: { withheld, decidedOn },
  });
  const { schema } = dataset;
  const named = namedIn(query, permission, dataset);
  if (named.size > 0) callersTerms(dataset, query);
  const unagreed =
    named.size > 0 ? await consentsOfNamed(services, check, schema.subject?.kind ?? '', named) : noneMissing;
  const agreed = [...named].filter((value) => !unagreed.has(value));
  const noneAgreed = named.size > 0 && agreed.length === 0;
  // a provider is asked for all named persons, so that later consents do not change the question. Its answer is reused when the call is
  // decided again, and its cursors count through the names. Rows of the others are dropped on arrival
  const narrows = dataset.row.mode !== 'live' && unagreed.size > 0;
  // once, with the first page: later pages ask for the same persons
  if ((narrows || noneAgreed) && query.cursor === undefined)
    for (const fault of unagreed.values()) withheld.set(fault, (withheld.get(fault) ?? 0) + 1);
  if (noneAgreed) {
    await source.refuse(query, permission);
    return done(undefined);
  }
  const requested = narrows ? withOnly(permission, dataset, agreed) : permission;
  const reading = Math.max(limit, minReading);
  let left = rowsToLookAt(reading);
  let { cursor } = query;
  for (;;) {
    const wanted = {
      ...query,
      limit: Math.min(reading, left),
      ...(cursor === undefined ? {} : { cursor }),
    };
    const page = await source.page(wanted, requested);
    if (page.history !== undefined) {
      const { current, before, cursorAfterReading } = page.history;
      const [now, former] = await verdictsOf(services, check, {
        rows: before ? [current, before] : [current],
      });
      if (now === undefined || 'fault' in now) {
        if (now !== undefined) withheld.set(now.fault, (withheld.get(now.fault) ?? 0) + 1);
        return done(undefined);
      }
      decidedOn.push(now.known);
      const isRead = former !== undefined && 'known' in former;
      if (isRead) decidedOn.push(former.known);
      history ??= { current, before: isRead ? before : undefined, cursorAfterReading };
    }
    const missing = limit - rows.length;
    const ahead = (some: readonly FetchedRow[]): void => duringQuery?.(some.slice(0, missing));
    for (const verdict of await verdictsOf(services, check, page, ahead)) {
      if ('fault' in verdict) {
        withheld.set(verdict.fault, (withheld.get(verdict.fault) ?? 0) + 1);
        continue;
      }
      rows.push(verdict.row);
      lastRead = verdict.row;
      decidedOn.push(verdict.known);
      // later rows are left to the next call, whether examined or not
      if (rows.length === limit) return done(page.cursorAfter?.(verdict.row));
    }
    // the next version is compared with the last one that may be read, also where versions after it were withheld
    cursor = page.history === undefined ? page.nextCursor : page.history.cursorAfterReading(lastRead);
    // a source may give a page without rows and a cursor; the reading ends all the same
    left -= Math.max(page.rows.length, 1);
    if (cursor === undefined || left <= 0) return done(cursor);
  }
}

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
