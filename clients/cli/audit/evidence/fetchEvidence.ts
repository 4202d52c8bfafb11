import type { LogFinding } from '../../../../log/finding.ts';
import type { StaffReader } from '../staffReader.ts';
import { checkEvidence, type EvidenceCheck, type EvidenceTrust } from './checkEvidence.ts';
import { writeEvidenceFolder, checkEvidenceAt, type evidenceAt } from './evidenceFiles.ts';
import { parseWitnessKey } from '../../../../log/witness/cosignature.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { boundedOrText } from '../../boundedFile.ts';
import { packExtent } from '../extents.ts';
import { extentText, replayText } from '../../../../log/pack/claims.ts';

/** Fetches evidence and writes its folder. It also writes evidence that is invalid, and reports that. */
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

/** `datong audit verify` of evidence: findings, and the sentence that states what is valid and what is left out. */
export function verifyEvidence(
  evidence: NonNullable<ReturnType<typeof evidenceAt>>,
  { witnesses, ...trust }: Omit<EvidenceTrust, 'witnesses'> & { readonly witnesses: readonly string[] },
): { readonly findings: readonly LogFinding[]; readonly passed: Bilingual; readonly facts: object } {
  const keys = witnesses.map((key) => parseWitnessKey(boundedOrText(key)));
  const check = checkEvidenceAt(evidence, { ...trust, witnesses: keys });
  return { findings: check.findings, passed: passedText(check), facts: factsOf(check) };
}

function passedText({ read }: EvidenceCheck): Bilingual {
  if (read === undefined) return { zh: '', en: '' };
  const [extent, replayed, log] = [extentText(read), replayText(read), packExtent(read.pack, 1)];
  const seen = read.witnessed.join(', ');
  return {
    zh: `证据成立：${extent.zh}。${replayed.zh}。${log.zh}${seen === '' ? '' : `；见证：${seen}`}`,
    en: `the evidence is valid: ${extent.en}. ${replayed.en}. ${log.en}${seen === '' ? '' : `; witnessed by ${seen}`}`,
  };
}

function factsOf({ read }: EvidenceCheck): object {
  if (read === undefined) return {};
  const { file, digest, pack, complete, replayed, witnessed } = read;
  const { same, possible, unknown, unread } = replayed;
  return {
    evidence: {
      id: file.id,
      digest,
      chosen: file.chosen,
      complete,
      range: file.range,
      witnessed,
      missing: file.missing,
      moreMissing: file.moreMissing,
    },
    decisions: { same, possible, unknown, unread },
    log: { origin: pack.checkpoint?.origin, size: pack.checkpoint?.size, whole: pack.whole },
  };
}
