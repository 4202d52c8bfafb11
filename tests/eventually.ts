import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something holds. @param otherwise the message of the failure @param within milliseconds */
export async function eventually(
  holds: () => boolean | Promise<boolean>,
  otherwise: () => string,
  { within = 20_000, every = 20 }: { readonly within?: number; readonly every?: number } = {},
): Promise<void> {
  for (const until = Date.now() + within; !(await holds());) {
    assert.ok(Date.now() < until, otherwise());
    await sleep(every);
  }
}
