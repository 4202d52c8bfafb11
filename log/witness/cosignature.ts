/**
 * C2SP tlog-cosignature, the Ed25519 kind (cosignature/v1): a witness states the time at which it saw that a log only grew up to a
 * checkpoint.
 */
import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { Problem } from '../../terms/problem.ts';
import { fromBase64, toBase64 } from '../base64.ts';
import { sameHash, sha256 } from '../hash.ts';
import { isKeyName, spkiPrefix } from '../note/noteKey.ts';
import { splitNote } from '../note/signedNote.ts';

const ed25519 = 0x04;
/** 4 bytes of the key's id, 8 of the time, 64 of the signature */
const lineBytes = 76;

/** The public half of a witness: `name+id+base64(0x04 ‖ key)`. */
export interface WitnessKey {
  readonly name: string;
  readonly id: Uint8Array;
  readonly publicKey: KeyObject;
  readonly vkey: string;
}

export interface WitnessSigner extends WitnessKey {
  readonly privateKey: KeyObject;
}

function keyOf(name: string, raw: Uint8Array, publicKey: KeyObject): WitnessKey {
  const typed = Buffer.concat([Buffer.of(ed25519), raw]);
  const id = sha256(Buffer.concat([Buffer.from(`${name}\n`), typed])).subarray(0, 4);
  return { name, id, publicKey, vkey: `${name}+${id.toString('hex')}+${toBase64(typed)}` };
}

/** @throws TypeError when the key is no Ed25519 private key or the name is invalid */
export function witnessSigner(name: string, privateKey: KeyObject): WitnessSigner {
  if (privateKey.type !== 'private' || privateKey.asymmetricKeyType !== 'ed25519')
    throw new TypeError('a witness signs with an Ed25519 private key');
  if (!isKeyName(name))
    throw new TypeError('the name of a witness has no spaces, plus signs or control characters');
  const publicKey = createPublicKey(privateKey);
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  return { ...keyOf(name, spki.subarray(spkiPrefix.length), publicKey), privateKey };
}

/** @throws Problem vkey_malformed, also when the id does not belong to name and key */
export function parseWitnessKey(text: string): WitnessKey {
  const [, name = '', , encoded = ''] =
    /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{44})$/.exec(text.trim()) ?? [];
  const typed = fromBase64(encoded);
  if (!isKeyName(name) || typed?.length !== 33)
    throw new Problem('vkey_malformed', { what: 'name+id+base64' });
  if (typed[0] !== ed25519) throw new Problem('vkey_malformed', { what: 'cosignature/v1' });
  const raw = typed.subarray(1);
  const publicKey = createPublicKey({ key: Buffer.concat([spkiPrefix, raw]), format: 'der', type: 'spki' });
  const key = keyOf(name, raw, publicKey);
  if (key.vkey !== text.trim()) throw new Problem('vkey_malformed', { what: 'id' });
  return key;
}

const signedText = (text: string, seconds: number): Buffer =>
  Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);

/**
 * The signature line, line feed included.
 * @param text of the checkpoint, without any signature
 * @param seconds since 1970, time of the observation
 */
export function cosign(text: string, seconds: number, signer: WitnessSigner): string {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(seconds));
  const signature = sign(null, signedText(text, seconds), signer.privateKey);
  return `— ${signer.name} ${toBase64(Buffer.concat([signer.id, time, signature]))}\n`;
}

export interface Cosignature {
  readonly witness: WitnessKey;
  /** seconds since 1970 */
  readonly time: number;
  /** as in the note, line feed included */
  readonly line: string;
}

/**
 * The cosignatures of known witnesses in a note; those of unknown ones are ignored.
 * @throws Problem note_malformed; note_signature_invalid (a known witness's signature is invalid)
 */
export function cosignaturesOf(note: string, witnesses: readonly WitnessKey[]): Cosignature[] {
  const { text, signatures } = splitNote(note);
  return signatures.flatMap(({ name, id, signature }) => {
    const witness = witnesses.find((one) => one.name === name && sameHash(one.id, id));
    if (witness === undefined) return [];
    const bytes = Buffer.from(signature);
    const time = bytes.length === lineBytes - 4 ? Number(bytes.readBigUInt64BE(0)) : Number.NaN;
    if (
      !Number.isSafeInteger(time) ||
      time === 0 ||
      !verify(null, signedText(text, time), witness.publicKey, bytes.subarray(8))
    )
      throw new Problem('note_signature_invalid', { name });
    const line = `— ${name} ${toBase64(Buffer.concat([Buffer.from(id), bytes]))}\n`;
    return [{ witness, time, line }];
  });
}
