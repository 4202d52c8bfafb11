/** A log with one key that is not in any folder. */
import { generateKeyPairSync } from 'node:crypto';
import type { LogKeys } from '../hub/keys/hubKeys.ts';
import { noteSigner } from '../log/note/noteKey.ts';

export function oneLogKey(name: string): LogKeys {
  const signer = noteSigner(name, generateKeyPairSync('ed25519').privateKey);
  const alone = (): never => {
    throw new TypeError('this log keeps its key');
  };
  return {
    ...signer,
    verifiers: () => [signer],
    rotations: () => [],
    signers: () => [signer],
    prepare: alone,
    fileOf: alone,
    heldKey: alone,
    learn: () => undefined,
  };
}
