import type { Reader } from '../../../platform/database/reader.ts';
import type { OpenKind } from './openStream.ts';

export interface AbandonedStream {
  readonly id: string;
  readonly kind: OpenKind;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Streams and connections whose process says nothing more, the oldest first. */
export async function abandonedStreams(reader: Reader, most: number): Promise<readonly AbandonedStream[]> {
  const { rows } = await reader.query<AbandonedStream>(
    'SELECT id, kind, facts FROM release_stream WHERE lease_until < now() ORDER BY lease_until LIMIT $1',
    [most],
  );
  return rows;
}
