import { ofOneHand } from '../../domain/standIn.ts';
import { verdictOf } from '../../domain/permissions.ts';
import type { Call } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { listWaitingProposals } from '../../store/registry/proposals.ts';
import { proposalHead } from '../proposals/showProposal.ts';
import { accepts } from '../proposals/waitingProposalOf.ts';
import { moment } from '../reading/listing.ts';
import type { Services } from '../services.ts';
import { placeOf } from '../../identity/staffPlaces.ts';
import { acceptProposal } from '../proposals/acceptProposal.ts';

/** What others proposed to an owner for whom the caller decides. */
export async function waitingProposals({ caller }: Call<StaffCaller>, { database, identity }: Services) {
  const { grants } = caller;
  const rows = (await listWaitingProposals(database.app)).filter(
    (row) =>
      !ofOneHand(caller, row.author) &&
      verdictOf(acceptProposal.permission, grants, [placeOf(identity, row.owner)]) === 'act' &&
      accepts(grants, row, identity),
  );
  return rows.map((row) => ({ ...proposalHead(row, identity), since: moment(row.proposedAt) }));
}
