/**
 * The lint profile: requirements that a schema must meet before the validator sees it. Pure and bounded; guardedLint.ts tries the
 * compilation.
 */
import type { JsonSchema } from '../datasetSchema.ts';
import type { Finding } from '../messages.ts';
import { patternSafety } from '../patterns/patternSafety.ts';
import { withReferences } from '../references.ts';
import { bareSurroundings, type Surroundings } from '../surroundings.ts';
import { checkBounds, checkTexts } from './bounds.ts';
import { checkObjects, checkNames, checkVisible, checkMeasure, checkIdleKeywords } from './shape.ts';
import { limits, allowedKeywords, refusedKeywords } from './profile.ts';
import { checkReferences } from './references.ts';
import { newReport, type Report } from './report.ts';
import { checkAttachments, checkCodes, checkKeys, checkPlaces, checkTags } from './semantics.ts';
import { checkOwnValues, checkStandardValues } from './values.ts';
import { walkSchema, type Place } from './walk.ts';
import type { CodeLists } from '../codelists/codeLists.ts';
import { isSchemaObject, pointerTo, schemasOf } from '../jsonSchema.ts';
import { parseSchemaUrn } from '../schemaUrn.ts';
import { vocabulary } from '../vocabulary/keywords.ts';

const rootOnly = new Set([
  '$schema',
  '$id',
  ...vocabulary.filter(({ place }) => place === 'root').map(({ name }) => name),
]);

/** Keywords outside the allow-list, with the nearest allowed one where a typing error is likely; root keywords elsewhere. */
function checkKeywords({ schema, pointer, role }: Place, report: Report): void {
  for (const keyword of Object.keys(schema)) {
    const path = pointerTo(pointer, keyword);
    if (!allowedKeywords.has(keyword)) {
      const near = refusedKeywords.has(keyword) ? undefined : nearest(keyword);
      if (near === undefined) report('keyword_not_allowed', path, { keyword });
      else report('keyword_unknown', path, { keyword, near });
    } else if (role !== 'root' && rootOnly.has(keyword)) {
      report('keyword_place', path, { keyword });
    }
  }
}

function nearest(keyword: string): string | undefined {
  let best: string | undefined;
  let least = Math.min(3, Math.ceil(keyword.length / 3) + 1);
  for (const allowed of allowedKeywords) {
    const distance = editDistance(keyword, allowed, least);
    if (distance < least) {
      best = allowed;
      least = distance;
    }
  }
  return best;
}

/** Levenshtein distance, abandoned at `enough`. */
function editDistance(a: string, b: string, enough: number): number {
  if (Math.abs(a.length - b.length) >= enough || a.length > 64) return enough;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same));
    }
    row = next;
  }
  return row[b.length] ?? enough;
}

/**
 * Every finding of the profile, at most 200; empty when the schema may be registered.
 * @param surroundings other documents for `$ref`, code lists for `x-code`
 */
export function lintSchema(document: unknown, surroundings: Surroundings = bareSurroundings): Finding[] {
  const { resolve, codeLists } = surroundings;
  const { findings, report } = newReport();
  if (!checkMeasure(document, report)) return findings;
  const places: Place[] = [];
  for (const place of walkSchema(document, (pointer) => report('too_deep', pointer))) places.push(place);
  if (places.length > limits.nodes) report('too_many_nodes', '', { count: places.length });
  if (findings.length > 0) return findings;
  for (const place of places) {
    checkKeywords(place, report);
    checkStandardValues(place, report);
    checkOwnValues(place, report);
  }
  const isSafe = patternSafety();
  checkReferences(document, places, resolve, report);
  const resolved = (field: JsonSchema): JsonSchema => withReferences(field, document, resolve);
  checkRoot(document, resolved, report);
  checkKeys(document, resolve, report);
  checkPlaces(places, report);
  for (const place of places) {
    checkNames(place, report);
    checkVisible(place, report);
    checkObjects(place, report);
    checkIdleKeywords(place, isSafe, report);
    checkBounds(place, report);
    checkTexts(place, isSafe, report);
    checkTags(place, report);
    checkCodes(place, codeLists, report);
    checkAttachments(place, report);
  }
  return findings;
}

/** Findings of a schema that passed lint against other code lists: a list may change after the schema did. */
export function lintCodes(document: JsonSchema, codeLists: CodeLists): readonly Finding[] {
  const { findings, report } = newReport();
  for (const place of walkSchema(document)) checkCodes(place, codeLists, report);
  return findings;
}

/** An agreement names a version by its major, which begins with 1 and has no zeros in front. */
const named = /:[1-9]\d{0,3}\.(?:0|[1-9]\d{0,3})$/;

/** Checks the root's own keywords, and the required keywords of each field. */
function checkRoot(document: JsonSchema, resolved: (field: JsonSchema) => JsonSchema, report: Report): void {
  if (document['$schema'] !== 'https://json-schema.org/draft/2020-12/schema')
    report('schema_draft', '/$schema');
  const { $id } = document;
  if (typeof $id !== 'string' || parseSchemaUrn($id) === undefined || !named.test($id))
    report('id_malformed', '/$id');
  if (document['type'] !== 'object' || !isSchemaObject(document['properties'])) report('root_not_object', '');
  if (document['x-title'] === undefined) report('title_missing', '');
  for (const [name, field] of schemasOf(document['properties'])) {
    if (!isSchemaObject(field)) continue;
    const path = pointerTo('/properties', name);
    const whole = resolved(field);
    if (whole['x-title'] === undefined) report('title_missing', path);
    if (whole['x-sensitivity'] === undefined) report('sensitivity_missing', path);
  }
}
