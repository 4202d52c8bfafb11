import { draftOf, type Draft } from './draft.ts';

/** One append, by whichever side. */
export type Append = (draft: Draft) => Promise<unknown>;

/** Entries a second that so many callers get through, each waiting for its own before it makes the next. */
export async function eventsPerSecond(
  append: Append,
  callers: number,
  milliseconds: number,
  epoch: number,
): Promise<number> {
  const started = performance.now();
  let done = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() - started < milliseconds) {
      await append(draftOf(epoch));
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return done / ((performance.now() - started) / 1000);
}
