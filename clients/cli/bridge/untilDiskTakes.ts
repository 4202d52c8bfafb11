import { setTimeout as sleep } from 'node:timers/promises';
import { fileFault } from '../../../terms/faultWords.ts';

/** Milliseconds until a disk that failed is tried again. */
export const diskPauseMs = 2_000;

/** Failures of the network are tried again by the call itself. */
export const isOfDisk = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && fileFault(String(error.code)) !== undefined;

/**
 * Writes to the disk, again and again while it fails: what the hub answered before is not asked for again.
 * @param onRetry called with each error of the file system
 * @throws AbortError where the signal ends the wait; any other error of `write`
 */
export async function untilDiskTakes<T>(
  write: () => Promise<T>,
  { signal, onRetry }: { readonly signal: AbortSignal; readonly onRetry: (error: unknown) => void },
): Promise<T> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!isOfDisk(error)) throw error;
      onRetry(error);
      await sleep(diskPauseMs, undefined, { signal });
    }
  }
}
