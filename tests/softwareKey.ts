/** A passkey without a device, for tests: WebAuthn Level 2 §6, attestation `none`, ES256. */
import { createHash, randomBytes, sign } from 'node:crypto';
import { newKeyPair } from '../machine/newKeyPair.ts';

const text = (value: string): Buffer =>
  Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)]);
const bytes = (value: Uint8Array): Buffer =>
  value.length < 24
    ? Buffer.concat([Buffer.from([0x40 + value.length]), value])
    : Buffer.concat([Buffer.from([0x59, value.length >> 8, value.length & 255]), value]);
const sha256 = (value: Uint8Array | string): Buffer => createHash('sha256').update(value).digest();

export interface SoftwareKey {
  register(
    options: Options,
    origin: string,
  ): { id: string; clientDataJSON: string; attestationObject: string };
  answer(
    options: Options,
    origin: string,
  ): { id: string; clientDataJSON: string; authenticatorData: string; signature: string };
}
interface Options {
  readonly challenge: string;
}

/**
 * @param verified whether the device says that it has checked its holder
 * @param counting whether it counts its answers: passkeys that are synchronised over several devices do not
 */
export function softwareKey(host: string, verified = true, counting = true): SoftwareKey {
  const { publicKey, privateKey } = newKeyPair();
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const id = randomBytes(20);
  let counter = 0;
  const head = (flags: number): Buffer => {
    const count = Buffer.alloc(4);
    count.writeUInt32BE((counter += counting ? 1 : 0));
    return Buffer.concat([sha256(host), Buffer.from([flags | (verified ? 5 : 1)]), count]);
  };
  const clientData = (type: string, { challenge }: Options, origin: string): Buffer =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  return {
    register(options, origin) {
      const cose = Buffer.concat([
        Buffer.from([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21]),
        Buffer.concat([Buffer.from([0x58, 32]), Buffer.from(x, 'base64url')]),
        Buffer.from([0x22, 0x58, 32]),
        Buffer.from(y, 'base64url'),
      ]);
      const data = Buffer.concat([head(0x40), Buffer.alloc(16), Buffer.from([0, id.length]), id, cose]);
      const attestation = Buffer.concat([
        Buffer.from([0xa3]),
        text('fmt'),
        text('none'),
        text('attStmt'),
        Buffer.from([0xa0]),
        text('authData'),
        bytes(data),
      ]);
      return {
        id: id.toString('base64url'),
        clientDataJSON: clientData('webauthn.create', options, origin).toString('base64url'),
        attestationObject: attestation.toString('base64url'),
      };
    },
    answer(options, origin) {
      const data = head(0);
      const client = clientData('webauthn.get', options, origin);
      return {
        id: id.toString('base64url'),
        clientDataJSON: client.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: sign('sha256', Buffer.concat([data, sha256(client)]), privateKey).toString('base64url'),
      };
    },
  };
}
