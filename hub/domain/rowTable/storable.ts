/** What PostgreSQL can hold unchanged. */
import type { Layout } from './layout.ts';

/** NUL refuses a whole load; a lone surrogate would be replaced. */
export function isStorable(value: unknown): boolean {
  return typeof value !== 'string' || (!value.includes('\0') && value.isWellFormed());
}

/** Bytes of a key that PostgreSQL indexes whatever they are: a third of a page, with room for headers and numbers. */
const mostKeyBytes = 2_400;

/**
 * Whether the key of a row can be indexed: one that cannot would refuse the whole load.
 * @param names fields of a row's values, in their order
 */
export function keyFits(layout: Layout, names: readonly string[]): (values: readonly unknown[]) => boolean {
  const places = layout.key.filter(({ kind }) => kind === 'text').map(({ field }) => names.indexOf(field));
  const texts = (values: readonly unknown[]): string[] =>
    places.map((place) => values[place]).filter((value) => typeof value === 'string');
  return (values) => {
    let most = 0;
    for (const place of places) {
      const value = values[place];
      if (typeof value === 'string') most += value.length * 3;
    }
    if (most <= mostKeyBytes) return true;
    return texts(values).reduce((sum, text) => sum + Buffer.byteLength(text), 0) <= mostKeyBytes;
  };
}
