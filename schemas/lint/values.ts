import { canonicalText } from '../readJson.ts';
import { isSchemaObject, pointerTo } from '../jsonSchema.ts';
import { evaluate } from '../subset/evaluate.ts';
import { readUniverse } from '../subset/universe.ts';
import { vocabulary } from '../vocabulary/keywords.ts';
import type { Report } from './report.ts';
import type { Place } from './walk.ts';

/** Requirement on the value of a standard keyword: a name for people, and the test. */
interface Shape {
  readonly name: string;
  readonly holds: (value: unknown) => boolean;
}

const text: Shape = { name: 'string', holds: (value) => typeof value === 'string' };
const flag: Shape = { name: 'boolean', holds: (value) => typeof value === 'boolean' };
const number: Shape = {
  name: 'number',
  holds: (value) => typeof value === 'number' && Number.isFinite(value),
};
const step: Shape = { name: 'number > 0', holds: (value) => number.holds(value) && (value as number) > 0 };
const count: Shape = {
  name: 'whole number ≥ 0',
  holds: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
};
const isSchema = (value: unknown): boolean => isSchemaObject(value) || typeof value === 'boolean';
const schema: Shape = { name: 'schema', holds: isSchema };
const schemas: Shape = {
  name: 'list of schemas',
  holds: (value) => isList(value) && value.length > 0 && value.every(isSchema),
};
const schemaMap: Shape = {
  name: 'map of schemas',
  holds: (value) => isSchemaObject(value) && Object.values(value).every(isSchema),
};
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const areNames = (value: unknown): boolean =>
  isList(value) && value.every((name) => typeof name === 'string') && new Set(value).size === value.length;
const names: Shape = { name: 'list of names, each once', holds: areNames };
const typeNames = new Set(['null', 'boolean', 'integer', 'number', 'string', 'array', 'object']);
const types: Shape = {
  name: [...typeNames].join(', '),
  holds: (value) => {
    const list: readonly unknown[] = isList(value) ? value : [value];
    return (
      list.length > 0 &&
      new Set(list).size === list.length &&
      list.every((name) => typeof name === 'string' && typeNames.has(name))
    );
  },
};
const values: Shape = {
  name: 'list of values, each once',
  holds: (value) =>
    isList(value) && value.length > 0 && new Set(value.map(canonicalText)).size === value.length,
};
const anything: Shape = { name: 'anything', holds: () => true };
const list: Shape = { name: 'list', holds: isList };

/** Draft 2020-12, validation §6–§9 and core §10–§11, for the keywords of the profile. */
const shapes: Readonly<Record<string, Shape>> = {
  $schema: text,
  $id: text,
  $ref: text,
  $comment: text,
  title: text,
  description: text,
  default: anything,
  examples: list,
  deprecated: flag,
  readOnly: flag,
  writeOnly: flag,
  type: types,
  enum: values,
  const: anything,
  format: text,
  pattern: text,
  multipleOf: step,
  maximum: number,
  exclusiveMaximum: number,
  minimum: number,
  exclusiveMinimum: number,
  maxLength: count,
  minLength: count,
  maxItems: count,
  minItems: count,
  uniqueItems: flag,
  maxContains: count,
  minContains: count,
  maxProperties: count,
  minProperties: count,
  required: names,
  dependentRequired: {
    name: 'map of lists of names',
    holds: (value) => isSchemaObject(value) && Object.values(value).every(areNames),
  },
  prefixItems: schemas,
  items: schema,
  contains: schema,
  additionalProperties: schema,
  unevaluatedProperties: schema,
  propertyNames: schema,
  properties: schemaMap,
  patternProperties: schemaMap,
  dependentSchemas: schemaMap,
  $defs: schemaMap,
  allOf: schemas,
  anyOf: schemas,
  oneOf: schemas,
  not: schema,
  if: schema,
  then: schema,
  else: schema,
};

/** Values of standard keywords. */
export function checkStandardValues({ schema: place, pointer }: Place, report: Report): void {
  for (const [keyword, value] of Object.entries(place)) {
    const shape = Object.hasOwn(shapes, keyword) ? shapes[keyword] : undefined;
    if (shape !== undefined && !shape.holds(value))
      report('keyword_value', pointerTo(pointer, keyword), { keyword, reason: shape.name });
  }
}

const universe = readUniverse(vocabulary.map(({ metaSchema }) => metaSchema));

/** Values of the hub's own keywords, against their meta-schemas. */
export function checkOwnValues({ schema: place, pointer }: Place, report: Report): void {
  for (const [index, { name, metaSchema }] of vocabulary.entries()) {
    const root = universe.roots[index];
    if (root === undefined || !Object.hasOwn(place, name)) continue;
    if (evaluate(universe.node, root, place[name]) === true) continue;
    const allowed = metaSchema['enum'];
    const reason = Array.isArray(allowed) ? allowed.join(', ') : canonicalText(metaSchema).slice(0, 160);
    report('keyword_value', pointerTo(pointer, name), { keyword: name, reason });
  }
}
