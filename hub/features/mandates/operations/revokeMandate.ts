import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import { mandateById, revokeMandate as revoke } from '../../../identity/store/mandates.ts';
import { guarded } from '../../../domain/cells.ts';
import { ofMandate } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * POST /v1/mandates/{mandate}/revocation: one person may revoke, because it only removes rights. It advances the epoch: a signature or an
 * approval that was decided before and is not yet written is decided again.
 * @throws Problem not_found, transition_not_allowed
 */
export const revokeMandate = operation('revokeMandate', {
  kind: 'management',
  permission: guarded,
  owner: ofMandate,
  run: async (call, { database }) => {
    const { reason } = call.body;
    const id = call.params.mandate;
    const row = await mandateById(database.app, id);
    if (row === undefined) throw new Problem('not_found');
    const ended = new Problem('transition_not_allowed', {
      what: `Mandate ${id}`,
      state: 'revoked',
      act: 'revoke',
    });
    if (row.revokedAt !== null) throw ended;
    const { department, person } = row;
    return allowed<'revokeMandate'>(
      200,
      { id, revoked: true },
      {
        facts: { change: { kind: 'Mandate', id, act: 'revoke', department, person, reason } },
        work: async (transaction) => {
          const { now: at, exchange } = call;
          if (!(await revoke(transaction, { id, by: call.caller.person, at, reason, exchange }))) throw ended;
        },
        bumpsEpoch: true,
      },
    );
  },
});
