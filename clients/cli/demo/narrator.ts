/** How the demo talks: acts, steps with the time they took, and what came of them. */
import type { Bilingual } from '../../../terms/bilingual.ts';
import { styled, type Text } from '../output.ts';
import { say } from '../verb.ts';

export interface Narrator {
  act(title: Bilingual): void;
  /** One step: does it, then prints one line with its time. */
  step<T>(work: () => Promise<T> | T, told: (result: T) => Bilingual): Promise<T>;
  /** A line that belongs to the step before it. */
  detail(text: Bilingual | string): void;
  line(text: string): void;
}

/** @param write gets whole lines */
export function narrator(write: (line: Text) => void): Narrator {
  const spoken = (text: Bilingual | string): string => (typeof text === 'string' ? text : say(text));
  return {
    act: (title) => write(['\n', styled('heading', spoken(title))]),
    async step(work, told) {
      const started = performance.now();
      const result = await work();
      const time = `${(performance.now() - started).toFixed(0)} ms`.padStart(9);
      write([styled('dim', time), `  ${spoken(told(result))}`]);
      return result;
    },
    detail: (text) => write(['           ', styled('dim', spoken(text))]),
    line: write,
  };
}
