import { isFormat, maxOfFormat, borrowedFormats, ownFormatNames } from '../formats/index.ts';
import { isSchemaObject, typesOf } from '../jsonSchema.ts';
import type { JsonSchema } from '../datasetSchema.ts';
import { isAnchored, lengthsOf } from '../patterns/measurePattern.ts';
import { parsePattern } from '../patterns/parsePattern.ts';
import type { PatternSafety } from '../patterns/patternSafety.ts';
import { limits } from './profile.ts';
import type { Report } from './report.ts';
import type { Place } from './walk.ts';

/** Types, upper bounds of texts and arrays, closed objects. */
export function checkBounds(place: Place, report: Report): void {
  const { schema, pointer, role } = place;
  const types = typesOf(schema);
  const listed = schema['enum'] !== undefined || schema['const'] !== undefined;
  if (types !== undefined) checkTypes(place, types, listed, report);
  else if ((role === 'property' || role === 'item') && !place.narrows && !listed && !shapedElsewhere(schema))
    report('type_missing', pointer);
  checkRanges(place, report);
}

function checkTypes(place: Place, types: readonly string[], isListed: boolean, report: Report): void {
  const { schema, pointer } = place;
  if (types.includes('string') && !isListed && maxTextLength(schema) === Infinity && isOwnShape(place))
    report('string_unbounded', pointer);
  if (types.includes('array')) checkArray(place, report);
  if (types.includes('object') && isOwnShape(place) && !isClosed(schema)) report('object_open', pointer);
}

/** A schema that narrows a value described by another one needs no bounds; names need none either. */
function isOwnShape({ role, narrows }: Place): boolean {
  return role !== 'key' && !narrows;
}

function shapedElsewhere(schema: JsonSchema): boolean {
  return ['$ref', 'anyOf', 'oneOf', 'allOf'].some((keyword) => schema[keyword] !== undefined);
}

function isClosed(schema: JsonSchema): boolean {
  return schema['additionalProperties'] === false || schema['unevaluatedProperties'] === false;
}

/** Maximum length of a text that a schema of type string accepts; Infinity without a bound. */
function maxTextLength(schema: JsonSchema): number {
  const { maxLength, format, pattern } = schema;
  let longest = typeof maxLength === 'number' ? maxLength : Infinity;
  if (typeof format === 'string') longest = Math.min(longest, maxOfFormat[format] ?? Infinity);
  if (schema['x-code'] !== undefined) longest = Math.min(longest, 64);
  if (longest > limits.patternLength && typeof pattern === 'string') {
    const node = parsePattern(pattern);
    if (node !== undefined && isAnchored(node)) longest = Math.min(longest, lengthsOf(node).max);
  }
  return longest;
}

function checkArray({ schema, pointer, narrows }: Place, report: Report): void {
  if (narrows) return;
  const { items, prefixItems, maxItems } = schema;
  const closedTuple = Array.isArray(prefixItems) && items === false;
  if (typeof maxItems !== 'number' && !closedTuple) report('array_unbounded', pointer);
  if (items === undefined && schema['const'] === undefined && schema['enum'] === undefined)
    report('items_missing', pointer);
  if (
    schema['uniqueItems'] === true &&
    !isScalar(items) &&
    !(typeof maxItems === 'number' && maxItems <= limits.uniqueItems)
  ) {
    report('unique_items_costly', pointer);
  }
}

function isScalar(items: unknown): boolean {
  const types = isSchemaObject(items) ? typesOf(items) : undefined;
  return types !== undefined && types.every((type) => type !== 'object' && type !== 'array');
}

const pairs = [
  ['minLength', 'maxLength'],
  ['minItems', 'maxItems'],
  ['minProperties', 'maxProperties'],
  ['minContains', 'maxContains'],
  ['minimum', 'maximum'],
] as const;

function checkRanges({ schema, pointer }: Place, report: Report): void {
  for (const [low, high] of pairs) {
    const least = schema[low];
    const most = schema[high];
    if (typeof least === 'number' && typeof most === 'number' && least > most) {
      report('nothing_fits', pointer, { reason: `${low} ${least} > ${high} ${most}` });
    }
  }
  if (schema['type'] !== 'integer') return;
  for (const keyword of ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'] as const) {
    const bound = schema[keyword];
    if (typeof bound === 'number' && Math.abs(bound) > Number.MAX_SAFE_INTEGER)
      report('number_not_exact', `${pointer}/${keyword}`);
  }
}

/** Formats must exist; patterns must be anchored, inside the syntax, of bounded length and proven safe. */
export function checkTexts(place: Place, isSafe: PatternSafety, report: Report): void {
  const { schema, pointer } = place;
  const { format, pattern } = schema;
  if (typeof format === 'string' && !isFormat(format)) {
    const formats = [...ownFormatNames, ...borrowedFormats].join(', ');
    report('pattern_format', `${pointer}/format`, { format, formats });
  }
  if (typeof pattern === 'string') {
    checkPattern(pattern, `${pointer}/pattern`, isSafe, report);
    if (maxTextLength(schema) > limits.patternLength) report('pattern_unbounded', pointer);
  }
  if (isSchemaObject(schema['patternProperties'])) {
    for (const source of Object.keys(schema['patternProperties']))
      checkPattern(source, `${pointer}/patternProperties`, isSafe, report);
  }
}

function checkPattern(source: string, path: string, isSafe: PatternSafety, report: Report): void {
  const fault = patternFault(source, isSafe);
  if (fault !== undefined) report(fault, path);
}

/** Why a pattern must not be run; undefined for one that may be. */
export function patternFault(
  source: string,
  isSafe: PatternSafety,
): 'pattern_syntax' | 'pattern_not_anchored' | 'pattern_unsafe' | undefined {
  const node = source.length > 1000 ? undefined : parsePattern(source);
  if (node === undefined) return 'pattern_syntax';
  if (!isAnchored(node)) return 'pattern_not_anchored';
  return isSafe(source, node) ? undefined : 'pattern_unsafe';
}
