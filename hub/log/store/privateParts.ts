import type { CanonicalValue } from '../../../terms/canonicalJson.ts';
import type { Reader } from '../../platform/database/reader.ts';

/** The value that an entry commits to and no receipt shows. */
export interface PrivatePart {
  readonly exchange: string;
  /** opens the commitment */
  readonly salt: Uint8Array;
  readonly value: CanonicalValue;
}

export async function insertPrivate(
  transaction: Reader,
  { exchange, salt, value }: PrivatePart,
): Promise<void> {
  await transaction.query('INSERT INTO audit_private (exchange, salt, value) VALUES ($1, $2, $3)', [
    exchange,
    Buffer.from(salt),
    JSON.stringify(value),
  ]);
}

/** The private parts of exchanges, by exchange; they are deletable. */
export async function privatePartsOf(
  reader: Reader,
  exchanges: readonly string[],
): Promise<ReadonlyMap<string, PrivatePart>> {
  const { rows } = await reader.query<{ exchange: string; salt: Buffer; value: CanonicalValue }>(
    'SELECT exchange, salt, value FROM audit_private WHERE exchange = ANY ($1::uuid[])',
    [[...exchanges]],
  );
  return new Map(rows.map((row) => [row.exchange, row]));
}
