/** Reads the bytes of a leaf: strict UTF-8, canonical JSON, only the members that version 1 knows. */
import { canonicalJson, type CanonicalValue } from '../terms/canonicalJson.ts';
import { Problem } from '../terms/problem.ts';
import type { Leaf } from './leaf.ts';
import { longestLeaf } from './leafBytes.ts';

type Check = (value: unknown) => boolean;
type Shape = Readonly<Record<string, { readonly check: Check; readonly required?: true }>>;

const text: Check = (value) => typeof value === 'string';
const whole: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && words.includes(value);
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const map =
  (check: Check): Check =>
  (value) =>
    isRecord(value) && Object.values(value).every(check);
const object =
  (shape: Shape): Check =>
  (value) =>
    isRecord(value) && misfit(value, shape) === undefined;
const required = (check: Check): { readonly check: Check; readonly required: true } => ({
  check,
  required: true,
});
const optional = (check: Check): { readonly check: Check } => ({ check });

const leafShape: Shape = {
  v: required((value) => value === 1),
  id: required(
    (value) =>
      typeof value === 'string' &&
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(value),
  ),
  at: required(
    (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value),
  ),
  kind: required(oneOf('genesis', 'release', 'intake', 'return', 'inspect', 'management', 'overload')),
  operation: required(text),
  decision: required(oneOf('allow', 'deny')),
  actor: required(
    object({
      department: optional(text),
      keyid: optional(text),
      certificate: optional(text),
      staff: optional(text),
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
  fields: optional(map(text)),
  withheld: optional(map(text)),
  rows: optional(object({ delivered: required(whole), withheld: required(whole) })),
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
    map((value) => typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value)),
  ),
};

/** The first member that does not fit, undefined when all do. */
function misfit(value: Readonly<Record<string, unknown>>, shape: Shape): string | undefined {
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(shape, name) || shape[name]?.check(value[name]) !== true) return name;
  }
  return Object.keys(shape).find((name) => shape[name]?.required === true && !Object.hasOwn(value, name));
}

/**
 * The leaf in these bytes. Doubled names, spaces, another order of names or number form are refused: the bytes must be canonical.
 * @throws Problem leaf_malformed
 */
export function parseLeaf(bytes: Uint8Array): Leaf {
  if (bytes.length > longestLeaf) throw new Problem('leaf_malformed', { what: 'too long' });
  let json: string;
  let value: unknown;
  try {
    json = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(json);
  } catch {
    throw new Problem('leaf_malformed', { what: 'not JSON in UTF-8' });
  }
  if (!isRecord(value)) throw new Problem('leaf_malformed', { what: 'not an object' });
  const member = misfit(value, leafShape);
  if (member !== undefined) {
    throw new Problem('leaf_malformed', {
      what: Object.hasOwn(leafShape, member) ? member : 'unknown member',
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
