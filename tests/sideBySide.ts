/** Calls of a test of all operations: as many at once as a hub answers without being busy, so that its time is not that of waiting. */
export async function sideBySide<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  const waiting = all.values();
  const next = async (): Promise<void> => {
    for (const one of waiting) await act(one);
  };
  await Promise.all(Array.from({ length: 16 }, next));
}
