import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';
import { Problem } from '../../terms/problem.ts';
import type { Sealer } from '../store/rows/sealedParts.ts';

/** AES-256-GCM with a random nonce: nonce (12) ‖ tag (16) ‖ ciphertext. The context is authenticated, not stored. */
export function sealerOf(key: KeyObject): Sealer {
  return {
    seal(plain, context) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context, 'utf8'));
      const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
    },
    open(sealed, context) {
      try {
        const opener = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 });
        opener.setAAD(Buffer.from(context, 'utf8')).setAuthTag(sealed.subarray(12, 28));
        return Buffer.concat([opener.update(sealed.subarray(28)), opener.final()]);
      } catch (error) {
        throw new Problem('sealed_bytes_damaged', {}, { cause: error });
      }
    },
  };
}
