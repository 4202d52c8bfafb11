/** Random schemas over every keyword, and random small changes of them, for the property test of the proof. */
import type { Random } from '../../sample/random.ts';

type Schema = Record<string, unknown> | boolean;

const names = ['a', 'b', 'c'] as const;
const patterns = ['^a', '^[a-c]{1,3}$', 'b$', '^\\d{2}$', '^x'] as const;
const formats = ['date', 'cn-mobile', 'decimal'] as const;
const values = [null, true, 0, 1, 2, 1.5, 'a', 'ab', 'b', [], [1], {}, { a: 1 }] as const;

/** A schema of draft 2020-12. `$ref`s point to `#/$defs/r` and `#/$defs/s`, which withDefinitions adds. */
export function randomSchema(random: Random, depth = 3): Schema {
  if (random.chance(0.05)) return random.chance(0.7);
  if (depth <= 0) return leaf(random);
  const kind = random.whole(0, 11);
  if (kind <= 3) return leaf(random);
  if (kind <= 7) return object(random, depth);
  if (kind <= 8) return array(random, depth);
  if (kind === 9) return { $ref: random.chance(0.5) ? '#/$defs/r' : '#/$defs/s' };
  return combination(random, depth);
}

/** Adds two definitions, the first recursive through a member or an item. */
export function withDefinitions(schema: Schema, random: Random): Record<string, unknown> {
  const recursive = random.chance(0.5)
    ? {
        type: 'object',
        properties: { a: leaf(random), b: { $ref: '#/$defs/r' } },
        additionalProperties: false,
      }
    : { anyOf: [leaf(random), { type: 'array', items: { $ref: '#/$defs/r' }, maxItems: 2 }] };
  return { allOf: [schema], $defs: { r: recursive, s: leaf(random) } };
}

function leaf(random: Random): Record<string, unknown> {
  switch (random.whole(0, 6)) {
    case 0:
      return { const: random.pick(values) };
    case 1:
      return { enum: [...new Set([random.pick(values), random.pick(values), random.pick(values)])] };
    case 2:
    case 3:
      return numeric(random);
    case 4:
    case 5:
      return text(random);
    default:
      return {
        type: random.pick([
          'null',
          'boolean',
          'string',
          'integer',
          'number',
          ['string', 'null'],
          ['integer', 'string'],
        ]),
      };
  }
}

function some<T extends object>(random: Random, probability: number, make: () => T): Partial<T> {
  return random.chance(probability) ? make() : {};
}

function numeric(random: Random): Record<string, unknown> {
  return {
    ...some(random, 0.8, () => ({ type: random.pick(['integer', 'number', ['number', 'null']]) })),
    ...some(random, 0.4, () => ({ minimum: random.whole(-2, 2) })),
    ...some(random, 0.4, () => ({ maximum: random.whole(0, 4) })),
    ...some(random, 0.2, () => ({ exclusiveMinimum: random.whole(-2, 2) })),
    ...some(random, 0.2, () => ({ exclusiveMaximum: random.whole(0, 4) })),
    ...some(random, 0.3, () => ({ multipleOf: random.pick([0.5, 1, 2, 3, 0.1]) })),
  };
}

function text(random: Random): Record<string, unknown> {
  return {
    ...some(random, 0.8, () => ({ type: random.pick(['string', ['string', 'null']]) })),
    ...some(random, 0.4, () => ({ minLength: random.whole(0, 2) })),
    ...some(random, 0.4, () => ({ maxLength: random.whole(0, 4) })),
    ...some(random, 0.25, () => ({ pattern: random.pick(patterns) })),
    ...some(random, 0.15, () => ({ format: random.pick(formats) })),
  };
}

function object(random: Random, depth: number): Record<string, unknown> {
  const child = (): Schema => randomSchema(random, depth - 1);
  const properties = Object.fromEntries(
    names.filter(() => random.chance(0.6)).map((name) => [name, child()]),
  );
  const subset = (): string[] => names.filter(() => random.chance(0.35));
  return {
    ...some(random, 0.85, () => ({ type: random.chance(0.85) ? 'object' : ['object', 'null'] })),
    properties,
    ...some(random, 0.4, () => ({ required: subset() })),
    ...some(random, 0.55, () => ({ additionalProperties: random.chance(0.75) ? false : child() })),
    ...some(random, 0.15, () => ({ patternProperties: { [random.pick(patterns)]: child() } })),
    ...some(random, 0.1, () => ({ propertyNames: text(random) })),
    ...some(random, 0.1, () => ({ minProperties: random.whole(0, 2) })),
    ...some(random, 0.1, () => ({ maxProperties: random.whole(0, 3) })),
    ...some(random, 0.12, () => ({ dependentRequired: { [random.pick(names)]: subset() } })),
    ...some(random, 0.08, () => ({ dependentSchemas: { [random.pick(names)]: child() } })),
    ...some(random, 0.08, () => ({ unevaluatedProperties: random.chance(0.7) ? false : child() })),
    ...some(random, 0.1, () => ({ allOf: [object(random, Math.max(0, depth - 2))] })),
  };
}

function array(random: Random, depth: number): Record<string, unknown> {
  const child = (): Schema => randomSchema(random, depth - 1);
  return {
    ...some(random, 0.9, () => ({ type: 'array' })),
    ...some(random, 0.4, () => ({ prefixItems: [child(), ...(random.chance(0.5) ? [child()] : [])] })),
    ...some(random, 0.7, () => ({ items: random.chance(0.2) ? false : child() })),
    ...some(random, 0.3, () => ({ minItems: random.whole(0, 2) })),
    ...some(random, 0.4, () => ({ maxItems: random.whole(0, 3) })),
    ...some(random, 0.15, () => ({ uniqueItems: true })),
    ...some(random, 0.25, () => ({
      contains: child(),
      ...some(random, 0.4, () => ({ minContains: random.whole(0, 2) })),
      ...some(random, 0.3, () => ({ maxContains: random.whole(0, 2) })),
    })),
  };
}

function combination(random: Random, depth: number): Record<string, unknown> {
  const child = (): Schema => randomSchema(random, depth - 1);
  switch (random.whole(0, 5)) {
    case 0:
      return { allOf: [child(), child()] };
    case 1:
      return { anyOf: [child(), child()] };
    case 2:
      return { oneOf: [child(), child()] };
    case 3:
      return { oneOf: [tagged(random, 0, child()), tagged(random, 1, child())] };
    case 4:
      return { ...leaf(random), not: child() };
    default:
      return {
        if: child(),
        ...some(random, 0.8, () => ({ then: child() })),
        ...some(random, 0.7, () => ({ else: child() })),
      };
  }
}

function tagged(random: Random, tag: number, child: Schema): Record<string, unknown> {
  return {
    type: 'object',
    properties: { a: { const: tag }, b: child },
    required: ['a'],
    ...some(random, 0.7, () => ({ additionalProperties: false })),
  };
}

/** One to three small changes anywhere in a schema. */
export function mutate(schema: unknown, random: Random): unknown {
  let result = structuredClone(schema);
  for (let times = random.whole(1, 3); times > 0; times -= 1) result = mutateOnce(result, random);
  return result;
}

function mutateOnce(schema: unknown, random: Random): unknown {
  const places: (() => void)[] = [];
  const box = { root: schema };
  collect(box, 'root', random, places);
  if (places.length > 0) random.pick(places)();
  return box.root;
}

const mapKeywords = new Set(['properties', 'patternProperties', '$defs', 'dependentSchemas']);
const listKeywords = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const oneKeywords = new Set([
  'items',
  'contains',
  'additionalProperties',
  'unevaluatedProperties',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
]);

/** Collects the changes that are possible at a sub-schema and below it. */
function collect(holder: Record<string, unknown>, key: string, random: Random, places: (() => void)[]): void {
  const schema = holder[key];
  places.push(() => {
    if (random.chance(0.3)) holder[key] = leaf(random);
  });
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return;
  const members = schema as Record<string, unknown>;
  places.push(() => Object.assign(members, random.pick([numeric, text])(random)));
  for (const [keyword, value] of Object.entries(members)) {
    if (keyword !== '$defs') places.push(() => Reflect.deleteProperty(members, keyword));
    if (typeof value === 'number') {
      places.push(() => {
        members[keyword] = Math.max(
          keyword === 'multipleOf'
            ? 0.5
            : keyword.startsWith('m') && /Length|Items|Prop|Cont/.test(keyword)
              ? 0
              : -9,
          value + random.pick([-1, 1]),
        );
      });
    }
    if (keyword === 'required' || keyword === 'enum') {
      places.push(() => {
        const pool: readonly unknown[] = keyword === 'required' ? names : values;
        const list = value as readonly unknown[];
        members[keyword] = random.chance(0.5) ? [...new Set([...list, random.pick(pool)])] : list.slice(1);
        if (keyword === 'enum' && (members[keyword] as unknown[]).length === 0) members[keyword] = list;
      });
    }
    if (keyword === 'type')
      places.push(
        () =>
          (members[keyword] = random.pick([
            'string',
            'number',
            'integer',
            'object',
            'array',
            ['string', 'null'],
            ['object', 'null'],
          ])),
      );
    collectInside(members, keyword, random, places);
  }
}

/** Collects the changes inside the sub-schemas of one keyword. */
function collectInside(
  members: Record<string, unknown>,
  keyword: string,
  random: Random,
  places: (() => void)[],
): void {
  const value = members[keyword];
  if (mapKeywords.has(keyword)) {
    const map = value as Record<string, unknown>;
    for (const name of Object.keys(map)) {
      collect(map, name, random, places);
      if (keyword === 'properties') places.push(() => Reflect.deleteProperty(map, name));
    }
    if (keyword === 'properties') places.push(() => (map[random.pick(names)] = randomSchema(random, 1)));
  } else if (listKeywords.has(keyword)) {
    const list = value as Record<string, unknown>;
    for (const index of Object.keys(list)) collect(list, index, random, places);
    places.push(() => (value as unknown[]).push(leaf(random)));
  } else if (oneKeywords.has(keyword)) collect(members, keyword, random, places);
}
