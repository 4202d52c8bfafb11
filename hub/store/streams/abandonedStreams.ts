import type { Reader } from '../database/reader.ts';

/** Streams whose process says nothing more, the oldest first. */
export async function abandonedStreams(
  reader: Reader,
  most: number,
): Promise<readonly { readonly id: string; readonly facts: Readonly<Record<string, unknown>> }[]> {
  const { rows } = await reader.query<{ id: string; facts: Record<string, unknown> }>(
    'SELECT id, facts FROM release_stream WHERE lease_until < now() ORDER BY lease_until LIMIT $1',
    [most],
  );
  return rows;
}
