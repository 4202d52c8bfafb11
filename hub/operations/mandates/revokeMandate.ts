import type { components } from '../../../api/openapi.ts';
import { Problem } from '../../../terms/problem.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { mandateById, revokeMandate as revoke } from '../../store/identity/mandates.ts';
import type { Services } from '../services.ts';

/**
 * POST /v1/mandates/{mandate}/revocation: it takes away and gives nothing, so one person does it. It moves the epoch: a signature or an
 * approval that was decided before it and not yet written is decided again.
 * @throws Problem not_found, transition_not_allowed
 */
export async function revokeMandate(call: Call<StaffCaller>, { database }: Services): Promise<Outcome> {
  const { reason } = call.body as components['schemas']['MandateRevocation'];
  const id = call.params['mandate'] ?? '';
  const row = await mandateById(database.app, id);
  if (row === undefined) throw new Problem('not_found');
  const ended = new Problem('transition_not_allowed', {
    what: `Mandate ${id}`,
    state: 'revoked',
    act: 'revoke',
  });
  if (row.revokedAt !== null) throw ended;
  const { department, person } = row;
  return allowed(
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
}
