/** Differences that leave every record valid but change who may see it or what it means: reported separately from compatibility. */
import { canonicalText } from '../readJson.ts';
import type { JsonSchema } from '../datasetSchema.ts';
import { isSchemaObject, pointerTo } from '../jsonSchema.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import type { Resolve } from '../references.ts';
import { placesOf } from './places.ts';

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

/** Policies were approved for the present marks: sensitivity may rise; any other change needs the security officer's approval. */
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

/**
 * Compares root and fields, including nested ones and targets of references. Fields that one side lacks are no policy change. It yields
 * after each place, so that the caller can run other work.
 * @throws TooComplex where they exceed the maximum number of places
 */
export function* policyChangesInSteps(
  old: unknown,
  fresh: unknown,
  resolve: Resolve,
): Generator<undefined, PolicyChange[], undefined> {
  if (!isSchemaObject(old) || !isSchemaObject(fresh)) return [];
  const changes: PolicyChange[] = [];
  for (const place of placesOf([old, fresh], resolve)) {
    const [before, after] = place?.schemas ?? [];
    if (place !== undefined && before !== undefined && after !== undefined)
      changes.push(...changesAt(place.pointer, before, after));
    yield;
  }
  return changes;
}

/** Differences at one place. @param pointer `''` for the root, which also names the primary key */
export function changesAt(pointer: string, old: JsonSchema, fresh: JsonSchema): PolicyChange[] {
  const changes: PolicyChange[] = [];
  const add = (path: string, code: PolicyChange['code'], from: unknown, to: unknown): void => {
    const values = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    changes.push({ path, code, ...values, reason: sentences[code] });
  };
  const key = 'x-primary-key';
  if (pointer === '' && textOf(old[key]) !== textOf(fresh[key]))
    add(pointerTo('', key), 'primary_key_changed', old[key], fresh[key]);
  for (const [keyword, code] of watched) {
    const from = old[keyword];
    const to = fresh[keyword];
    if (textOf(from) === textOf(to)) continue;
    const lowered =
      keyword === 'x-sensitivity' && (typeof to !== 'string' || (typeof from === 'string' && to < from));
    add(pointerTo(pointer, keyword), lowered ? 'sensitivity_lowered' : code, from, to);
  }
  return changes;
}

function textOf(value: unknown): string {
  return value === undefined ? '' : canonicalText(value);
}
