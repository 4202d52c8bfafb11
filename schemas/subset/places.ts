/**
 * Traverses the places of the records that schemas describe, in parallel for several versions: the definitions of one place are returned
 * together.
 */
import type { JsonSchema } from '../datasetSchema.ts';
import { isSchemaObject, pointerTo } from '../jsonSchema.ts';
import { resolveReference, type Resolve } from '../references.ts';
import { TooComplex } from './judge.ts';

/** places of one traversal, counted each time they are reached; branches that double through references come to billions */
const maxPlaces = 20_000;
/** the same, counted once for each document that has the place */
const maxLookedAt = 200_000;
/** steps below the root: two cycles of references meet again after the product of their lengths */
const deepestPlace = 200;
/** references followed in succession */
const maxChainLength = 32;

/** One place, as described by the documents of a traversal. */
export interface Place {
  /** of the sub-schema; the root is `''` */
  readonly pointer: string;
  /** one for each document, references followed; undefined where it lacks the place */
  readonly schemas: readonly (JsonSchema | undefined)[];
  /** value that the place inherits from those above it, or defines itself */
  readonly carried: string | undefined;
}

export interface WalkOptions {
  /** the value that a place passes to those below it, if any: a place is visited again wherever it has different ancestors */
  readonly carry?: (schema: JsonSchema) => string | undefined;
}

/** A schema and all that it refers to, in turn: the nearer definition wins. */
interface Followed {
  readonly merged: JsonSchema;
  /** keyword with sub-schemas, and the document that its references are read in */
  readonly homes: ReadonlyMap<string, JsonSchema>;
  /** determines everything below: two places with the same body have the same descendants */
  readonly body: JsonSchema;
}

interface Node {
  readonly schema: JsonSchema;
  readonly home: JsonSchema;
}

interface WaitingPlace {
  readonly pointer: string;
  readonly depth: number;
  readonly followed: readonly (Followed | undefined)[];
  readonly carried: string | undefined;
  /** its ancestors, including itself */
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
 * Yields every place of the first document that any other one has too (all of them where there is no other), parents first. A shared
 * definition is visited at each place that refers to it. A recursive definition is left when all documents are back at places they passed
 * on the way. Everything below then occurs above already, with the same comparison. It also yields undefined after each step below a place:
 * hundreds of fields of hundreds of documents are read one by one before the first of them is a place.
 * @throws TooComplex beyond `maxPlaces` and `deepestPlace`
 */
export function* placesOf(
  documents: readonly [JsonSchema, ...JsonSchema[]],
  resolve: Resolve,
  { carry }: WalkOptions = {},
): Generator<Place | undefined> {
  const follow = follower(resolve);
  const roots = documents.map((schema) => follow({ schema, home: schema }));
  const waiting = [waitingPlace('', 0, roots, undefined, carry)];
  let places = 0;
  let lookedAt = 0;
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    const { pointer, followed, carried, depth, above } = one;
    places += 1;
    if (places > maxPlaces || depth > deepestPlace) throw new TooComplex();
    yield { pointer, schemas: followed.map((known) => known?.merged), carried };
    if (passed(above)) continue;
    const below: WaitingPlace[] = [];
    for (const [at, nodes] of stepsBelow(followed)) {
      const there = nodes.map((node) => (node === undefined ? undefined : follow(node)));
      if (documents.length > 1 && !there.some((node, nth) => nth > 0 && node !== undefined)) continue;
      // rejected before all of them are visited
      lookedAt += there.filter((known) => known !== undefined).length;
      if (lookedAt > maxLookedAt) throw new TooComplex();
      below.push(waitingPlace(`${pointer}${at}`, depth + 1, there, one, carry));
      yield undefined;
    }
    waiting.push(...below.reverse());
  }
}

function waitingPlace(
  pointer: string,
  depth: number,
  followed: WaitingPlace['followed'],
  parent: WaitingPlace | undefined,
  carry: WalkOptions['carry'],
): WaitingPlace {
  const [first] = followed;
  const carried = (first === undefined ? undefined : carry?.(first.merged)) ?? parent?.carried;
  const bodies = followed.map((known) => known?.body);
  return { pointer, depth, followed, carried, above: { bodies, carried, next: parent?.above } };
}

/** Whether everything below was already visited with the same inherited value, on the way here. */
function passed({ bodies, carried, next }: Above): boolean {
  for (let other = next; other !== undefined; other = other.next) {
    const { bodies: otherBodies } = other;
    if (other.carried === carried && bodies.every((body, nth) => body === otherBodies[nth])) return true;
  }
  return false;
}

/** Steps that the first document has, with the corresponding schema of each document; branches by their number. */
function* stepsBelow(
  followed: WaitingPlace['followed'],
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
    // most schemas refer to nothing, and are returned unchanged
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
