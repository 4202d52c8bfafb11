import { leafOrNone, withLeaves } from '../../../log/store/storedLeaves.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Stops } from './policyDocuments.ts';

/**
 * What was said when agreements were stopped, by the entry of each stop. A stop that the table took over from older rows names an entry of
 * another act, and has none; nor has one whose entry was altered so that it cannot be read.
 */
export async function stopReasons(
  reader: Reader,
  stops: readonly Stops[],
): Promise<ReadonlyMap<string, string>> {
  const entries = [...new Set(stops.flatMap((one) => Object.values(one)))];
  if (entries.length === 0) return new Map();
  const { rows } = await reader.query<{ id: string; leaf: Uint8Array }>(
    'SELECT id, leaf FROM audit_entry WHERE id = ANY ($1::uuid[])',
    [entries],
  );
  const reasons = new Map<string, string>();
  for (const { id, leaf } of withLeaves(rows)) {
    const said = leafOrNone(leaf);
    const reason = said?.change?.['reason'];
    if (said?.operation === 'suspendAgreement' && reason !== undefined) reasons.set(id, String(reason));
  }
  return reasons;
}
