/** Does the work of all items, some at a time. */
export async function together<T>(
  items: readonly T[],
  callers: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const caller = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: callers }, caller));
}
