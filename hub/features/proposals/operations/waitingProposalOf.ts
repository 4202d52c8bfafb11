import { Problem } from '../../../../terms/problem.ts';
import type { Owner, RoleGrant } from '../../../domain/permissions.ts';
import { proposalLife, type ProposalAct, type ProposalState } from '../../../domain/proposal.ts';
import { transition } from '../../../domain/lifeCycle.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import type { Identity } from '../../../identity/identity.ts';
import { placeOf } from '../../../identity/staffPlaces.ts';
import { proposalById, type ProposalRow } from '../../../registry/store/proposals.ts';
import type { Services } from '../../common/services.ts';

/** The proposal a call names. @throws Problem not_found */
export async function proposalOf(call: Call<StaffCaller>, { database }: Services): Promise<ProposalRow> {
  const row = await proposalById(database.app, call.params['proposal'] ?? '');
  if (row === undefined) throw new Problem('not_found');
  return row;
}

/** Where an act leads. @throws Problem transition_not_allowed when it was decided */
export const stateAfterAct = (row: ProposalRow, act: ProposalAct): ProposalState =>
  transition(proposalLife, `${row.kind} ${row.name}`, row.state, act);

/** Whose word a proposal waits for, of these roles: the security officer's where it needs hers, else that of a person of the owner. */
export const accepts = (
  grants: readonly RoleGrant[],
  row: Pick<ProposalRow, 'owner' | 'author' | 'needsOfficer'>,
  identity: Identity,
): boolean => (row.needsOfficer ? isOfficer(grants, row.owner, identity) : decidesFor(grants, row, identity));

/** Whether she is the security officer of an owner, or of the data office. */
const isOfficer = (grants: readonly RoleGrant[], owner: string | null, identity: Identity): boolean =>
  grants.some(
    ({ role, department }) =>
      role === 'security' && (department === undefined || department === placeOf(identity, owner)),
  );

/**
 * Whether these roles decide for an owner. While a department has persons of its own who could, other than the author, only they do;
 * the data office stands in where there is nobody.
 * @param thing `other`: a further person whose word it has already
 */
export function decidesFor(
  grants: readonly RoleGrant[],
  { owner, author, other }: Pick<ProposalRow, 'owner' | 'author'> & { readonly other?: string | null },
  identity: Identity,
): boolean {
  const place: Owner = owner === null || identity.department(owner)?.dataOffice === true ? undefined : owner;
  const deciding = ({ role, department }: RoleGrant): boolean =>
    (role === 'steward' || role === 'security') && department === place;
  if (grants.some(deciding)) return true;
  const persons = identity.persons().filter(({ state }) => state === 'active');
  const seconds = identity
    .standIns()
    .filter(({ kind, steward }) => kind === 'second' && persons.some(({ id }) => id === steward));
  const own = persons.some(
    ({ id, grants: hers }) =>
      id !== author &&
      id !== other &&
      (hers.some(deciding) || seconds.some((one) => one.person === id && one.department === place)),
  );
  return place !== undefined && !own;
}
