import { setImmediate } from 'node:timers/promises';

/** milliseconds that work keeps others waiting at most, where none of its parts takes longer */
const range = 5;

/**
 * For work that is long beside calls that are short: awaited between its parts, it lets others in as soon as they have waited long enough.
 * @returns undefined where it is not time yet: a promise for each part would cost more than the part
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
 * Does work in steps, with others let in between them.
 * @param breathe of the whole, where it is one of many short works
 */
export async function inTurns<T>(steps: Iterator<unknown, T>, breathe = breather()): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await breathe();
  }
}
