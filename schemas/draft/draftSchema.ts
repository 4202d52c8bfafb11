import type { Bilingual } from '../../terms/bilingual.ts';
import type { Finding } from '../finding.ts';
import { lintSchema } from '../lint/lintSchema.ts';
import { isReservedName } from '../lint/names.ts';
import { guessField } from './guessField.ts';
import type { Table } from './table.ts';

export interface DraftedField {
  readonly field: string;
  /** name in the source, where the field had to be renamed */
  readonly column: string;
  /** 0 to 1 */
  readonly confidence: number;
  readonly reasons: readonly Bilingual[];
}

export interface Draft {
  readonly table: string;
  readonly source: Table['source'];
  readonly schema: Readonly<Record<string, unknown>>;
  readonly fields: readonly DraftedField[];
  /** what lint still says of the draft */
  readonly findings: readonly Finding[];
}

/**
 * A draft of a schema for a table: every field with its guess, how sure it is and why. A person decides.
 * @param taken names that other drafts of the same run already have
 */
export function draftSchema(table: Table, taken: ReadonlySet<string> = new Set()): Draft {
  const properties: Record<string, unknown> = {};
  const fields: DraftedField[] = [];
  const required: string[] = [];
  const keys: string[] = [];
  for (const [place, column] of table.columns.entries()) {
    const field = fieldName(column.name, place, new Set(Object.keys(properties)));
    const { schema, confidence, reasons } = guessField(column);
    const title = column.title ?? column.name;
    properties[field] = { title, 'x-title': { zh: title, en: field }, ...schema };
    fields.push({ field, column: column.name, confidence: Math.round(confidence * 100) / 100, reasons });
    if (
      column.required === true ||
      (column.samples.length > 0 && column.samples.every((text) => text !== ''))
    )
      required.push(field);
    if (column.key === true) keys.push(field);
  }
  const name = schemaName(table.name, taken);
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:datong:${name}:0.1`,
    title: table.title ?? table.name,
    'x-title': { zh: table.title ?? table.name, en: name },
    ...(keys.length > 0 ? { 'x-primary-key': keys.map((key) => `/${key}`) } : {}),
    type: 'object',
    properties,
    required,
    additionalProperties: false,
  };
  return { table: table.name, source: table.source, schema, fields, findings: lintSchema(schema) };
}

/** A name that the profile takes: as it is where it can be, without what the profile refuses otherwise. */
function fieldName(column: string, place: number, taken: ReadonlySet<string>): string {
  const clean = column
    .trim()
    .replace(/[\p{C}\s]+/gu, '_')
    .replace(/^_+/, '');
  const short = Array.from(clean).slice(0, 20).join('');
  const usable = short === '' || isReservedName(short) || /^\d+$/.test(short) ? `field_${place + 1}` : short;
  return taken.has(usable) ? `${usable}_${place + 1}` : usable;
}

function schemaName(table: string, taken: ReadonlySet<string>): string {
  const slug = table
    .toLowerCase()
    .replace(/^t_/, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[-\d]+|-+$/g, '');
  const name = slug.length >= 2 ? slug.slice(0, 50) : 'draft-table';
  let number = 2;
  while (taken.has(`${name}-${number}`)) number += 1;
  return taken.has(name) ? `${name}-${number}` : name;
}
