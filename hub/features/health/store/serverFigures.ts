import type { Reader } from '../../../platform/database/reader.ts';

/** Figures of the database server. */
export interface ServerFigures {
  /** `15.10` */
  readonly version: string;
  /** of the database, with its indexes */
  readonly bytes: number;
  /** connections of all programs to this database, and the server's limit for all its databases */
  readonly connections: number;
  readonly maxConnections: number;
  /** age of the oldest transaction of requests and jobs */
  readonly oldestTransactionSeconds: number;
  /** since the server's statistics were reset */
  readonly deadlocks: number;
  /** share of the blocks that were read from memory, 0 to 1; null before the first block */
  readonly cacheShare: number | null;
}

/** Sizes and rates that the server counts itself. Transactions of other logins are visible without their age. */
export async function serverFigures(reader: Reader): Promise<ServerFigures> {
  const { rows } = await reader.query<ServerFigures>(
    `SELECT split_part(current_setting('server_version'), ' ', 1) AS version,
            pg_database_size(current_database())::double precision AS bytes,
            activity.connections, current_setting('max_connections')::integer AS "maxConnections",
            activity.oldest AS "oldestTransactionSeconds", counted.deadlocks::double precision AS deadlocks,
            counted.blks_hit / nullif(counted.blks_hit + counted.blks_read, 0)::double precision AS "cacheShare"
       FROM pg_stat_database AS counted,
            (SELECT count(*)::integer AS connections,
                    greatest(0, coalesce(max(extract(epoch FROM now() - xact_start)) FILTER (WHERE pid <> pg_backend_pid()), 0))::double precision AS oldest
               FROM pg_stat_activity WHERE datname = current_database()) AS activity
      WHERE counted.datname = current_database()`,
  );
  const [row] = rows;
  if (row === undefined) throw new TypeError('pg_stat_database has no row of this database');
  return row;
}
