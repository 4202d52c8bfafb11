/** Code lists (值域代码), by id and version; versions are append-only. */
import type { Reader } from './reader.ts';

export interface CodeListRow {
  readonly id: string;
  readonly version: string;
  /** the list as it was registered, JSON text */
  readonly document: string;
  /** hex SHA-256 of the canonical document */
  readonly digest: string;
}

/** Every version of every list, oldest first. */
export async function listCodeLists(reader: Reader): Promise<CodeListRow[]> {
  const { rows } = await reader.query<CodeListRow>(
    'SELECT id, version, document, digest FROM code_list ORDER BY id, version',
  );
  return rows;
}

export async function codeListVersion(
  reader: Reader,
  id: string,
  version: string,
): Promise<CodeListRow | undefined> {
  const { rows } = await reader.query<CodeListRow>(
    'SELECT id, version, document, digest FROM code_list WHERE id = $1 AND version = $2',
    [id, version],
  );
  return rows[0];
}

/** @param exchange id of the entry that registers it */
export async function insertCodeList(reader: Reader, row: CodeListRow, exchange: string): Promise<void> {
  await reader.query(
    'INSERT INTO code_list (id, version, document, digest, registered_by) VALUES ($1, $2, $3, $4, $5)',
    [row.id, row.version, row.document, row.digest, exchange],
  );
}
