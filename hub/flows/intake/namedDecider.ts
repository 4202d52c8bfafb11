/** The person who must decide on a held batch, where its dataset names one (核定人). */
import { Problem } from '../../../terms/problem.ts';
import { mayDecide, type Named } from '../../domain/batch.ts';
import { verdictOf } from '../../domain/permissions.ts';
import type { Identity } from '../../identity/identity.ts';
import { ownerOf } from '../../identity/owners.ts';
import { intakeRulesOf, type DatasetRow } from '../../registry/store/datasets.ts';
import { decided } from '../../domain/cells.ts';

type Known = Pick<Identity, 'department' | 'rolesNow' | 'standIns'>;

/** Whether a person may decide on held batches of a department, by their own role or as deputy. @param now Unix milliseconds */
export const mayDecideFor = (
  department: string,
  person: string,
  identity: Omit<Known, 'standIns'>,
  now: number,
): boolean =>
  verdictOf(decided, identity.rolesNow(person, now).grants, [ownerOf(identity, department)]) === 'act';

/** @returns undefined where the dataset names no decider @param now Unix milliseconds */
export function namedDecider(
  row: Pick<DatasetRow, 'department' | 'intake'> | undefined,
  identity: Omit<Known, 'standIns'>,
  now: number,
): Named | undefined {
  if (row === undefined) return undefined;
  const { decides: person } = intakeRulesOf(row);
  return person === undefined
    ? undefined
    : { person, able: mayDecideFor(row.department, person, identity, now) };
}

/** @param first the person who gave the first of two approvals @param now Unix milliseconds @throws Problem decided_by_another */
export function refuseOthers(
  person: string,
  row: Pick<DatasetRow, 'department' | 'intake'> | undefined,
  {
    identity,
    now,
    first,
  }: { readonly identity: Known; readonly now: number; readonly first?: string | undefined },
): void {
  if (!mayApproveNext(person, row, { identity, now, first }))
    throw new Problem('decided_by_another', { person: namedDecider(row, identity, now)?.person ?? '' });
}

/** Whether a person may give the next approval on a held batch of this dataset. */
export function mayApproveNext(
  person: string,
  row: Pick<DatasetRow, 'department' | 'intake'> | undefined,
  {
    identity,
    now,
    first,
  }: { readonly identity: Known; readonly now: number; readonly first?: string | undefined },
): boolean {
  const named = namedDecider(row, identity, now);
  return named === undefined || mayDecide(person, named, { first, standIns: identity.standIns(), now });
}
