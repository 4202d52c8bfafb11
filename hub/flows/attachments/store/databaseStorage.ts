/** Attachments in the database: one row for each sealed piece, so that neither side holds more than a piece. */
import { exchangeId } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import { binaryRows } from '../../../platform/database/binaryRows.ts';
import { longStatement } from '../../../platform/database/connection.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { withTransaction, type Transaction } from '../../../platform/database/transaction.ts';
import { bufferOver } from '../../rows/store/sealedParts.ts';
import type { AttachmentStorage } from './storage.ts';

/** Pieces that one statement writes. */
const writtenAtOnce = 8;
/** Pieces that one query reads. */
const readAtOnce = 4;

export const databaseStorage = (pool: Pool): AttachmentStorage => ({
  name: 'database',
  begin: () => Promise.resolve(''),
  put: ({ id }, { first, sealed }, advance) =>
    withTransaction(pool, async (transaction) => {
      if (!(await advance(transaction, ''))) return false;
      const pieces = sealed();
      for (let at = 0; at < pieces.length; at += writtenAtOnce)
        await insert(transaction, id, first + at, pieces.slice(at, at + writtenAtOnce));
      return true;
    }),
  complete: () => Promise.resolve(),
  read: (place, from, to) => piecesOf(pool, place.id, from, to),
  remove: async (transaction, { id }) => {
    await longStatement(transaction, 'DELETE FROM attachment_piece WHERE attachment = $1', [id]);
  },
});

/** Parameters in binary form: an array of bytes would be sent as text of twice the length. */
async function insert(
  transaction: Transaction,
  id: string,
  first: number,
  sealed: readonly Uint8Array[],
): Promise<void> {
  const rows = sealed.map((_, i) => `($1, ${first + i}, $${i + 2})`);
  await transaction.query(
    `INSERT INTO attachment_piece (attachment, piece, sealed) VALUES ${rows.join(', ')}`,
    [id, ...sealed.map(bufferOver)],
  );
}

async function* piecesOf(pool: Pool, id: string, from: number, to: number): AsyncGenerator<Uint8Array> {
  for (let at = from; at < to; at += readAtOnce) {
    const end = Math.min(at + readAtOnce, to);
    const found: Buffer[] = [];
    await binaryRows(
      pool,
      `SELECT sealed FROM attachment_piece
        WHERE attachment = '${exchangeId(id)}' AND piece >= ${at} AND piece < ${end} ORDER BY piece`,
      ([sealed]) => {
        if (sealed) found.push(Buffer.from(sealed));
      },
    );
    if (found.length !== end - at) throw new Problem('attachment_bytes_missing', { attachment: id });
    yield* found;
  }
}
