/** Schema versions (数据集标准). The text of a version never changes. */
import type { SchemaVersionState } from '../../domain/schemaVersion.ts';
import type { Reader } from '../database/reader.ts';
import type { Transaction } from '../database/transaction.ts';

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
  /** code of the department that the name belongs to; null: the data office */
  readonly owner: string | null;
}

export const schemaColumns = 'urn, name, major, minor, document, digest, state, owner';

/** Every version, oldest first. */
export async function listSchemas(reader: Reader): Promise<SchemaRow[]> {
  const { rows } = await reader.query<SchemaRow>(
    `SELECT ${schemaColumns} FROM schema_version ORDER BY name, major, minor`,
  );
  return rows;
}

export async function schemaByUrn(reader: Reader, urn: string): Promise<SchemaRow | undefined> {
  const { rows } = await reader.query<SchemaRow>(
    `SELECT ${schemaColumns} FROM schema_version WHERE urn = $1`,
    [urn],
  );
  return rows[0];
}

/** Whom a name belongs to; undefined where it has no version. */
export async function schemaOwner(
  reader: Reader,
  name: string,
): Promise<Pick<SchemaRow, 'owner'> | undefined> {
  const { rows } = await reader.query<Pick<SchemaRow, 'owner'>>(
    'SELECT owner FROM schema_version WHERE name = $1 ORDER BY major, minor LIMIT 1',
    [name],
  );
  return rows[0];
}

/** Until the transaction ends, nobody else registers a version under this name. */
export async function lockSchemaName(transaction: Transaction, name: string): Promise<void> {
  await transaction.query("SELECT pg_advisory_xact_lock(hashtext('schema name'), hashtext($1))", [name]);
}

/** @param hands persons; @param exchange id of the entry that registers it */
export async function insertSchema(
  reader: Reader,
  row: SchemaRow,
  hands: { readonly author: string; readonly approver: string | null },
  exchange: string,
): Promise<void> {
  const { urn, name, major, minor, document, digest, state, owner } = row;
  await reader.query(
    `INSERT INTO schema_version (urn, name, major, minor, document, digest, state, owner, author, approver, registered_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [urn, name, major, minor, document, digest, state, owner, hands.author, hands.approver, exchange],
  );
}
