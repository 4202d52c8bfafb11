/** C2SP tlog-proof@v1: index, audit path and checkpoint as one text. */
import { Problem } from '../terms/problem.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { parseDecimalNumber } from './checkpoint.ts';
import { EvidenceJsonFault, parseEvidenceJson } from './evidenceJson.ts';
import { hashLength } from './hash.ts';
import { maxNoteLength } from './note/signedNote.ts';

const head = 'c2sp.org/tlog-proof@v1';
/** Maximum of statements in a proof; verifiers that trust only an older key need new anchors. */
const maxStatements = 4;
/** maximum characters of the line that contains them */
const maxExtraLength = 8192;
/** A tree of 2^53 leaves has paths of 53 hashes. */
const maxPathLength = 53;

export interface TlogProof {
  readonly index: number;
  /** the leaf's sibling first */
  readonly path: readonly Uint8Array[];
  /** signed note */
  readonly checkpoint: string;
  /** statements that link earlier keys of the log to the key that signed (keyRotation.ts), newest last */
  readonly rotations?: readonly string[];
}

/**
 * Statements are in the line `extra`, which every reader of the format ignores: base64 of `{"logKeyRotations": [note, …]}`. If there are
 * more than four, the newest are used.
 */
export function tlogProofText({ index, path, checkpoint, rotations = [] }: TlogProof): string {
  const logKeyRotations = rotations.slice(-maxStatements);
  const extra =
    logKeyRotations.length === 0
      ? ''
      : `extra ${toBase64(Buffer.from(JSON.stringify({ logKeyRotations }), 'utf8'))}\n`;
  let text = `${head}\n${extra}index ${index}\n`;
  for (const hash of path) text += `${toBase64(hash)}\n`;
  return `${text}\n${checkpoint}`;
}

/** @throws Problem proof_malformed */
export function parseTlogProof(text: string): TlogProof {
  if (text.length > maxNoteLength + 8192 + maxExtraLength)
    throw new Problem('proof_malformed', { what: 'too long' });
  const gap = text.indexOf('\n\n');
  const [first, ...lines] = text.slice(0, Math.max(gap, 0)).split('\n');
  if (first !== head) throw new Problem('proof_malformed', { what: 'first line' });
  const rotations = lines[0]?.startsWith('extra ') === true ? statementsIn(lines.shift() ?? '') : undefined;
  const [indexLine = '', ...pathLines] = lines;
  const index = indexLine.startsWith('index ') ? parseDecimalNumber(indexLine.slice(6)) : undefined;
  if (index === undefined) throw new Problem('proof_malformed', { what: 'index' });
  return {
    index,
    path: parsePath(pathLines),
    checkpoint: text.slice(gap + 2),
    ...(rotations === undefined ? {} : { rotations }),
  };
}

/** The line is not authenticated and may contain any data: other forms are ignored. */
function statementsIn(line: string): readonly string[] | undefined {
  const json = line.length > maxExtraLength ? undefined : fromBase64(line.slice('extra '.length));
  if (json === undefined) return undefined;
  let value: unknown;
  try {
    value = parseEvidenceJson(Buffer.from(json).toString('utf8'));
  } catch (error) {
    if (error instanceof EvidenceJsonFault) return undefined;
    throw error;
  }
  const { logKeyRotations: notes } = Object(value) as { readonly logKeyRotations?: unknown };
  if (!Array.isArray(notes) || notes.length > maxStatements) return undefined;
  return notes.every((note) => typeof note === 'string') ? notes : undefined;
}

/**
 * An audit path or consistency proof from its base64 hashes.
 * @param before another path: a hash with the same text at the same place is reused
 * @throws Problem proof_malformed
 */
export function parsePath(
  lines: readonly unknown[],
  before?: { readonly texts: readonly unknown[]; readonly hashes: readonly Uint8Array[] },
): Uint8Array[] {
  // a consistency proof has up to one hash more than the longest path
  if (lines.length > maxPathLength + 1) throw new Problem('proof_malformed', { what: 'too many hashes' });
  return lines.map((line, at) => {
    const known = before?.texts[at] === line ? before?.hashes[at] : undefined;
    if (known !== undefined) return known;
    const hash = typeof line === 'string' ? fromBase64(line) : undefined;
    if (hash?.length !== hashLength) throw new Problem('proof_malformed', { what: 'hash' });
    return hash;
  });
}
