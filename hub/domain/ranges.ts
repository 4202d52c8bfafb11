/**
 * The range of values of a field of numbers or dates. It is stored in round numbers only, so that no person's value outlives their row.
 * Pure.
 */
import type { SchemaField } from '../../schemas/datasetSchema.ts';

/** Lowest and highest value, rounded outward: to two digits, or to whole years. */
export type Range = readonly [low: string, high: string];

export type Ranges = Readonly<Record<string, Range>>;

export type RangedKind = 'number' | 'date';

/** Fields that have a range, by name: numbers and days, but neither keys nor codes. */
export function rangedFields(
  fields: readonly SchemaField[],
  key: readonly string[],
): ReadonlyMap<string, RangedKind> {
  const plain = fields.filter(
    ({ name, schema }) =>
      !key.includes(name) && !Array.isArray(schema['enum']) && schema['x-code'] === undefined,
  );
  return new Map(
    plain.flatMap(({ name, type, format }): [string, RangedKind][] =>
      type === 'integer' || type === 'number' || format === 'decimal'
        ? [[name, 'number']]
        : format === 'date'
          ? [[name, 'date']]
          : [],
    ),
  );
}

export const roundedRange = (kind: RangedKind, low: string, high: string): Range =>
  kind === 'date'
    ? [`${low.slice(0, 4)}-01-01`, `${high.slice(0, 4)}-12-31`]
    : [twoDigits(Number(low), Math.floor), twoDigits(Number(high), Math.ceil)];

function twoDigits(value: number, round: (value: number) => number): string {
  if (value === 0 || !Number.isFinite(value)) return '0';
  const power = Math.floor(Math.log10(Math.abs(value))) - 1;
  return `${round(power >= 0 ? value / 10 ** power : value * 10 ** -power)}e${power}`;
}

/** The combined range of several batches. */
export function together(all: readonly Ranges[], kinds: ReadonlyMap<string, RangedKind>): Ranges {
  const found: Record<string, Range> = {};
  for (const [field, kind] of kinds) {
    const below = (a: string, b: string): boolean => (kind === 'date' ? a < b : Number(a) < Number(b));
    for (const { [field]: range } of all) {
      if (range === undefined) continue;
      const [low, high] = found[field] ?? range;
      found[field] = [below(range[0], low) ? range[0] : low, below(high, range[1]) ? range[1] : high];
    }
  }
  return found;
}
