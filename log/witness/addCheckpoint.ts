/** C2SP tlog-witness: the request of a log to a witness, and the decision of the witness. */
import { Problem } from '../../terms/problem.ts';
import { fromBase64, toBase64 } from '../base64.ts';
import { claimedCheckpoint, openCheckpoint, parseDecimalNumber, type Checkpoint } from '../checkpoint.ts';
import { emptyRoot, hashLength, sameHash } from '../hash.ts';
import type { NoteVerifier } from '../note/noteKey.ts';
import { maxNoteLength } from '../note/signedNote.ts';
import { isConsistent } from '../tree/verifyProof.ts';

/** The body of `POST add-checkpoint`. */
export interface AddCheckpoint {
  /** size of the latest checkpoint that the witness cosigned, as known to the log */
  readonly old: number;
  readonly proof: readonly Uint8Array[];
  /** signed note */
  readonly checkpoint: string;
}

const maxProof = 63;
/** Maximum length of a body, in bytes. */
export const maxAddCheckpointLength: number = maxNoteLength + 64 * 64;

export const addCheckpointText = ({ old, proof, checkpoint }: AddCheckpoint): string =>
  `old ${old}\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${checkpoint}`;

/** @throws Problem proof_malformed */
export function parseAddCheckpoint(text: string): AddCheckpoint {
  const gap = text.indexOf('\n\n');
  if (gap < 0 || text.length > maxAddCheckpointLength)
    throw new Problem('proof_malformed', { what: 'lines' });
  const [first = '', ...lines] = text.slice(0, gap).split('\n');
  const old = first.startsWith('old ') ? parseDecimalNumber(first.slice(4)) : undefined;
  if (old === undefined) throw new Problem('proof_malformed', { what: 'old size' });
  if (lines.length > maxProof) throw new Problem('proof_malformed', { what: 'length' });
  const proof = lines.map((line) => {
    const hash = fromBase64(line);
    if (hash?.length !== hashLength) throw new Problem('proof_malformed', { what: 'hash' });
    return hash;
  });
  return { old, proof, checkpoint: text.slice(gap + 2) };
}

/** A log that a witness observes, with the checkpoint that it cosigned last. */
export interface WatchedLog {
  readonly origin: string;
  readonly keys: readonly NoteVerifier[];
  /** undefined before the first one */
  readonly latest: Checkpoint | undefined;
}

/**
 * The reply of a witness: 200 cosigns, any other status refuses. `forked`: the log has signed two histories; the proof is included.
 * `suspect`: a possible fork, or an old checkpoint or a wrong proof, which any client can send; the witness must query the log itself.
 */
export type Verdict =
  | { readonly status: 200; readonly checkpoint: Checkpoint }
  | { readonly status: 400 | 404; readonly why: string }
  | { readonly status: 403; readonly why: string; readonly code: string }
  | { readonly status: 422; readonly why: string; readonly doubt: Doubt }
  | { readonly status: 409; readonly latest: number; readonly doubt: Doubt | undefined };

export type Doubt = 'forked' | 'suspect';

/**
 * Applies the rules of add-checkpoint, in their order.
 * @param logOf returns the log of an origin, undefined if this witness does not know it
 */
export function judgeCheckpoint(
  { old, proof, checkpoint: note }: AddCheckpoint,
  logOf: (origin: string) => WatchedLog | undefined,
): Verdict {
  let origin: string;
  try {
    ({ origin } = claimedCheckpoint(note));
  } catch (error) {
    if (error instanceof Problem) return { status: 400, why: error.message };
    throw error;
  }
  const log = logOf(origin);
  if (log === undefined) return { status: 404, why: 'unknown origin' };
  let checkpoint: Checkpoint;
  try {
    checkpoint = openCheckpoint(note, log.keys);
  } catch (error) {
    if (error instanceof Problem) return { status: 403, why: error.message, code: error.code };
    throw error;
  }
  if (old > checkpoint.size) return { status: 400, why: 'the old size is above the new one' };
  const latest = log.latest ?? { origin, size: 0, root: emptyRoot };
  const doubt = doubtAbout(checkpoint, latest);
  if (old !== latest.size) return { status: 409, latest: latest.size, doubt };
  if (checkpoint.size === 0 && !sameHash(checkpoint.root, emptyRoot))
    return { status: 422, why: 'the empty tree has another root', doubt: 'forked' };
  if (!isConsistent(latest, checkpoint, proof))
    return {
      status: 422,
      why: 'the log does not continue what was cosigned',
      doubt: doubt ?? 'suspect',
    };
  return { status: 200, checkpoint };
}

function doubtAbout(shown: Checkpoint, latest: Checkpoint): Doubt | undefined {
  if (shown.size < latest.size) return 'suspect';
  return shown.size === latest.size && !sameHash(shown.root, latest.root) ? 'forked' : undefined;
}
