import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { lazily } from '../terms/lazily.ts';

/** Frees young objects that are not used any more; does nothing where the runtime does not offer it. */
const collectNew = lazily((): (() => void) => {
  setFlagsFromString('--expose-gc');
  try {
    const collect = runInNewContext('typeof gc === "function" ? gc : () => undefined') as (
      options: object,
    ) => void;
    return () => collect({ type: 'minor' });
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
});

/** Bytes that may be passed through before a collection. */
const maxBytes = 2 * 1024 * 1024;

/**
 * Collects young objects once per `maxBytes`, which takes less than a millisecond. Without this, about every eight megabytes outside the
 * heap (received or decrypted data) trigger a full collection of all objects of the process, however short-lived the data was.
 * @returns a function to call with the number of bytes that were made and are not needed any more
 */
export function collectingNew(): (bytes: number) => void {
  let passed = 0;
  return (bytes) => {
    passed += bytes;
    if (passed < maxBytes) return;
    passed = 0;
    collectNew()();
  };
}
