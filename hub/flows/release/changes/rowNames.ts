/**
 * Names of rows in a feed, and digests that show whether the consumer holds them. Both are keyed hashes, so the feed's tables contain no
 * row content. A name is specific to one consumer under one agreement.
 */
import { createHmac, type KeyObject } from 'node:crypto';
import { canonicalJsonOfRow, type CanonicalValue } from '../../../../terms/canonicalJson.ts';
import type { Layout } from '../../../domain/rowTable/layout.ts';
import type { KeyValues } from '../../rows/store/presentRows.ts';
import { valueFits } from '../../rows/store/fetch.ts';

/** Bytes of a name or digest: long enough to exclude collisions among all rows of a city. */
const length = 16;

export interface RowNames {
  /** hex @param key text of the row's key */
  name(key: string): string;
  /** hex, of the masked row that leaves */
  digest(row: string, masked: Readonly<Record<string, unknown>>): string;
  /** hex, of the key: another key gives other names */
  readonly key: string;
}

/** @param counter the counter that identifies the feed's owner */
export function rowNames(key: KeyObject, counter: string): RowNames {
  const hashed = (...parts: readonly string[]): string =>
    createHmac('sha256', key)
      .update(JSON.stringify(['changes', counter, ...parts]))
      .digest('hex')
      .slice(0, length * 2);
  return {
    name: (text) => hashed('row', text),
    digest: (row, masked) => hashed('record', row, canonicalJsonOfRow(masked as CanonicalValue)),
    key: hashed('key'),
  };
}

/** The key of a record as one text. */
export const keyText = ({ key }: Layout, record: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(key.map(({ field }) => record[field]));

/** @returns undefined where it is not a key of this layout: the schema now has another key */
export function keyIn({ key }: Layout, text: string): KeyValues | undefined {
  const values = JSON.parse(text) as KeyValues; // only this hub can have sealed it
  const fits = values.length === key.length && key.every((column, i) => valueFits(column, values[i]));
  return fits ? values : undefined;
}
