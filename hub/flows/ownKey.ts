import { isExactNumber } from '../../terms/jsonText.ts';
import { Problem } from '../../terms/problem.ts';
import type { Column } from '../domain/rowTable/layout.ts';
import { isStorable } from '../domain/rowTable/storable.ts';
import type { Key } from './rows/store/byKey.ts';

/** What each kind of column takes, also as the text of a list. */
const kinds: Readonly<Record<Column['kind'], (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string' && isStorable(value),
  integer: (value) => Number.isSafeInteger(value) || /^-?\d{1,15}$/.test(textOf(value)),
  number: (value) =>
    typeof value === 'number' ||
    (/^-?\d{1,15}(\.\d{1,15})?$/.test(textOf(value)) && isExactNumber(textOf(value))),
  boolean: (value) => typeof value === 'boolean' || /^(true|false)$/.test(textOf(value)),
  json: () => false,
};
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Whether a key has all fields of the primary key and no other, each of its type. */
export const keyFits = (key: Key, fields: readonly Column[]): boolean =>
  fields.length > 0 &&
  Object.keys(key).length === fields.length &&
  fields.every(({ field, kind }) => kinds[kind](key[field]));

/** A key's value as the database compares it: `007` is the number 7, in a column of numbers alone. */
const compared = (value: unknown, { kind }: Column): string =>
  kind === 'integer' || kind === 'number' ? String(Number(value)) : String(value);

/** A key's values as rows hold them. @param key fits the fields */
export const valuesOfKey = (key: Key, fields: readonly Column[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    fields.map(({ field, kind }) => {
      const value = key[field];
      if (kind === 'boolean') return [field, value === true || value === 'true'];
      return [field, kind === 'text' ? value : Number(value)];
    }),
  );

/**
 * The values of a requested key, as rows hold them.
 * @param at place of the key in the request
 * @throws Problem key_unfit
 */
export function requestedKey(
  key: Key,
  fields: readonly Column[],
  at: string,
): ReturnType<typeof valuesOfKey> {
  if (keyFits(key, fields)) return valuesOfKey(key, fields);
  throw new Problem('key_unfit', { key: fields.map(({ field }) => field).join(', ') }, { at });
}

/** The same text for keys that name the same row, in any form of writing. @param key fits the fields */
export const textOfKey = (key: Readonly<Record<string, unknown>>, fields: readonly Column[]): string =>
  JSON.stringify(fields.map((column) => compared(key[column.field], column)));
