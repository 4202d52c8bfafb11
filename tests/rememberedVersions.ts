import type { KnownSum, KnownVersions } from '../hub/platform/database/authenticated/seals.ts';
import { united } from '../hub/platform/database/authenticated/writers.ts';

/** What a process knows of sums, in memory alone: a state folder that is not used again. */
export function rememberedVersions(process = '00000000000000aa'): KnownVersions {
  const known = new Map<string, KnownSum>();
  return {
    process,
    get: (name) => known.get(name),
    note: (name, sum) => {
      const before = known.get(name) ?? { version: 0 };
      const newer = sum.version > before.version ? sum : before;
      known.set(name, { ...newer, writers: united(before.writers, sum.writers) });
    },
    isOlderExpected: () => false,
  };
}
