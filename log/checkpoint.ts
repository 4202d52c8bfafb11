/** C2SP tlog-checkpoint: a signed note over origin, size and root of the tree. */
import { Problem } from '../terms/problem.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { hashLength } from './hash.ts';
import { openNote, signNote } from './note/signedNote.ts';
import type { NoteSigner, NoteVerifier } from './note/noteKey.ts';

export interface Checkpoint {
  /** `datong/<hub name>` */
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** Unix seconds at which the log signed it; absent in checkpoints of earlier releases */
  readonly time?: number;
}

/** Three lines, and the extension line `time` with Unix seconds. */
export const checkpointText = ({ origin, size, root, time }: Checkpoint): string =>
  `${origin}\n${size}\n${toBase64(root)}\n${time === undefined ? '' : `time ${time}\n`}`;

/** The signed note. The signer's name is the origin. @param others keys of the same log that also sign during a rotation */
export const signCheckpoint = (
  size: number,
  root: Uint8Array,
  signer: NoteSigner,
  ...others: readonly NoteSigner[]
): string => signNote(checkpointText({ origin: signer.name, size, root }), signer, ...others);

/** The same with the time at which it is signed. @param now Unix milliseconds */
export const signTimedCheckpoint = (
  size: number,
  root: Uint8Array,
  now: number,
  ...[signer, ...others]: readonly [NoteSigner, ...NoteSigner[]]
): string =>
  signNote(
    checkpointText({ origin: signer.name, size, root, time: Math.floor(now / 1000) }),
    signer,
    ...others,
  );

/** A decimal number without leading zeros, up to 2^53 − 1; undefined for anything else. */
export function parseDecimalNumber(text: string): number | undefined {
  if (!/^(0|[1-9]\d{0,15})$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** @throws Problem checkpoint_malformed */
export function parseCheckpointText(text: string): Checkpoint {
  const [origin = '', sizeText = '', rootText = '', ...rest] = text.split('\n');
  const size = parseDecimalNumber(sizeText);
  const root = fromBase64(rootText);
  if (origin === '') throw new Problem('checkpoint_malformed', { what: 'origin' });
  if (size === undefined) throw new Problem('checkpoint_malformed', { what: 'size' });
  if (root?.length !== hashLength) throw new Problem('checkpoint_malformed', { what: 'root' });
  // extension lines, if any, are not empty, and the text ends in a line feed
  if (rest.at(-1) !== '' || rest.slice(0, -1).includes('')) {
    throw new Problem('checkpoint_malformed', { what: 'lines' });
  }
  const time = rest.flatMap((line) =>
    line.startsWith('time ') ? [parseDecimalNumber(line.slice(5))] : [],
  )[0];
  return { origin, size, root, ...(time === undefined || time > endOfDates ? {} : { time }) };
}

/** Unix seconds of the end of the year 9999: a later time has no date of four digits. */
const endOfDates = 253_402_300_799;

/**
 * The checkpoint in a note signed by a trusted key of its origin that had not ended at this size.
 * @throws Problem note_malformed, note_signature_invalid, note_key_unknown, note_key_ended, checkpoint_malformed
 */
export function openCheckpoint(note: string, trusted: readonly NoteVerifier[]): Checkpoint {
  const { text, signers } = openNote(note, trusted);
  const checkpoint = parseCheckpointText(text);
  // a key signs only for the log of its name
  const own = signers.filter((signer) => signer.name === checkpoint.origin);
  const [first] = own;
  if (first === undefined) throw new Problem('note_key_unknown');
  // an old key may sign in addition to the new one, and not alone
  const { size } = checkpoint;
  if (!own.some(({ ended }) => ended === undefined || size < ended.from))
    throw new Problem('note_key_ended', { size, from: first.ended?.from ?? 0 });
  return checkpoint;
}

/**
 * The checkpoint in a note, without verifying signatures: only to find out which one it claims to be.
 * @throws Problem checkpoint_malformed
 */
export function claimedCheckpoint(note: string): Checkpoint {
  const gap = note.lastIndexOf('\n\n');
  return parseCheckpointText(note.slice(0, gap + 1));
}
