/**
 * The evidence pack: a checkpoint, entries with their audit paths to it, and earlier checkpoints with consistency proofs to it. It can be
 * verified with the log's public key alone.
 */
import type { FaultWord } from '../../terms/factWords.ts';
import { asIs, type Bilingual } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import { Base64Decoder, fromBase64, toBase64 } from '../base64.ts';
import { EvidenceJsonFault, parseEvidenceJson } from '../evidenceJson.ts';
import { parsePath } from '../tlogProof.ts';
import {
  packedLeaf,
  packRangeFile,
  type PackRange,
  type PackRangeFile,
  type ReadRange,
} from './packRange.ts';
import { readRangeLeaves, roomOfLeaves } from './rangeLeaves.ts';

export interface PackEntry {
  readonly index: number;
  /** the leaf's bytes */
  readonly leaf: Uint8Array;
  /** audit path to the pack's checkpoint, the leaf's sibling first */
  readonly proof: readonly Uint8Array[];
}

export interface PackHistory {
  /** signed note */
  readonly checkpoint: string;
  /** consistency proof from its size to the pack's checkpoint */
  readonly proof: readonly Uint8Array[];
}

export interface Pack {
  /** signed note */
  readonly checkpoint: string;
  /** ascending by index */
  readonly entries: readonly PackEntry[];
  /** ranges without gaps, each with one proof, ascending; their entries are not in `entries` */
  readonly ranges?: readonly PackRange[];
  /** ascending by size */
  readonly history: readonly PackHistory[];
  /**
   * statements that link earlier keys of the log to the key that signed (log/note/keyRotation.ts); absent if the log never changed its key
   */
  readonly logKeyRotations?: readonly string[];
}

/** A pack read from its file. */
export interface ReadPackFile extends Omit<Pack, 'ranges'> {
  readonly ranges?: readonly ReadRange[];
}

/** A pack as in its file: hashes and leaves in base64. */
export interface PackFile {
  readonly checkpoint: string;
  readonly entries: readonly {
    readonly index: number;
    readonly leaf: string;
    readonly proof: readonly string[];
  }[];
  readonly ranges?: readonly PackRangeFile[];
  readonly history: readonly { readonly checkpoint: string; readonly proof: readonly string[] }[];
  readonly logKeyRotations?: readonly string[];
  /** index from which the next pack of the same export continues; it is not evidence, and nothing is concluded from it */
  readonly next?: number;
}

export const packFile = (pack: Pack): PackFile => ({
  checkpoint: pack.checkpoint,
  entries: pack.entries.map(({ index, leaf, proof }) => ({
    index,
    leaf: toBase64(leaf),
    proof: proof.map(toBase64),
  })),
  ...(pack.ranges === undefined ? {} : { ranges: pack.ranges.map(packRangeFile) }),
  history: pack.history.map(({ checkpoint, proof }) => ({ checkpoint, proof: proof.map(toBase64) })),
  ...(pack.logKeyRotations === undefined || pack.logKeyRotations.length === 0
    ? {}
    : { logKeyRotations: pack.logKeyRotations }),
});

/** Maximum length of a pack, in bytes: 100,000 entries of a real log are a fifth of a gigabyte. */
export const maxPackLength = 256 * 1024 * 1024;

/**
 * Reads a pack: the file's text, or its parsed value. Nothing is verified yet.
 * @throws Problem pack_malformed
 */
export function parsePack(file: unknown): ReadPackFile {
  const value = typeof file === 'string' ? parseJson(file) : file;
  const { checkpoint, entries, ranges, history, logKeyRotations } = members(value, [
    ...['checkpoint', 'entries', 'ranges', 'history', 'logKeyRotations', 'next'],
  ]);
  if (typeof checkpoint !== 'string') throw malformed(asIs('checkpoint'));
  if (!Array.isArray(entries)) throw malformed(asIs('entries'));
  if (!Array.isArray(history)) throw malformed(asIs('history'));
  return {
    checkpoint,
    entries: packEntries(entries),
    ...(ranges === undefined ? {} : { ranges: rangesOf(ranges) }),
    history: history.map((one, at) => packHistory(one, `history/${at}`)),
    ...(logKeyRotations === undefined ? {} : { logKeyRotations: statements(logKeyRotations) }),
  };
}

function statements(value: unknown): readonly string[] {
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string'))
    throw malformed(asIs('logKeyRotations'));
  return value;
}

const malformed = (what: FaultWord | Bilingual, cause?: unknown): Problem =>
  new Problem('pack_malformed', { what }, { cause });

/** Members of a pack that contain only base64. */
const decoded = ['leaf', 'leaves', 'proof', 'frontier'];

function parseJson(text: string): unknown {
  if (text.length > maxPackLength) throw malformed('too long');
  try {
    return parseEvidenceJson(text, decoded);
  } catch (cause) {
    if (!(cause instanceof EvidenceJsonFault)) throw cause;
    throw malformed({ zh: 'JSON 有误', en: `JSON: ${cause.message}` }, cause);
  }
}

/** An object with exactly these members. */
function members(
  value: unknown,
  names: readonly string[],
  place: string | number = '',
): Readonly<Record<string, unknown>> {
  const at = (): string => (typeof place === 'number' ? `entries/${place}` : place);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed(at() === '' ? 'JSON' : asIs(at()));
  for (const name in value)
    if (!names.includes(name)) throw malformed({ zh: `${at()}：有未知成员`, en: `${at()}: unknown member` });
  return value as Readonly<Record<string, unknown>>;
}

/** Paths of adjacent entries share most of their hashes: a text equal to the previous one at the same place is decoded once. */
function packEntries(values: readonly unknown[]): PackEntry[] {
  let texts: readonly unknown[] = [];
  let hashes: readonly Uint8Array[] = [];
  const decoder = new Base64Decoder();
  return values.map((value, at) => {
    const { index, leaf, proof } = members(value, ['index', 'leaf', 'proof'], at);
    if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 0)
      throw malformed(asIs(`entries/${at}/index`));
    const bytes = packedLeaf(leaf, decoder);
    if (bytes === undefined) throw malformed(asIs(`entries/${at}/leaf`));
    if (!Array.isArray(proof)) throw malformed(asIs(`entries/${at}/proof`));
    const before = { texts, hashes };
    texts = proof as unknown[];
    hashes = path(texts, `entries/${at}`, before);
    return { index, leaf: bytes, proof: hashes };
  });
}

function rangesOf(values: unknown): ReadRange[] {
  if (!Array.isArray(values)) throw malformed(asIs('ranges'));
  const room = roomOfLeaves();
  return values.map((value: unknown, at) => {
    const place = `ranges/${at}`;
    const { first, frontier, leaves, proof } = members(
      value,
      ['first', 'frontier', 'leaves', 'proof'],
      place,
    );
    if (typeof first !== 'number' || !Number.isSafeInteger(first) || first < 0)
      throw malformed(asIs(`${place}/first`));
    const hashes = typeof frontier === 'string' ? fromBase64(frontier) : undefined;
    if (hashes === undefined) throw malformed(asIs(`${place}/frontier`));
    if (!Array.isArray(leaves)) throw malformed(asIs(`${place}/leaves`));
    const read = readRangeLeaves(leaves, room, (nth) => {
      throw malformed(asIs(`${place}/leaves/${nth}`));
    });
    return { first, frontier: hashes, leaves: read, proof: path(proof, place) };
  });
}

function packHistory(value: unknown, place: string): PackHistory {
  const { checkpoint, proof } = members(value, ['checkpoint', 'proof'], place);
  if (typeof checkpoint !== 'string') throw malformed(asIs(`${place}/checkpoint`));
  return { checkpoint, proof: path(proof, place) };
}

function path(
  value: unknown,
  place: string,
  before?: { readonly texts: readonly unknown[]; readonly hashes: readonly Uint8Array[] },
): Uint8Array[] {
  if (!Array.isArray(value)) throw malformed(asIs(`${place}/proof`));
  try {
    return parsePath(value, before);
  } catch (cause) {
    throw malformed(asIs(`${place}/proof`), cause);
  }
}
