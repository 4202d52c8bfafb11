import { isSchemaObject, pointerTo } from '../jsonSchema.ts';
import type { Report } from './report.ts';
import type { Place } from './walk.ts';

/** Keywords that do nothing where they stand, or that the validator refuses without naming the place. */
export function checkIdleKeywords({ schema, pointer }: Place, report: Report): void {
  const idle = (keyword: string, needs: string): void =>
    report('keyword_idle', pointerTo(pointer, keyword), { keyword, needs });
  const has = (keyword: string): boolean => schema[keyword] !== undefined;
  if (has('if') && !has('then') && !has('else')) idle('if', 'then / else');
  for (const keyword of ['then', 'else']) if (has(keyword) && !has('if')) idle(keyword, 'if');
  for (const keyword of ['minContains', 'maxContains'])
    if (has(keyword) && !has('contains')) idle(keyword, 'contains');
  if (schema['minContains'] === 0 && !has('maxContains')) idle('minContains', 'maxContains');
  checkTuple(schema, pointer, report);
  checkPatternNames(schema, pointer, report);
}

/** A tuple says how long it is: `[A, B]` alone would let `[]` and `[A, B, anything]` pass. */
function checkTuple(schema: Place['schema'], pointer: string, report: Report): void {
  const { prefixItems, minItems, maxItems, items } = schema;
  if (!Array.isArray(prefixItems)) return;
  const count = prefixItems.length;
  if (minItems !== count || (maxItems !== count && items !== false))
    report('tuple_open', `${pointer}/prefixItems`, { count });
}

/** A name that is declared and matches a pattern too has two schemas; nobody sees which one a reader had in mind. */
function checkPatternNames(schema: Place['schema'], pointer: string, report: Report): void {
  const { properties, patternProperties } = schema;
  if (!isSchemaObject(properties) || !isSchemaObject(patternProperties)) return;
  for (const source of Object.keys(patternProperties)) {
    const pattern = compiled(source);
    for (const name of Object.keys(properties))
      if (pattern?.test(name) === true)
        report('name_matches_pattern', pointerTo(`${pointer}/properties`, name), { name, pattern: source });
  }
}

/** Undefined where it is no pattern: that is another finding. */
function compiled(source: string): RegExp | undefined {
  try {
    return new RegExp(source, 'u');
  } catch {
    return undefined;
  }
}
