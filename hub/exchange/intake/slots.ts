/** Runs at most so many pieces of work at once; the others wait in the order in which they came. */
export type Slots = <T>(work: () => Promise<T>) => Promise<T>;

export function slots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((go) => waiting.push(go));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next(); // takes this place over
    }
  };
}
