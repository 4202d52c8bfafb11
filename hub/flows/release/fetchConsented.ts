/**
 * A page of rows whose persons agreed: filled up from the rows behind those that are withheld. Neither the cursor nor its absence may tell
 * of a person who did not agree, and callers choose filters, order and limits.
 */
import { randomInt } from 'node:crypto';
import type { Permission } from '../../../policies/decision.ts';
import type { ConsentCode } from '../../../policies/consents/verdict.ts';
import type { FetchedRow } from '../rows/store/fetch.ts';
import { layoutOf } from '../../domain/rowTable/layout.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import {
  consentsOfNamed,
  verdictsOf,
  type ConsentCheck,
  type Consented,
  type KnownConsentState,
} from './consents.ts';
import type { Page, RowSource, Query } from './rowSource.ts';
import { namedBy } from './lookupLimit.ts';
import { callersTerms, limitOf } from './requestedRows.ts';
import type { ReleaseServices } from './services.ts';

/** Where no person is named, none of those named is without consent. */
const noneMissing: ReadonlyMap<unknown, ConsentCode> = new Map();

/** Rows of one reading, whatever the page: where few agree, a small page is not filled row by row. */
const minReading = 200;
/** Readings after which a call that is not full goes on with its cursor: those it has at least. */
const minReadings = 10;

/**
 * Rows that one call looks at. A page that ends there, not full, tells that so many were behind its filter; were the number known, a filter
 * that holds just as many and one person more would tell of her. So it is drawn anew for each call, between once and twice the least.
 */
const rowsToLookAt = (reading: number): number => {
  const least = reading * minReadings;
  return least + randomInt(least);
};

/**
 * A full page always goes on with a cursor, whatever is behind it: that nothing is there is told by the next page. Rows of persons whom the
 * caller names one by one are not read where they did not agree, whether or not they are in the dataset; nothing is where none of them did.
 * @param meanwhile done with rows that may leave, while the database looks for the consents of their persons
 * @throws Problem as the source of the rows
 */
export async function fetchConsented(
  services: ReleaseServices,
  query: Query,
  permission: Permission,
  source: RowSource,
  check: ConsentCheck,
  dataset: LiveDataset,
  meanwhile?: (rows: readonly FetchedRow[]) => void,
): Promise<{ readonly page: Page; readonly consented: Consented }> {
  const limit = limitOf(query, permission);
  const rows: FetchedRow[] = [];
  const withheld = new Map<ConsentCode, number>();
  const decidedOn: KnownConsentState[] = [];
  const done = (nextCursor: string | undefined) => ({
    page: { rows, nextCursor },
    consented: { withheld, decidedOn },
  });
  const { schema } = dataset;
  const named = namedIn(query, permission, dataset);
  if (named.size > 0) callersTerms(layoutOf(schema), query);
  const unagreed =
    named.size > 0 ? await consentsOfNamed(services, check, schema.subject?.kind ?? '', named) : noneMissing;
  const agreed = [...named].filter((value) => !unagreed.has(value));
  const nobody = named.size > 0 && agreed.length === 0;
  // a provider is asked for all whom the caller names, so that the same question stays the same whoever agrees meanwhile: its answer is
  // held for a call that is decided again, and its cursors count through the names. Rows of the others are left out as they come
  const narrows = dataset.row.mode !== 'live' && unagreed.size > 0;
  // once, with the first page: the pages behind it ask for the same persons
  if ((narrows || nobody) && query.cursor === undefined)
    for (const fault of unagreed.values()) withheld.set(fault, (withheld.get(fault) ?? 0) + 1);
  if (nobody) {
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
    const missing = limit - rows.length;
    const ahead = (some: readonly FetchedRow[]): void => meanwhile?.(some.slice(0, missing));
    for (const verdict of await verdictsOf(services, check, page, ahead)) {
      if ('fault' in verdict) {
        withheld.set(verdict.fault, (withheld.get(verdict.fault) ?? 0) + 1);
        continue;
      }
      rows.push(verdict.row);
      decidedOn.push(verdict.known);
      // what is behind waits for the next call, looked at or not
      if (rows.length === limit) return done(page.cursorAfter?.(verdict.row));
    }
    cursor = page.nextCursor;
    left -= page.rows.length;
    if (cursor === undefined || left <= 0) return done(cursor);
  }
}

/** Persons among whom the caller searches: those that every term on the subject's identifier names. One who is looked up was asked for before. */
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

/** The permission for rows of these persons alone; cursors stay those of the whole. */
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
