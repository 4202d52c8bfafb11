import { Problem } from '../../../terms/problem.ts';
import type { Reader } from './reader.ts';

/** A database that holds other tables than a hub's is somebody else's. @throws Problem database_not_empty */
export async function refuseForeign(reader: Reader): Promise<void> {
  const { rows } = await reader.query<{ tables: string | null }>(
    `SELECT string_agg(name, ', ') AS tables
       FROM (SELECT c.relname::text AS name
               FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
              WHERE c.relkind IN ('r', 'p') AND to_regclass('public.migration') IS NULL
                AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
              ORDER BY 1 LIMIT 3) AS found`,
  );
  const [found] = rows;
  if (typeof found?.tables === 'string') throw new Problem('database_not_empty', { tables: found.tables });
}
