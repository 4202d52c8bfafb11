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
    zh: '敏感级别降低，须经数据安全员批准',
    en: 'sensitivity lowered: the security officer must approve',
  },
  sensitivity_raised: { zh: '敏感级别提高', en: 'sensitivity raised' },
  personal_changed: {
    zh: '个人信息标记改变，须经数据安全员批准',
    en: 'the mark of personal data changed: the security officer must approve',
  },
  class_changed: {
    zh: '数据分类改变，须经数据安全员批准',
    en: 'the class changed: the security officer must approve',
  },
  subject_key_changed: {
    zh: '主体字段改变，须经数据安全员批准',
    en: 'the subject key changed: the security officer must approve',
  },
  primary_key_changed: {
    zh: '主键改变，须经数据安全员批准',
    en: 'the primary key changed: the security officer must approve',
  },
  unit_changed: {
    zh: '计量单位改变，须经数据安全员批准',
    en: 'the unit changed: the security officer must approve',
  },
  code_list_changed: {
    zh: '值域代码表改变，须经数据安全员批准',
    en: 'the code list changed: the security officer must approve',
  },
  semantic_changed: { zh: '语义标签改变', en: 'the semantic tag changed' },
};

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
  const compare = (a: JsonSchema, b: JsonSchema, path: string, depth: number): void => {
    for (const [keyword, code] of watched) {
      const from = a[keyword];
      const to = b[keyword];
      if (textOf(from) === textOf(to)) continue;
      const lowered =
        keyword === 'x-sensitivity' && (typeof to !== 'string' || (typeof from === 'string' && to < from));
      add(pointerTo(path, keyword), lowered ? 'sensitivity_lowered' : code, from, to);
    }
    if (depth > 8) return;
    const theirs = new Map(schemasOf(b['properties']));
    for (const [name, field] of schemasOf(a['properties'])) {
      const other = theirs.get(name);
      if (!isSchemaObject(field) || !isSchemaObject(other)) continue;
      compare(
        withReferences(field, old, resolve),
        withReferences(other, fresh, resolve),
        pointerTo(`${path}/properties`, name),
        depth + 1,
      );
    }
    const [from, to] = [a['items'], b['items']];
    if (isSchemaObject(from) && isSchemaObject(to))
      compare(
        withReferences(from, old, resolve),
        withReferences(to, fresh, resolve),
        `${path}/items`,
        depth + 1,
      );
  };
  compare(old, fresh, '', 0);
  return changes;
}

function textOf(value: unknown): string {
  return value === undefined ? '' : canonicalText(value);
}
