import { Problem } from '../../../../terms/problem.ts';
import type { RoleGrant } from '../../../domain/permissions.ts';
import { proposalLife, type ProposalAct, type ProposalState } from '../../../domain/proposal.ts';
import { transition } from '../../../domain/lifeCycle.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import type { Identity } from '../../../identity/identity.ts';
import { ownerOf } from '../../../identity/owners.ts';
import { proposalById, type ProposalRow } from '../../../registry/store/proposals.ts';
import type { Services } from '../../common/services.ts';

/** The proposal a call names. @throws Problem not_found */
export async function proposalOf(call: Call<StaffCaller>, { database }: Services): Promise<ProposalRow> {
  const row = await proposalById(database.app, call.params['proposal'] ?? '');
  if (row === undefined) throw new Problem('not_found');
  return row;
}

/** The state after an action. @throws Problem transition_not_allowed if it was already decided */
export const stateAfterAct = (row: ProposalRow, act: ProposalAct): ProposalState =>
  transition(proposalLife, `${row.kind} ${row.name}`, row.state, act);

/** Returns whether these roles may accept a proposal: the security officer if required, else a person of the owner. */
export const accepts = (
  grants: readonly RoleGrant[],
  row: Pick<ProposalRow, 'owner' | 'author' | 'needsOfficer'>,
  identity: Identity,
): boolean => (row.needsOfficer ? isOfficer(grants, row.owner, identity) : decidesFor(grants, row, identity));

/** Returns whether the roles include security officer of the owner, or of the data office. */
const isOfficer = (grants: readonly RoleGrant[], owner: string | null, identity: Identity): boolean =>
  grants.some(
    ({ role, department }) =>
      role === 'security' && (department === undefined || department === ownerOf(identity, owner)),
  );

/**
 * Returns whether these roles decide for an owner. If the department has eligible persons other than the author, only they decide.
 * Otherwise the data office decides on its behalf.
 * @param thing `other`: a further person who already approved
 */
export function decidesFor(
  grants: readonly RoleGrant[],
  { owner, author, other }: Pick<ProposalRow, 'owner' | 'author'> & { readonly other?: string | null },
  identity: Identity,
): boolean {
  const place = ownerOf(identity, owner);
  const deciding = ({ role, department }: RoleGrant): boolean =>
    (role === 'steward' || role === 'security') && department === place;
  if (grants.some(deciding)) return true;
  const persons = identity.persons().filter(({ state }) => state === 'active');
  const seconds = identity
    .standIns()
    .filter(({ kind, steward }) => kind === 'second' && persons.some(({ id }) => id === steward));
  const own = persons.some(
    ({ id, grants: theirGrants }) =>
      id !== author &&
      id !== other &&
      (theirGrants.some(deciding) || seconds.some((one) => one.person === id && one.department === place)),
  );
  return place !== undefined && !own;
}
