/** Mappings: the conversion of a department's file into rows of a dataset. Versions are append-only. */
import { firstSealedRows, sealedRow, sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface MappingRow {
  readonly dataset: string;
  readonly name: string;
  readonly version: number;
  /** JSON text */
  readonly document: string;
  /** hex SHA-256 of the canonical document */
  readonly digest: string;
  /** the entry of the switch by which its dataset changed to a version for which it does not read files */
  readonly leftBy?: string | null;
}

const columns = 'dataset, name, version, document, digest, left_by AS "leftBy"';

/** Every version, oldest first. */
export const listMappings = (reader: Reader): Promise<MappingRow[]> =>
  sealedRows<MappingRow>(reader, 'mapping', `SELECT ${columns} FROM mapping ORDER BY dataset, name, version`);

/** The newest version of a named mapping. */
export async function newestMapping(
  reader: Reader,
  dataset: string,
  name: string,
): Promise<MappingRow | undefined> {
  const rows = await firstSealedRows<MappingRow>(
    reader,
    'mapping',
    `SELECT ${columns} FROM mapping WHERE dataset = $1 AND name = $2 ORDER BY version DESC`,
    [dataset, name],
    1,
  );
  return rows[0];
}

export const mappingVersion = (
  reader: Reader,
  dataset: string,
  name: string,
  version: number,
): Promise<MappingRow | undefined> =>
  sealedRow<MappingRow>(
    reader,
    'mapping',
    `SELECT ${columns} FROM mapping WHERE dataset = $1 AND name = $2 AND version = $3`,
    [dataset, name, version],
  );

/** @param actingPersons ids of the person who wrote it, and of the one who approved it @param exchange id of the entry that registers it */
export async function insertMapping(
  reader: Reader,
  row: MappingRow,
  actingPersons: { readonly author: string; readonly approver: string | null },
  exchange: string,
): Promise<void> {
  const { dataset, name, version, document, digest } = row;
  await reader.query(
    `INSERT INTO mapping (dataset, name, version, document, digest, author, approver, registered_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [dataset, name, version, document, digest, actingPersons.author, actingPersons.approver, exchange],
  );
}

/** Ends a mapping after its dataset changed to a version that it does not fit: it reads no more files. @param exchange the entry of the switch */
export async function leaveMapping(
  reader: Reader,
  { dataset, name, version }: Pick<MappingRow, 'dataset' | 'name' | 'version'>,
  exchange: string,
): Promise<void> {
  await reader.query(
    'UPDATE mapping SET left_by = $4 WHERE dataset = $1 AND name = $2 AND version = $3 AND left_by IS NULL',
    [dataset, name, version, exchange],
  );
}

/** Every version of every mapping of a dataset, oldest first, without the texts. */
export async function mappingsOfDataset(
  reader: Reader,
  dataset: string,
): Promise<Pick<MappingRow, 'name' | 'version' | 'digest'>[]> {
  const { rows } = await reader.query<Pick<MappingRow, 'name' | 'version' | 'digest'>>(
    'SELECT name, version, digest FROM mapping WHERE dataset = $1 ORDER BY name, version',
    [dataset],
  );
  return rows;
}

type Found = Pick<MappingRow, 'dataset' | 'name' | 'version' | 'document'>;

/** Versions of mappings that may still read files: those for one of these datasets. */
export async function mappingsFor(reader: Reader, datasets: readonly string[]): Promise<Found[]> {
  const { rows } = await reader.query<Found>(
    `SELECT dataset, name, version, document FROM mapping
      WHERE dataset = ANY ($1::text[]) AND left_by IS NULL ORDER BY dataset, name, version`,
    [datasets],
  );
  return rows;
}

/** Those that translate words into codes by a code list, in any version and under any condition. */
export async function mappingsByCodeList(reader: Reader, list: string): Promise<Found[]> {
  const { rows } = await reader.query<Found>(
    `SELECT m.dataset, m.name, m.version, m.document FROM mapping AS m JOIN dataset AS d ON d.id = m.dataset
      WHERE m.left_by IS NULL AND d.state <> 'retired'
        AND EXISTS (SELECT FROM jsonb_path_query(m.document::jsonb, 'strict $.fields.**.code') AS named (code)
                     WHERE jsonb_typeof(named.code) = 'string' AND split_part(named.code #>> '{}', '@', 1) = $1)
      ORDER BY m.dataset, m.name, m.version`,
    [list],
  );
  return rows;
}
