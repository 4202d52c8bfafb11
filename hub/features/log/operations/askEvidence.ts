import type { EvidenceQuestion } from '../../../../log/pack/evidenceFile.ts';
import { uuid7 } from '../../../../machine/uuid7.ts';
import { newestCheckpoint } from '../../../log/evidence/logAccess.ts';
import { tokensOf } from '../../../log/evidence/searchEntries.ts';
import { allowed } from '../../../pipeline/call.ts';
import { insertEvidence, type EvidenceRow } from '../../../log/store/evidence.ts';
import { evidenceView } from './evidenceView.ts';
import { makeEvidence } from './makeEvidence.ts';
import { hashOf, refuseIdentityNumbers } from './subjectOf.ts';
import { everywhere } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * Asks for evidence: of a range, a case, an agreement, a search, or a person. About a person another one decides; she stands in the request
 * by her log tokens alone.
 * @throws Problem search_identity_number, unknown_reference, evidence_too_large
 */
export const askEvidence = operation('askEvidence', {
  kind: 'management',
  permission: { 'office auditor': everywhere },
  owner: ofOffice,
  run: async (call, services) => {
    const { reason, case: caseNumber, question } = call.body;
    const { subject, ...filter } = question;
    refuseIdentityNumbers({ case: caseNumber });
    const found =
      subject === undefined ? undefined : await tokensOf(services, hashOf(subject, services), call.now);
    const asked = {
      ...filter,
      ...(subject === undefined ? {} : { subject: subject.dataset }),
    } as EvidenceQuestion;
    const row: EvidenceRow = {
      ...{ id: uuid7(call.now), question: JSON.stringify(asked), reason, caseNumber },
      ...{ tokens: found?.tokens ?? null, attempts: found?.attempts ?? null },
      ...{ size: newestCheckpoint(services).size, askedBy: call.caller.person, askedAt: call.now },
      ...{ state: found === undefined ? 'released' : 'waiting', answeredBy: null, subjects: null },
    };
    // what cannot be handed out is refused now, and not after two have decided
    const { chosen } = await makeEvidence(services, row);
    return allowed<'askEvidence'>(201, evidenceView(row, services.identity), {
      facts: {
        change: {
          ...{ evidence: row.id, by: Object.keys(question).sort().join(' '), entries: chosen.length },
          ...{ reason, case: caseNumber },
        },
      },
      work: (transaction) => insertEvidence(transaction, row),
    });
  },
});
