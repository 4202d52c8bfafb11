import type { Reader } from '../../platform/database/reader.ts';

/** Topics of types of events, by type; a type without a topic is missing. A type never leaves its topic. */
export async function topicsByType(
  reader: Reader,
  types: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await reader.query<{ type: string; topic: string }>(
    'SELECT type, topic FROM topic_type WHERE type = ANY ($1::text[])',
    [types],
  );
  return new Map(rows.map(({ type, topic }) => [type, topic]));
}
