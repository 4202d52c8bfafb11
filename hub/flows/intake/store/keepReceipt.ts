import type { Reader } from '../../../platform/database/reader.ts';

/** Keeps the receipt of the exchange that tells a batch's outcome; another exchange's is not its own. */
export async function keepReceipt(
  reader: Reader,
  id: string,
  exchange: string,
  receipt: string,
): Promise<void> {
  await reader.query('UPDATE batch SET receipt = $3 WHERE id = $1 AND exchange = $2', [
    id,
    exchange,
    receipt,
  ]);
}
