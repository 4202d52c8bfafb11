import { setTimeout as sleep } from 'node:timers/promises';
import { fileFault } from '../../../terms/faultWords.ts';

/** Milliseconds until a disk that failed is tried again. */
export const diskPauseMs = 2_000;

/** Failures of the network are tried again by the call itself. */
const isOfDisk = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && fileFault(String(error.code)) !== undefined;

/**
 * Repeats a write while the file system fails. A call that the hub has answered is not sent again.
 * @param onRetry called with each error of the file system
 * @throws AbortError or the error itself where the signal has ended the work; any other error of `write`
 */
export async function untilDiskTakes<T>(
  write: () => Promise<T>,
  { signal, onRetry }: { readonly signal: AbortSignal; readonly onRetry: (error: unknown) => void },
): Promise<T> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (signal.aborted || !isOfDisk(error)) throw error;
      onRetry(error);
      await sleep(diskPauseMs, undefined, { signal });
    }
  }
}
