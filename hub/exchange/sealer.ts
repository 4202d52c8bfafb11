import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';
import { Problem } from '../../terms/problem.ts';
import type { Sealer } from '../store/rows/sealedParts.ts';

const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM with a random nonce: nonce (12) ‖ tag (16) ‖ ciphertext. The context is authenticated, not stored. */
export function sealerOf(key: KeyObject): Sealer {
  return {
    seal(plain, context) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context, 'utf8'));
      // one copy of what may be megabytes: the tag is known once everything is sealed
      const sealed = Buffer.concat([nonce, Buffer.alloc(tagBytes), cipher.update(plain), cipher.final()]);
      cipher.getAuthTag().copy(sealed, nonceBytes);
      return sealed;
    },
    open(sealed, context) {
      try {
        const opener = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), {
          authTagLength: tagBytes,
        });
        opener
          .setAAD(Buffer.from(context, 'utf8'))
          .setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
        const plain = opener.update(sealed.subarray(nonceBytes + tagBytes));
        opener.final(); // in this mode it holds no bytes, and throws where they are not what was sealed
        return plain;
      } catch (error) {
        throw new Problem('sealed_bytes_damaged', {}, { cause: error });
      }
    },
  };
}
