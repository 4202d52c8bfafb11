/** Reads the bytes of a leaf: strict UTF-8, canonical JSON, only the members of version 1. */
import { asIs } from '../terms/bilingual.ts';
import { canonicalJson, type CanonicalValue } from '../terms/canonicalJson.ts';
import { Problem } from '../terms/problem.ts';
import type { Leaf } from './leaf.ts';
import { maxLeafLength } from './leafBytes.ts';
import { isObject } from '../terms/isObject.ts';

/**
 * The canonical bytes of an entry as one regular expression, built from the table of its members: names in order, each once, no space, no
 * escape. A matching text is canonical without parsing, which saves most of the cost of verifying millions of entries. A text that does
 * not match may still be an entry, with an escape or a member without a pattern, and is parsed in full.
 */

/** Whether a member may have a value; `pattern` is its canonical text if a regular expression can describe it. */
interface Check {
  (value: unknown): boolean;
  readonly pattern?: string;
}

type Shape = Readonly<Record<string, { readonly check: Check; readonly required?: true }>>;

/** A check with the pattern of its values. The pattern may match fewer values, never more. */
const matching = (pattern: string, check: (value: unknown) => boolean): Check =>
  Object.assign((value: unknown) => check(value), { pattern });

/** A string without escapes and surrogates: those are decided by the full parser. */
const stringPattern = '"[^"\\\\\\u0000-\\u001f\\ud800-\\udfff]*"';
/** A nonnegative integer that is certainly safe. */
const wholePattern = '(?:0|[1-9][0-9]{0,14})';

/** An object of such values under any names. Captured: a regular expression cannot check that names ascend. */
const mapPattern = (value: string): string =>
  `(\\{(?:${stringPattern}:${value}(?:,${stringPattern}:${value})*)?\\})`;

/** An object with the members of a shape, undefined if a required one has no pattern. */
function objectPattern(shape: Shape): string | undefined {
  let members = '';
  let isFollowed = false;
  for (const name of Object.keys(shape).sort()) {
    const { check, required } = shape[name] ?? {};
    if (check?.pattern === undefined && required === true) return undefined;
    if (check?.pattern === undefined) continue;
    // the first present member follows the brace, the others a comma; after a required one it is always a comma
    const separator = isFollowed ? ',' : members === '' ? '' : '(?:(?<=\\{)|(?<!\\{),)';
    const member = `${separator}"${name}":${check.pattern}`;
    members += required === true ? member : `(?:${member})?`;
    isFollowed ||= required === true;
  }
  return `\\{${members}\\}`;
}

/** Recognizes texts that are canonical objects of a shape. @throws TypeError for a shape whose required members have no patterns */
function plainTextOf(shape: Shape): (text: string) => boolean {
  const pattern = objectPattern(shape);
  if (pattern === undefined) throw new TypeError('a required member has no pattern');
  const whole = new RegExp(`^${pattern}$`);
  return (text) => {
    const found = whole.exec(text);
    if (found === null) return false;
    for (let i = 1; i < found.length; i += 1) if (!ascends(found[i])) return false;
    return true;
  };
}

/** Whether the names of a plain object of plain values ascend by UTF-16 code units, as RFC 8785 §3.2.3 requires. */
function ascends(map: string | undefined): boolean {
  if (map === undefined) return true;
  let before: string | undefined;
  for (let at = 1; at < map.length - 1;) {
    const end = map.indexOf('"', at + 1);
    const name = map.slice(at + 1, end);
    if (before !== undefined && before >= name) return false;
    before = name;
    const value = end + 2;
    const after = map.charAt(value) === '"' ? map.indexOf('"', value + 1) : value;
    const next = map.indexOf(',', after);
    at = next < 0 ? map.length : next + 1;
  }
  return true;
}

const text = matching(stringPattern, (value) => typeof value === 'string');
const whole = matching(wholePattern, (value) => Number.isSafeInteger(value) && (value as number) >= 0);
const oneOf = (...words: readonly string[]): Check =>
  matching(`"(?:${words.join('|')})"`, (value) => typeof value === 'string' && words.includes(value));
const map = (check: Check): Check => {
  const holds = (value: unknown): boolean => isObject(value) && Object.values(value).every(check);
  return check.pattern === undefined ? holds : matching(mapPattern(check.pattern), holds);
};
/** A list of at least one text. */
const texts = matching(
  `\\[${stringPattern}(?:,${stringPattern})*\\]`,
  (value) => Array.isArray(value) && value.length > 0 && value.every(text),
);
const object = (shape: Shape): Check => {
  const pattern = objectPattern(shape);
  const holds = (value: unknown): boolean => isObject(value) && misfit(value, shape) === undefined;
  return pattern === undefined ? holds : matching(pattern, holds);
};
/** A string of one form. @param form without anchors, and without characters that JSON escapes */
const formed = (form: string): Check => {
  const exactly = new RegExp(`^${form}$`);
  return matching(`"${form}"`, (value) => typeof value === 'string' && exactly.test(value));
};
/** A uuid of version 7, as a pattern without anchors. */
export const idForm = '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
/** A moment in UTC to the millisecond, without anchors; it permits moments that no clock shows. */
const timeForm = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z';
const required = (check: Check): { readonly check: Check; readonly required: true } => ({
  check,
  required: true,
});
const optional = (check: Check): { readonly check: Check } => ({ check });

const leafShape = {
  v: required(matching('1', (value) => value === 1)),
  id: required(formed(idForm)),
  at: required(formed(timeForm)),
  kind: required(
    oneOf(
      'genesis',
      'release',
      'intake',
      'return',
      'retire',
      'consent',
      'inspect',
      'sandbox',
      'management',
      'overload',
    ),
  ),
  operation: required(text),
  decision: required(oneOf('allow', 'deny')),
  actor: required(
    object({
      department: optional(text),
      keyid: optional(text),
      certificate: optional(text),
      person: optional(text),
      staff: optional(text),
      way: optional(text),
      insteadOf: optional(text),
    }),
  ),
  code: optional(text),
  claimedDepartment: optional(text),
  claimedKeyid: optional(text),
  consumer: optional(text),
  provider: optional(text),
  dataset: optional(text),
  schema: optional(text),
  agreement: optional(text),
  purpose: optional(text),
  onBehalfOf: optional(text),
  matter: optional(text),
  matterCode: optional(text),
  notes: optional(texts),
  approval: optional(object({ number: required(text), resource: required(text), sha256: required(text) })),
  obligations: optional(texts),
  fact: optional(text),
  aggregate: optional(text),
  cube: optional(object({ batch: required(text), digest: required(text) })),
  fields: optional(map(text)),
  withheld: optional(map(text)),
  asked: optional(whole),
  stream: optional(
    object({
      id: required(text),
      state: required(oneOf('open', 'part', 'complete', 'aborted')),
      parts: optional(whole),
      rows: optional(whole),
      bytes: optional(whole),
      why: optional(text),
    }),
  ),
  connector: optional(
    object({
      id: required(text),
      state: required(oneOf('open', 'closed')),
      datasets: required(texts),
      why: optional(text),
    }),
  ),
  synthetic: optional(
    object({
      dataset: required(text),
      schema: optional(text),
      from: optional(oneOf('agreement', 'request', 'default')),
      under: optional(text),
      rows: optional(whole),
    }),
  ),
  rows: optional(object({ delivered: required(whole), withheld: required(whole) })),
  private: optional(text),
  subjects: optional(object({ count: required(whole), commitment: required(text) })),
  request: optional(text),
  reply: optional(text),
  status: optional(whole),
  policy: optional(text),
  epoch: optional(whole),
  repeatOf: optional(text),
  batch: optional(
    object({ id: required(text), sha256: required(text), rows: required(whole), bad: required(whole) }),
  ),
  change: optional(
    map(
      matching(
        `(?:${stringPattern}|true|false|${wholePattern})`,
        (value) => typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value),
      ),
    ),
  ),
  // a member without a line here would make every verifier refuse its entry
} satisfies Shape & Readonly<Record<keyof Leaf, unknown>>;

/** Whether a text is certainly a canonical leaf of version 1. */
const isPlainLeaf = plainTextOf(leafShape);

/** The first invalid member, undefined if there is none. */
function misfit(value: Readonly<Record<string, unknown>>, shape: Shape): string | undefined {
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(shape, name) || shape[name]?.check(value[name]) !== true) return name;
  }
  return Object.keys(shape).find((name) => shape[name]?.required === true && !Object.hasOwn(value, name));
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The leaf in these bytes. Duplicate names, spaces, another order of names or number form are refused: the bytes must be canonical.
 * @throws Problem leaf_malformed
 */
export function parseLeaf(bytes: Uint8Array): Leaf {
  const json = leafJson(bytes);
  return isPlainLeaf(json) ? (JSON.parse(json) as Leaf) : readSlowly(json);
}

/** The same without returning the leaf: a tenth of the work. @throws Problem leaf_malformed */
export function checkLeaf(bytes: Uint8Array): void {
  const json = leafJson(bytes);
  if (!isPlainLeaf(json)) readSlowly(json);
}

/** Why these bytes are not a leaf, undefined if they are one. */
export function leafProblem(bytes: Uint8Array): Problem | undefined {
  try {
    checkLeaf(bytes);
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

function leafJson(bytes: Uint8Array): string {
  if (bytes.length > maxLeafLength) throw new Problem('leaf_malformed', { what: 'too long' });
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Problem('leaf_malformed', { what: 'not JSON in UTF-8' });
  }
}

function readSlowly(json: string): Leaf {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new Problem('leaf_malformed', { what: 'not JSON in UTF-8' });
  }
  if (!isObject(value)) throw new Problem('leaf_malformed', { what: 'not an object' });
  const member = misfit(value, leafShape);
  if (member !== undefined) {
    throw new Problem('leaf_malformed', {
      what: Object.hasOwn(leafShape, member) ? asIs(member) : 'unknown member',
    });
  }
  if (!isCanonical(value, json)) throw new Problem('leaf_malformed', { what: 'not canonical' });
  return value as unknown as Leaf;
}

function isCanonical(value: Record<string, unknown>, json: string): boolean {
  try {
    return canonicalJson(value as { readonly [name: string]: CanonicalValue }) === json;
  } catch {
    return false;
  }
}
