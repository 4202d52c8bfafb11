/** Statements that fail as on a server whose disk is full. A trigger that fails would be foreign code, for which the hub seals no change. */
import type { Pool, PoolClient } from 'pg';

export interface FullDisk {
  /** statements that fail; undefined: none */
  refused: RegExp | undefined;
}

/** The disk of these pools has space until `refused` is set. */
export function fullDiskOf(pools: readonly Pool[]): FullDisk {
  const disk: FullDisk = { refused: undefined };
  const watched = new WeakSet<PoolClient>();
  const watch = (client: PoolClient): void => {
    if (watched.has(client)) return;
    watched.add(client);
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    client.query = ((...args: unknown[]) => {
      const [first] = args;
      const text = typeof first === 'string' ? first : (first as { readonly text?: string }).text;
      if (disk.refused?.test(text ?? '') !== true) return query(...args);
      const done = args.at(-1);
      // the server's own error, which also ends the transaction
      return query('DO $$ BEGIN RAISE disk_full; END $$', ...(typeof done === 'function' ? [done] : []));
    }) as typeof client.query;
  };
  for (const pool of pools) pool.on('acquire', watch);
  return disk;
}
