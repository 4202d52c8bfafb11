import type { Reader } from '../../platform/database/reader.ts';

/** The log's state_epoch: it grows with every entry that changes who may do what. */
export async function readStateEpoch(reader: Reader): Promise<number> {
  const { rows } = await reader.query<{ readonly epoch: string }>(
    'SELECT state_epoch::text AS epoch FROM audit_head',
  );
  return Number(rows[0]?.epoch ?? 0);
}
