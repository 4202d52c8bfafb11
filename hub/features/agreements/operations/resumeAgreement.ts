import { rolesTold } from '../../../../terms/factWords.ts';
import { Problem } from '../../../../terms/problem.ts';
import { liftableBy, stopSides } from '../../../domain/stops.ts';
import { readable } from '../../../registry/verifyStanding.ts';
import { partiesAsOwners, standingAgreement, withStops } from './standingAgreement.ts';
import { checkSharing } from './submitPolicyDocument.ts';
import { decided } from '../../../domain/cells.ts';
import { ofAgreementParties } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * Lifts the stop of the caller's own side; a steward of the data office lifts any. The agreement is back only when no side stops it.
 * @throws Problem not_found, transition_not_allowed (it is not suspended), stop_not_yours (others stopped it), sharing_refused (it would be back, and
 *   its dataset is not shared any more: nothing would be answered)
 */
export const resumeAgreement = operation('resumeAgreement', {
  kind: 'management',
  permission: decided,
  owner: ofAgreementParties,
  run: async (call, services) => {
    const { reason } = call.body;
    const row = await standingAgreement(call, services, 'resume');
    const standing = stopSides.filter((side) => row.stops[side] !== undefined);
    const lifted = liftableBy(call.caller.grants, partiesAsOwners(row, services)).filter((side) =>
      standing.includes(side),
    );
    if (lifted.length === 0) throw new Problem('stop_not_yours', { sides: rolesTold(standing) });
    const stops = Object.fromEntries(
      standing.filter((side) => !lifted.includes(side)).map((side) => [side, row.stops[side]]),
    );
    const document = readable(row.text);
    if (Object.keys(stops).length === 0 && document?.kind === 'Agreement')
      await checkSharing(services.database.app, document);
    return withStops(call, row, stops, { side: lifted.join(' '), reason }, 'resume');
  },
});
