/** A log with one key that is not in any folder. */
import type { LogKeys } from '../hub/platform/keys/hubKeys.ts';
import { noteSigner } from '../log/note/noteKey.ts';
import { newNotePair } from '../machine/newKeyPair.ts';

export function oneLogKey(name: string): LogKeys {
  const signer = noteSigner(name, newNotePair().privateKey);
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
