/**
 * The history of one row that several departments change: each version as a row of the release flow. Every version passes the row filter,
 * consent and masks of the agreement, like the row itself.
 */
import { isDeepStrictEqual } from 'node:util';
import type { components } from '../../../api/openapi.ts';
import type { Permission, RowCondition } from '../../../policies/decision.ts';
import { defined } from '../../../terms/defined.ts';
import { Problem } from '../../../terms/problem.ts';
import { layoutOf, type Layout } from '../../domain/rowTable/layout.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { intakeRulesOf } from '../../registry/store/datasets.ts';
import type { Cursors } from '../cursor.ts';
import { meets } from '../live/checkRows.ts';
import { caseRow } from '../caseRow.ts';
import { textOfKey } from '../ownKey.ts';
import type { FetchedRow } from '../rows/store/fetch.ts';
import { versionsAfter, type StoredVersion } from '../rows/store/rowVersions.ts';
import { asksLatest, callersTerms, cursorContext, limitOf } from './requestedRows.ts';
import { asFetched } from './asFetched.ts';
import type { Page, Query } from './rowSource.ts';
import type { ReleaseServices } from './services.ts';

type Key = Readonly<Record<string, unknown>>;

/** @throws Problem history_unfit where the dataset has no history, or the query does not name one row by its key */
export function refuseHistory({ row, schema }: LiveDataset, query: Query): void {
  if (query.history !== true) return;
  if (intakeRulesOf(row).cases === undefined)
    throw new Problem('history_unfit', {
      reason: {
        zh: `${row.id} 没有登记 intake.cases`,
        en: `${row.id} has not registered intake.cases`,
      },
    });
  const at = asksLatest(query) ? 'latest' : (query.sort ?? []).length > 0 ? 'sort' : undefined;
  if (at !== undefined)
    throw new Problem(
      'history_unfit',
      { reason: { zh: `不能同时写 ${at}`, en: `it cannot be combined with ${at}` } },
      { at },
    );
  if (keyNamed(query, layoutOf(schema)) === undefined) {
    const names = schema.primaryKey.join(', ');
    const reason = {
      zh: `filter 须以 eq 写明主键 ${names}`,
      en: `filter must name the key with eq: ${names}`,
    };
    throw new Problem('history_unfit', { reason }, { at: 'filter' });
  }
}

/** The key that the filter names; undefined where a field of it is missing. */
function keyNamed({ filter = [] }: Query, { key }: Layout): Key | undefined {
  const named = key.flatMap(({ field }): [string, unknown][] => {
    const term = filter.find((one) => one.field === field && one.op === 'eq');
    return term === undefined ? [] : [[field, term.value]];
  });
  return named.length === key.length ? Object.fromEntries(named) : undefined;
}

/** Versions of one read in the search for one that the caller's conditions meet. */
const searched = 200;

/**
 * Versions, the oldest first. A row that the caller may not read now has none. Versions that the agreement filters out are none. Those that
 * only the caller's conditions leave out are still read: the next version is compared with them (visibleChanges). A row of which no version
 * meets the caller's conditions is not found: a wrong guess is not decided on the consent of the row's person.
 */
export async function historyPage(
  services: ReleaseServices,
  query: Query,
  permission: Permission,
  dataset: LiveDataset,
  { consumer, cursors }: { readonly consumer: string; readonly cursors: Cursors },
): Promise<Page> {
  const { row, schema } = dataset;
  const layout = layoutOf(schema);
  const terms = callersTerms(dataset, query);
  const key = keyNamed(query, layout) ?? {};
  const limit = limitOf(query, permission);
  const context = cursorContext(query, permission, row.id, consumer);
  const resumed = query.cursor === undefined ? undefined : cursors.open(context, query.cursor).position;
  const after = resumed?.row ?? 0;
  const cursorAfter = ({ position }: Pick<FetchedRow, 'position'>): string =>
    cursors.seal(context, { batch: undefined, position });
  const found = await caseRow(services.database.app, services.sealer, dataset, {
    key,
    conditions: permission.rowFilter,
  });
  const none: Page = { rows: [], nextCursor: undefined };
  if (found === undefined) return none;
  const text = textOfKey(key, layout.key);
  const read = (place: { after: number; limit: number }): Promise<readonly StoredVersion[]> =>
    versionsAfter(
      services.database.app,
      services.sealer,
      { dataset: row.id, key: text, ...place },
      found.newest,
    );
  const visible = (versions: readonly StoredVersion[]): FetchedRow[] =>
    versions
      .map((version) => rowOf(services, permission, dataset, version, terms))
      .filter(({ whole }) => permission.rowFilter.every((one) => meets(one, schema.fields, whole)))
      .map(({ fetched }) => fetched);
  const former = resumed?.values[0];
  const [versions, [before]] = await Promise.all([
    read({ after, limit: limit + 1 }),
    typeof former === 'number' ? read({ after: former - 1, limit: 1 }).then(visible) : [],
  ]);
  const page = versions.slice(0, limit);
  const rows = visible(page);
  const last = page.at(-1);
  const meetsTerms = (some: readonly FetchedRow[]): boolean =>
    some.some(({ change }) => change?.asked === true);
  const isFound = async (): Promise<boolean> => {
    let some: readonly StoredVersion[] = versions.slice(limit);
    let at = last?.version ?? after;
    while (some.length > 0) {
      if (meetsTerms(visible(some))) return true;
      at = some.at(-1)?.version ?? at;
      some = await read({ after: at, limit: searched });
    }
    return false;
  };
  // a cursor was given only where one of the versions meets them
  if (resumed === undefined && !meetsTerms(rows) && !(await isFound())) return none;
  const endAfter = (one: FetchedRow | undefined) => ({
    values: one?.position.values ?? resumed?.values ?? [],
    row: last?.version ?? 0,
  });
  const end = endAfter(rows.at(-1));
  return {
    rows,
    history: {
      current: { ...asFetched(services, permission, dataset, found.stored), position: end },
      before,
      cursorAfterReading: (one) =>
        versions.length > limit ? cursorAfter({ position: endAfter(one) }) : undefined,
    },
    cursorAfter,
    nextCursor: versions.length > limit ? cursorAfter({ position: end }) : undefined,
  };
}

/** A version as a row of the release flow. */
function rowOf(
  services: ReleaseServices,
  permission: Permission,
  dataset: LiveDataset,
  { row: stored, version, department, at, transition }: StoredVersion,
  terms: readonly RowCondition[],
): { readonly whole: Key; readonly fetched: FetchedRow } {
  const { row, schema } = dataset;
  const { columns } = layoutOf(schema);
  const whole = Object.fromEntries(
    columns.flatMap(({ field, nullable }): [string, unknown][] => {
      const value = stored[field] ?? null;
      return value === null && !nullable ? [] : [[field, value]];
    }),
  );
  // a transition discloses the state before and after it
  const state = intakeRulesOf(row).cases?.state;
  const isStateGranted = permission.fields.some(
    ({ field, mask }) => field === state && mask.name === 'clear',
  );
  return {
    whole,
    fetched: {
      ...asFetched(services, permission, dataset, whole),
      // the version to compare with, then where the page goes on
      position: { values: [version], row: version },
      change: {
        version,
        department,
        at: new Date(at).toISOString(),
        ...(transition === undefined || !isStateGranted ? {} : { transition }),
        asked: terms.every((one) => meets(one, schema.fields, whole)),
      },
    },
  };
}

type Masked = Readonly<Record<string, unknown>>;

/** A version as its reader sees it. */
interface SeenVersion {
  readonly row: FetchedRow;
  readonly record: Masked;
  readonly note: components['schemas']['VersionNote'];
}

/**
 * The versions of a page that differ for their reader from the version before, among those that it may read. Fields are named by their
 * masked values: a change that a mask hides is none. The first version that it may read names all of its fields, and no transition,
 * which would disclose the state of the version before.
 * @param masked records of the rows, after that of `before` where it is there
 */
export function visibleChanges(
  { rows, history }: Pick<Page, 'rows' | 'history'>,
  masked: readonly Masked[],
): readonly SeenVersion[] {
  const read = history?.before === undefined ? rows : [history.before, ...rows];
  return read.flatMap((row, nth): SeenVersion[] => {
    const [former, record] = [masked[nth - 1], masked[nth]];
    if (row === history?.before || row.change === undefined || record === undefined) return [];
    const { asked, transition, ...note } = row.change;
    const fields = Object.keys(record).filter(
      (field) => former === undefined || !isDeepStrictEqual(former[field], record[field]),
    );
    if (!asked || fields.length === 0) return [];
    const follows = read[nth - 1]?.change?.version === note.version - 1;
    return [{ row, record, note: { ...note, fields, ...(follows ? defined({ transition }) : {}) } }];
  });
}
