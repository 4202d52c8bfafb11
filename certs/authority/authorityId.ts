import { createHash, type KeyObject } from 'node:crypto';

/** What tells the keys of intermediate authorities apart, in names and files: eight hex digits of SHA-256 over the SubjectPublicKeyInfo. */
export const authorityId = (publicKey: KeyObject): string =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 8);
