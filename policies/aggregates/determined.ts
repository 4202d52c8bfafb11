import type { Relation } from './bounds.ts';

/** A prime under 2^26: products of two remainders stay exact. */
const prime = 67_108_859;

type Row = Map<number, number>;

/**
 * Hidden cells whose value follows from the relations alone, by any number of additions and subtractions: those that are alone in a row of
 * the reduced system (Gauss–Jordan, modulo a prime).
 */
export function determined(relations: readonly Relation[], hidden: ReadonlySet<number>): readonly number[] {
  const rows: { readonly pivot: number; readonly row: Row }[] = [];
  const byPivot = new Map<number, Row>();
  for (const relation of relations) {
    const row = unknownsOf(relation, hidden);
    for (const at of [...row.keys()]) {
      const earlier = byPivot.get(at);
      if (earlier !== undefined) subtract(row, earlier, row.get(at) ?? 0);
    }
    const [first] = row;
    if (first === undefined) continue;
    const [pivot, factor] = first;
    scale(row, inverse(factor));
    for (const other of rows) {
      const there = other.row.get(pivot);
      if (there !== undefined) subtract(other.row, row, there);
    }
    rows.push({ pivot, row });
    byPivot.set(pivot, row);
  }
  return rows.flatMap(({ pivot, row }) => (row.size === 1 ? [pivot] : []));
}

/** Shown cells are constants of the equation. */
function unknownsOf({ total, parts }: Relation, hidden: ReadonlySet<number>): Row {
  const row: Row = new Map(parts.filter((at) => hidden.has(at)).map((at) => [at, 1]));
  if (hidden.has(total)) row.set(total, prime - 1);
  return row;
}

function subtract(row: Row, other: Row, factor: number): void {
  for (const [at, value] of other) {
    const left = ((row.get(at) ?? 0) + prime - ((value * factor) % prime)) % prime;
    if (left === 0) row.delete(at);
    else row.set(at, left);
  }
}

function scale(row: Row, factor: number): void {
  for (const [at, value] of row) row.set(at, (value * factor) % prime);
}

/** By Fermat: a^(p−2). */
function inverse(value: number): number {
  let [result, base] = [1, value];
  for (let exponent = prime - 2; exponent > 0; exponent = Math.floor(exponent / 2)) {
    if (exponent % 2 === 1) result = (result * base) % prime;
    base = (base * base) % prime;
  }
  return result;
}
