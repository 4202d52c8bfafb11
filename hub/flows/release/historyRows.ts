/**
 * The history of one row that several departments change: each version as a row of the release flow. Every version passes the row filter,
 * consent and masks of the agreement, like the row itself.
 */
import type { Permission } from '../../../policies/decision.ts';
import { rootOf } from '../../../policies/masks/rows/fieldPath.ts';
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

/** Versions, the oldest first. A row that the caller may not read now has none. */
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
  const after = query.cursor === undefined ? 0 : cursors.open(context, query.cursor).position.row;
  const cursorAfter = ({ position }: Pick<FetchedRow, 'position'>): string =>
    cursors.seal(context, { batch: undefined, position });
  const named = { key, conditions: permission.rowFilter };
  if ((await caseRow(services.database.app, services.sealer, dataset, named)) === undefined)
    return { rows: [], nextCursor: undefined };
  const place = { dataset: row.id, key: textOfKey(key, layout.key), after, limit: limit + 1 };
  const versions = await versionsAfter(services.database.app, services.sealer, place);
  const page = versions.slice(0, limit);
  const rows = page
    .map((version) => rowOf(services, permission, dataset, version))
    .filter(({ whole }) =>
      [...permission.rowFilter, ...terms].every((one) => meets(one, schema.fields, whole)),
    )
    .map(({ fetched }) => fetched);
  const last = page.at(-1);
  return {
    rows,
    cursorAfter,
    nextCursor:
      versions.length > limit && last !== undefined ? cursorAfter({ position: positionOf(last) }) : undefined,
  };
}

const positionOf = ({ version }: StoredVersion): FetchedRow['position'] => ({ values: [], row: version });

/** A version as a row of the release flow. */
function rowOf(
  services: ReleaseServices,
  permission: Permission,
  dataset: LiveDataset,
  version: StoredVersion,
): { readonly whole: Key; readonly fetched: FetchedRow } {
  const { row, schema } = dataset;
  const { columns } = layoutOf(schema);
  const whole = Object.fromEntries(
    columns.flatMap(({ field, nullable }): [string, unknown][] => {
      const value = version.row[field] ?? null;
      return value === null && !nullable ? [] : [[field, value]];
    }),
  );
  const granted = new Set(permission.fields.map(({ field }) => rootOf(field)));
  const { department, transition } = version;
  // a transition discloses the state before and after it
  const state = intakeRulesOf(row).cases?.state;
  const isStateGranted = permission.fields.some(
    ({ field, mask }) => field === state && mask.name === 'clear',
  );
  return {
    whole,
    fetched: {
      ...asFetched(services, permission, dataset, whole),
      position: positionOf(version),
      change: {
        version: version.version,
        department,
        at: new Date(version.at).toISOString(),
        fields: version.fields.filter((field) => granted.has(field)),
        ...(transition === undefined || !isStateGranted ? {} : { transition }),
      },
    },
  };
}
