/** Differences that leave every record valid and still change who may see it or what it means: told apart from compatibility. */
import { canonicalText } from '../canonicalText.ts';
import type { JsonSchema } from '../datasetSchema.ts';
import { isSchemaObject, pointerTo, schemasOf } from '../jsonSchema.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { withReferences, type Resolve } from '../references.ts';

export interface PolicyChange {
  readonly path: string;
  readonly code:
    | 'sensitivity_lowered'
    | 'sensitivity_raised'
    | 'personal_changed'
    | 'class_changed'
    | 'subject_key_changed'
    | 'primary_key_changed'
    | 'unit_changed'
    | 'code_list_changed'
    | 'semantic_changed';
  readonly from?: unknown;
  readonly to?: unknown;
  readonly reason: Bilingual;
}

const sentences: Readonly<Record<PolicyChange['code'], Bilingual>> = {
  sensitivity_lowered: {
    zh: '敏感级别降低，须由安全管理员一并审批',
    en: 'sensitivity lowered: the security officer has to agree too',
  },
  sensitivity_raised: { zh: '敏感级别提高', en: 'sensitivity raised' },
  personal_changed: {
    zh: '个人信息标记改变，须由安全管理员一并审批',
    en: 'the mark of personal data changed: the security officer has to agree too',
  },
  class_changed: {
    zh: '数据分类改变，须由安全管理员一并审批',
    en: 'the class changed: the security officer has to agree too',
  },
  subject_key_changed: {
    zh: '主体字段改变，须由安全管理员一并审批',
    en: 'the subject key changed: the security officer has to agree too',
  },
  primary_key_changed: {
    zh: '主键改变，须由安全管理员一并审批',
    en: 'the primary key changed: the security officer has to agree too',
  },
  unit_changed: {
    zh: '计量单位改变，须由安全管理员一并审批',
    en: 'the unit changed: the security officer has to agree too',
  },
  code_list_changed: {
    zh: '值域代码表改变，须由安全管理员一并审批',
    en: 'the code list changed: the security officer has to agree too',
  },
  semantic_changed: {
    zh: '语义标签改变，须由安全管理员一并审批',
    en: 'the semantic tag changed: the security officer has to agree too',
  },
};

/** Policies were approved over the marks as they are: sensitivity may rise, whatever else changes is the security officer's to agree to. */
export const needsOfficer = ({ code }: PolicyChange): boolean => code !== 'sensitivity_raised';

const watched = [
  ['x-sensitivity', 'sensitivity_raised'],
  ['x-personal', 'personal_changed'],
  ['x-class', 'class_changed'],
  ['x-subject-key', 'subject_key_changed'],
  ['x-unit', 'unit_changed'],
  ['x-code', 'code_list_changed'],
  ['x-semantic', 'semantic_changed'],
] as const;

/** Compares root and fields, nested ones included, references followed. Fields that one side lacks are no policy change. */
export function policyChanges(old: unknown, fresh: unknown, resolve: Resolve): PolicyChange[] {
  if (!isSchemaObject(old) || !isSchemaObject(fresh)) return [];
  const changes: PolicyChange[] = [];
  const add = (path: string, code: PolicyChange['code'], from: unknown, to: unknown): void => {
    const values = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    changes.push({ path, code, ...values, reason: sentences[code] });
  };
  if (textOf(old['x-primary-key']) !== textOf(fresh['x-primary-key'])) {
    add('/x-primary-key', 'primary_key_changed', old['x-primary-key'], fresh['x-primary-key']);
  }
  for (const [a, b, path] of pairsOf(old, fresh, resolve)) {
    for (const [keyword, code] of watched) {
      const from = a[keyword];
      const to = b[keyword];
      if (textOf(from) === textOf(to)) continue;
      const lowered =
        keyword === 'x-sensitivity' && (typeof to !== 'string' || (typeof from === 'string' && to < from));
      add(pointerTo(path, keyword), lowered ? 'sensitivity_lowered' : code, from, to);
    }
  }
  return changes;
}

/** Places that both sides have, as pointers; the root is `''`. What `policyChanges` says is said of these and of no others. */
export function placesShared(old: unknown, fresh: unknown, resolve: Resolve): ReadonlySet<string> {
  if (!isSchemaObject(old) || !isSchemaObject(fresh)) return new Set();
  return new Set([...pairsOf(old, fresh, resolve)].map(([, , path]) => path));
}

/** Every sub-schema that says something of a record, with its place, references followed; parents first. */
export function* placesOf(
  document: JsonSchema,
  resolve: Resolve,
): Generator<{ readonly pointer: string; readonly schema: JsonSchema }> {
  for (const [schema, , pointer] of pairsOf(document, document, resolve)) yield { pointer, schema };
}

/** The place that a change is about: `/properties/phone/x-sensitivity` is about `/properties/phone`. */
export const placeOfChange = ({ path }: Pick<PolicyChange, 'path'>): string =>
  path.slice(0, path.lastIndexOf('/'));

type Pair = readonly [JsonSchema, JsonSchema, string];

/** Root and whatever stands below it on both sides, references followed; what refers to itself is gone through once. */
function* pairsOf(old: JsonSchema, fresh: JsonSchema, resolve: Resolve): Generator<Pair> {
  const seen = new Map<JsonSchema, Set<JsonSchema>>();
  const below = function* (a: JsonSchema, b: JsonSchema, path: string): Generator<Pair> {
    yield [a, b, path];
    for (const [theirs, ours, at] of pairsBelow(a, b, path)) {
      const known = seen.get(theirs) ?? new Set();
      if (known.has(ours)) continue;
      seen.set(theirs, known.add(ours));
      yield* below(withReferences(theirs, old, resolve), withReferences(ours, fresh, resolve), at);
    }
  };
  yield* below(old, fresh, '');
}

/** Sub-schemas that stand at the same place of both sides; branches by their number. */
function* pairsBelow(a: JsonSchema, b: JsonSchema, path: string): Generator<Pair> {
  for (const keyword of ['properties', 'patternProperties'] as const) {
    const theirs = new Map(schemasOf(b[keyword]));
    for (const [name, field] of schemasOf(a[keyword])) {
      const other = theirs.get(name);
      if (isSchemaObject(field) && isSchemaObject(other))
        yield [field, other, pointerTo(pointerTo(path, keyword), name)];
    }
  }
  for (const keyword of ['items', 'additionalProperties', 'then', 'else'] as const) {
    const [from, to] = [a[keyword], b[keyword]];
    if (isSchemaObject(from) && isSchemaObject(to)) yield [from, to, pointerTo(path, keyword)];
  }
  for (const keyword of ['prefixItems', 'allOf', 'anyOf', 'oneOf'] as const) {
    const [from, to] = [a[keyword], b[keyword]];
    if (!Array.isArray(from) || !Array.isArray(to)) continue;
    for (const [index, one] of from.entries()) {
      const other: unknown = to[index];
      if (isSchemaObject(one) && isSchemaObject(other))
        yield [one, other, pointerTo(pointerTo(path, keyword), index)];
    }
  }
}

function textOf(value: unknown): string {
  return value === undefined ? '' : canonicalText(value);
}
