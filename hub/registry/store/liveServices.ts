/**
 * Services of providers, which are queried for rows of live datasets. They are read with the registry: a change takes effect from the next
 * request.
 */
import { sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import type { LiveServiceDocument } from '../../domain/liveService.ts';
import { momentAt, momentOf, readMoment } from '../../platform/database/values.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface LiveServiceRow {
  readonly dataset: string;
  readonly document: LiveServiceDocument;
  /** hex SHA-256 of the document */
  readonly digest: string;
  /** ids of persons */
  readonly author: string;
  readonly approver: string;
  /** Unix milliseconds */
  readonly setAt: number;
}

type Read = Omit<LiveServiceRow, 'setAt'> & { readonly set: string };

const notEnded = `SELECT dataset, document, digest, author, approver, ${momentOf('set_at')} AS set
       FROM live_service WHERE ended_by IS NULL`;

const asRow = ({ set, ...row }: Read): LiveServiceRow => ({ ...row, setAt: readMoment(set) });

/** Those that were not ended. */
export async function listLiveServices(reader: Reader): Promise<LiveServiceRow[]> {
  const rows = await sealedRows<Read>(reader, 'live_service', notEnded);
  return rows.map(asRow);
}

/** undefined if there is none, or it was ended. */
export async function liveServiceOf(reader: Reader, dataset: string): Promise<LiveServiceRow | undefined> {
  const rows = await sealedRows<Read>(reader, 'live_service', `${notEnded} AND dataset = $1`, [dataset]);
  return rows.map(asRow)[0];
}

/** Sets the service of a dataset. @param row.approver a person other than the author (table constraint) */
export async function putLiveService(
  transaction: Reader,
  row: Omit<LiveServiceRow, 'approver'> & { readonly approver: string | null },
  exchange: string,
): Promise<void> {
  await transaction.query(
    `INSERT INTO live_service (dataset, document, digest, author, approver, exchange, set_at)
     VALUES ($1, $2, $3, $4, $5, $6, ${momentAt('$7')})
     ON CONFLICT (dataset) DO UPDATE SET document = EXCLUDED.document, digest = EXCLUDED.digest, author = EXCLUDED.author,
       approver = EXCLUDED.approver, exchange = EXCLUDED.exchange, set_at = EXCLUDED.set_at, ended_by = NULL`,
    [
      ...[row.dataset, JSON.stringify(row.document), row.digest, row.author, row.approver],
      ...[exchange, row.setAt],
    ],
  );
}

/** Ends it, so that connectors are used again. @param by id of a person @returns false if there is none */
export async function endLiveService(transaction: Reader, dataset: string, by: string): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'UPDATE live_service SET ended_by = $2 WHERE dataset = $1 AND ended_by IS NULL',
    [dataset, by],
  );
  return rowCount === 1;
}
