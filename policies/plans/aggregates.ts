/** Compiles the aggregates of a grant into what a call may have counted. */
import type { DatasetSchema, SchemaField } from '../../schemas/datasetSchema.ts';
import type { DatasetMode } from '../datasetMode.ts';
import type { Aggregate, Grant } from '../documents/agreement.ts';
import { fieldsOfFacts } from './facts.ts';
import type { Report } from './report.ts';

/** Smallest group where a sensitive personal field is counted by or summed. */
const minGroupOfSensitive = 10;

export const fieldsOfAggregate = ({ by, sum = [] }: Pick<Aggregate, 'by' | 'sum'>): readonly string[] => [
  ...new Set([...by, ...sum]),
];

export const fieldsOfAggregates = ({ aggregates = [] }: Pick<Grant, 'aggregates'>): readonly string[] => [
  ...new Set(aggregates.flatMap(fieldsOfAggregate)),
];

/** Fields that the grant reveals something about, although none of their values is released. */
export const reportedFields = (grant: Pick<Grant, 'facts' | 'aggregates'>): readonly string[] => [
  ...new Set([...fieldsOfFacts(grant), ...fieldsOfAggregates(grant)]),
];

/**
 * Findings of aggregates that the schema, or the dataset, cannot answer.
 * @param mode how the dataset receives its rows; undefined where it is not known
 */
export function checkAggregatesOf(
  grant: Grant,
  schema: DatasetSchema,
  mode: DatasetMode | undefined,
  path: string,
  report: Report,
): void {
  const { aggregates = [] } = grant;
  if (aggregates.length > 0 && mode !== undefined && mode !== 'snapshot') {
    report.error(
      'aggregate_of_upserts',
      `${path}/aggregates`,
      '只有整批更新（snapshot）的数据资源可以统计：逐行变化的数据，每变一行就多一个可相减的答复',
      'statistics are made of whole batches (snapshot): of rows that change one by one, every change gives another answer to subtract',
    );
  }
  for (const [i, { by, sum = [], minGroup }] of aggregates.entries()) {
    const at = `${path}/aggregates/${i}`;
    const reported = [...by, ...sum].flatMap(
      (name) => schema.fields.find((field) => field.name === name) ?? [],
    );
    for (const [j, name] of by.entries()) {
      const field = schema.fields.find((one) => one.name === name);
      if (field === undefined) unknownField(`${at}/by/${j}`, report);
      else if (!isClosed(field))
        report.error(
          'aggregate_dimension',
          `${at}/by/${j}`,
          '统计维度只能是取值有限的数据项：enum、布尔、值域代码（x-code）或行政区划代码',
          'a dimension is a field with a closed set of values: enum, boolean, a code list (x-code) or a division code',
        );
    }
    for (const [j, name] of sum.entries()) {
      const field = schema.fields.find((one) => one.name === name);
      if (field === undefined) unknownField(`${at}/sum/${j}`, report);
      else if (!isNumber(field))
        report.error('aggregate_sum', `${at}/sum/${j}`, '只有数值可以求和', 'only numbers have a sum');
    }
    if (minGroup < minGroupOfSensitive && reported.some(({ personal }) => personal === 'sensitive')) {
      report.error(
        'min_group_too_small',
        `${at}/minGroup`,
        `涉及敏感个人信息的统计，minGroup 不得小于 ${minGroupOfSensitive}`,
        `statistics on sensitive personal fields have a minGroup of ${minGroupOfSensitive} at least`,
      );
    }
  }
}

function unknownField(at: string, report: Report): void {
  report.error('unknown_field', at, '数据集标准没有这个数据项', 'the schema has no such field');
}

/** Whether its values form a closed public set: a hidden cell named by them identifies no person. */
const isClosed = ({ schema, type, format }: SchemaField): boolean =>
  type === 'boolean' ||
  format === 'cn-admin-code' ||
  (['string', 'integer'].includes(type) && (Array.isArray(schema['enum']) || schema['x-code'] !== undefined));

const isNumber = ({ type, format }: SchemaField): boolean =>
  type === 'integer' || type === 'number' || (type === 'string' && format === 'decimal');

/**
 * What a party may have counted.
 * @param fields those that the party may have, undefined for all
 * @param floored fields that a floor restricts: a count would reveal the value that the floor masks
 */
export function aggregatesOf(
  { aggregates = [] }: Grant,
  fields: readonly string[] | undefined,
  floored: ReadonlySet<string>,
): ReadonlyMap<string, Aggregate> {
  const open = aggregates.filter((one) =>
    fieldsOfAggregate(one).every((field) => !floored.has(field) && (fields?.includes(field) ?? true)),
  );
  return new Map(open.map((one) => [one.id, one]));
}
