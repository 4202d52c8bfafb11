/** A row of a dataset that nobody lives in, and what masks leave of it: what people are shown before they ask, grant or sign. */
import type { FieldGrant } from '../../../../policies/decision.ts';
import type { PseudonymKeys } from '../../../../policies/masks/mask.ts';
import { pseudonymKeys } from '../../../../policies/masks/pseudonyms/pseudonymKey.ts';
import { compileMasking } from '../../../../policies/masks/rows/compileMasking.ts';
import { sampleRecords } from '../../../../schemas/sample/sampleRecords.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';

type Row = Readonly<Record<string, unknown>>;

/** Pseudonyms of invented values by a key of nobody: what is shown here matches no pseudonym that ever left. */
const nobodysKeys = (): PseudonymKeys => pseudonymKeys(new Uint8Array(32));

/** The same row at every call. Some schemas have no record that can be made up: then it is empty. */
export function inventedRow({ schema, compiled }: LiveDataset): Row {
  try {
    return sampleRecords(schema, compiled.surroundings, { seed: 1, count: 1 })[0] ?? {};
  } catch (error) {
    if (error instanceof RangeError) return {};
    throw error;
  }
}

/**
 * @param consumer whom pseudonyms are made for
 * @param now Unix milliseconds
 * @throws Problem masked_row_invalid for a grant of a place that the schema does not have
 */
export function maskedBy(
  fields: readonly FieldGrant[],
  { schema, compiled }: LiveDataset,
  consumer: string,
  row: Row,
  now: number,
): Record<string, unknown> {
  const masking = compileMasking(fields, schema, nobodysKeys(), consumer, compiled.surroundings);
  return masking.mask(row, masking.begin(now));
}

/** A value as a page shows it. */
export const shown = (value: unknown): string =>
  typeof value === 'string' ? value : value === null ? '—' : JSON.stringify(value);
