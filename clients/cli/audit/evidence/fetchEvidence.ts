import type { LogFinding } from '../../../../log/finding.ts';
import type { StaffReader } from '../staffReader.ts';
import { checkEvidence, type EvidenceCheck } from './checkEvidence.ts';
import { writeEvidenceFolder } from './evidenceFiles.ts';

/** Fetches evidence and writes its folder; where it does not hold, also then, and says so. */
export async function fetchEvidence(
  hub: Pick<StaffReader, 'bytes' | 'logKeys'>,
  id: string,
  folder: string,
): Promise<{ readonly findings: readonly LogFinding[]; readonly read: EvidenceCheck['read'] }> {
  const bytes = await hub.bytes(`/v1/log/evidence/${encodeURIComponent(id)}`);
  const text = Buffer.from(bytes).toString('utf8');
  const { findings, read } = checkEvidence(text, { keys: await hub.logKeys() });
  if (read !== undefined) writeEvidenceFolder(folder, text, read);
  return { findings, read };
}
