/** Schema versions (数据集标准). The text of a version never changes. */
import type { SchemaVersionState } from '../domain/schemaVersion.ts';
import type { Reader } from './reader.ts';

export interface SchemaRow {
  /** `urn:datong:<name>:<major>.<minor>` */
  readonly urn: string;
  readonly name: string;
  readonly major: number;
  readonly minor: number;
  /** JSON text with its properties in the order they were registered */
  readonly document: string;
  /** hex SHA-256 of the canonical text */
  readonly digest: string;
  readonly state: SchemaVersionState;
}

const columns = 'urn, name, major, minor, document, digest, state';

/** Every version, oldest first. */
export async function listSchemas(reader: Reader): Promise<SchemaRow[]> {
  const { rows } = await reader.query<SchemaRow>(
    `SELECT ${columns} FROM schema_version ORDER BY name, major, minor`,
  );
  return rows;
}

export async function schemaByUrn(reader: Reader, urn: string): Promise<SchemaRow | undefined> {
  const { rows } = await reader.query<SchemaRow>(`SELECT ${columns} FROM schema_version WHERE urn = $1`, [
    urn,
  ]);
  return rows[0];
}

/** @param exchange id of the entry that registers it */
export async function insertSchema(reader: Reader, row: SchemaRow, exchange: string): Promise<void> {
  await reader.query(
    `INSERT INTO schema_version (urn, name, major, minor, document, digest, state, registered_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [row.urn, row.name, row.major, row.minor, row.document, row.digest, row.state, exchange],
  );
}
