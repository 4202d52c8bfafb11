/** Helpers of the rules over the log: groups that are judged together, and what a finding names of them. */
import { grouped } from '../../../terms/grouped.ts';
import type { Look, Risk } from './risk.ts';

/** Maximum of entries that a finding names. */
export const maxEntries = 500;

/** Consumers and providers, sorted. */
export function sidesOf(looks: readonly Look[]): string[] {
  const sides = new Set<string>();
  for (const { consumer, provider } of looks) {
    sides.add(consumer);
    if (provider !== undefined) sides.add(provider);
  }
  return [...sides].sort();
}

/** Indexes, each once; of very many only the first. */
export function entriesOf(all: readonly { readonly index: number }[]): number[] {
  const entries = new Set<number>();
  for (const { index } of all) {
    if (entries.size === maxEntries) break;
    entries.add(index);
  }
  return [...entries];
}

/** Maximum of findings of one rule about one department or official that are reported separately. */
const maxApart = 10;

/**
 * Combines findings: a program that queries many persons many times is one finding, not thousands. More findings of one rule about the
 * same department or official than `maxApart` become one, with the highest of their numbers and their entries.
 */
export const gathered = (risks: readonly Risk[]): Risk[] =>
  [
    ...grouped(risks, ({ rule, consumer, official }) => JSON.stringify([rule, consumer, official])).values(),
  ].flatMap((own) => {
    const [first] = own;
    if (first === undefined || own.length <= maxApart) return own;
    return [
      {
        ...first,
        key: `${[first.consumer, first.official].join('/')}/all`,
        departments: [...new Set(own.flatMap(({ departments }) => departments))].sort(),
        count: own.reduce((highest, { count }) => Math.max(highest, count), 0),
        entries: entriesOf(own.flatMap(({ entries }) => entries.map((index) => ({ index })))),
      },
    ];
  });
