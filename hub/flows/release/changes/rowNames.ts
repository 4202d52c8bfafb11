/**
 * What a feed calls rows, and how it tells whether the consumer holds them: keyed hashes, so that nothing of a row stands in the feed's own
 * tables. A name is the same for one consumer under one agreement, and another for everybody else.
 */
import { createHmac, type KeyObject } from 'node:crypto';
import { canonicalJsonOfRow, type CanonicalValue } from '../../../../terms/canonicalJson.ts';
import type { Layout } from '../../../domain/rowTable/layout.ts';
import type { KeyValues } from '../../rows/store/presentRows.ts';
import { valueFits } from '../../rows/store/fetch.ts';

/** Bytes of a name or digest: doubles are out of the question among all rows of a city. */
const length = 16;

export interface RowNames {
  /** hex @param key text of the row's key */
  name(key: string): string;
  /** hex, of what leaves of the row */
  digest(row: string, masked: Readonly<Record<string, unknown>>): string;
  /** hex, of the key: names by another key are other names */
  readonly key: string;
}

/** @param counter whose feed it is */
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

/** @returns undefined where it is no key of this layout: the schema has another key by now */
export function keyIn({ key }: Layout, text: string): KeyValues | undefined {
  const values = JSON.parse(text) as KeyValues; // only this hub could have sealed it
  const fits = values.length === key.length && key.every((column, i) => valueFits(column, values[i]));
  return fits ? values : undefined;
}
