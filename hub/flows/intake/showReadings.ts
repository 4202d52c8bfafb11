/**
 * How the readings of a department's own dataset arrive: the last value of each series, its gaps, refused calls, and a chart of the last day
 * with the thresholds of its event rules. Only the provider's own persons see it, and only fields of L1 and L2 that are not about persons.
 */
import { present } from '../../../terms/defined.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { Problem } from '../../../terms/problem.ts';
import { datasetId, providerOf } from '../../../terms/ids.ts';
import { parseCondition } from '../../domain/eventCondition.ts';
import { own } from '../../domain/cells.ts';
import { isOfPersons } from '../../domain/rollup.ts';
import { datasetTable, layoutOf, type Column } from '../../domain/rowTable/layout.ts';
import { boundText, seriesOf, timeFieldMissing } from '../../domain/timeField.ts';
import { allowed } from '../../pipeline/call.ts';
import { ofDataset } from '../../pipeline/ownership.ts';
import { countEntries } from '../../log/search/countEntries.ts';
import type { SchemaField } from '../../../schemas/datasetSchema.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { intakeRulesOf } from '../../registry/store/datasets.ts';
import { hostedDataset } from '../hostedDataset.ts';
import { readyTable } from '../lastingTable.ts';
import { intakeOperation } from '../operation.ts';
import { fetchLatest } from '../rows/store/latest.ts';
import { chartPoints, seriesFigures } from '../rows/store/seriesFigures.ts';
import { checkProvider } from './sender.ts';

/** Series that are listed. */
const maxSeries = 200;
const hour = 3_600_000;

/** GET /v1/datasets/{dataset}/readings. @throws Problem not_the_provider, dataset_unknown, latest_unfit, not_found (field, series) */
export const showReadings = intakeOperation('showReadings', {
  kind: 'inspect',
  permission: { 'office steward': own, steward: own, clerk: own },
  owner: ofDataset,
  run: async (call, services) => {
    const id = datasetId(call.params.dataset);
    checkProvider(call.caller, id);
    const dataset = hostedDataset(services.registry, id);
    const { schema } = dataset;
    const places = { dataset: id, schema, series: seriesOf(timeFieldOf(dataset), schema) };
    await readyTable(services, dataset, []);
    const { app } = services.database;
    const columns = shownColumns(dataset);
    const found = await fetchLatest(app, {
      layout: layoutOf(schema),
      table: datasetTable(id, schema),
      series: places.series,
      columns: [...places.series.keys, places.series.time, ...columns],
      visible: [],
      asked: [],
      until: undefined,
      after: undefined,
      limit: maxSeries + 1,
    });
    const listed = found
      .slice(0, maxSeries)
      .map(({ record, position }) => ({ record, key: position.values.map(String) }));
    const figures = await seriesFigures(
      app,
      places,
      listed.map(({ key }) => key),
      boundText(call.now - hour),
    );
    const from = new Date(call.now - hour).toISOString();
    const refused = { operation: 'pushRows', dataset: id, decision: 'deny' as const, from };
    const { size } = await services.audit.storedTree();
    const { byCode } = await countEntries(app, refused, size);
    const { field: name = columns[0]?.field, series } = call.query;
    const field = columns.find((one) => one.field === name);
    const of =
      series === undefined ? listed[0]?.key : listed.find(({ key }) => JSON.stringify(key) === series)?.key;
    if ((call.query.field !== undefined && field === undefined) || (series !== undefined && of === undefined))
      throw new Problem('not_found', {}, { at: field === undefined ? '/query/field' : '/query/series' });
    const time = places.series.time.field;
    return allowed<'showReadings'>(
      200,
      {
        series: listed.map(({ record, key }, i) => ({
          key,
          time: String(record[time]),
          readings: figures[i]?.readings ?? 0,
          ...present({ longestGap: figures[i]?.longestGap }),
          values: columns.map((one) => ({ field: one.field, value: numberOf(record[one.field]) })),
        })),
        whole: found.length <= maxSeries,
        refused: Object.entries(byCode).map(([code, calls]) => ({ code, calls })),
        fields: columns.map((one) => one.field),
        ...(field === undefined || of === undefined
          ? {}
          : {
              chart: {
                field: field.field,
                key: of,
                thresholds: thresholdsOf(dataset, field),
                points: [
                  ...(await chartPoints(app, places, { field, of, since: boundText(call.now - 24 * hour) })),
                ],
              },
            }),
      },
      {
        facts: {
          dataset: id,
          provider: providerOf(id),
          schema: schema.urn,
          change: {
            act: 'readings',
            series: listed.length,
            fields: columns.map((one) => one.field).join(' '),
          },
        },
      },
    );
  },
});

/** @throws Problem latest_unfit */
function timeFieldOf({ row, schema }: LiveDataset): string {
  const { timeField } = intakeRulesOf(row);
  if (timeField === undefined) throw unfit(timeFieldMissing(row.id));
  if (row.state === 'retired') throw unfit({ zh: '该数据资源已退役', en: 'the dataset is retired' });
  const isKeyShown = schema.fields.every(
    (field) => !schema.primaryKey.includes(field.name) || isShown(field),
  );
  if (isOfPersons(schema) || !isKeyShown)
    throw unfit({
      zh: '读数涉及个人或组织，或主键为 L3、L4 级，不在此显示',
      en: 'readings about persons or organisations, or with a key of L3 or L4, are not shown here',
    });
  return timeField;
}

const unfit = (reason: Bilingual): Problem => new Problem('latest_unfit', { reason });

/** Fields of numbers of the levels L1 and L2 that are not personal. */
function shownColumns({ schema }: LiveDataset): readonly Column[] {
  const { byField } = layoutOf(schema);
  return schema.fields.flatMap((field) => {
    const column = byField.get(field.name);
    const isNumber = field.type === 'number' || field.type === 'integer';
    return column === undefined || !isNumber || !isShown(field) || schema.primaryKey.includes(field.name)
      ? []
      : [column];
  });
}

/** This page passes no release flow, so it shows no field that is masked for others: personal ones, and those of L3 and L4. */
const isShown = ({ personal, sensitivity }: SchemaField): boolean =>
  personal === 'none' && (sensitivity === 'L1' || sensitivity === 'L2');

const numberOf = (value: unknown): number | null =>
  value === null || value === undefined ? null : Number(value);

function thresholdsOf({ row }: LiveDataset, { field }: Column): { rule: string; value: number }[] {
  return (intakeRulesOf(row).eventRules ?? []).flatMap(({ id, when }) => {
    const condition = parseCondition(when);
    return condition?.kind === 'threshold' && condition.field === field
      ? [{ rule: id, value: condition.value }]
      : [];
  });
}
