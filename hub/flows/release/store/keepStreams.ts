import type { Reader } from '../../../platform/database/reader.ts';

/** Renews the leases of streams that this process still writes, and of connections that it still has. */
export async function keepStreams(
  reader: Reader,
  ids: readonly string[],
  leaseSeconds: number,
): Promise<void> {
  await reader.query(
    'UPDATE release_stream SET lease_until = now() + make_interval(secs => $2) WHERE id = ANY ($1::uuid[])',
    [ids, leaseSeconds],
  );
}
