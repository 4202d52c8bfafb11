/** Synthetic records of a schema: valid ones, and broken ones with the rule that each breaks. The same seed gives the same records. */
import { compileSchema } from '../compile.ts';
import type { DatasetSchema, JsonSchema } from '../datasetSchema.ts';
import { isSchemaObject } from '../jsonSchema.ts';
import type { Surroundings } from '../surroundings.ts';
import { readUniverse, type Universe } from '../subset/universe.ts';
import { breakValue } from './breakValue.ts';
import { generate } from './generate.ts';
import { nothing, type Manner } from './manner.ts';
import { Random } from './random.ts';

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
