/**
 * Rotation of a log's key: a statement signed by the old key and by the new one, a C2SP signed note over four lines: what it is, the size
 * from which the new key signs, the old vkey, the new vkey. Below that size the old key goes on counting for ever; from it on a checkpoint
 * without the new key's signature is not the log's, so that an old key stolen later signs nothing more.
 */
import type { Bilingual } from '../../terms/bilingual.ts';
import type { FaultWord } from '../../terms/factWords.ts';
import { Problem } from '../../terms/problem.ts';
import { sameHash } from '../hash.ts';
import { parseVkey, type NoteSigner, type NoteVerifier } from './noteKey.ts';
import { openNote, signNote, splitNote, type SignatureLine } from './signedNote.ts';

/** no checkpoint begins so: a log's origin holds no space */
const header = 'datong log key rotation 1';
/** A log that changed its key each month has as many in 80 years. */
const maxRotations = 1_000;

export interface Rotation {
  readonly old: NoteVerifier;
  readonly next: NoteVerifier;
  /** the smallest size of a checkpoint that only the new key can sign, at least 1: the tree that holds the rotation's entry */
  readonly from: number;
  /** the signed note */
  readonly note: string;
}

/** A statement by which the log changed its key, as a hub keeps it. */
export interface KnownRotation {
  readonly statement: string;
  /** Unix ms; null where it came back from a key folder, after an older archive was restored */
  readonly rotatedAt: number | null;
}

/**
 * The statement. The same keys and size always give the same text.
 * @throws TypeError for two keys of different names, one key twice, or a size that is none
 */
export function signRotation(old: NoteSigner, next: NoteSigner, from: number): string {
  if (old.name !== next.name || old.vkey === next.vkey)
    throw new TypeError('a rotation is of two keys of one log');
  if (!Number.isSafeInteger(from) || from < 1) throw new TypeError('a rotation begins at a size');
  return signNote(`${header}\n${from}\n${old.vkey}\n${next.vkey}\n`, old, next);
}

/** @throws Problem log_rotation_invalid unless both keys signed exactly this */
export function parseRotation(note: string): Rotation {
  try {
    const [first, size = '', oldKey = '', nextKey = '', end, ...rest] = splitNote(note).text.split('\n');
    if (first !== header || end !== '' || rest.length > 0) throw invalid('lines');
    const from = /^[1-9]\d{0,15}$/.test(size) ? Number(size) : Number.NaN;
    if (!Number.isSafeInteger(from)) throw invalid('size');
    const [old, next] = [parseVkey(oldKey), parseVkey(nextKey)];
    if (old.name !== next.name || old.vkey === next.vkey) throw invalid('log key');
    const { signers } = openNote(note, [old, next]);
    for (const key of [old, next])
      if (!signers.includes(key))
        throw invalid({ zh: `没有密钥 ${key.vkey} 的签名`, en: `it is not signed by ${key.vkey}` });
    return { old, next, from, note };
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code === 'log_rotation_invalid') throw cause;
    throw new Problem('log_rotation_invalid', { what: cause.text }, { cause });
  }
}

/**
 * The keys that the trusted ones vouch for, forwards and backwards, each with the size at which it ends. Statements that no trusted key
 * signed are passed over: whom they name stays a stranger.
 * @param trusted also as this function gave them before: what is known of a key's end stays
 * @param notes in any order; the same one may come twice
 * @throws Problem log_rotation_invalid for a statement that does not hold, and where a key has two successors or two predecessors, or is its
 *   own: one of the two was made with a stolen key
 */
export function followRotations(
  trusted: readonly NoteVerifier[],
  notes: readonly string[],
): readonly NoteVerifier[] {
  const read = [...new Set([...rotationsOf(trusted), ...notes])];
  if (read.length > maxRotations) throw invalid('too many');
  const rotations = read.map(parseRotation);
  const byOld = new Map(rotations.map((one) => [one.old.vkey, one]));
  const byNext = new Map(rotations.map((one) => [one.next.vkey, one]));
  if (byOld.size < rotations.length || byNext.size < rotations.length)
    throw invalid({ zh: '同一密钥有两个后继或前任', en: 'one key has two successors, or two predecessors' });
  for (const start of rotations) {
    let step: Rotation | undefined = start;
    for (let length = 0; step !== undefined; length += 1, step = byOld.get(step.next.vkey))
      if (length > rotations.length)
        throw invalid({ zh: '密钥首尾相接', en: 'the keys go round in a circle' });
  }
  const found = new Map(trusted.map((key) => [key.vkey, key]));
  for (const key of [...found.values()]) {
    for (let step = byOld.get(key.vkey); step !== undefined; step = byOld.get(step.next.vkey))
      found.set(step.next.vkey, found.get(step.next.vkey) ?? step.next);
    for (let step = byNext.get(key.vkey); step !== undefined; step = byNext.get(step.old.vkey))
      found.set(step.old.vkey, found.get(step.old.vkey) ?? step.old);
  }
  return [...found.values()].map((key) => {
    const rotation = byOld.get(key.vkey);
    return rotation === undefined ? key : { ...key, ended: { from: rotation.from, rotation: rotation.note } };
  });
}

/** The keys of an anchors.json that was parsed and nothing more. @throws Problem vkey_malformed, log_rotation_invalid */
export function anchoredLogKeys({
  logKeys,
  logKeyRotations = [],
}: {
  readonly logKeys: readonly string[];
  readonly logKeyRotations?: readonly string[];
}): readonly NoteVerifier[] {
  return followRotations(
    logKeys.map((key) => parseVkey(key)),
    logKeyRotations,
  );
}

/** The statements behind keys, to be kept or handed on. */
export const rotationsOf = (keys: readonly NoteVerifier[]): readonly string[] =>
  keys.flatMap(({ ended }) => ended?.rotation ?? []);

/** Whether a note bears a signature in the name of a trusted key by a key that is not known: its log has changed keys, or says so. */
export function bearsUnknownKey(note: string, trusted: readonly NoteVerifier[]): boolean {
  let signatures: readonly SignatureLine[];
  try {
    ({ signatures } = splitNote(note));
  } catch (error) {
    if (error instanceof Problem) return false; // what is no note says nothing
    throw error;
  }
  return signatures.some(
    ({ name, id }) =>
      trusted.some((key) => key.name === name) &&
      !trusted.some((key) => key.name === name && sameHash(key.id, id)),
  );
}

const invalid = (what: FaultWord | Bilingual): Problem => new Problem('log_rotation_invalid', { what });
