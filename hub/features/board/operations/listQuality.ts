import type { components } from '../../../../api/openapi.ts';
import { addDays } from '../../../../terms/civilDate.ts';
import { counted } from '../../../domain/cells.ts';
import { grouped } from '../../../../terms/grouped.ts';
import { graded, gradeOf } from '../../../domain/quality.ts';
import { weeklyBatches, type WeeklyBatch } from '../../../flows/intake/store/profiles.ts';
import { self } from '../../../pipeline/ownership.ts';
import { compareText, pageOfRows } from '../../../platform/database/pages.ts';
import { intakeRulesOf, type DatasetRow } from '../../../registry/store/datasets.ts';
import { partsOfBatch } from '../../batches/operations/showQuality.ts';
import { listed, names, oneMore, requestedPage } from '../../common/listing.ts';
import { operation } from '../../common/operation.ts';
import { reachOf, within } from '../../common/reach.ts';
import type { Services } from '../../common/services.ts';
import { trendWeeks, weeksUntil } from './showBoard.ts';

type Listed = components['schemas']['QualityWeeks']['datasets'][number];

/** Maximum of a page: up to 60 batches (12 weeks, 5 each) are read for each dataset. */
const maxDatasets = 50;

const permission = counted;

/** GET /v1/quality: grade and score of each week of datasets, never a row. */
export const listQuality = operation('listQuality', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database, registry }) => {
    const requested = requestedPage(call.query, names.code);
    const page = { ...requested, maxRows: Math.min(requested.maxRows, maxDatasets) };
    const departments = within(reachOf(permission, call.caller), call.query.department);
    const { rows: datasets } = pageOfRows(
      datasetsWithBatches(registry, departments),
      oneMore(page),
      ({ id }, after) => compareText(id, after),
    );
    const { from } = weeksUntil(call.now);
    const ids = datasets.slice(0, page.maxRows).map(({ id }) => id);
    const found = await weeklyBatches(database.app, ids, { from, maxRows: graded });
    const batches = grouped(found, ({ dataset }) => dataset);
    return listed(
      call,
      'datasets',
      page,
      datasets,
      ({ id }) => id,
      (row): Listed => ({
        dataset: row.id,
        title: { zh: row.titleZh, en: row.titleEn },
        department: row.department,
        weeks: weeksOf(row, batches.get(row.id) ?? []),
      }),
      { weeks: Array.from({ length: trendWeeks }, (_, nth) => addDays(from, 7 * nth)) },
    );
  },
});

/**
 * Datasets that files or rows are sent to, by id: not retired ones, nor those whose rows the hub computes.
 * @param departments undefined: all
 */
const datasetsWithBatches = (
  { current }: Services['registry'],
  departments: readonly string[] | undefined,
): readonly DatasetRow[] =>
  [...current.datasets.values()]
    .map(({ row }) => row)
    .filter(
      (row) =>
        (row.mode === 'snapshot' || row.mode === 'upsert') &&
        row.state !== 'retired' &&
        intakeRulesOf(row).rollup === undefined &&
        departments?.includes(row.department) !== false,
    )
    .sort((one, other) => compareText(one.id, other.id));

/** @param batches of the dataset, the newest first */
const weeksOf = (row: DatasetRow, batches: readonly WeeklyBatch[]): Listed['weeks'] =>
  [...grouped(batches, ({ week }) => week)]
    .flatMap(([week, ofWeek]) => {
      const grade = gradeOf(ofWeek.map((one) => partsOfBatch(one, row)));
      return grade === undefined ? [] : [{ week, batches: ofWeek[0]?.ofWeek ?? 0, ...grade }];
    })
    .sort((one, other) => compareText(one.week, other.week));
