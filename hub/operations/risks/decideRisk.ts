import type { components } from '../../../api/openapi.ts';
import { Problem } from '../../../terms/problem.ts';
import { holdsIdentityNumber } from '../../domain/identityNumberIn.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import {
  acknowledgeRisk as acknowledge,
  escalateRisk as escalate,
  riskById,
} from '../../store/risks/risks.ts';
import type { Services } from '../services.ts';
import { riskView } from './riskView.ts';

/**
 * A person has looked at a finding and says what it was. What one person escalated another one acknowledges.
 * @throws Problem not_found, text_identity_number, four_eyes, transition_not_allowed
 */
export const acknowledgeRisk = (call: Call<StaffCaller>, services: Services): Promise<Outcome> =>
  decide(call, services, 'acknowledge');

/** A person hands a finding on, with what she knows. @throws Problem not_found, text_identity_number, transition_not_allowed */
export const escalateRisk = (call: Call<StaffCaller>, services: Services): Promise<Outcome> =>
  decide(call, services, 'escalate');

async function decide(
  call: Call<StaffCaller>,
  { database }: Services,
  act: 'acknowledge' | 'escalate',
): Promise<Outcome> {
  const { reason } = call.body as components['schemas']['RiskDecision'];
  const id = call.params['risk'] ?? '';
  const row = await riskById(database.app, id);
  if (row === undefined) throw new Problem('not_found');
  if (holdsIdentityNumber(reason)) throw new Problem('text_identity_number');
  const by = call.caller.person;
  if (act === 'acknowledge' && row.escalatedBy === by) throw new Problem('four_eyes');
  const refused = (state: string): Problem =>
    new Problem('transition_not_allowed', { what: `finding ${id}`, state, act });
  if (row.state === 'acknowledged' || (act === 'escalate' && row.state !== 'open')) throw refused(row.state);
  const decided =
    act === 'acknowledge'
      ? { ...row, state: 'acknowledged' as const, acknowledgedBy: by, acknowledgement: reason }
      : { ...row, state: 'escalated' as const, escalatedBy: by, escalation: reason };
  return allowed(200, riskView(decided, call.now), {
    facts: {
      ...(row.consumer === null ? {} : { consumer: row.consumer }),
      change: { risk: id, rule: row.rule, day: row.day, act, reason },
    },
    work: async (transaction) => {
      const done = await (act === 'acknowledge' ? acknowledge : escalate)(transaction, { id, by, reason });
      if (!done) throw refused('answered');
    },
  });
}
