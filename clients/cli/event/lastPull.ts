/** How a command that pulls events ends: a pull may be waiting, and the events before it are not acknowledged until it is answered. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatongClient } from '../../sdk/datongClient.ts';

/** milliseconds for the last call: a hub that is down does not delay the end */
const maxLastPullMs = 5_000;

/**
 * Acknowledges events by a call that does not wait for others. It also ends an earlier call that waits. Where it fails, the events come
 * again at the next start.
 * @param after `next` of the answer with these events
 */
export async function acknowledgeLast(
  { events }: Pick<DatongClient, 'events'>,
  subscription: string,
  after: string,
  timeoutMs: number = maxLastPullMs,
): Promise<void> {
  const pulled = events.pull(subscription, { after, wait: 0, limit: 1 });
  const answered = new AbortController();
  try {
    await Promise.race([pulled, sleep(timeoutMs, undefined, { signal: answered.signal })]);
  } catch {
    // they come again
  } finally {
    answered.abort();
  }
}

/** @returns undefined where the signal is aborted before the answer, whose failure is then ignored */
export async function answerUnlessAborted<T>(
  answer: Promise<T>,
  signal: AbortSignal,
): Promise<T | undefined> {
  if (signal.aborted) {
    answer.catch(() => undefined);
    return undefined;
  }
  const answered = new AbortController();
  const aborted = once(signal, 'abort', { signal: answered.signal }).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    answered.abort();
  }
}
