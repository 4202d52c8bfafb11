/**
 * Generates values for schemas: typical ones for samples, boundary values for counter-examples. A best effort: the caller validates the
 * result and retries.
 */
import { canonicalText } from '../readJson.ts';
import { evaluate } from '../subset/evaluate.ts';
import { jsonTypes, type JsonType, type Node, type NodeId, type Nodes } from '../subset/node.ts';
import { generateString } from './generateString.ts';
import { nothing, type Manner, type Pool } from './manner.ts';
import type { Random } from './random.ts';
import { samplePattern } from './samplePattern.ts';
import { compareDecimal, decimalOf, decimalText, isMultipleOf, type Decimal } from '../../terms/decimal.ts';

/** A number within all bounds and on all grids, near the constants of the pool where there is one. */
function generateNumber(parts: readonly Node[], { random, pool }: Manner): unknown {
  const lows = parts.flatMap(({ minimum, above }) => [minimum, above]).filter((bound) => bound !== undefined);
  const highs = parts
    .flatMap(({ maximum, below }) => [maximum, below])
    .filter((bound) => bound !== undefined);
  const steps = parts
    .flatMap(({ multipleOf, whole }) => [multipleOf, whole === true ? one : undefined])
    .filter((step) => step !== undefined);
  const low = Number(
    lows.length === 0 ? -100 : decimalText(lows.reduce((a, b) => (compareDecimal(a, b) > 0 ? a : b))),
  );
  const high = Number(
    highs.length === 0
      ? Math.max(low, 0) + 1000
      : decimalText(highs.reduce((a, b) => (compareDecimal(a, b) < 0 ? a : b))),
  );
  const from = lows.length === 0 ? Math.min(0, high - 1000) : low;
  const fits = (value: number): boolean =>
    Number.isFinite(value) &&
    parts.every((part) => numberFits(part, value)) &&
    steps.every((step) => isMultipleOf(decimalOf(value), step));
  const step =
    steps.length === 0
      ? undefined
      : Number(decimalText(steps.reduce((a, b) => (compareDecimal(a, b) > 0 ? a : b))));
  const candidates: number[] = [];
  if (pool !== undefined && pool.numbers.length > 0)
    for (let i = 0; i < 8; i += 1) candidates.push(random.pick(pool.numbers));
  for (let i = 0; i < 12; i += 1) {
    const value = from + random.next() * (high - from);
    const places = random.whole(0, 2);
    candidates.push(
      step === undefined
        ? Number(value.toFixed(places))
        : Number((Math.round(value / step) * step).toPrecision(12)),
    );
  }
  if (steps.length > 1) candidates.push(0, ...product(steps, from));
  candidates.push(from, high, from + 1, high - 1);
  return candidates.find(fits) ?? nothing;
}

const one: Decimal = { units: 1n, scale: 0 };

/** A multiple of every step at or above a bound, for combinations of steps. */
function product(steps: readonly Decimal[], from: number): number[] {
  const all = steps.reduce((value, step) => value * Number(decimalText(step)), 1);
  return [all, Math.ceil(from / all) * all];
}

function numberFits({ minimum, maximum, above, below }: Node, value: number): boolean {
  const exact = decimalOf(value);
  return (
    (minimum === undefined || compareDecimal(exact, minimum) >= 0) &&
    (maximum === undefined || compareDecimal(exact, maximum) <= 0) &&
    (above === undefined || compareDecimal(exact, above) > 0) &&
    (below === undefined || compareDecimal(exact, below) < 0)
  );
}

/** Nesting of generated values; counter-examples remain shallow, since validators may visit deep values very often. */
const deepest = { typical: 12, edge: 6 } as const;

/** A value that is likely valid under all of the nodes. */
export function generate(
  nodes: Nodes,
  ids: readonly NodeId[],
  manner: Manner,
  depth = 0,
  parent?: unknown,
): unknown {
  if (manner.steps !== undefined && (manner.steps.left -= 1) < 0) return nothing;
  const parts = flatten(nodes, ids, manner.random);
  if (parts === undefined || parts.some(({ always }) => always === false)) return nothing;
  const listed = parts.flatMap(({ values }) => (values === undefined ? [] : [values]));
  if (listed.length > 0) {
    const fitting = (listed[0] ?? []).filter((value) =>
      ids.every((id) => evaluate(nodes, id, value) !== false),
    );
    return fitting.length === 0 ? nothing : manner.random.pick(fitting);
  }
  const types = jsonTypes.filter((type) => parts.every((part) => part.types?.has(type) !== false));
  if (types.length === 0) return nothing;
  return generateType(nodes, pickType(types, parts, manner), parts, manner, depth, parent);
}

const deepestOf = ({ pool }: Manner): number => (pool === undefined ? deepest.typical : deepest.edge);

/** null and structures are rarer than scalars unless the schema requires them. */
function pickType(types: readonly JsonType[], parts: readonly Node[], { random, pool }: Manner): JsonType {
  const shaped = (type: JsonType): boolean =>
    (type === 'object' &&
      parts.some((part) => part.properties !== undefined || part.required !== undefined)) ||
    (type === 'array' && parts.some((part) => part.items !== undefined || part.prefix !== undefined));
  const likely = types.filter(shaped);
  if (likely.length > 0 && random.chance(0.8)) return random.pick(likely);
  const present = types.filter((type) => type !== 'null');
  return present.length > 0 && pool === undefined && random.chance(0.85)
    ? random.pick(present)
    : random.pick(types);
}

/** In-place parts, with one alternative chosen wherever there are several; undefined when there is none. */
function flatten(nodes: Nodes, ids: readonly NodeId[], random: Random): Node[] | undefined {
  const parts: Node[] = [];
  const open = [...ids];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const node = nodes(next);
    parts.push(node);
    if (parts.length > 500) return undefined;
    if (node.ref !== undefined) open.push(node.ref);
    open.push(...(node.allOf ?? []));
    for (const branches of [node.anyOf, node.oneOf]) {
      if (branches === undefined) continue;
      if (branches.length === 0) return undefined;
      open.push(random.pick(branches));
    }
    if (node.condition !== undefined) {
      const branch = random.chance(0.5) ? [node.condition, node.then] : [node.otherwise];
      open.push(...branch.filter((id) => id !== undefined));
    }
  }
  return parts;
}

function generateType(
  nodes: Nodes,
  type: JsonType,
  parts: readonly Node[],
  manner: Manner,
  depth: number,
  parent: unknown,
): unknown {
  switch (type) {
    case 'null':
      return null;
    case 'boolean':
      return manner.random.chance(0.5);
    case 'number':
      return generateNumber(parts, manner);
    case 'string':
      return generateString(nodes.codeLists, parts, manner, parent);
    case 'array':
      return depth > deepestOf(manner) ? [] : generateArray(nodes, parts, manner, depth);
    case 'object':
      return depth > deepestOf(manner) ? {} : generateObject(nodes, parts, manner, depth);
  }
}

function generateArray(nodes: Nodes, parts: readonly Node[], manner: Manner, depth: number): unknown {
  const { random, pool } = manner;
  const prefix = Math.max(0, ...parts.map((part) => part.prefix?.length ?? 0));
  const contains = parts.flatMap((part) =>
    part.contains === undefined ? [] : [{ id: part.contains, count: part.minContains ?? 1 }],
  );
  const wanted = contains.reduce((sum, { count }) => sum + count, 0);
  const min = Math.max(0, ...parts.map(({ minItems = 0 }) => minItems));
  const max = Math.min(...parts.map(({ maxItems = Infinity }) => maxItems));
  if (min > max || min > 300) return nothing;
  const some =
    pool !== undefined && pool.lengths.length > 0 && random.chance(0.5)
      ? random.pick(pool.lengths)
      : random.whole(0, prefix + 2);
  const length = Math.max(min, Math.min(max, Math.max(some, Math.min(wanted, 20)), 60));
  const unique = parts.some((part) => part.unique === true);
  const seen = new Set<string>();
  const items: unknown[] = [];
  for (let index = 0, tries = 0; items.length < length && tries < length * 8 + 8; tries += 1) {
    const ids = parts.flatMap((part) => {
      const own = part.prefix?.[index] ?? (index < (part.prefix?.length ?? 0) ? undefined : part.items);
      return own === undefined ? [] : [own];
    });
    let place = 0;
    const must = contains
      .filter(({ count }) => (place += count) > index && index >= place - count)
      .map(({ id }) => id);
    const item = generate(nodes, [...ids, ...must], manner, depth + 1);
    if (item === nothing) return items.length >= min ? items : nothing;
    const text = canonicalText(item);
    if (unique && seen.has(text)) continue;
    seen.add(text);
    items.push(item);
    index += 1;
  }
  return items.length >= min ? items : nothing;
}

/** The nodes that the value of a member must meet. */
export function memberNodes(parts: readonly Node[], name: string): NodeId[] {
  return parts.flatMap((part) => {
    const own = part.properties?.get(name);
    const matching = (part.patterns ?? [])
      .filter(([source]) => new RegExp(source, 'u').test(name))
      .map(([, id]) => id);
    const others =
      own === undefined && matching.length === 0
        ? (part.additional ?? part.unevaluatedProperties)
        : undefined;
    return [own, ...matching, others].filter((id) => id !== undefined);
  });
}

function generateObject(nodes: Nodes, parts: readonly Node[], manner: Manner, depth: number): unknown {
  const required = new Set(parts.flatMap((part) => part.required ?? []));
  const nameNodes = parts.flatMap((part) => (part.names === undefined ? [] : [part.names]));
  const object: Record<string, unknown> = {};
  for (const name of chooseNames(parts, required, manner)) {
    if (nameNodes.some((id) => evaluate(nodes, id, name) === false) && !required.has(name)) continue;
    const value = generate(nodes, memberNodes(parts, name), manner, depth + 1, object);
    if (value !== nothing)
      Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
    else if (required.has(name)) return nothing;
  }
  return object;
}

/** The required names and some optional ones; declared names first, in their order. */
function chooseNames(parts: readonly Node[], required: ReadonlySet<string>, manner: Manner): string[] {
  const declared = new Set(parts.flatMap((part) => [...(part.properties?.keys() ?? [])]));
  const min = Math.max(0, ...parts.map(({ minProperties = 0 }) => minProperties));
  const max = Math.min(...parts.map(({ maxProperties = Infinity }) => maxProperties));
  const wanted = new Set(required);
  for (const name of declared)
    if (wanted.size < max && manner.random.chance(manner.fullness)) wanted.add(name);
  if (manner.pool !== undefined) addUndeclared(wanted, max, parts, manner.pool, manner.random);
  for (const name of declared) if (wanted.size < min) wanted.add(name);
  for (let extra = 0; wanted.size < min && extra < 50; extra += 1) wanted.add(`x${extra}`);
  for (const part of parts) {
    for (const [name, others] of part.dependentRequired ?? [])
      if (wanted.has(name)) for (const other of others) wanted.add(other);
  }
  const ordered = [...declared].filter((name) => wanted.has(name));
  return [...ordered, ...[...wanted].filter((name) => !declared.has(name))];
}

/** Adds names of the pool and names that match patterns, up to `max`. */
function addUndeclared(
  wanted: Set<string>,
  max: number,
  parts: readonly Node[],
  pool: Pool,
  random: Random,
): void {
  for (const name of pool.names)
    if (wanted.size < max && random.chance(1.5 / (pool.names.length + 1))) wanted.add(name);
  for (const [source] of parts.flatMap(({ patterns = [] }) => [...patterns])) {
    const name = random.chance(0.5) ? samplePattern(source, random) : undefined;
    if (name !== undefined && wanted.size < max) wanted.add(name);
  }
}
