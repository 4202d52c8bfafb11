import { sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../platform/database/reader.ts';

/** Topics of event types, by type; a type without a topic is left out. A type never changes its topic. */
export async function topicsByType(
  reader: Reader,
  types: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await sealedRows<{ type: string; topic: string }>(
    reader,
    'topic_type',
    'SELECT type, topic FROM topic_type WHERE type = ANY ($1::text[])',
    [types],
  );
  return new Map(rows.map(({ type, topic }) => [type, topic]));
}
