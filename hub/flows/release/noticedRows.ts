/**
 * Cases whose deadline is near or passed, as rows of the release flow: the first deadline first. Row filter and the caller's terms apply as
 * to every page, so a page may have fewer rows than its limit.
 */
import type { Permission } from '../../../policies/decision.ts';
import { Problem } from '../../../terms/problem.ts';
import { layoutOf } from '../../domain/rowTable/layout.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { intakeRulesOf } from '../../registry/store/datasets.ts';
import { caseRow } from '../caseRow.ts';
import { sealedCursors } from '../cursor.ts';
import { noticedCases, type NoticedPlace } from '../intake/store/caseNotices.ts';
import type { FetchedRow } from '../rows/store/fetch.ts';
import { asksLatest, callersTerms, cursorContext, limitOf } from './requestedRows.ts';
import { asFetched } from './asFetched.ts';
import type { Page, Query, RowSource } from './rowSource.ts';
import type { ReleaseServices } from './services.ts';

/** Maximum rows of a page: each needs a query for its newest version. */
const maxRows = 100;

/** @param notices missed: cases whose deadline passed; noticed: also those of which departments were warned */
export function noticedRows(
  services: ReleaseServices,
  dataset: LiveDataset,
  consumer: string,
  notices: 'missed' | 'noticed',
): RowSource {
  const { cases } = intakeRulesOf(dataset.row);
  const refuse = (query: Query, { fields }: Permission): void => {
    // a deadline discloses the state
    const hasState = fields.some(({ field, mask }) => field === cases?.state && mask.name === 'clear');
    if (!hasState || asksLatest(query) || query.history === true || (query.sort ?? []).length > 0)
      throw new Problem('case_notices_unfit', {}, { at: '/body/notices' });
  };
  return {
    page: (query, permission) => {
      refuse(query, permission);
      return page(services, dataset, { query, permission, consumer, notices });
    },
    refuse,
    given: [],
    notes: [],
  };
}

interface Asked {
  readonly query: Query;
  readonly permission: Permission;
  readonly consumer: string;
  readonly notices: 'missed' | 'noticed';
}

async function page(services: ReleaseServices, dataset: LiveDataset, asked: Asked): Promise<Page> {
  const { query, permission, consumer, notices } = asked;
  const { row, schema } = dataset;
  const { app } = services.database;
  const cursors = sealedCursors(services.keys.cursor);
  const context = cursorContext(query, permission, `${row.id} ${notices}`, consumer);
  const limit = Math.min(maxRows, limitOf(query, permission));
  const cases = await noticedCases(app, services.sealer, row.id, {
    missed: notices === 'missed',
    // the provider sees every deadline, a contributor its own
    department: consumer === row.department ? undefined : consumer,
    after: query.cursor === undefined ? undefined : placeIn(cursors.open(context, query.cursor).position),
    limit: limit + 1,
  });
  const conditions = [...permission.rowFilter, ...callersTerms(dataset, query)];
  const { key } = layoutOf(schema);
  const rows: FetchedRow[] = [];
  for (const one of cases.slice(0, limit)) {
    const named = { key: Object.fromEntries(key.map(({ field }) => [field, one.row[field]])), conditions };
    const found = await caseRow(app, services.sealer, dataset, named);
    if (found !== undefined)
      rows.push({
        ...asFetched(services, permission, dataset, found.stored),
        position: positionOf(one.place),
      });
  }
  const after = (position: FetchedRow['position']): string =>
    cursors.seal(context, { batch: undefined, position });
  const last = cases[limit - 1];
  const hasMore = cases.length > limit && last !== undefined;
  return {
    rows,
    nextCursor: hasMore ? after(positionOf(last.place)) : undefined,
    cursorAfter: ({ position }) => after(position),
  };
}

const positionOf = ({ due, key }: NoticedPlace): FetchedRow['position'] => ({ values: [due, key], row: 0 });

/** @throws Problem cursor_invalid */
function placeIn({ values }: FetchedRow['position']): NoticedPlace {
  const [due, key] = values;
  if (typeof due !== 'string' || typeof key !== 'string') throw new Problem('cursor_invalid');
  return { due, key };
}
