/**
 * What a contributor knows of a case that it changes. A field that it may set and not read must not be found out by changes: whether a
 * value is the stored one, or how the stored one compares with another field. Nor may rows of another dataset be found out by references.
 */
import type { Plans } from '../../../../policies/plans.ts';
import { plansInForce } from '../../../../policies/plansInForce.ts';
import { Problem } from '../../../../terms/problem.ts';
import { releases } from '../../../domain/dataset.ts';
import { excludesRow, type IntakeRules, type Reference } from '../../../domain/intakeRules.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { meets } from '../../live/checkRows.ts';

/**
 * Fields of a row that agreements in force grant a department without a mask. A field that is read only with consent, or by the full value
 * of a subject, does not count.
 * @param now Unix milliseconds
 */
export function clearFields(
  plans: Plans,
  { row, schema }: Pick<LiveDataset, 'row' | 'schema'>,
  department: string,
  { stored, now }: { readonly stored: Readonly<Record<string, unknown>>; readonly now: number },
): ReadonlySet<string> {
  const granting = plansInForce(plans, { consumer: department, dataset: row.id }, now).filter(
    ({ needs, whole: { consent, rowFilter } }) =>
      !needs.lookup &&
      consent === undefined &&
      rowFilter.every((condition) => meets(condition, schema.fields, stored)),
  );
  return new Set(
    granting.flatMap(({ whole }) =>
      whole.fields.flatMap(({ field, mask }) => (mask.name === 'clear' ? [field] : [])),
    ),
  );
}

/**
 * Whether agreements in force let a department read the keys that a reference points at, of every row. A row filter, consent or a question by
 * the full value of a subject leaves rows that the department may not find.
 * @param target absent: no dataset of this name releases rows
 * @param now Unix milliseconds
 */
export function readsWhole(
  plans: Plans,
  target: Pick<LiveDataset, 'row' | 'schema'> | undefined,
  { keys = target?.schema.primaryKey ?? [] }: Pick<Reference, 'keys'>,
  { department, now }: { readonly department: string; readonly now: number },
): boolean {
  if (target === undefined || !releases(target.row.state)) return false;
  return plansInForce(plans, { consumer: department, dataset: target.row.id }, now).some(
    ({ needs, whole: { consent, rowFilter, fields } }) =>
      !needs.lookup &&
      consent === undefined &&
      rowFilter.length === 0 &&
      keys.every((key) => fields.some(({ field, mask }) => field === key && mask.name === 'clear')),
  );
}

/** What a department knows. */
export interface Known {
  /** whether it may read a field of the row that does not change */
  readonly field: (name: string) => boolean;
  /** whether it may read every row that a reference can find */
  readonly target: (reference: Reference) => boolean;
}

/**
 * Refuses a field that a rule compares with one that the department does not know, or that a reference looks for among rows that it may not
 * read. The values do not matter: the result would disclose them.
 * @param set names of the fields that change
 * @throws Problem row_field_not_yours
 */
export function refuseComparisons(
  { crossRules = [], references = [] }: Pick<IntakeRules, 'crossRules' | 'references'>,
  set: readonly string[],
  isKnown: Known,
): void {
  const excluding = references.filter(({ onMissing }) => excludesRow(onMissing));
  const compared = [
    ...crossRules
      .filter(({ onBroken }) => excludesRow(onBroken))
      .map(({ field, fields }) => [field, ...fields]),
    ...excluding.map(({ fields }) => fields),
  ];
  const disclosing = [
    ...compared.filter((fields) => fields.some((field) => !set.includes(field) && !isKnown.field(field))),
    ...excluding.filter((reference) => !isKnown.target(reference)).map(({ fields }) => fields),
  ];
  const field = set.find((one) => disclosing.some((fields) => fields.includes(one)));
  if (field !== undefined) throw new Problem('row_field_not_yours', { field }, { at: `/body/set/${field}` });
}
