/**
 * What a contributor knows of a case that it changes. A field that it may set and not read must not be found out by changes: whether a
 * value is the stored one, or how the stored one compares with another field.
 */
import type { Plans } from '../../../../policies/plans.ts';
import { plansInForce } from '../../../../policies/plansInForce.ts';
import { Problem } from '../../../../terms/problem.ts';
import { excludesRow, type IntakeRules } from '../../../domain/intakeRules.ts';
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
 * Refuses a field that a rule compares with one that the department does not know. The values do not matter: the result would disclose it.
 * @param set names of the fields that change @param isKnown of the fields that do not
 * @throws Problem row_field_not_yours
 */
export function refuseComparisons(
  { crossRules = [], references = [] }: Pick<IntakeRules, 'crossRules' | 'references'>,
  set: readonly string[],
  isKnown: (field: string) => boolean,
): void {
  const compared = [
    ...crossRules
      .filter(({ onBroken }) => excludesRow(onBroken))
      .map(({ field, fields }) => [field, ...fields]),
    ...references.filter(({ onMissing }) => excludesRow(onMissing)).map(({ fields }) => fields),
  ];
  const disclosing = compared.filter((fields) =>
    fields.some((field) => !set.includes(field) && !isKnown(field)),
  );
  const field = set.find((one) => disclosing.some((fields) => fields.includes(one)));
  if (field !== undefined) throw new Problem('row_field_not_yours', { field }, { at: `/body/set/${field}` });
}
