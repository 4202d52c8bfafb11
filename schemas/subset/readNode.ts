/** Reads one schema object into one node, whose children are still places. Checks the form of every value that it reads. */
import { parseDecimal, type Decimal } from '../../terms/decimal.ts';
import { canonicalText } from '../readJson.ts';
import { isSchemaObject, pointerTo } from '../jsonSchema.ts';
import type { Draft } from './drafts.ts';
import { SchemaFault } from './judge.ts';
import { jsonTypes, type JsonType, type Node } from './node.ts';
import { isPattern } from './patternHolds.ts';
import type { Place } from './resources.ts';

/** Gives a child place its number. */
export type Child = (value: unknown, pointer: string) => number;

type Draftless<T> = { -readonly [K in keyof T]: T[K] };

/**
 * @param tag name of the document, unique in the proof
 * @throws SchemaFault schema_malformed
 */
export function readNode(
  place: Place,
  draft: Draft,
  tag: string,
  child: Child,
  reference: (text: string, pointer: string) => number,
): Node {
  const { value, pointer } = place;
  if (typeof value === 'boolean') return { always: value };
  if (!isSchemaObject(value)) throw malformed(pointer, 'schema');
  const read = new Reader(value, pointer, child);
  const node: Draftless<Node> = {};
  readReferences(read, node, draft, tag, reference);
  readAnyType(read, node);
  readNumbers(read, node);
  readStrings(read, node);
  readArrays(read, node, draft);
  readObjects(read, node, draft);
  readCombinations(read, node);
  return node;
}

function malformed(pointer: string, keyword: string): SchemaFault {
  return new SchemaFault('schema_malformed', pointer, {
    zh: `“${keyword}”的写法不正确`,
    en: `"${keyword}" is malformed`,
  });
}

class Reader {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly pointer: string;
  private readonly place: Child;

  constructor(schema: Readonly<Record<string, unknown>>, pointer: string, child: Child) {
    this.schema = schema;
    this.pointer = pointer;
    this.place = child;
  }

  get(keyword: string): unknown {
    return Object.hasOwn(this.schema, keyword) ? this.schema[keyword] : undefined;
  }

  fail(keyword: string): SchemaFault {
    return malformed(pointerTo(this.pointer, keyword), keyword);
  }

  decimal(keyword: string): Decimal | undefined {
    const value = this.get(keyword);
    if (value === undefined) return undefined;
    const decimal = typeof value === 'number' ? parseDecimal(String(value)) : undefined;
    if (decimal === undefined) throw this.fail(keyword);
    return decimal;
  }

  count(keyword: string): number | undefined {
    const value = this.get(keyword);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw this.fail(keyword);
    return value;
  }

  text(keyword: string): string | undefined {
    const value = this.get(keyword);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') throw this.fail(keyword);
    return value;
  }

  names(keyword: string): string[] | undefined {
    const value = this.get(keyword);
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || !value.every((name) => typeof name === 'string')) throw this.fail(keyword);
    return [...new Set(value)].sort();
  }

  schemaAt(keyword: string): number | undefined {
    const value = this.get(keyword);
    return value === undefined ? undefined : this.child(value, pointerTo(this.pointer, keyword));
  }

  list(keyword: string): number[] | undefined {
    const value = this.get(keyword);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw this.fail(keyword);
    return value.map((item, index) => this.child(item, pointerTo(pointerTo(this.pointer, keyword), index)));
  }

  map(keyword: string): [string, number][] | undefined {
    const value = this.get(keyword);
    if (value === undefined) return undefined;
    if (!isSchemaObject(value)) throw this.fail(keyword);
    const base = pointerTo(this.pointer, keyword);
    return Object.keys(value)
      .sort()
      .map((name) => [name, this.child(value[name], pointerTo(base, name))]);
  }

  child(value: unknown, pointer: string): number {
    if (typeof value !== 'boolean' && !isSchemaObject(value))
      throw malformed(pointer, pointer.split('/').at(-1) ?? '');
    return this.place(value, pointer);
  }
}

type Fill = Draftless<Node>;

/** Sets a member only where there is a value: an absent member is no constraint. */
function put<K extends keyof Node>(node: Fill, key: K, value: Fill[K] | undefined): void {
  if (value !== undefined) node[key] = value;
}

function readReferences(
  read: Reader,
  node: Fill,
  draft: Draft,
  tag: string,
  reference: (text: string, pointer: string) => number,
): void {
  const $ref = read.text('$ref');
  if ($ref !== undefined) {
    put(node, 'ref', reference($ref, pointerTo(read.pointer, '$ref')));
    if (draft === '07') node.hasRefSiblings = true;
  }
  for (const keyword of ['$dynamicRef', '$recursiveRef']) {
    if (read.get(keyword) !== undefined) node.opaque = `${tag} ${read.pointer} ${keyword}`;
  }
}

function readAnyType(read: Reader, node: Fill): void {
  const type = read.get('type');
  if (type !== undefined) {
    const names: readonly unknown[] = Array.isArray(type) ? type : [type];
    const known = [...jsonTypes, 'integer'] as readonly unknown[];
    if (names.length === 0 || !names.every((name) => known.includes(name))) throw read.fail('type');
    node.types = new Set(names.map((name) => (name === 'integer' ? 'number' : name) as JsonType));
    if (names.includes('integer') && !names.includes('number')) node.whole = true;
  }
  const values = read.get('enum');
  if (values !== undefined && !Array.isArray(values)) throw read.fail('enum');
  const single = read.get('const');
  if (single !== undefined) {
    const inEnum =
      values === undefined || values.some((value) => canonicalText(value) === canonicalText(single));
    node.values = inEnum ? [single] : [];
  } else if (values !== undefined) node.values = values as readonly unknown[];
}

function readNumbers(read: Reader, node: Fill): void {
  put(node, 'minimum', read.decimal('minimum'));
  put(node, 'maximum', read.decimal('maximum'));
  put(node, 'above', read.decimal('exclusiveMinimum'));
  put(node, 'below', read.decimal('exclusiveMaximum'));
  const multipleOf = read.decimal('multipleOf');
  if (multipleOf !== undefined && multipleOf.units <= 0n) throw read.fail('multipleOf');
  put(node, 'multipleOf', multipleOf);
}

function readStrings(read: Reader, node: Fill): void {
  put(node, 'minLength', read.count('minLength'));
  put(node, 'maxLength', read.count('maxLength'));
  const pattern = read.text('pattern');
  if (pattern !== undefined) checkPattern(pattern, pointerTo(read.pointer, 'pattern'), false);
  put(node, 'pattern', pattern);
  put(node, 'format', read.text('format'));
  const hint = read.get('x-semantic');
  if (typeof hint === 'string') node.hint = hint;
  const code = read.get('x-code');
  if (isSchemaObject(code) && typeof code['list'] === 'string') {
    const { list, version, at } = code;
    node.code = {
      list,
      ...(typeof version === 'string' ? { version } : {}),
      ...(typeof at === 'string' ? { at } : {}),
    };
  }
}

/** Names are tested against the patterns of patternProperties, so those must be readable; a `pattern` may only be compared. */
function checkPattern(source: string, pointer: string, unicodeOnly: boolean): void {
  if (!isPattern(source, unicodeOnly))
    throw malformed(pointer, unicodeOnly ? 'patternProperties' : 'pattern');
}

function readArrays(read: Reader, node: Fill, draft: Draft): void {
  const tuple = draft !== '2020-12' && Array.isArray(read.get('items'));
  if (tuple) {
    put(node, 'prefix', read.list('items'));
    put(node, 'items', read.schemaAt('additionalItems'));
  } else {
    if (draft === '2020-12') put(node, 'prefix', read.list('prefixItems'));
    put(node, 'items', read.schemaAt('items'));
  }
  put(node, 'minItems', read.count('minItems'));
  put(node, 'maxItems', read.count('maxItems'));
  const unique = read.get('uniqueItems');
  if (unique !== undefined && typeof unique !== 'boolean') throw read.fail('uniqueItems');
  if (unique === true) node.unique = true;
  put(node, 'contains', read.schemaAt('contains'));
  if (node.contains !== undefined && draft !== '07') {
    put(node, 'minContains', read.count('minContains'));
    put(node, 'maxContains', read.count('maxContains'));
  }
  if (draft !== '07') put(node, 'unevaluatedItems', read.schemaAt('unevaluatedItems'));
}

function readObjects(read: Reader, node: Fill, draft: Draft): void {
  const properties = read.map('properties');
  if (properties !== undefined) node.properties = new Map(properties);
  const patterns = read.map('patternProperties');
  patterns?.forEach(([source]) => checkPattern(source, pointerTo(read.pointer, 'patternProperties'), true));
  put(node, 'patterns', patterns);
  put(node, 'additional', read.schemaAt('additionalProperties'));
  put(node, 'names', read.schemaAt('propertyNames'));
  put(node, 'required', read.names('required'));
  put(node, 'minProperties', read.count('minProperties'));
  put(node, 'maxProperties', read.count('maxProperties'));
  if (draft !== '07') put(node, 'unevaluatedProperties', read.schemaAt('unevaluatedProperties'));
  readDependencies(read, node, draft);
}

function readDependencies(read: Reader, node: Fill, draft: Draft): void {
  const required: [string, readonly string[]][] = [];
  const schemas: [string, number][] = (draft === '07' ? undefined : read.map('dependentSchemas')) ?? [];
  for (const keyword of draft === '07' ? ['dependencies'] : ['dependentRequired', 'dependencies']) {
    const value = read.get(keyword);
    if (value === undefined) continue;
    if (!isSchemaObject(value)) throw read.fail(keyword);
    for (const name of Object.keys(value).sort()) {
      const wanted = value[name];
      const pointer = pointerTo(pointerTo(read.pointer, keyword), name);
      if (Array.isArray(wanted)) {
        if (!wanted.every((other) => typeof other === 'string')) throw read.fail(keyword);
        required.push([name, [...new Set(wanted)].sort()]);
      } else if (keyword === 'dependencies') schemas.push([name, read.child(wanted, pointer)]);
      else throw read.fail(keyword);
    }
  }
  if (required.length > 0) node.dependentRequired = required;
  if (schemas.length > 0) node.dependentSchemas = schemas;
}

function readCombinations(read: Reader, node: Fill): void {
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) put(node, keyword, read.list(keyword));
  put(node, 'not', read.schemaAt('not'));
  const condition = read.schemaAt('if');
  if (condition === undefined) return;
  const then = read.schemaAt('then');
  const otherwise = read.schemaAt('else');
  if (then === undefined && otherwise === undefined) return;
  node.condition = condition;
  put(node, 'then', then);
  put(node, 'otherwise', otherwise);
}
