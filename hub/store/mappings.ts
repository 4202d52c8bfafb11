/** Mappings: how a department's file becomes rows of a dataset. Versions are append-only. */
import type { Reader } from './reader.ts';

export interface MappingRow {
  readonly dataset: string;
  readonly name: string;
  readonly version: number;
  /** JSON text */
  readonly document: string;
  /** hex SHA-256 of the canonical document */
  readonly digest: string;
}

const columns = 'dataset, name, version, document, digest';

/** Every version, oldest first. */
export async function listMappings(reader: Reader): Promise<MappingRow[]> {
  const { rows } = await reader.query<MappingRow>(
    `SELECT ${columns} FROM mapping ORDER BY dataset, name, version`,
  );
  return rows;
}

/** The newest version of a named mapping. */
export async function newestMapping(
  reader: Reader,
  dataset: string,
  name: string,
): Promise<MappingRow | undefined> {
  const { rows } = await reader.query<MappingRow>(
    `SELECT ${columns} FROM mapping WHERE dataset = $1 AND name = $2 ORDER BY version DESC LIMIT 1`,
    [dataset, name],
  );
  return rows[0];
}

export async function mappingVersion(
  reader: Reader,
  dataset: string,
  name: string,
  version: number,
): Promise<MappingRow | undefined> {
  const { rows } = await reader.query<MappingRow>(
    `SELECT ${columns} FROM mapping WHERE dataset = $1 AND name = $2 AND version = $3`,
    [dataset, name, version],
  );
  return rows[0];
}

/** @param exchange id of the entry that registers it */
export async function insertMapping(reader: Reader, row: MappingRow, exchange: string): Promise<void> {
  await reader.query(
    'INSERT INTO mapping (dataset, name, version, document, digest, registered_by) VALUES ($1, $2, $3, $4, $5, $6)',
    [row.dataset, row.name, row.version, row.document, row.digest, exchange],
  );
}
