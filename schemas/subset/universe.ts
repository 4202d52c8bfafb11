/** All schemas of one comparison as nodes numbered by content. */
import { decimalText, type Decimal } from '../../terms/decimal.ts';
import { canonicalText } from '../readJson.ts';
import { isSchemaObject } from '../jsonSchema.ts';
import type { CodeLists } from '../codelists/codeLists.ts';
import { bareSurroundings, type Surroundings } from '../surroundings.ts';
import { draftOf, type Draft } from './drafts.ts';
import { SchemaFault } from './judge.ts';
import { inPlaceChildren, type Node, type NodeId, type Nodes } from './node.ts';
import { readNode } from './readNode.ts';
import { indexResources, type Place, type Resources } from './resources.ts';

/** One document while it is read. */
interface Source {
  readonly tag: string;
  readonly draft: Draft;
  readonly resources: Resources;
  /** numbers of places already read, by pointer; pointers into other documents begin with their URN */
  readonly numbers: Map<string, number>;
}

export interface Universe {
  /** content numbers of the documents' roots, in the order given */
  readonly roots: readonly NodeId[];
  readonly node: Nodes;
  /** the number of a node made by the proof itself; its children are content numbers */
  readonly intern: (node: Node) => NodeId;
  /** the content number of the sub-schema at a pointer of document 0, 1, …; undefined where none was read */
  readonly at: (document: number, pointer: string) => NodeId | undefined;
}

/**
 * Reads documents of any draft from 07 on.
 * @throws SchemaFault when one is malformed, has an unresolvable reference or is circular
 */
export function readUniverse(
  documents: readonly unknown[],
  { resolve, codeLists }: Pick<Surroundings, 'resolve' | 'codeLists'> = bareSurroundings,
): Universe {
  const raw: Node[] = [];
  const aliases = new Map<number, number>();
  const pointers: string[] = [];
  const sources = documents.map((document, index): Source => ({
    tag: String(index),
    draft: isSchemaObject(document) ? draftOf(document) : '2020-12',
    resources: indexResources(document, resolve),
    numbers: new Map(),
  }));
  const starts = sources.map((source) => read(source, source.resources.root, { raw, aliases, pointers }));
  const final = (number: number): number => follow(number, aliases, pointers);
  refuseCycles(raw, final, pointers);
  const classes = classify(raw, final);
  return assemble(raw, classes, starts.map(final), sources, final, codeLists);
}

interface Work {
  readonly raw: Node[];
  /** nodes that are nothing but a reference */
  readonly aliases: Map<number, number>;
  readonly pointers: string[];
}

/** Reads the place and all its reference targets, without recursion over references. @returns its number */
function read(source: Source, start: Place, { raw, aliases, pointers }: Work): number {
  const open: [number, Place][] = [];
  const numberOf = (place: Place): number => {
    const known = source.numbers.get(place.pointer);
    if (known !== undefined) return known;
    const number = raw.length;
    raw.push({});
    pointers.push(place.pointer);
    source.numbers.set(place.pointer, number);
    open.push([number, place]);
    return number;
  };
  const first = numberOf(start);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [number, place] = next;
    const node = readNode(
      place,
      source.draft,
      source.tag,
      (value, pointer) => numberOf({ value, pointer, base: childBase(value, place.base) }),
      (text, pointer) => {
        const target = source.resources.find(text, place.base);
        if (target !== undefined) return numberOf(target);
        throw new SchemaFault('ref_unresolved', pointer, {
          zh: '引用找不到目标',
          en: 'the reference leads nowhere',
        });
      },
    );
    const { ref, hasRefSiblings: _ignored, hint: _hint, ...rest } = node;
    if (ref !== undefined && Object.keys(rest).length === 0) aliases.set(number, ref);
    raw[number] = node;
  }
  return first;
}

function childBase(value: unknown, base: string): string {
  const id = isSchemaObject(value) ? value['$id'] : undefined;
  if (typeof id !== 'string' || id.startsWith('#')) return base;
  try {
    return new URL(id, base).href.split('#', 1)[0] ?? base;
  } catch {
    return id.split('#', 1)[0] ?? base;
  }
}

function follow(number: number, aliases: ReadonlyMap<number, number>, pointers: readonly string[]): number {
  let at = number;
  for (let steps = 0; ; steps += 1) {
    const next = aliases.get(at);
    if (next === undefined) return at;
    if (steps > aliases.size) throw circle(pointers[number] ?? '');
    at = next;
  }
}

function circle(pointer: string): SchemaFault {
  return new SchemaFault('ref_cycle', pointer, {
    zh: '引用绕回自身而不经过任何字段',
    en: 'the reference comes back to itself without passing a field',
  });
}

/** Rejects a schema that reaches itself in place: it cannot be evaluated. */
function refuseCycles(raw: readonly Node[], final: (n: number) => number, pointers: readonly string[]): void {
  const state = new Map<number, 'open' | 'done'>();
  for (let start = 0; start < raw.length; start += 1) {
    const stack: { readonly at: number; readonly left: number[] }[] = [];
    const enter = (number: number): void => {
      const at = final(number);
      if (state.get(at) === 'open') throw circle(pointers[at] ?? '');
      if (state.get(at) === 'done') return;
      state.set(at, 'open');
      stack.push({ at, left: inPlaceChildren(raw[at] ?? {}) });
    };
    enter(start);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.left.pop();
      if (next !== undefined) enter(next);
      else {
        state.set(top.at, 'done');
        stack.pop();
      }
    }
  }
}

/** Partition refinement: nodes are equal when their own constraints are equal and their children are equal at every depth. */
function classify(raw: readonly Node[], final: (n: number) => number): number[] {
  const shapes = raw.map((node) => shapeOf(node));
  let classes = number(shapes.map(({ own }) => own));
  let count = new Set(classes).size;
  for (;;) {
    const keys = shapes.map(({ groups }, index) => {
      const children = groups.map(({ sorted, items }) => {
        const ids = items.map((item) => classes[final(item)] ?? -1);
        return (sorted ? ids.sort((a, b) => a - b) : ids).join(',');
      });
      return `${classes[index] ?? -1}:${children.join(';')}`;
    });
    classes = number(keys);
    const refined = new Set(classes).size;
    if (refined === count) return classes;
    count = refined;
  }
}

function number(keys: readonly string[]): number[] {
  const ids = new Map<string, number>();
  return keys.map((key) => {
    const id = ids.get(key) ?? ids.size;
    ids.set(key, id);
    return id;
  });
}

interface Shape {
  /** own constraints as text, without children */
  readonly own: string;
  readonly groups: readonly { readonly sorted: boolean; readonly items: number[] }[];
}

const lists = ['allOf', 'anyOf', 'oneOf', 'prefix'] as const;
const singles = [
  'ref',
  'items',
  'contains',
  'unevaluatedItems',
  'additional',
  'names',
  'unevaluatedProperties',
  'not',
  'condition',
  'then',
  'otherwise',
] as const;

function shapeOf(node: Node): Shape {
  const own: string[] = [];
  const groups: { sorted: boolean; items: number[] }[] = [];
  const members = node as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(members).sort()) {
    const value = members[key];
    if (key === 'hint') continue;
    if ((lists as readonly string[]).includes(key)) {
      const items = value as number[];
      own.push(`${key}#${items.length}`);
      groups.push({ sorted: key !== 'prefix', items });
    } else if ((singles as readonly string[]).includes(key)) {
      own.push(key);
      groups.push({ sorted: false, items: [value as number] });
    } else if (key === 'properties' || key === 'patterns' || key === 'dependentSchemas') {
      const entries = [...(value as Iterable<readonly [string, number]>)];
      own.push(`${key}${JSON.stringify(entries.map(([name]) => name))}`);
      groups.push({ sorted: false, items: entries.map(([, item]) => item) });
    } else own.push(`${key}=${scalarText(value)}`);
  }
  return { own: own.join('|'), groups };
}

function scalarText(value: unknown): string {
  if (value instanceof Set) return [...(value as Set<string>)].sort().join(',');
  if (isDecimal(value)) return decimalText(value);
  if (Array.isArray(value)) return JSON.stringify(value.map((item) => canonicalText(item)).sort());
  return canonicalText(value);
}

function isDecimal(value: unknown): value is Decimal {
  return isSchemaObject(value) && typeof value['units'] === 'bigint';
}

/** One node a class, with children by class number; nodes created later are numbered after them. */
function assemble(
  raw: readonly Node[],
  classes: readonly number[],
  starts: readonly number[],
  sources: readonly Source[],
  final: (n: number) => number,
  codeLists: CodeLists,
): Universe {
  const nodes = new Map<NodeId, Node>();
  const made = new Map<string, NodeId>();
  let next = raw.length;
  const classOf = (item: number): NodeId => classes[final(item)] ?? -1;
  const renumbered = (node: Node, rename: (item: number) => number): Node => {
    const result: Record<string, unknown> = { ...node };
    for (const key of lists) if (node[key] !== undefined) result[key] = node[key].map(rename);
    for (const key of singles) if (node[key] !== undefined) result[key] = rename(node[key]);
    if (node.properties !== undefined)
      result['properties'] = new Map([...node.properties].map(([name, id]) => [name, rename(id)]));
    for (const key of ['patterns', 'dependentSchemas'] as const) {
      if (node[key] !== undefined) result[key] = node[key].map(([name, id]) => [name, rename(id)] as const);
    }
    return result;
  };
  for (const [index, node] of raw.entries()) {
    const id = classes[index] ?? -1;
    if (final(index) === index && !nodes.has(id)) nodes.set(id, renumbered(node, classOf));
  }
  return {
    roots: starts.map(classOf),
    node: Object.assign((id: NodeId): Node => nodes.get(id) ?? {}, { codeLists }),
    intern: (node) => {
      const { own, groups } = shapeOf(node);
      const key = `${own} ${JSON.stringify(groups)}`;
      const known = made.get(key);
      if (known !== undefined) return known;
      const id = next;
      next += 1;
      made.set(key, id);
      nodes.set(id, node);
      return id;
    },
    at: (document, pointer) => {
      const index = sources[document]?.numbers.get(pointer);
      return index === undefined ? undefined : classOf(index);
    },
  };
}
