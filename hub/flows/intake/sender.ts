/** The sender of a submission: a department's system, by certificate and signature, or a person of the department, by browser session. */
import { providerOf } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import type { DepartmentCaller, StaffCaller } from '../../identity/authentication/caller.ts';
import { intakeRulesOf, type DatasetRow } from '../../registry/store/datasets.ts';

export type Sender = DepartmentCaller | StaffCaller;

/** For a person, the permission table was checked before the flow began. @throws Problem not_the_provider */
export function checkProvider(caller: Sender, dataset: Parameters<typeof providerOf>[0]): void {
  if (caller.kind === 'department' && providerOf(dataset) !== caller.department)
    throw new Problem('not_the_provider');
}

/** Some datasets accept only data signed by a department's own key: `intake.signedOnly`. @throws Problem signed_only */
export function checkSigned(caller: Sender, row: DatasetRow): void {
  if (caller.kind !== 'department' && intakeRulesOf(row).signedOnly)
    throw new Problem('signed_only', { dataset: row.id });
}

/**
 * Refuses deletions by a single person in a browser, for a dataset whose held batches need two persons (`intake.secondPerson`) or that is
 * append-only (`intake.onRewrite`). A deleted row could otherwise return with other values without notice.
 * @throws Problem deletion_takes_two
 */
export function checkAlone(caller: Sender, row: DatasetRow): void {
  if (caller.kind === 'department') return;
  const { secondPerson, onRewrite = 'warn' } = intakeRulesOf(row);
  if (secondPerson || onRewrite !== 'warn') throw new Problem('deletion_takes_two', { dataset: row.id });
}
