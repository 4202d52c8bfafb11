/** Exports: the requester, the progress and the expiry of each file. The bytes are stored with the rows (store/rows/exportChunks.ts). */
import { timeOfUuid7, uuid7 } from '../../../../../machine/uuid7.ts';
import type { Reader } from '../../../../platform/database/reader.ts';
import type { Transaction } from '../../../../platform/database/transaction.ts';

/** Milliseconds from the request until a file is deleted. */
export const exportLife = 24 * 3_600_000;

/** Whether a file is over: its id has the time of its request, since `expires` has no seal. */
export const isOver = ({ id, expires }: Pick<ExportRow, 'id' | 'expires'>, now: number): boolean =>
  Math.min(expires.getTime(), timeOfUuid7(id) + exportLife) <= now;

export type ExportFormat = 'ndjson' | 'csv' | 'xlsx';

export interface ExportRow {
  /** the exchange that requested it */
  readonly id: string;
  readonly department: string;
  readonly dataset: string;
  readonly format: ExportFormat;
  readonly state: 'waiting' | 'making' | 'ready' | 'failed';
  readonly code: string | null;
  readonly request: string;
  readonly asked: Uint8Array;
  readonly terms: Uint8Array;
  readonly parts: number;
  readonly rows: number;
  readonly bytes: number;
  readonly manifest: string | null;
  readonly expires: Date;
}

const columns =
  'id, department, dataset, format, state, code, request, asked, terms, parts, rows, bytes, manifest, expires';

type Stored = Omit<ExportRow, 'rows' | 'bytes' | 'expires'> & {
  readonly rows: string;
  readonly bytes: string;
  readonly expires: string;
};
const exportRow = (row: Stored): ExportRow => ({
  ...row,
  rows: Number(row.rows),
  bytes: Number(row.bytes),
  expires: new Date(row.expires),
});

export type RequestedExport = Pick<
  ExportRow,
  'id' | 'department' | 'dataset' | 'format' | 'request' | 'asked' | 'terms' | 'expires'
>;

/** @param maxRows files that one department may have at once @returns false where that limit is reached: nothing is written */
export async function addExport(
  transaction: Transaction,
  requested: RequestedExport,
  maxRows: number,
): Promise<boolean> {
  const { id, department, dataset, format, request, terms, expires } = requested;
  const { rowCount } = await transaction.query(
    `INSERT INTO release_export (id, department, dataset, format, request, asked, terms, expires)
     SELECT $1, $2, $3, $4, $5, $6, $7, $8
      WHERE (SELECT count(*) FROM release_export WHERE department = $2) < $9`,
    [
      id,
      department,
      dataset,
      format,
      request,
      Buffer.from(requested.asked),
      Buffer.from(terms),
      expires,
      maxRows,
    ],
  );
  return rowCount === 1;
}

export async function exportById(reader: Reader, id: string): Promise<ExportRow | undefined> {
  const { rows } = await reader.query<Stored>(`SELECT ${columns} FROM release_export WHERE id = $1`, [id]);
  return rows[0] && exportRow(rows[0]);
}

/** The next export to generate: the first requested. */
export async function nextExport(reader: Reader): Promise<ExportRow | undefined> {
  const { rows } = await reader.query<Stored>(
    `SELECT ${columns} FROM release_export WHERE state IN ('waiting', 'making') ORDER BY id LIMIT 1`,
  );
  return rows[0] && exportRow(rows[0]);
}

export interface Progress {
  readonly parts: number;
  readonly rows: number;
  readonly bytes: number;
}

/** @returns false where it no longer exists */
export async function advanceExport(
  transaction: Transaction,
  id: string,
  { parts, rows, bytes }: Progress,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `UPDATE release_export SET state = 'making', parts = $2, rows = $3, bytes = $4
      WHERE id = $1 AND state IN ('waiting', 'making')`,
    [id, parts, rows, bytes],
  );
  return rowCount === 1;
}

/** Marks it as complete (with its manifest) or failed (with the problem code). @returns false where it no longer exists */
export async function endExport(
  transaction: Transaction,
  id: string,
  { parts, rows, bytes }: Progress,
  end:
    | { readonly manifest: string; readonly code?: undefined }
    | { readonly code: string; readonly manifest?: undefined },
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `UPDATE release_export SET state = $2, code = $3, manifest = $4, parts = $5, rows = $6, bytes = $7
      WHERE id = $1 AND state IN ('waiting', 'making')`,
    [
      id,
      end.code === undefined ? 'ready' : 'failed',
      end.code ?? null,
      end.manifest ?? null,
      parts,
      rows,
      bytes,
    ],
  );
  return rowCount === 1;
}

/** Expired exports, the oldest first. */
export async function expiredExports(
  reader: Reader,
  now: number,
  maxRows: number,
): Promise<readonly Pick<ExportRow, 'id' | 'department' | 'dataset' | 'bytes'>[]> {
  const { rows } = await reader.query<Stored>(
    `SELECT ${columns} FROM release_export WHERE expires < $1 OR id < $2 ORDER BY id LIMIT $3`,
    [new Date(now), uuid7(now - exportLife), maxRows],
  );
  return rows.map(exportRow);
}

/** Deletes the file with its bytes. @returns false where it was deleted already */
export async function dropExport(transaction: Transaction, id: string): Promise<boolean> {
  const { rowCount } = await transaction.query('DELETE FROM release_export WHERE id = $1', [id]);
  return rowCount === 1;
}
