import { isSchemaObject, typesOf, pointerTo, schemasOf } from '../jsonSchema.ts';
import type { Report } from './report.ts';
import type { Place } from './walk.ts';
import type { PatternSafety } from '../patterns/patternSafety.ts';
import { patternFault } from './bounds.ts';
import { bilingualOf } from '../readFields.ts';
import { limits } from './profile.ts';
import { isFieldName } from '../../terms/fieldName.ts';
import { canonicalText } from '../readJson.ts';

/** Checks that required names are declared (strictRequired of the validator), and rejects combinations that it evaluates wrongly. */
export function checkObjects({ schema, pointer, owner }: Place, report: Report): void {
  const declared = (name: string): boolean =>
    [schema, owner].some(
      (one) => isSchemaObject(one['properties']) && Object.hasOwn(one['properties'], name),
    );
  const { required } = schema;
  if (Array.isArray(required) && typesOf(owner)?.includes('object') === true) {
    for (const name of required) {
      if (typeof name === 'string' && !declared(name))
        report('required_unknown', `${pointer}/required`, { name });
    }
  }
  // with prefixItems the validator accepts the empty array
  if (schema['contains'] !== undefined && schema['prefixItems'] !== undefined) {
    report('keywords_together', pointer, { keyword: 'contains', other: 'prefixItems' });
  }
  if (schema['unevaluatedProperties'] === undefined) return;
  if (schema['additionalProperties'] !== undefined) {
    report('keywords_together', pointer, { keyword: 'unevaluatedProperties', other: 'additionalProperties' });
  }
  // a condition without one of its branches makes the validator lose the properties evaluated by `if`
  if (schema['if'] !== undefined && (schema['then'] === undefined || schema['else'] === undefined)) {
    report('keywords_together', pointer, { keyword: 'unevaluatedProperties', other: 'if' });
  }
}

/** Names that JavaScript objects inherit, and those that the hub reserves for its own columns (`_batch`, `_row`, `_subject`). */
const ofPrototype = new Set(Object.getOwnPropertyNames(Object.prototype));

export const isReservedName = (name: string): boolean =>
  ofPrototype.has(name) || name === 'prototype' || name.startsWith('_');

/**
 * Texts for people, and names of definitions, must contain no controls and no marks of writing direction: they appear on screens, in
 * terminals and in generated files.
 */
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

/** Names of properties: a name that an agreement, a filter, a column or an export would reject later is rejected here. */
export function checkNames({ schema, pointer }: Place, report: Report): void {
  const { properties } = schema;
  if (!isSchemaObject(properties)) return;
  const names = Object.keys(properties);
  if (names.length > limits.properties) report('too_many_properties', pointer, { count: names.length });
  for (const name of names) {
    const path = pointerTo(`${pointer}/properties`, name);
    if (isReservedName(name)) report('name_reserved', path);
    else if (/^\d+$/.test(name)) report('name_unordered', path);
    else if (!isFieldName(name)) report('name_form', path);
  }
}

/**
 * First check, without recursion: the document must be an object of acceptable depth and size. @returns whether the other checks may run
 */
export function checkMeasure(
  document: unknown,
  report: Report,
): document is Readonly<Record<string, unknown>> {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    report('not_an_object', '');
    return false;
  }
  if (isTooDeep(document)) {
    report('too_deep', '');
    return false;
  }
  const size = Buffer.byteLength(canonicalText(document));
  if (size > limits.bytes) report('too_large', '', { size });
  return size <= limits.bytes;
}

/** A sub-schema takes at most two levels of JSON (`properties`, name), and values in it a few more. */
const deepestJson = limits.depth * 2 + 16;

function isTooDeep(document: object): boolean {
  let level: object[] = [document];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepestJson) return true;
    const next: object[] = [];
    for (const value of level) {
      for (const child of Object.values(value) as unknown[])
        if (typeof child === 'object' && child !== null) next.push(child);
    }
    level = next;
  }
  return false;
}

/** Keywords without effect at their place, or that the validator rejects without naming the place. */
export function checkIdleKeywords({ schema, pointer }: Place, isSafe: PatternSafety, report: Report): void {
  const idle = (keyword: string, needs: string): void =>
    report('keyword_idle', pointerTo(pointer, keyword), { keyword, needs });
  const has = (keyword: string): boolean => schema[keyword] !== undefined;
  if (has('if') && !has('then') && !has('else')) idle('if', 'then / else');
  for (const keyword of ['then', 'else']) if (has(keyword) && !has('if')) idle(keyword, 'if');
  for (const keyword of ['minContains', 'maxContains'])
    if (has(keyword) && !has('contains')) idle(keyword, 'contains');
  if (schema['minContains'] === 0 && !has('maxContains')) idle('minContains', 'maxContains');
  checkTuple(schema, pointer, report);
  checkPatternNames(schema, pointer, isSafe, report);
}

/** A tuple declares its length: `[A, B]` alone would accept `[]` and `[A, B, anything]`. */
function checkTuple(schema: Place['schema'], pointer: string, report: Report): void {
  const { prefixItems, minItems, maxItems, items } = schema;
  if (!Array.isArray(prefixItems)) return;
  const count = prefixItems.length;
  if (minItems !== count || (maxItems !== count && items !== false))
    report('tuple_open', `${pointer}/prefixItems`, { count });
}

/** A name that is declared and also matches a pattern has two schemas; which one the author meant is unclear. */
function checkPatternNames(
  schema: Place['schema'],
  pointer: string,
  isSafe: PatternSafety,
  report: Report,
): void {
  const { properties, patternProperties } = schema;
  if (!isSchemaObject(properties) || !isSchemaObject(patternProperties)) return;
  for (const source of Object.keys(patternProperties)) {
    // another check reports a pattern that is not proven safe
    if (patternFault(source, isSafe) !== undefined) continue;
    const pattern = new RegExp(source, 'u');
    for (const name of Object.keys(properties))
      if (pattern.test(name))
        report('name_matches_pattern', pointerTo(`${pointer}/properties`, name), { name, pattern: source });
  }
}
