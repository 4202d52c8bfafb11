/** C2SP tlog-proof@v1: index, audit path and checkpoint as one text. */
import { Problem } from '../terms/problem.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { parseDecimalNumber } from './checkpoint.ts';
import { hashLength } from './hash.ts';
import { longestNote } from './note/signedNote.ts';

const head = 'c2sp.org/tlog-proof@v1';
/** A tree of 2^53 leaves has paths of 53 hashes. */
const longestPath = 53;

export interface TlogProof {
  readonly index: number;
  /** the leaf's sibling first */
  readonly path: readonly Uint8Array[];
  /** signed note */
  readonly checkpoint: string;
}

export function tlogProofText({ index, path, checkpoint }: TlogProof): string {
  let text = `${head}\nindex ${index}\n`;
  for (const hash of path) text += `${toBase64(hash)}\n`;
  return `${text}\n${checkpoint}`;
}

/** @throws Problem proof_malformed */
export function parseTlogProof(text: string): TlogProof {
  if (text.length > longestNote + 8192) throw new Problem('proof_malformed', { what: 'too long' });
  const gap = text.indexOf('\n\n');
  const [first, ...lines] = text.slice(0, Math.max(gap, 0)).split('\n');
  if (first !== head) throw new Problem('proof_malformed', { what: 'first line' });
  if (lines[0]?.startsWith('extra ') === true) lines.shift(); // not authenticated: never looked at
  const [indexLine = '', ...pathLines] = lines;
  const index = indexLine.startsWith('index ') ? parseDecimalNumber(indexLine.slice(6)) : undefined;
  if (index === undefined) throw new Problem('proof_malformed', { what: 'index' });
  return { index, path: parsePath(pathLines), checkpoint: text.slice(gap + 2) };
}

/**
 * An audit path or consistency proof from its base64 hashes.
 * @param before another path: where it has the same text at the same place, its hash is taken
 * @throws Problem proof_malformed
 */
export function parsePath(
  lines: readonly unknown[],
  before?: { readonly texts: readonly unknown[]; readonly hashes: readonly Uint8Array[] },
): Uint8Array[] {
  // a consistency proof has up to one hash more than the longest path
  if (lines.length > longestPath + 1) throw new Problem('proof_malformed', { what: 'too many hashes' });
  return lines.map((line, at) => {
    const known = before?.texts[at] === line ? before?.hashes[at] : undefined;
    if (known !== undefined) return known;
    const hash = typeof line === 'string' ? fromBase64(line) : undefined;
    if (hash?.length !== hashLength) throw new Problem('proof_malformed', { what: 'hash' });
    return hash;
  });
}
