import type { QueryResultRow } from 'pg';
import type { Reader } from '../reader.ts';
import { sealingOf } from './rowSealing.ts';
import type { SealedName } from './rules.ts';
import { sealOf } from './statements.ts';

/**
 * Rows of a sealed table without those that have no valid seal: every decision treats such rows as absent. The seal is checked over the
 * content that the same statement read.
 * @param name the table; with its alias where the statement gives it one
 * @param text begins with SELECT
 */
export async function sealedRows<R extends QueryResultRow>(
  reader: Reader,
  name: SealedName | readonly [name: SealedName, alias: string],
  text: string,
  values?: unknown[],
): Promise<R[]> {
  const sealing = sealingOf(reader);
  if (sealing?.isActive !== true) return (await reader.query<R>(text, values)).rows;
  const [table, alias] = typeof name === 'string' ? [name, name] : name;
  const sealed = text.replace(/^\s*SELECT\s/i, `SELECT ${sealOf(table, alias)}, `);
  const { rows } = await reader.query<R & { readonly seal: string }>(sealed, values);
  return sealing.authentic(table, rows) as unknown as R[];
}
