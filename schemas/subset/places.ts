/** The places of the records that schemas describe, gone through side by side: what two versions say of one place stands together. */
import type { JsonSchema } from '../datasetSchema.ts';
import { isSchemaObject, pointerTo } from '../jsonSchema.ts';
import { resolveReference, type Resolve } from '../references.ts';
import { TooComplex } from './judge.ts';

/** places of one walk, counted each time that they are reached; branches that double through references come to billions */
const maxPlaces = 20_000;
/** the same, counted once for each document that has the place */
const maxLookedAt = 200_000;
/** steps below the root: two cycles of references come together again after as many steps as their lengths multiplied */
const deepestPlace = 200;
/** references that are followed one after the other */
const maxChainLength = 32;

/** One place, as the documents of a walk describe it. */
export interface Place {
  /** of the sub-schema; the root is `''` */
  readonly pointer: string;
  /** one for each document, references followed; undefined where it lacks the place */
  readonly schemas: readonly (JsonSchema | undefined)[];
  /** what the place has of those above it, or says itself */
  readonly carried: string | undefined;
}

export interface WalkOptions {
  /** what a place hands on to those below it, if it says anything: a place is gone through anew wherever it stands under something else */
  readonly carry?: (schema: JsonSchema) => string | undefined;
}

/** A schema and whatever it refers to, in turn: what stands nearer wins. */
interface Followed {
  readonly merged: JsonSchema;
  /** keyword with sub-schemas, and the document that its references are read in */
  readonly homes: ReadonlyMap<string, JsonSchema>;
  /** what decides on everything below: two places with the same one have the same below them */
  readonly body: JsonSchema;
}

interface Node {
  readonly schema: JsonSchema;
  readonly home: JsonSchema;
}

interface Standing {
  readonly pointer: string;
  readonly depth: number;
  readonly followed: readonly (Followed | undefined)[];
  readonly carried: string | undefined;
  /** those that it stands below; itself included */
  readonly above: Above;
}

interface Above {
  readonly bodies: readonly (JsonSchema | undefined)[];
  readonly carried: string | undefined;
  readonly next: Above | undefined;
}

const maps: ReadonlySet<string> = new Set(['properties', 'patternProperties']);
const lists: ReadonlySet<string> = new Set(['prefixItems', 'allOf', 'anyOf', 'oneOf']);
const structural = [...maps, 'items', 'additionalProperties', 'then', 'else', ...lists];
const wayTo = structural.map((keyword) => [keyword, pointerTo('', keyword)] as const);

/**
 * Every place of the first document that any other one has too (all of them where there is no other), parents first. A shared definition is
 * gone through at each place that refers to it. What refers to itself is left where all documents are back at what they passed on the way:
 * whatever stands below stands above already, and is held against the same. It rests (undefined) after each step below a place too: hundreds
 * of fields of hundreds of documents are read one by one before the first of them is a place.
 * @throws TooComplex beyond `maxPlaces` and `deepestPlace`
 */
export function* placesOf(
  documents: readonly [JsonSchema, ...JsonSchema[]],
  resolve: Resolve,
  { carry }: WalkOptions = {},
): Generator<Place | undefined> {
  const follow = follower(resolve);
  const roots = documents.map((schema) => follow({ schema, home: schema }));
  const waiting = [standing('', 0, roots, undefined, carry)];
  let places = 0;
  let lookedAt = 0;
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    const { pointer, followed, carried, depth, above } = one;
    places += 1;
    if (places > maxPlaces || depth > deepestPlace) throw new TooComplex();
    yield { pointer, schemas: followed.map((known) => known?.merged), carried };
    if (passed(above)) continue;
    const below: Standing[] = [];
    for (const [at, nodes] of stepsBelow(followed)) {
      const there = nodes.map((node) => (node === undefined ? undefined : follow(node)));
      if (documents.length > 1 && !there.some((node, nth) => nth > 0 && node !== undefined)) continue;
      // refused before they are all gone through
      lookedAt += there.filter((known) => known !== undefined).length;
      if (lookedAt > maxLookedAt) throw new TooComplex();
      below.push(standing(`${pointer}${at}`, depth + 1, there, one, carry));
      yield undefined;
    }
    waiting.push(...below.reverse());
  }
}

function standing(
  pointer: string,
  depth: number,
  followed: Standing['followed'],
  parent: Standing | undefined,
  carry: WalkOptions['carry'],
): Standing {
  const [first] = followed;
  const carried = (first === undefined ? undefined : carry?.(first.merged)) ?? parent?.carried;
  const bodies = followed.map((known) => known?.body);
  return { pointer, depth, followed, carried, above: { bodies, carried, next: parent?.above } };
}

/** Whether everything below was gone through under the same already, on the way to here. */
function passed({ bodies, carried, next }: Above): boolean {
  for (let other = next; other !== undefined; other = other.next) {
    const { bodies: theirs } = other;
    if (other.carried === carried && bodies.every((body, nth) => body === theirs[nth])) return true;
  }
  return false;
}

/** Steps that the first document has, with what each document has there; branches by their number. */
function* stepsBelow(
  followed: Standing['followed'],
): Generator<readonly [string, readonly (Node | undefined)[]]> {
  const [first] = followed;
  if (first === undefined) return;
  for (const [keyword, step] of wayTo) {
    const value = first.merged[keyword];
    if (value === undefined) continue;
    for (const name of namesOf(keyword, value)) {
      const nodes = followed.map((known) => known && stepOf(known, keyword, name));
      if (nodes[0] !== undefined) yield [name === undefined ? step : pointerTo(step, name), nodes];
    }
  }
}

/** Names or numbers of the schemas below a keyword; undefined for one that is a schema itself. */
function namesOf(keyword: string, value: unknown): readonly (string | number | undefined)[] {
  if (Array.isArray(value)) return lists.has(keyword) ? [...value.keys()] : [];
  if (!isSchemaObject(value)) return [];
  return maps.has(keyword) ? Object.keys(value) : lists.has(keyword) ? [] : [undefined];
}

function stepOf(
  { merged, homes }: Followed,
  keyword: string,
  name: string | number | undefined,
): Node | undefined {
  const value = merged[keyword];
  const home = homes.get(keyword);
  if (home === undefined) return undefined;
  if (name === undefined) return isSchemaObject(value) ? { schema: value, home } : undefined;
  if (typeof name === 'number' ? !Array.isArray(value) : !isSchemaObject(value)) return undefined;
  const schema: unknown = Object.hasOwn(value as object, name)
    ? (value as Readonly<Record<string | number, unknown>>)[name]
    : undefined;
  return isSchemaObject(schema) ? { schema, home } : undefined;
}

/** Follows references, each schema of a document once. */
function follower(resolve: Resolve): (node: Node) => Followed {
  const known = new Map<JsonSchema, Map<JsonSchema, Followed>>();
  return ({ schema, home }) => {
    const ofHome = known.get(home) ?? new Map<JsonSchema, Followed>();
    const found = ofHome.get(schema) ?? followedFrom(schema, home, resolve);
    known.set(home, ofHome.set(schema, found));
    return found;
  };
}

function followedFrom(schema: JsonSchema, home: JsonSchema, resolve: Resolve): Followed {
  let merged: JsonSchema = {};
  let body: JsonSchema | undefined;
  const homes = new Map<string, JsonSchema>();
  let [link, document] = [schema, home];
  for (let steps = 0; ; steps += 1) {
    for (const keyword of structural) {
      if (!Object.hasOwn(link, keyword)) continue;
      body ??= link;
      if (!homes.has(keyword)) homes.set(keyword, document);
    }
    const { $ref: reference } = link;
    // most refer to nothing, and are what they are
    if (reference === undefined && steps === 0) return { merged: link, homes, body: body ?? link };
    const { $ref: _, ...own } = link;
    merged = { ...own, ...merged };
    const target =
      typeof reference === 'string' && steps < maxChainLength
        ? resolveReference(reference, document, resolve)
        : undefined;
    if (target === undefined) return { merged, homes, body: body ?? link };
    ({ schema: link, document } = target);
  }
}
