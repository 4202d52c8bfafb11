/**
 * Verifies evidence without the hub: entries against the signed log, the selection against the question, decisions against their documents.
 */
import { createHash } from 'node:crypto';
import { logFinding, type LogFinding } from '../../../../log/finding.ts';
import { followRotations } from '../../../../log/note/keyRotation.ts';
import type { NoteVerifier } from '../../../../log/note/noteKey.ts';
import { checkChoice, type ReadEntry } from '../../../../log/pack/checkChoice.ts';
import type { EvidenceFile } from '../../../../log/pack/evidenceFile.ts';
import { parseEvidence } from '../../../../log/pack/parseEvidence.ts';
import { verifyPack, type NamedText, type PackCheck } from '../../../../log/pack/verifyPack.ts';
import { parseLeaf } from '../../../../log/parseLeaf.ts';
import { cosignaturesOf, type WitnessKey } from '../../../../log/witness/cosignature.ts';
import { replayEvidence, type ReplayedEvidence } from '../../../../policies/questions/replayEvidence.ts';
import { Problem } from '../../../../terms/problem.ts';

export interface EvidenceTrust {
  readonly keys: readonly NoteVerifier[];
  /** checkpoints that were stored outside the hub */
  readonly checkpoints?: readonly NamedText[];
  /** each must have cosigned the checkpoint in it */
  readonly witnesses?: readonly WitnessKey[];
}

export interface EvidenceCheck {
  readonly findings: readonly LogFinding[];
  /** absent if the text cannot be parsed or its key rotations do not verify */
  readonly read?: {
    readonly file: EvidenceFile;
    /** hex SHA-256 of the file */
    readonly digest: string;
    readonly pack: PackCheck;
    /** those that are proven, ascending */
    readonly entries: readonly ReadEntry[];
    readonly destroyed: PackCheck['destroyed'];
    readonly complete: 'range' | 'choice';
    readonly replayed: ReplayedEvidence;
    /** names of witnesses with valid cosignatures */
    readonly witnessed: readonly string[];
  };
}

/** Never throws for any text: errors in it become findings. */
export function checkEvidence(text: string, trust: EvidenceTrust): EvidenceCheck {
  let file: EvidenceFile;
  try {
    file = parseEvidence(text);
  } catch (why) {
    if (!(why instanceof Problem)) throw why;
    return { findings: [logFinding('pack_malformed', { why })] };
  }
  let keys: readonly NoteVerifier[];
  try {
    // the statements of the evidence lead from an earlier trusted key to the current one
    keys = followRotations(trust.keys, statementsIn(file.anchors));
  } catch (why) {
    if (!(why instanceof Problem)) throw why;
    return { findings: [logFinding('pack_malformed', { why })] };
  }
  const cosigned = { name: 'evidence.json#/cosigned', text: file.cosigned };
  const pack = verifyPack(file.pack, {
    keys,
    checkpoints: [cosigned, ...(trust.checkpoints ?? [])],
  });
  const entries = pack.entries.map(({ index, bytes }) => ({ index, leaf: parseLeaf(bytes) }));
  const choice = checkChoice(file, entries, pack.destroyed);
  const replayed = replayEvidence(file, entries);
  const witness = witnessesOf(file, trust.witnesses ?? []);
  return {
    findings: [...pack.findings, ...choice.findings, ...replayed.findings, ...witness.findings],
    read: {
      file,
      digest: digestOf(text),
      pack,
      entries,
      destroyed: pack.destroyed,
      complete: choice.complete,
      replayed,
      witnessed: witness.names,
    },
  };
}

/** The key rotation statements of the anchors, unverified: followRotations verifies each with a trusted key. */
const statementsIn = ({ logKeyRotations }: { readonly logKeyRotations?: unknown }): string[] =>
  Array.isArray(logKeyRotations) ? logKeyRotations.map(String) : [];

/** The digest by which a print form, and persons who quote the evidence, name it. */
export const digestOf = (text: string | Uint8Array): string =>
  createHash('sha256').update(text).digest('hex');

function witnessesOf(
  { cosigned }: EvidenceFile,
  witnesses: readonly WitnessKey[],
): { readonly names: readonly string[]; readonly findings: readonly LogFinding[] } {
  try {
    const seen = cosignaturesOf(cosigned, witnesses).map(({ witness }) => witness.name);
    const silent = witnesses.filter(({ name }) => !seen.includes(name));
    return { names: seen, findings: silent.map(({ name }) => logFinding('witness_silent', { what: name })) };
  } catch (why) {
    if (!(why instanceof Problem)) throw why;
    return { names: [], findings: [logFinding('witness_invalid', { why })] };
  }
}
