import type { Reader } from '../database/reader.ts';
import type { Stops } from './policyDocuments.ts';

/**
 * What was said when agreements were stopped, by the entry of each stop. A stop that the table took over from older rows names an entry of
 * another act, and has none.
 */
export async function stopReasons(
  reader: Reader,
  stops: readonly Stops[],
): Promise<ReadonlyMap<string, string>> {
  const entries = [...new Set(stops.flatMap((one) => Object.values(one)))];
  if (entries.length === 0) return new Map();
  const { rows } = await reader.query<{ id: string; reason: string }>(
    `SELECT id, leaf #>> '{change,reason}' AS reason
       FROM (SELECT id, convert_from(leaf, 'UTF8')::jsonb AS leaf FROM audit_entry WHERE id = ANY ($1::uuid[])) AS e
      WHERE leaf ->> 'operation' = 'suspendAgreement' AND leaf #>> '{change,reason}' IS NOT NULL`,
    [entries],
  );
  return new Map(rows.map(({ id, reason }) => [id, reason]));
}
