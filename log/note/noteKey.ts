/** Keys of signed notes (C2SP signed-note, type 0x01 Ed25519), and the text form of the public one: `name+id+base64`. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { Problem } from '../../terms/problem.ts';
import { fromBase64, toBase64 } from '../base64.ts';
import { sha256 } from '../hash.ts';

const ed25519 = 0x01;
/** everything before the 32 key bytes in the SubjectPublicKeyInfo of RFC 8410 */
export const spkiPrefix: Buffer = Buffer.from('302a300506032b6570032100', 'hex');

/** The public data of a key for verification. */
export interface NoteVerifier {
  readonly name: string;
  /** four bytes that distinguish keys of one name; no fingerprint */
  readonly id: Uint8Array;
  readonly publicKey: KeyObject;
  /** `name+id+base64(0x01 ‖ key)` */
  readonly vkey: string;
  /** for a rotated key of a log: the size from which its signature alone is not valid, and the rotation statement (keyRotation.ts) */
  readonly ended?: { readonly from: number; readonly rotation: string };
}

export interface NoteSigner extends NoteVerifier {
  readonly privateKey: KeyObject;
}

/** Key names contain no Unicode space, plus sign or control character. */
export const isKeyName = (name: string): boolean => name !== '' && !/[\s\p{Z}\p{Cc}+]/u.test(name);

function verifierOf(name: string, raw: Uint8Array, publicKey: KeyObject): NoteVerifier {
  const typed = Buffer.concat([Buffer.of(ed25519), raw]);
  const id = sha256(Buffer.concat([Buffer.from(`${name}\n`), typed])).subarray(0, 4);
  return { name, id, publicKey, vkey: `${name}+${id.toString('hex')}+${toBase64(typed)}` };
}

/**
 * A signer under a name (for a log: its origin).
 * @throws TypeError when the key is no Ed25519 private key or the name is invalid
 */
export function noteSigner(name: string, privateKey: KeyObject): NoteSigner {
  if (privateKey.type !== 'private' || privateKey.asymmetricKeyType !== 'ed25519') {
    throw new TypeError('a note is signed with an Ed25519 private key');
  }
  if (!isKeyName(name)) throw new TypeError('no name of a note key');
  const publicKey = createPublicKey(privateKey);
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  return { ...verifierOf(name, spki.subarray(spkiPrefix.length), publicKey), privateKey };
}

/**
 * Reads a public key in its text form; surrounding white space is dropped.
 * @throws Problem vkey_malformed, also when the id does not belong to name and key
 */
export function parseVkey(text: string): NoteVerifier {
  const parts = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{44})$/.exec(text.trim());
  const [, name = '', id, encoded = ''] = parts ?? [];
  const typed = fromBase64(encoded);
  if (!isKeyName(name) || typed?.length !== 33)
    throw new Problem('vkey_malformed', { what: 'name+id+base64' });
  if (typed[0] !== ed25519) throw new Problem('vkey_malformed', { what: 'Ed25519' });
  const raw = typed.subarray(1);
  const publicKey = createPublicKey({ key: Buffer.concat([spkiPrefix, raw]), format: 'der', type: 'spki' });
  const verifier = verifierOf(name, raw, publicKey);
  if (verifier.vkey !== text.trim() || id === undefined) throw new Problem('vkey_malformed', { what: 'id' });
  return verifier;
}
