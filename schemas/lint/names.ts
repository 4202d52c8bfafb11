import { isSchemaObject, pointerTo } from '../jsonSchema.ts';
import { limits } from './profile.ts';
import type { Report } from './report.ts';
import type { Place } from './walk.ts';

/** Names that JavaScript objects carry of themselves, and those the hub keeps for its own columns (`_batch`, `_row`, `_subject`). */
const ofPrototype = new Set(Object.getOwnPropertyNames(Object.prototype));
export const isReservedName = (name: string): boolean =>
  ofPrototype.has(name) || name === 'prototype' || name.startsWith('_');

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
