/** Checks whether a witness has seen the log grow to the tree of a receipt, or beyond. */
import { Problem } from '../../terms/problem.ts';
import { openCheckpoint, type Checkpoint } from '../checkpoint.ts';
import { logFinding, type LogFinding } from '../finding.ts';
import type { NoteVerifier } from '../note/noteKey.ts';
import { isConsistent } from '../tree/verifyProof.ts';
import { cosignaturesOf, type Cosignature, type WitnessKey } from './cosignature.ts';

export interface WitnessEvidence {
  readonly logKeys: readonly NoteVerifier[];
  readonly witnesses: readonly WitnessKey[];
  /** a checkpoint with cosignatures; undefined if the hub has none */
  readonly cosigned: string | undefined;
  /** returns the consistency proof from the receipt's size to the cosigned one; undefined if the hub returns none */
  readonly proof: (from: number, size: number) => Promise<readonly Uint8Array[] | undefined>;
}

export interface WitnessCheck {
  readonly findings: readonly LogFinding[];
  /** the valid ones of the named witnesses */
  readonly cosignatures: readonly Cosignature[];
  /** entries of the cosigned tree */
  readonly size?: number;
}

/** Every named witness must have seen it. Faults are findings. */
export async function verifyWitnessed(
  checkpoint: Checkpoint,
  { logKeys, witnesses, cosigned, proof }: WitnessEvidence,
): Promise<WitnessCheck> {
  const failed = (...findings: LogFinding[]): WitnessCheck => ({ findings, cosignatures: [] });
  if (cosigned === undefined)
    return failed(logFinding('witness_absent', { size: checkpoint.size, known: 0 }));
  let seen: Checkpoint;
  let cosignatures: Cosignature[];
  try {
    seen = openCheckpoint(cosigned, logKeys);
    cosignatures = cosignaturesOf(cosigned, witnesses);
  } catch (why) {
    if (!(why instanceof Problem)) throw why;
    return failed(logFinding('witness_invalid', { why }));
  }
  const silent = witnesses.find(({ vkey }) => !cosignatures.some(({ witness }) => witness.vkey === vkey));
  if (silent !== undefined) return failed(logFinding('witness_silent', { what: silent.name }));
  if (seen.size < checkpoint.size)
    return failed(logFinding('witness_absent', { size: checkpoint.size, known: seen.size }));
  const steps = seen.size === checkpoint.size ? [] : await proof(checkpoint.size, seen.size);
  if (steps === undefined || !isConsistent(checkpoint, seen, steps))
    return failed(logFinding('witness_inconsistent', { size: checkpoint.size, known: seen.size }));
  return { findings: [], cosignatures, size: seen.size };
}
