/** The columns, conditions and row limit of a page, wherever its rows are stored. */
import type { Permission, RowCondition } from '../../../policies/decision.ts';
import { Problem } from '../../../terms/problem.ts';
import { isWithin, regionOf, type Region } from '../../../schemas/places/within.ts';
import { layoutOf, type Column, type Layout } from '../../domain/rowTable/layout.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { timeFieldMissing } from '../../domain/timeField.ts';
import { intakeRulesOf } from '../../registry/store/datasets.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { CursorContext } from '../cursor.ts';
import { valueFits } from '../rows/store/fetch.ts';
import type { Query } from './rowSource.ts';

/** Rows of a page where the caller names no number. */
const usualLimit = 100;

/** The context that a cursor is bound to. @param consumer department that asks */
export const cursorContext = (
  { fields, filter, sort, latest, asOf, history }: Query,
  { plan, policy }: Permission,
  dataset: string,
  consumer: string,
): CursorContext => ({
  consumer,
  agreement: plan.agreement,
  policy,
  dataset,
  query: JSON.stringify([
    ...[fields, filter, sort],
    ...(latest === undefined && asOf === undefined ? [] : ['latest', asOf]),
    ...(history === undefined ? [] : ['history']),
  ]),
});

export const asksLatest = ({ latest, asOf }: Query): boolean => latest === true || asOf !== undefined;

/** The field of the moments that `asOf` is compared with; undefined where the dataset has no series. */
export const timeFieldOf = (dataset: Pick<LiveDataset, 'row'> | undefined): string | undefined =>
  dataset === undefined ? undefined : intakeRulesOf(dataset.row).timeField;

/**
 * @throws Problem latest_unfit where the latest row of each series is requested and the dataset does not support it, or another order is
 * requested too
 */
export function refuseLatest({ row }: LiveDataset, query: Query): void {
  if (!asksLatest(query)) return;
  const refuse = (at: string, reason: Bilingual): never => {
    throw new Problem('latest_unfit', { reason }, { at });
  };
  if (row.mode !== 'upsert' || intakeRulesOf(row).timeField === undefined)
    refuse('latest', timeFieldMissing(row.id));
  if (query.sort !== undefined && query.sort.length > 0)
    refuse('sort', {
      zh: '行以主键为序，不能另行排序',
      en: 'rows come in the order of the key, without sort',
    });
}

export const limitOf = ({ limit }: Query, { limits }: Permission): number =>
  limit ?? Math.min(usualLimit, limits.rowsPerCall);

/**
 * The caller's terms as conditions. The decision has allowed these fields; here each value must have its column's type, and a named area must
 * be registered.
 * @throws Problem filter_value_invalid, filter_area_unknown
 */
export function callersTerms(
  { schema, compiled }: Pick<LiveDataset, 'schema' | 'compiled'>,
  query: Pick<Query, 'filter'>,
): readonly RowCondition[] {
  const layout = layoutOf(schema);
  return (query.filter ?? []).map((term) => {
    const { field, op, value } = term;
    const column = columnNamed(layout, field);
    if (op === 'within') return { field, op, value: regionNamed(column, value, compiled) };
    const values: unknown[] =
      op === 'eq' ? [value] : op === 'in' ? (value as unknown[]) : Object.values(value as object);
    if (!values.every((one) => valueFits(column, one)))
      throw new Problem('filter_value_invalid', {}, { at: field });
    return term;
  });
}

function regionNamed(
  { field, isPlace }: Column,
  value: unknown,
  { surroundings }: LiveDataset['compiled'],
): Region {
  if (!isPlace || !isWithin(value)) throw new Problem('filter_value_invalid', {}, { at: field });
  const region = regionOf(value, surroundings.codeLists);
  if (region === undefined) throw new Problem('filter_area_unknown', {}, { at: field });
  return region;
}

/** A list or an object has no order. */
export function sortable(column: Column): Column {
  if (column.kind === 'json') throw new Problem('sort_not_granted', {}, { at: column.field });
  return column;
}

/** The fields that masks and consent checks need; only granted fields of them are released. */
export function fieldsToRead({ storedFields, consent }: Permission): readonly string[] {
  const requested = [consent?.birth, consent?.guardian].filter((name) => name !== undefined);
  return requested.length === 0 ? storedFields : [...new Set([...storedFields, ...requested])];
}

export const columnsNamed = (layout: Layout, names: readonly string[]): readonly Column[] =>
  names.map((name) => columnNamed(layout, name));

export function columnNamed(layout: Layout, name: string): Column {
  const column = layout.byField.get(name);
  if (column === undefined) throw new Problem('unknown_field', {}, { at: name });
  return column;
}
