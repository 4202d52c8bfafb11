import type { components } from '../../../../api/openapi.ts';
import { verdictOf } from '../../../domain/permissions.ts';
import { ofOneHand } from '../../../domain/standIn.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { waitingEvidence } from '../../../log/store/evidence.ts';
import { evidenceView } from '../../log/operations/evidenceView.ts';
import { moment } from '../../common/listing.ts';
import type { Services } from '../../common/services.ts';
import { answerEvidence } from '../../log/operations/answerEvidence.ts';

/** Evidence about persons that another one asked for and she may release. */
export async function waitingReleases(
  { caller }: Call<StaffCaller>,
  { database, identity }: Services,
): Promise<readonly components['schemas']['EvidenceRequested'][]> {
  if (verdictOf(answerEvidence.permission, caller.grants, [undefined]) !== 'act') return [];
  const rows = await waitingEvidence(database.app);
  return rows
    .filter(({ askedBy }) => !ofOneHand(caller, askedBy))
    .map((row) => ({ ...evidenceView(row, identity), since: moment(row.askedAt) }));
}
