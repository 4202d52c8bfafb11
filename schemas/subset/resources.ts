/** Targets of references: every `$id` and anchor of a document, with the base in force at each place. Nothing is fetched. */
import { isSchemaObject, pointerTo, unescapeToken } from '../jsonSchema.ts';
import type { Resolve } from '../references.ts';

const outside = 'schema://document/';

/** A place in a document: the value there, its pointer, and the base for references inside it. */
export interface Place {
  readonly value: unknown;
  readonly pointer: string;
  readonly base: string;
}

/** The places that can be referred to, by absolute URI without fragment, and by URI with anchor. */
export interface Resources {
  readonly root: Place;
  readonly find: (reference: string, base: string) => Place | undefined;
}

/** Indexes a document. Other documents come from `resolve`, by URN, when first referred to. */
export function indexResources(document: unknown, resolve: Resolve): Resources {
  const places = new Map<string, Place>();
  const index = (start: Place): void => {
    const stack = namesParts(start.value) ? [start] : [];
    if (stack.length === 0) register(start, places);
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const place = register(next, places);
      for (const [token, value] of membersOf(place.value)) {
        stack.push({ value, pointer: pointerTo(place.pointer, token), base: place.base });
      }
    }
  };
  const root: Place = { value: document, pointer: '', base: baseOf(document, outside) };
  places.set(outside, root);
  index({ value: document, pointer: '', base: outside });
  const find = (reference: string, base: string): Place | undefined => {
    const [uri = '', fragment = ''] = absolute(reference, base).split('#');
    let resource = places.get(uri);
    if (resource === undefined) {
      const other = resolve(uri);
      if (other === undefined) return undefined;
      resource = { value: other, pointer: uri, base: uri };
      places.set(uri, resource);
      index(resource);
    }
    if (fragment === '') return resource;
    return fragment.startsWith('/') ? descend(resource, fragment) : places.get(`${uri}#${fragment}`);
  };
  return { root, find };
}

function register(place: Place, places: Map<string, Place>): Place {
  if (!isSchemaObject(place.value)) return place;
  const { $id, $anchor } = place.value;
  let { base } = place;
  if (typeof $id === 'string') {
    if ($id.startsWith('#')) places.set(`${base}${$id}`, place);
    else base = baseOf(place.value, base);
  }
  const here = { ...place, base };
  if (typeof $id === 'string' && !$id.startsWith('#')) places.set(base, here);
  if (typeof $anchor === 'string') places.set(`${base}#${$anchor}`, here);
  return here;
}

function baseOf(value: unknown, base: string): string {
  const id = isSchemaObject(value) ? value['$id'] : undefined;
  return typeof id === 'string' && !id.startsWith('#') ? (absolute(id, base).split('#', 1)[0] ?? base) : base;
}

function absolute(reference: string, base: string): string {
  if (reference.startsWith('#')) return `${base}${reference}`;
  try {
    return new URL(reference, base).href;
  } catch {
    return reference;
  }
}

/** Whether anything below the root has an `$id` or `$anchor`: most documents need no traversal that records places. */
function namesParts(document: unknown): boolean {
  const stack: unknown[] = [document];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    if (next !== document && ('$id' in next || '$anchor' in next)) return true;
    for (const value of Object.values(next) as unknown[]) if (typeof value === 'object') stack.push(value);
  }
  return false;
}

/** Values of these keywords are data and contain no schemas. */
const data = new Set(['enum', 'const', 'default', 'examples']);

function membersOf(value: unknown): [string | number, unknown][] {
  if (Array.isArray(value)) return [...value.entries()];
  return isSchemaObject(value) ? Object.entries(value).filter(([keyword]) => !data.has(keyword)) : [];
}

function descend(resource: Place, fragment: string): Place | undefined {
  let tokens: string[];
  try {
    tokens = decodeURIComponent(fragment).slice(1).split('/');
  } catch {
    return undefined;
  }
  let { value, pointer, base } = resource;
  for (const escaped of tokens) {
    const token = unescapeToken(escaped);
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[token];
    pointer = pointerTo(pointer, token);
    base = baseOf(value, base);
  }
  return { value, pointer, base };
}
