/** Rows as lines of COPY … FROM STDIN (text format), compiled once per layout. */
import type { Column, Layout } from './layout.ts';

/** Whether PostgreSQL text can hold a value unchanged: NUL refuses the whole load, a lone surrogate would be replaced. */
export function isStorable(value: unknown): boolean {
  return typeof value !== 'string' || (!value.includes('\0') && value.isWellFormed());
}

/** Bytes of a key that PostgreSQL indexes whatever they are: a third of a page, with room for headers and numbers. */
const mostKeyBytes = 2_400;

/** Whether the key of a row can be indexed: one that cannot would refuse the whole load. */
export function keyFits(layout: Layout): (row: Readonly<Record<string, unknown>>) => boolean {
  const fields = layout.key.filter(({ kind }) => kind === 'text').map(({ field }) => field);
  const bytesOf = (row: Readonly<Record<string, unknown>>, measure: (text: string) => number): number =>
    fields.reduce((sum, field) => sum + measure(typeof row[field] === 'string' ? row[field] : ''), 0);
  return (row) =>
    bytesOf(row, (text) => text.length * 3) <= mostKeyBytes ||
    bytesOf(row, (text) => Buffer.byteLength(text)) <= mostKeyBytes;
}

const special = /[\\\t\n\r]/;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const escaped = (text: string): string =>
  special.test(text) ? text.replaceAll(/[\\\t\n\r]/g, (character) => escapes[character] ?? '') : text;

const writers: Readonly<Record<Column['kind'], (value: unknown) => string>> = {
  text: (value) => escaped(value as string),
  integer: (value) => String(value),
  number: (value) => String(value),
  boolean: (value) => (value === true ? 't' : 'f'),
  json: (value) => escaped(JSON.stringify(value)),
};

/**
 * One line, with the newline; undefined where a value cannot be stored faithfully.
 * @param record number of the record in its batch
 * @param subject keyed hash of whom the row is about, hex
 */
export type LineWriter = (
  row: Readonly<Record<string, unknown>>,
  record: number,
  subject: string | undefined,
) => string | undefined;

/** The writer of a layout. Absent and null fields both become NULL. @param batch uuid put into `_batch` */
export function lineWriter(layout: Layout, batch: string): LineWriter {
  const fields = layout.columns.map((column) => ({ field: column.field, write: writers[column.kind] }));
  return (row, record, subject) => {
    let line = '';
    for (const { field, write } of fields) {
      const value = row[field];
      line += `${value === undefined || value === null ? '\\N' : write(value)}\t`;
    }
    if (line.includes('\0') || !line.isWellFormed()) return undefined;
    return `${line}${batch}\t${record}\t${subject === undefined ? '\\N' : `\\\\x${subject}`}\n`;
  };
}
