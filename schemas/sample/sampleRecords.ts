/** Synthetic records of a schema: valid ones, and broken ones with the rule that each breaks. The same seed gives the same records. */
import { compileSchema } from '../compile.ts';
import type { DatasetSchema, JsonSchema, SchemaField } from '../datasetSchema.ts';
import { isSchemaObject, typesOf } from '../jsonSchema.ts';
import type { Surroundings } from '../surroundings.ts';
import { readUniverse, type Universe } from '../subset/universe.ts';
import { generate } from './generate.ts';
import { nothing, type Manner } from './manner.ts';
import { Random } from './random.ts';

/** One way to break the value of a field; undefined where the field has no such rule. */
type Spoil = (field: SchemaField, value: unknown, random: Random) => unknown;

const numberOf = (schema: JsonSchema, keyword: string): number | undefined => {
  const value = schema[keyword];
  return typeof value === 'number' ? value : undefined;
};

const spoils: readonly Spoil[] = [
  // another type
  ({ type }) => (type === 'string' ? 20260101 : 'NA'),
  // a digit of a number with check digit
  ({ format }, value) =>
    typeof value === 'string' && format !== undefined && /^cn-(resident-id|uscc|bank-card)$/.test(format)
      ? `${value.slice(0, -1)}${value.endsWith('7') ? '1' : '7'}`
      : undefined,
  // cut short
  ({ format, schema }, value) =>
    typeof value === 'string' && (format !== undefined || schema['pattern'] !== undefined)
      ? value.slice(0, -3)
      : undefined,
  // too long
  ({ schema }) => {
    const most = numberOf(schema, 'maxLength');
    return most !== undefined && schema['pattern'] === undefined && schema['format'] === undefined
      ? '长'.repeat(most + 1)
      : undefined;
  },
  // empty
  ({ schema }) => ((numberOf(schema, 'minLength') ?? 0) > 0 ? '' : undefined),
  // an invalid date
  ({ format }, value) =>
    format === 'date'
      ? '2026-02-30'
      : format === 'date-time' && typeof value === 'string'
        ? value.slice(0, 19)
        : undefined,
  // outside the bounds
  ({ schema }) => {
    const most = numberOf(schema, 'maximum');
    return most === undefined ? undefined : most + 5 * (numberOf(schema, 'multipleOf') ?? 1);
  },
  // a code or a value that is not listed
  ({ schema }) =>
    schema['x-code'] === undefined ? (Array.isArray(schema['enum']) ? '不在表内' : undefined) : '999999',
  // null where it is not allowed
  ({ schema }) => (typesOf(schema)?.includes('null') === false ? null : undefined),
];

/** A copy of a valid record that is wrong in one place; the turn chooses field and rule. Undefined where they are not compatible. */
function breakValue(
  schema: DatasetSchema,
  record: Readonly<Record<string, unknown>>,
  random: Random,
  turn: number,
): Record<string, unknown> | undefined {
  const field = schema.fields[turn % schema.fields.length];
  if (field === undefined) return undefined;
  const way = Math.floor(turn / schema.fields.length) % (spoils.length + 2);
  if (way === spoils.length)
    return field.required
      ? Object.fromEntries(Object.entries(record).filter(([name]) => name !== field.name))
      : undefined;
  if (way === spoils.length + 1) return { ...record, [`unknown_${random.whole(1, 99)}`]: 1 };
  const value = spoils[way]?.(field, record[field.name], random);
  return value === undefined ? undefined : { ...record, [field.name]: value };
}

export interface SampleOptions {
  /** any integer */
  readonly seed: number;
  readonly count: number;
}

/** Maximum number of tries for one record. */
const maxTries = 200;

/**
 * Valid records, each with a distinct primary key as long as the schema allows further ones. Identity numbers and the like are in ranges
 * that belong to no real person.
 * @throws RangeError when no valid record is found
 */
export function sampleRecords(
  schema: DatasetSchema,
  surroundings: Surroundings,
  { seed, count }: SampleOptions,
): Record<string, unknown>[] {
  const source = new Source(schema, surroundings, seed);
  return Array.from({ length: count }, () => source.next());
}

/** Records one by one, each as from `sampleRecords`. @param seed any integer */
export const sampleSource = (
  schema: DatasetSchema,
  surroundings: Surroundings,
  seed: number,
): { readonly next: () => Record<string, unknown> } => new Source(schema, surroundings, seed);

export interface BrokenRecord {
  readonly record: Readonly<Record<string, unknown>>;
  /** the rule it breaks, as an explanation names it */
  readonly rule: string;
  readonly pointer: string;
}

/** Records each broken in one place; places and rules alternate. */
export function breakRecords(
  schema: DatasetSchema,
  surroundings: Surroundings,
  { seed, count }: SampleOptions,
): BrokenRecord[] {
  const source = new Source(schema, surroundings, seed);
  const random = new Random(seed + 1);
  const broken: BrokenRecord[] = [];
  for (let tries = 0; broken.length < count && tries < count * 40 + 200; tries += 1) {
    const one = breakValue(schema, source.next(), random, tries);
    if (one === undefined) continue;
    const found = compileSchema(schema, surroundings).explain(one);
    const [first] = found;
    if (found.length === 1 && first !== undefined)
      broken.push({ record: one, rule: first.rule, pointer: first.pointer });
  }
  return broken;
}

class Source {
  private readonly schema: DatasetSchema;
  private readonly universe: Universe;
  private readonly manner: Manner;
  private readonly check: (record: unknown) => boolean;
  /** keys of the records so far; undefined after that many tries without a new key */
  private keys: Set<string> | undefined;

  constructor(schema: DatasetSchema, surroundings: Surroundings, seed: number) {
    this.schema = schema;
    const others = new Map((schema.references ?? []).map((document) => [String(document['$id']), document]));
    this.universe = readUniverse([schema.document], {
      ...surroundings,
      resolve: (urn) => others.get(urn),
    });
    this.manner = { random: new Random(seed), fullness: 0.9 };
    this.check = compileSchema(schema, surroundings).check;
    this.keys = schema.primaryKey.length > 0 ? new Set() : undefined;
  }

  next(): Record<string, unknown> {
    const [root] = this.universe.roots;
    let another: JsonSchema | undefined;
    for (let tries = 0; root !== undefined && tries < maxTries; tries += 1) {
      const record = generate(this.universe.node, [root], this.manner);
      if (record === nothing || !isSchemaObject(record) || !this.check(record)) continue;
      if (this.isNew(record)) return { ...record };
      another ??= record;
    }
    this.keys = undefined;
    if (another !== undefined) return { ...another };
    throw new RangeError(`no valid record found for ${this.schema.urn}`);
  }

  private isNew(record: JsonSchema): boolean {
    if (this.keys === undefined) return true;
    const key = JSON.stringify(this.schema.primaryKey.map((name) => record[name]));
    if (this.keys.has(key)) return false;
    this.keys.add(key);
    return true;
  }
}
