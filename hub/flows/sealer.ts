import { createCipheriv, createDecipheriv, randomBytes, type DecipherGCM, type KeyObject } from 'node:crypto';
import { Problem } from '../../terms/problem.ts';
import type { Sealer } from './rows/store/sealedParts.ts';

const nonceBytes = 12;
const tagBytes = 16;
/** Bytes that sealing adds: nonce and tag. */
export const sealBytes = nonceBytes + tagBytes;

/** What is sealed or opened at once: more would take long to let go of. */
const pieceBytes = 64 * 1024;

/** AES-256-GCM with a random nonce: nonce (12) ‖ tag (16) ‖ ciphertext. The context is authenticated, not stored. */
export function sealerOf(key: KeyObject): Sealer {
  function opened<T>(
    sealed: Uint8Array,
    context: string,
    open: (opener: DecipherGCM, text: Uint8Array) => T,
  ): T {
    try {
      const opener = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      });
      const text = nonceBytes + tagBytes;
      opener.setAAD(Buffer.from(context, 'utf8')).setAuthTag(sealed.subarray(nonceBytes, text));
      return open(opener, sealed.subarray(text));
    } catch (error) {
      throw new Problem('sealed_bytes_damaged', {}, { cause: error });
    }
  }

  return {
    seal(plain, context) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context, 'utf8'));
      const text = nonceBytes + tagBytes;
      const sealed = Buffer.allocUnsafeSlow(text + plain.length);
      sealed.set(nonce);
      // the tag is known once everything is sealed
      for (let at = 0; at < plain.length; at += pieceBytes)
        sealed.set(cipher.update(plain.subarray(at, at + pieceBytes)), text + at);
      cipher.final(); // in this mode it holds no bytes
      sealed.set(cipher.getAuthTag(), nonceBytes);
      return sealed;
    },
    open: (sealed, context) =>
      opened(sealed, context, (opener, text) => {
        const plain = opener.update(text);
        opener.final(); // in this mode it holds no bytes, and throws where they are not what was sealed
        return plain;
      }),
    openInPlace: (sealed, context) =>
      opened(sealed, context, (opener, text) => {
        for (let at = 0; at < text.length; at += pieceBytes)
          text.set(opener.update(text.subarray(at, at + pieceBytes)), at);
        opener.final();
        return text;
      }),
  };
}
