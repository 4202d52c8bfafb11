import type { components } from '../../../api/openapi.ts';
import { Problem } from '../../../terms/problem.ts';
import { ofOneHand } from '../../domain/standIn.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { answerEvidence as answerRow, evidenceById } from '../../store/audit/evidence.ts';
import type { Services } from '../services.ts';
import { evidenceView } from './evidenceView.ts';
import { refuseEnded } from './sealedList.ts';

/**
 * The second person's word on evidence about somebody: it is handed out, or not.
 * @throws Problem not_found, four_eyes, list_closed, transition_not_allowed
 */
export async function answerEvidence(
  call: Call<StaffCaller>,
  { database, identity }: Services,
): Promise<Outcome> {
  const { answer } = call.body as components['schemas']['EvidenceAnswer'];
  const id = call.params['evidence'] ?? '';
  const row = await evidenceById(database.app, id);
  if (row === undefined) throw new Problem('not_found');
  const by = call.caller.person;
  if (ofOneHand(call.caller, row.askedBy)) throw new Problem('four_eyes');
  refuseEnded(row, call.now);
  const refused = (): Problem =>
    new Problem('transition_not_allowed', { what: `evidence ${id}`, state: row.state, act: answer });
  if (row.state !== 'waiting') throw refused();
  const state = answer === 'release' ? 'released' : 'refused';
  return allowed(200, evidenceView({ ...row, state, answeredBy: by }, identity), {
    facts: { change: { evidence: id, act: answer, reason: row.reason, case: row.caseNumber } },
    work: async (transaction) => {
      if (!(await answerRow(transaction, { id, by, state }))) throw refused();
    },
  });
}
