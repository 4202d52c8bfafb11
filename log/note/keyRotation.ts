/**
 * Rotation of a log's key: a statement signed by the old key and by the new one. It is a C2SP signed note over four lines: header, the
 * size from which the new key signs, the old vkey, the new vkey. Below that size the old key remains valid permanently. From that size on,
 * a checkpoint without the new key's signature is invalid, so that an old key stolen later signs nothing more.
 */
import type { Bilingual } from '../../terms/bilingual.ts';
import type { FaultWord } from '../../terms/factWords.ts';
import { Problem } from '../../terms/problem.ts';
import { sameHash } from '../hash.ts';
import { parseVkey, type NoteSigner, type NoteVerifier } from './noteKey.ts';
import { openNote, signNote, splitNote, type SignatureLine } from './signedNote.ts';

/** no checkpoint begins with it: a log's origin contains no space */
const header = 'datong log key rotation 1';
/** Enough for a log that changed its key each month for 80 years. */
const maxRotations = 1_000;

export interface Rotation {
  readonly old: NoteVerifier;
  readonly next: NoteVerifier;
  /** the smallest size of a checkpoint that only the new key can sign, at least 1: the tree that contains the rotation's entry */
  readonly from: number;
  /** the signed note */
  readonly note: string;
}

/** A statement by which the log changed its key, as stored by a hub. */
export interface KnownRotation {
  readonly statement: string;
  /** Unix ms; null if it was restored from a key folder, after an older database was restored */
  readonly rotatedAt: number | null;
}

/**
 * The statement. The same keys and size always give the same text.
 * @throws TypeError for two keys of different names, equal keys, or an invalid size
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
    const unsigned = [old, next].find((key) => !signers.includes(key));
    if (unsigned !== undefined)
      throw invalid({ zh: `没有密钥 ${unsigned.vkey} 的签名`, en: `it is not signed by ${unsigned.vkey}` });
    return { old, next, from, note };
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code === 'log_rotation_invalid') throw cause;
    throw new Problem('log_rotation_invalid', { what: cause.text }, { cause });
  }
}

/**
 * The keys that the trusted ones vouch for, forwards and backwards, each with the size at which it ends. Statements that no trusted key
 * signed are skipped: their keys remain untrusted.
 * @param trusted may include earlier results of this function: known ends of keys are retained
 * @param notes in any order; duplicates are permitted
 * @throws Problem log_rotation_invalid for an invalid statement, and if a key has two successors or two predecessors, or is its own: then
 *   one statement was made with a stolen key
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

/** The keys of a parsed anchors.json, which was not checked otherwise. @throws Problem vkey_malformed, log_rotation_invalid */
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

/** The statements of keys, to be stored or passed on. */
export const rotationsOf = (keys: readonly NoteVerifier[]): readonly string[] =>
  keys.flatMap(({ ended }) => ended?.rotation ?? []);

/** Whether a note has a signature by an unknown key under the name of a trusted key: its log has changed keys, or claims so. */
export function bearsUnknownKey(note: string, trusted: readonly NoteVerifier[]): boolean {
  let signatures: readonly SignatureLine[];
  try {
    ({ signatures } = splitNote(note));
  } catch (error) {
    if (error instanceof Problem) return false; // a text that is not a note has no signature
    throw error;
  }
  return signatures.some(
    ({ name, id }) =>
      trusted.some((key) => key.name === name) &&
      !trusted.some((key) => key.name === name && sameHash(key.id, id)),
  );
}

const invalid = (what: FaultWord | Bilingual): Problem => new Problem('log_rotation_invalid', { what });
