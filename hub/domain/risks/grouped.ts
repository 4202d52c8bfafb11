/** What the rules over the log share: groups of what is judged together, and what a finding names of it. */
import type { Look } from './risk.ts';

/** Entries that a finding names at most. */
const mostEntries = 500;

/** In the order in which the groups begin. */
export function grouped<T>(all: readonly T[], of: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const own = groups.get(of(one)) ?? [];
    groups.set(of(one), own);
    own.push(one);
  }
  return groups;
}

/** Consumers and providers, sorted. */
export const sidesOf = (looks: readonly Look[]): string[] =>
  [...new Set(looks.flatMap(({ consumer, provider }) => [consumer, provider ?? consumer]))].sort();

/** Indexes, each once; of very many the first. */
export const entriesOf = (all: readonly { readonly index: number }[]): number[] =>
  [...new Set(all.map(({ index }) => index))].slice(0, mostEntries);
