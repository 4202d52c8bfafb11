/** What came of one chunk. */
export interface Step<Item> {
  readonly items: Item[];
  /** whether there will be no more */
  readonly ended: boolean;
}

/**
 * Turns a generator that pulls chunks into a function that is given them: what it yields before it wants the next chunk belongs to this one.
 * @returns to be called with one chunk after the other, null at the end
 */
export function stepwise<Item>(
  make: (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Item>,
): (chunk: Uint8Array | null) => Promise<Step<Item>> {
  let given: Uint8Array | null | undefined;
  let take: ((chunk: Uint8Array | null) => void) | undefined;
  let hunger: () => void = () => undefined;
  const asked = (): Promise<Uint8Array | null> =>
    new Promise((resolve) => {
      take = resolve;
      hunger();
    });
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      let chunk = given;
      given = undefined;
      if (chunk === undefined) chunk = await asked();
      if (chunk === null) return;
      yield chunk;
    }
  }
  const items = make(chunks())[Symbol.asyncIterator]();
  let pending: Promise<IteratorResult<Item>> | undefined;
  return async (chunk) => {
    const hungry = new Promise<'hungry'>((resolve) => {
      hunger = () => resolve('hungry');
    });
    if (take === undefined) given = chunk;
    else {
      const give = take;
      take = undefined;
      give(chunk);
    }
    const made: Item[] = [];
    for (;;) {
      pending ??= items.next();
      const next = await Promise.race([pending, hungry]);
      if (next === 'hungry') return { items: made, ended: false };
      pending = undefined;
      if (next.done === true) return { items: made, ended: true };
      made.push(next.value);
    }
  };
}
