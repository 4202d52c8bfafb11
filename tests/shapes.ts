import { defined } from '../terms/defined.ts';
/**
 * Whether a JSON-LD document conforms to SHACL shapes, as far as those of DCAT-AP go: classes, how often, kind of node, datatype. Documents hold
 * a `@context` of prefixes, nodes in nodes, `@id`, `@type`, `@value`, `@language`: what this product writes. No part of the product.
 */
type Json = Readonly<Record<string, unknown>>;

export interface Constraint {
  /** class whose nodes it is about, and the property */
  readonly target: string;
  readonly path: string;
  readonly minCount?: number;
  readonly maxCount?: number;
  readonly nodeKind?: string;
  readonly class?: string;
  readonly datatype?: string;
}

interface Value {
  /** of a node; undefined: a literal */
  readonly id?: string;
  readonly datatype?: string;
}

/** Node id → types and values by property. */
type Graph = Map<string, { readonly types: Set<string>; readonly values: Map<string, Value[]> }>;

const xsd = 'http://www.w3.org/2001/XMLSchema#';

/** @param turtle written as DCAT-AP publishes it: a statement a paragraph, no blank nodes @throws TypeError for a constraint that is not known here */
export function constraintsOf(turtle: string): readonly Constraint[] {
  const prefixes = new Map(
    [...turtle.matchAll(/^@prefix (\w*): <([^>]+)> \.$/gm)].map(([, name = '', iri = '']) => [name, iri]),
  );
  const iri = (word: string): string => {
    if (word.startsWith('<')) return word.slice(1, -1);
    const [prefix = '', name = ''] = word.split(':');
    return `${prefixes.get(prefix) ?? `${prefix}:`}${name}`;
  };
  const paragraphs = turtle.split(/\n\s*\n/).filter((one) => one.startsWith('<'));
  const targets = new Map<string, string>();
  for (const one of paragraphs) {
    const [, target] = /shacl:targetClass (\S+)/.exec(one) ?? [];
    for (const [, property = ''] of one.matchAll(/<([^>]+Shape\/\w+)>/g))
      if (target !== undefined) targets.set(property, iri(target));
  }
  return paragraphs.flatMap((one) => {
    const target = targets.get(/^<([^>]+)>/.exec(one)?.[1] ?? '');
    if (target === undefined || one.includes('shacl:targetClass')) return [];
    const valueOf = (word: string): string | undefined =>
      new RegExp(`\\bshacl:${word} ([^\\s;]+)`).exec(one.replaceAll(/"(?:[^"\\]|\\.)*"(@\w+)?/g, '""'))?.[1];
    const other = /shacl:(?!path|minCount|maxCount|nodeKind|class|datatype|description|name)\w+ /.exec(
      one.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').replaceAll('shacl:BlankNodeOrIRI', ''),
    );
    if (other !== null) throw new TypeError(`unknown constraint: ${other[0]}`);
    const [path, kind, type, datatype] = ['path', 'nodeKind', 'class', 'datatype'].map(valueOf);
    const [min, max] = [valueOf('minCount'), valueOf('maxCount')];
    return [
      {
        target,
        path: iri(path ?? ''),
        ...(min === undefined ? {} : { minCount: Number(min) }),
        ...(max === undefined ? {} : { maxCount: Number(max) }),
        ...defined({ nodeKind: kind }),
        ...(type === undefined ? {} : { class: iri(type) }),
        ...(datatype === undefined ? {} : { datatype: iri(datatype) }),
      },
    ];
  });
}

/** @returns what does not hold, a sentence each */
export function violations(document: Json, constraints: readonly Constraint[]): readonly string[] {
  const graph = graphOf(document);
  return [...graph].flatMap(([id, { types, values }]) =>
    constraints.flatMap((constraint) => {
      if (!types.has(constraint.target)) return [];
      const { path, minCount = 0, maxCount = Infinity, nodeKind, datatype } = constraint;
      const found = values.get(path) ?? [];
      const wrong = found.flatMap((value) => {
        const isNode = value.id !== undefined;
        if (nodeKind === 'shacl:Literal' && isNode) return ['a node, not a literal'];
        if (nodeKind === 'shacl:BlankNodeOrIRI' && !isNode) return ['a literal, not a node'];
        if (datatype !== undefined && value.datatype !== datatype) return [`not a ${datatype}`];
        if (constraint.class === undefined) return [];
        return isNode && graph.get(value.id)?.types.has(constraint.class) === true
          ? []
          : [`not a ${constraint.class}`];
      });
      if (found.length < minCount || found.length > maxCount) wrong.push(`${found.length} of them`);
      return wrong.map((one) => `${id} ${path}: ${one}`);
    }),
  );
}

function graphOf(document: Json): Graph {
  const context = document['@context'] as Readonly<Record<string, string>>;
  const graph: Graph = new Map();
  let blank = 0;
  const iri = (name: string): string => {
    const at = name.indexOf(':');
    return `${context[name.slice(0, at)] ?? `${name.slice(0, at)}:`}${name.slice(at + 1)}`;
  };
  const list = (one: unknown): readonly unknown[] => (Array.isArray(one) ? (one as unknown[]) : [one]);
  const add = (one: unknown): Value => {
    if (typeof one !== 'object' || one === null) return { datatype: `${xsd}${typeof one}` };
    const json = one as Json;
    if (json['@value'] !== undefined) return { datatype: `${xsd}${typeof json['@value']}` };
    const id = typeof json['@id'] === 'string' ? json['@id'] : `_:${(blank += 1)}`;
    const node = graph.get(id) ?? { types: new Set<string>(), values: new Map<string, Value[]>() };
    graph.set(id, node);
    for (const [name, value] of Object.entries(json)) {
      if (name === '@type') for (const type of list(value)) node.types.add(iri(String(type)));
      if (name.startsWith('@')) continue;
      const values = node.values.get(iri(name)) ?? [];
      for (const each of list(value).map(add)) {
        // the same statement twice is one
        const same = each.id !== undefined && values.some((other) => other.id === each.id);
        if (!same) values.push(each);
      }
      node.values.set(iri(name), values);
    }
    return { id };
  };
  add(document);
  return graph;
}
