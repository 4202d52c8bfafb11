/** Entries whose stored subjects are not those that their leaf names: a list of them would lack persons. */
import type { Leaf } from '../../../log/leaf.ts';
import type { Pool } from '../../platform/database/database.ts';
import { remaindersBetween } from '../erasure.ts';
import { heldSubjects, subjectFindings } from './reverify.ts';

/** Maximum number of entries that are read at once, and of others between two of them. */
const maxSpan = 2_048;

/** @param entries by index, as the log has them @returns indexes, ascending */
export async function alteredSubjects(
  pool: Pool,
  entries: ReadonlyMap<number, Pick<Leaf, 'subjects'>>,
): Promise<number[]> {
  const altered: number[] = [];
  for (const span of spansOf([...entries.keys()])) {
    const [from = 0, to] = [span[0], (span.at(-1) ?? 0) + 1];
    const held = await heldSubjects(pool, from, to);
    const erased = await remaindersBetween(pool, from, to);
    altered.push(
      ...span.filter(
        (index) => subjectFindings(entries.get(index), held.get(index) ?? [], erased.get(index)).length > 0,
      ),
    );
  }
  return altered;
}

/** The indexes in order, in parts. The first and the last index of a part are less than `maxSpan` apart. */
function* spansOf(indexes: number[]): Generator<readonly number[]> {
  let span: number[] = [];
  for (const index of indexes.sort((a, b) => a - b)) {
    if (index - (span[0] ?? index) >= maxSpan) {
      yield span;
      span = [];
    }
    span.push(index);
  }
  if (span.length > 0) yield span;
}
