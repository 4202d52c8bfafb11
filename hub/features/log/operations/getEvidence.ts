import { Problem } from '../../../../terms/problem.ts';
import type { ReplyOf } from '../../../pipeline/contract.ts';
import { allowed } from '../../../pipeline/call.ts';
import { evidenceById } from '../../../log/store/evidence.ts';
import { makeEvidence } from './makeEvidence.ts';
import { everywhere } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** Evidence that was released, as one document. Who took it is an entry of its own. @throws Problem not_found, evidence_not_released */
export const getEvidence = operation('getEvidence', {
  kind: 'management',
  permission: { 'office auditor': everywhere },
  owner: ofOffice,
  run: async (call, services) => {
    const row = await evidenceById(services.database.app, call.params.evidence);
    // a sealed list is opened, never handed out as a folder
    if (row === undefined || row.subjects !== null) throw new Problem('not_found');
    if (row.state !== 'released')
      throw new Problem('evidence_not_released', { evidence: row.id, state: row.state });
    const file = await makeEvidence(services, row);
    return allowed<'getEvidence'>(200, file as ReplyOf<'getEvidence', 200>, {
      facts: { change: { evidence: row.id, entries: file.chosen.length, reason: row.reason } },
    });
  },
});
