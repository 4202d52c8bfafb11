import { setImmediate } from 'node:timers/promises';

/** maximum of milliseconds that work blocks others, where none of its parts takes longer */
const range = 5;

/**
 * For long work next to short calls: await it between the parts, and it yields to others once they have waited this long.
 * @returns undefined while it is not time yet: a promise for each part would cost more than the part
 */
export function breather(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => (performance.now() - since < range ? undefined : rest());

  async function rest(): Promise<void> {
    await setImmediate();
    since = performance.now();
  }
}

/**
 * Does work in steps, and yields to others between them.
 * @param breathe shared by a whole of many short works
 */
export async function inTurns<T>(steps: Iterator<unknown, T>, breathe = breather()): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await breathe();
  }
}
