import { destructionUnit } from '../../../log/destruction.ts';
import { destructionsBetween } from '../../store/audit/retention.ts';
import type { Reader } from '../../store/database/reader.ts';
import { tellingLeaves } from '../retention/destroyed.ts';

/**
 * What was destroyed because its time was over is not missing, as far as an entry of the log tells it: a row of the table alone excuses
 * nothing.
 * @param indexes descending, of entries that are not there
 */
export async function withoutDestroyed(
  reader: Reader,
  indexes: readonly number[],
): Promise<readonly number[]> {
  const [newest, oldest] = [indexes[0], indexes.at(-1)];
  if (newest === undefined || oldest === undefined) return [];
  const rows = await destructionsBetween(reader, { from: oldest, to: newest + 1, width: destructionUnit });
  const unitOf = (index: number): number => index - (index % destructionUnit);
  const concerned = new Set(indexes.map(unitOf));
  const claimed = rows.filter(({ first }) => concerned.has(first));
  const told = [...(await tellingLeaves(reader, claimed)).keys()];
  const staysBy = new Map(told.map(({ first, stays }) => [first, new Set(stays)]));
  return indexes.filter((index) => staysBy.get(unitOf(index))?.has(index) !== false);
}
