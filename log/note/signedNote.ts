/** C2SP signed-note: a text ending in a line feed, an empty line, then lines `— name base64(id ‖ signature)`. */
import { sign, verify } from 'node:crypto';
import { Problem } from '../../terms/problem.ts';
import { isWellFormed } from '../../terms/controlText.ts';
import { fromBase64, toBase64 } from '../base64.ts';
import { sameHash } from '../hash.ts';
import type { NoteSigner, NoteVerifier } from './noteKey.ts';

/** Larger notes are refused before they are parsed. */
export const maxNoteLength = 65_536;
const maxSignatures = 32;

/** A note whose text is signed by at least one trusted key. */
export interface OpenedNote {
  readonly text: string;
  /** the trusted keys whose signatures are valid */
  readonly signers: readonly NoteVerifier[];
}

/**
 * The note, with a line for each signer. Ed25519 is deterministic: the same text and keys always give the same note.
 * @throws TypeError when the text does not end in a line feed
 */
export function signNote(text: string, ...signers: readonly NoteSigner[]): string {
  if (!text.endsWith('\n')) throw new TypeError('the text of a note ends in a line feed');
  const lines = signers.map(({ name, id, privateKey }) => {
    const signature = sign(null, Buffer.from(text), privateKey);
    return `— ${name} ${toBase64(Buffer.concat([id, signature]))}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/**
 * Checks every signature by a trusted key; those of unknown keys are ignored.
 * @throws Problem note_malformed, note_signature_invalid (a trusted key's signature is invalid), note_key_unknown
 */
export function openNote(note: string, trusted: readonly NoteVerifier[]): OpenedNote {
  const { text, signatures } = splitNote(note);
  const signed = Buffer.from(text);
  const signers: NoteVerifier[] = [];
  for (const { name, id, signature } of signatures) {
    const key = trusted.find((one) => one.name === name && sameHash(one.id, id));
    if (key === undefined) continue;
    if (signature.length !== 64 || !verify(null, signed, key.publicKey, signature)) {
      throw new Problem('note_signature_invalid', { name });
    }
    signers.push(key);
  }
  if (signers.length === 0) throw new Problem('note_key_unknown');
  return { text, signers };
}

/** A signature line of a note, by any key. */
export interface SignatureLine {
  readonly name: string;
  readonly id: Uint8Array;
  readonly signature: Uint8Array;
}

/** Text and signatures of a note, not verified. @throws Problem note_malformed */
export function splitNote(note: string): {
  readonly text: string;
  readonly signatures: readonly SignatureLine[];
} {
  if (note.length > maxNoteLength) throw new Problem('note_malformed', { what: 'too long' });

  if (!isWellFormed(note) || /[\u0000-\u0009\u000b-\u001f]/.test(note)) {
    throw new Problem('note_malformed', { what: 'control character' });
  }
  const gap = note.lastIndexOf('\n\n');
  if (gap < 0 || !note.endsWith('\n')) throw new Problem('note_malformed', { what: 'no signature' });
  const lines = note.slice(gap + 2, -1).split('\n');
  if (lines.length > maxSignatures) throw new Problem('note_malformed', { what: 'too many signatures' });
  return { text: note.slice(0, gap + 1), signatures: lines.map(signatureLine) };
}

function signatureLine(line: string): SignatureLine {
  const [, name = '', encoded = ''] = /^— ([^\s+]+) ([A-Za-z0-9+/=]+)$/u.exec(line) ?? [];
  const bytes = fromBase64(encoded);
  if (name === '' || bytes === undefined || bytes.length < 5) {
    throw new Problem('note_malformed', { what: 'signature line' });
  }
  return { name, id: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}
