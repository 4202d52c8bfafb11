/** Whoever submits: a department's machine, by certificate and signature, or a person of the department in a browser, by her session. */
import { providerOf } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import type { DepartmentCaller, StaffCaller } from '../../identity/authentication/caller.ts';
import { intakeRulesOf, type DatasetRow } from '../../registry/store/datasets.ts';

export type Sender = DepartmentCaller | StaffCaller;

/** A person was held against the table of who may do what before the walk began. @throws Problem not_the_provider */
export function checkProvider(caller: Sender, dataset: Parameters<typeof providerOf>[0]): void {
  if (caller.kind === 'department' && providerOf(dataset) !== caller.department)
    throw new Problem('not_the_provider');
}

/** Some datasets take only what a department's own key has signed: `intake.signedOnly`. @throws Problem signed_only */
export function checkSigned(caller: Sender, row: DatasetRow): void {
  if (caller.kind !== 'department' && intakeRulesOf(row).signedOnly)
    throw new Problem('signed_only', { dataset: row.id });
}

/**
 * What one person would do alone in a browser, of a dataset whose held batches two decide (`intake.secondPerson`), or whose rows are only added
 * to (`intake.onRewrite`): a row that is deleted comes again with other values, and nobody is told.
 * @throws Problem deletion_takes_two
 */
export function checkAlone(caller: Sender, row: DatasetRow): void {
  if (caller.kind === 'department') return;
  const { secondPerson, onRewrite = 'warn' } = intakeRulesOf(row);
  if (secondPerson || onRewrite !== 'warn') throw new Problem('deletion_takes_two', { dataset: row.id });
}
