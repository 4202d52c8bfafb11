/** The person whose word a held batch waits for, where its dataset names one (核定人). */
import { Problem } from '../../../terms/problem.ts';
import { mayDecide, type Named } from '../../domain/batch.ts';
import { verdictOf } from '../../domain/permissions.ts';
import type { Identity } from '../../identity/identity.ts';
import { placeOf } from '../../identity/staffPlaces.ts';
import { intakeRulesOf, type DatasetRow } from '../../registry/store/datasets.ts';
import { decided } from '../../domain/cells.ts';

type Known = Pick<Identity, 'department' | 'rolesNow' | 'standIns'>;

/** Whether somebody may decide held batches of a department at all, by a role of her own or one that is lent to her. @param now Unix milliseconds */
export const mayDecideFor = (
  department: string,
  person: string,
  identity: Omit<Known, 'standIns'>,
  now: number,
): boolean =>
  verdictOf(decided, identity.rolesNow(person, now).grants, [placeOf(identity, department)]) === 'act';

/** @returns undefined where the dataset names nobody @param now Unix milliseconds */
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

/** @param first who has said the first of two words already @param now Unix milliseconds @throws Problem decided_by_another */
export function refuseOthers(
  person: string,
  row: Pick<DatasetRow, 'department' | 'intake'> | undefined,
  {
    identity,
    now,
    first,
  }: { readonly identity: Known; readonly now: number; readonly first?: string | undefined },
): void {
  if (!mayReportNext(person, row, { identity, now, first }))
    throw new Problem('decided_by_another', { person: namedDecider(row, identity, now)?.person ?? '' });
}

/** Whether a person may say the next word on a held batch of this dataset. */
export function mayReportNext(
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
