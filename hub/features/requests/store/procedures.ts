import type { Procedure } from '../../../domain/requests/procedure.ts';
import { refuseUnauthentic } from '../../../platform/database/authenticated/rowSealing.ts';
import type { Pool } from '../../../platform/database/database.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { inSnapshot } from '../../../platform/database/transaction.ts';

export async function insertProcedure(reader: Reader, procedure: Procedure, exchange: string): Promise<void> {
  await reader.query('INSERT INTO procedure (id, version, document, registered_by) VALUES ($1, $2, $3, $4)', [
    procedure.id,
    procedure.version,
    JSON.stringify(procedure),
    exchange,
  ]);
}

/** Every version of one procedure, oldest first. */
export async function procedureVersions(reader: Reader, id: string): Promise<Procedure[]> {
  const { rows } = await reader.query<{ document: Procedure }>(
    'SELECT document FROM procedure WHERE id = $1 ORDER BY version',
    [id],
  );
  return rows.map(({ document }) => document);
}

/** The procedure that applies to new requests; undefined where none is registered. */
export async function newestProcedure(reader: Reader): Promise<Procedure | undefined> {
  const { rows } = await reader.query<{ document: Procedure }>(
    'SELECT document FROM procedure ORDER BY seq DESC LIMIT 1',
  );
  return rows[0]?.document;
}

/**
 * The newest procedure for a new request, read in the snapshot in which rows and seals were compared.
 * @throws Problem rows_unauthenticated where a procedure was changed or deleted past the hub: an earlier one may have fewer stages
 */
export const procedureForNewRequest = (pool: Pool): Promise<Procedure | undefined> =>
  inSnapshot(pool, async (snapshot) => {
    // must be the first statement: it expects the versions that the sums have when the snapshot begins
    await refuseUnauthentic(snapshot, ['procedure']);
    return newestProcedure(snapshot);
  });
