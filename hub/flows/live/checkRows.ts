/**
 * Selects the usable rows of a provider: those that fit the schema, meet the filter, have a requested subject and do not repeat a key.
 */
import { meetsCondition } from '../../../policies/meetsCondition.ts';
import type { SchemaField } from '../../../schemas/datasetSchema.ts';
import { hasExactNumbers } from '../../../terms/jsonText.ts';
import { isStorable } from '../../domain/rowTable/storable.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import type { FetchedRow } from '../rows/store/fetch.ts';
import type { FailedLiveRow } from '../rows/store/liveQuarantine.ts';
import type { LiveAnswer } from './liveAnswer.ts';
import type { LiveQuestion } from './liveQuestion.ts';

/** Why a row is dropped. */
export type Dropped = 'invalid' | 'outside-filter' | 'other-subject' | 'repeated';

/** Place and rule of a dropped row, without its values. */
export interface RowFinding {
  /** place in the answer, from 1 */
  readonly row: number;
  readonly field: string;
  readonly rule: string;
}

export interface CheckedRows {
  readonly rows: readonly FetchedRow[];
  readonly dropped: Readonly<Partial<Record<Dropped, number>>>;
  /** the first `maxFindings` of dropped rows */
  readonly findings: readonly RowFinding[];
  /** those that do not fit the schema, with their content */
  readonly failed: readonly FailedLiveRow[];
}

export const maxFindings = 20;

/** Places and rules of invalid rows. */
export const findingsOf = (failed: readonly FailedLiveRow[]): readonly RowFinding[] =>
  failed.flatMap(({ place, problems }) => problems.map((one) => ({ row: place, ...one })));

/** @param subjectHash of an identifier, as intake computes it */
export function checkRows(
  dataset: LiveDataset,
  question: LiveQuestion,
  { rows, after }: LiveAnswer,
  subjectHash: (value: string) => Uint8Array,
): CheckedRows {
  const { schema } = dataset;
  const fields = schema.fields.filter(({ name }) => question.fields.includes(name));
  const keys = new Set<string>();
  const stored: FetchedRow[] = [];
  const dropped: Partial<Record<Dropped, number>> = {};
  const findings: RowFinding[] = [];
  const failed: FailedLiveRow[] = [];
  const drop = (why: Dropped, row: number, found: readonly Omit<RowFinding, 'row'>[]): void => {
    dropped[why] = (dropped[why] ?? 0) + 1;
    for (const one of found) if (findings.length < maxFindings) findings.push({ row, ...one });
  };
  for (const [i, given] of rows.entries()) {
    const record = picked(given, fields);
    const wrong = faultsOf(dataset, question, fields, record);
    if (wrong.length > 0) {
      drop('invalid', i + 1, wrong);
      failed.push({ place: i + 1, problems: wrong, raw: record });
      continue;
    }
    const missed = question.filter.find((condition) => !meets(condition, fields, record));
    if (missed !== undefined) {
      const about = missed.field === schema.subject?.field;
      drop(about ? 'other-subject' : 'outside-filter', i + 1, [{ field: missed.field, rule: 'filter' }]);
      continue;
    }
    const key = keyOf(dataset, record);
    if (key !== undefined && keys.has(key)) {
      drop('repeated', i + 1, [{ field: schema.primaryKey.join('+'), rule: 'key.repeated' }]);
      continue;
    }
    if (key !== undefined) keys.add(key);
    const named = schema.subject === undefined ? undefined : record[schema.subject.field];
    stored.push({
      record,
      subject: typeof named === 'string' ? subjectHash(named) : undefined,
      position: { values: [after[i] ?? ''], row: 0 },
    });
  }
  return { rows: stored, dropped, findings, failed };
}

/** The requested fields only. */
function picked(
  row: Readonly<Record<string, unknown>>,
  fields: readonly SchemaField[],
): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const { name } of fields) if (Object.hasOwn(row, name)) record[name] = row[name];
  return record;
}

/** Whether a row meets a condition on one of these fields. */
export function meets(
  condition: LiveQuestion['filter'][number],
  fields: readonly SchemaField[],
  record: Readonly<Record<string, unknown>>,
): boolean {
  const field = fields.find(({ name }) => name === condition.field);
  return field !== undefined && meetsCondition(condition, field, record[field.name]);
}

function faultsOf(
  { compiled }: LiveDataset,
  { whole }: LiveQuestion,
  fields: readonly SchemaField[],
  record: Readonly<Record<string, unknown>>,
): readonly Omit<RowFinding, 'row'>[] {
  const unfit = fields.flatMap(({ name }): Omit<RowFinding, 'row'>[] => {
    const value = record[name];
    if (!isStorable(value)) return [{ field: name, rule: 'text.not-storable' }];
    return hasExactNumbers(value) ? [] : [{ field: name, rule: 'number.inexact' }];
  });
  if (unfit.length > 0) return unfit;
  if (isValid({ compiled }, whole, fields, record)) return [];
  const requested = new Set(fields.map(({ name }) => name));
  const found = compiled.explain(record).filter(({ field }) => whole || requested.has(field));
  return found.length === 0
    ? [{ field: '', rule: 'schema' }]
    : found.map(({ field, rule }) => ({ field, rule }));
}

function isValid(
  { compiled }: Pick<LiveDataset, 'compiled'>,
  whole: boolean,
  fields: readonly SchemaField[],
  record: Readonly<Record<string, unknown>>,
): boolean {
  if (whole) return compiled.check(record);
  const checks = compiled.fields();
  return fields.every(({ name, required }) =>
    Object.hasOwn(record, name) ? checks?.ofField.get(name)?.(record[name]) === true : !required,
  );
}

/** Undefined where part of the key was not requested. */
function keyOf({ schema }: LiveDataset, record: Readonly<Record<string, unknown>>): string | undefined {
  const { primaryKey } = schema;
  if (primaryKey.length === 0 || !primaryKey.every((name) => Object.hasOwn(record, name))) return undefined;
  return JSON.stringify(primaryKey.map((name) => record[name]));
}
