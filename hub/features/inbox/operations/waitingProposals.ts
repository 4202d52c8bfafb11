import { ofOneHand } from '../../../domain/standIn.ts';
import { verdictOf } from '../../../domain/permissions.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { listWaitingProposals } from '../../../registry/store/proposals.ts';
import { proposalHead } from '../../proposals/operations/showProposal.ts';
import { accepts } from '../../proposals/operations/waitingProposalOf.ts';
import { moment } from '../../common/listing.ts';
import type { Services } from '../../common/services.ts';
import { placeOf } from '../../../identity/staffPlaces.ts';
import { acceptProposal } from '../../proposals/operations/acceptProposal.ts';

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
