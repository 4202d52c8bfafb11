/** What is gone of an answer: the one place where it is told apart from what was destroyed, and named. */
import { destructionUnit } from '../../../log/destruction.ts';
import type { Missing } from '../../../log/missing.ts';
import { destructionsBetween } from '../../store/audit/retention.ts';
import type { Reader } from '../../store/database/reader.ts';
import { tellingLeaves } from '../retention/destroyed.ts';

/** Missing entries that are named at most. */
const mostMissing = 1_000;

/**
 * What was destroyed because its time was over is not missing, as far as an entry of the log tells it: a row of the table alone excuses
 * nothing.
 * @param gone indexes of entries that are not there, in any order, each perhaps more than once
 * @returns descending
 */
export async function missingAmong(reader: Reader, gone: readonly number[]): Promise<readonly number[]> {
  const indexes = [...new Set(gone)].sort((a, b) => b - a);
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

/** As an answer names them. @param missing descending */
export const toldMissing = (missing: readonly number[]): Missing & { missing?: number[] } =>
  missing.length === 0
    ? {}
    : {
        missing: missing.slice(0, mostMissing),
        ...(missing.length > mostMissing ? { moreMissing: true as const } : {}),
      };
