import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { lazily } from '../terms/lazily.ts';

/** What lets go of new objects that nobody uses any more; nothing where the machine does not offer it. */
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

/** Bytes that may be passed through before they are let go of. */
const maxBytes = 2 * 1024 * 1024;

/**
 * Lets go of new objects once for so many bytes, which takes less than a millisecond. For every eight megabytes or so that lie outside the
 * heap (what a socket brought, what was opened) the collector looks through all objects of the process instead, however short-lived they were.
 * @returns to be told of bytes that were made and are not needed any more
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
