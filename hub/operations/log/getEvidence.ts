import { Problem } from '../../../terms/problem.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { evidenceById } from '../../store/audit/evidence.ts';
import type { Services } from '../services.ts';
import { makeEvidence } from './makeEvidence.ts';

/** Evidence that was released, as one document. Who took it is an entry of its own. @throws Problem not_found, evidence_not_released */
export async function getEvidence(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  const row = await evidenceById(services.database.app, call.params['evidence'] ?? '');
  // a sealed list is opened, never handed out as a folder
  if (row === undefined || row.subjects !== null) throw new Problem('not_found');
  if (row.state !== 'released')
    throw new Problem('evidence_not_released', { evidence: row.id, state: row.state });
  const file = await makeEvidence(services, row);
  return allowed(200, file, {
    facts: { change: { evidence: row.id, entries: file.chosen.length, reason: row.reason } },
  });
}
