import { Problem } from '../../../../terms/problem.ts';
import { ofOneHand } from '../../../domain/standIn.ts';
import { allowed } from '../../../pipeline/call.ts';
import { answerEvidence as answerRow, evidenceById } from '../../../log/store/evidence.ts';
import { evidenceView } from './evidenceView.ts';
import { refuseEnded } from './sealedList.ts';
import { everywhere } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * The second person's word on evidence about somebody: it is handed out, or not.
 * @throws Problem not_found, four_eyes, list_closed, transition_not_allowed
 */
export const answerEvidence = operation('answerEvidence', {
  kind: 'management',
  permission: { 'office auditor': everywhere, 'office security': everywhere },
  owner: ofOffice,
  run: async (call, { database, identity }) => {
    const { answer } = call.body;
    const id = call.params.evidence;
    const row = await evidenceById(database.app, id);
    if (row === undefined) throw new Problem('not_found');
    const by = call.caller.person;
    if (ofOneHand(call.caller, row.askedBy)) throw new Problem('four_eyes');
    refuseEnded(row, call.now);
    const refused = (): Problem =>
      new Problem('transition_not_allowed', { what: `evidence ${id}`, state: row.state, act: answer });
    if (row.state !== 'waiting') throw refused();
    const state = answer === 'release' ? 'released' : 'refused';
    return allowed<'answerEvidence'>(200, evidenceView({ ...row, state, answeredBy: by }, identity), {
      facts: { change: { evidence: id, act: answer, reason: row.reason, case: row.caseNumber } },
      work: async (transaction) => {
        if (!(await answerRow(transaction, { id, by, state }))) throw refused();
      },
    });
  },
});
