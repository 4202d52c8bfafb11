import { ofOneHand } from '../../../domain/standIn.ts';
import type { StateWord } from '../../../../terms/factWords.ts';
import { Problem } from '../../../../terms/problem.ts';
import { allowed, type Call, type Outcome } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { acknowledgeRisk as acknowledge, escalateRisk as escalate, riskById } from '../store/risks.ts';
import type { Services } from '../../common/services.ts';
import { riskView } from './riskView.ts';

/**
 * What a person says to a finding: its rows change with the entry that holds her reason.
 * @throws Problem not_found, four_eyes, transition_not_allowed
 */
export async function decideRisk(
  call: Call<StaffCaller, 'acknowledgeRisk' | 'escalateRisk'>,
  { database, identity }: Services,
  act: 'acknowledge' | 'escalate',
): Promise<Outcome> {
  const { reason } = call.body;
  const id = call.params.risk;
  const row = await riskById(database.app, id);
  if (row === undefined) throw new Problem('not_found');
  const by = call.caller.person;
  const own = [row.escalatedBy, row.person].some((one) => ofOneHand(call.caller, one));
  if (act === 'acknowledge' && own) throw new Problem('four_eyes');
  const refused = (state: StateWord): Problem =>
    new Problem('transition_not_allowed', { what: `finding ${id}`, state, act });
  if (row.state === 'acknowledged' || (act === 'escalate' && row.state !== 'open')) throw refused(row.state);
  const decided =
    act === 'acknowledge'
      ? { ...row, state: 'acknowledged' as const, acknowledgedBy: by, acknowledgement: reason }
      : { ...row, state: 'escalated' as const, escalatedBy: by, escalation: reason };
  return allowed<'acknowledgeRisk' | 'escalateRisk'>(200, riskView(decided, call.now, identity), {
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
