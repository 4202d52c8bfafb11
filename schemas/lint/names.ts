import { isSchemaObject, pointerTo, schemasOf } from '../jsonSchema.ts';
import { bilingualOf } from '../readFields.ts';
import { limits } from './profile.ts';
import type { Report } from './report.ts';
import type { Place } from './walk.ts';

/** Names that JavaScript objects carry of themselves, and those the hub keeps for its own columns (`_batch`, `_row`, `_subject`). */
const ofPrototype = new Set(Object.getOwnPropertyNames(Object.prototype));
export const isReservedName = (name: string): boolean =>
  ofPrototype.has(name) || name === 'prototype' || name.startsWith('_');

/** Texts for people, and names of definitions, hold nothing that a reader cannot see: they end up in screens, terminals and generated files. */
export function checkVisible({ schema, pointer }: Place, report: Report): void {
  for (const keyword of ['title', 'description', '$comment'] as const)
    if (isHidden(schema[keyword])) report('text_form', `${pointer}/${keyword}`);
  for (const keyword of ['x-title', 'x-message'] as const) {
    const both = bilingualOf(schema[keyword]);
    if (both !== undefined && (isHidden(both.zh) || isHidden(both.en)))
      report('text_form', `${pointer}/${keyword}`);
  }
  for (const [name] of schemasOf(schema['$defs']))
    if (isHidden(name)) report('text_form', pointerTo(`${pointer}/$defs`, name));
}

function isHidden(text: unknown): boolean {
  return (
    typeof text === 'string' &&
    /(?![\n\t])\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\p{Cs}/u.test(text)
  );
}

/** Names of properties: bearable as a column, a JSON member and a line of a message. */
export function checkNames({ schema, pointer }: Place, report: Report): void {
  const { properties } = schema;
  if (!isSchemaObject(properties)) return;
  const names = Object.keys(properties);
  if (names.length > limits.properties) report('too_many_properties', pointer, { count: names.length });
  for (const name of names) {
    const path = pointerTo(`${pointer}/properties`, name);
    if (isReservedName(name)) report('name_reserved', path);
    else if (name === '' || /\p{Cc}|\p{Cf}|\p{Cs}/u.test(name) || Buffer.byteLength(name) > limits.nameBytes)
      report('name_form', path);
    else if (/^\d+$/.test(name)) report('name_unordered', path);
  }
}
