/** The effect of a change on data, in words. One sentence a code; the comparison fills in places. */
import { fill, type Bilingual } from '../../terms/bilingual.ts';

const reasons = {
  property_added: {
    zh: '新增字段“{name}”：旧数据不受影响；封闭的旧读取方会拒绝未知字段，需升级或忽略它',
    en: 'field "{name}" added: old data is not affected; old readers that are closed reject the unknown field: they must upgrade or ignore it',
  },
  property_added_open: {
    zh: '新增字段“{name}”：旧对象不封闭，旧数据里可能已有同名的其他内容',
    en: 'field "{name}" added to an open object: old data may carry any value under that name',
  },
  property_removed: {
    zh: '删除字段“{name}”：旧数据带有该字段会被拒绝',
    en: 'field "{name}" removed: old data that carries it is refused',
  },
  required_added: {
    zh: '“{name}”成为必填：旧数据可能没有该字段（默认值不会自动填入）',
    en: '"{name}" became required: old data may lack it (a default is not filled in)',
  },
  required_removed: {
    zh: '“{name}”不再必填：新数据可能没有该字段',
    en: '"{name}" is no longer required: new data may lack it',
  },
  type_widened: { zh: '类型放宽：增加 {values}', en: 'type widened: {values} added' },
  type_narrowed: { zh: '类型收窄：不再允许 {values}', en: 'type narrowed: {values} no longer allowed' },
  type_changed: { zh: '类型由 {from} 改为 {to}', en: 'type changed from {from} to {to}' },
  values_added: { zh: '新增取值 {values}', en: 'values added: {values}' },
  values_removed: { zh: '删除取值 {values}', en: 'values removed: {values}' },
  values_changed: { zh: '取值范围由 {from} 改为 {to}', en: 'allowed values changed from {from} to {to}' },
  bound_added: { zh: '新增限制 {keyword} {to}', en: 'bound added: {keyword} {to}' },
  bound_removed: { zh: '取消限制 {keyword} {from}', en: 'bound removed: {keyword} {from}' },
  bound_raised: { zh: '{keyword} 由 {from} 提高到 {to}', en: '{keyword} raised from {from} to {to}' },
  bound_lowered: { zh: '{keyword} 由 {from} 降低到 {to}', en: '{keyword} lowered from {from} to {to}' },
  multiple_changed: { zh: '步长由 {from} 改为 {to}', en: 'multipleOf changed from {from} to {to}' },
  pattern_added: { zh: '新增写法要求 {to}', en: 'pattern added: {to}' },
  pattern_removed: { zh: '取消写法要求 {from}', en: 'pattern removed: {from}' },
  pattern_changed: {
    zh: '写法要求改变：无法证明新旧一致，需由数据管理员凭实际数据放行',
    en: 'pattern changed: it cannot be proved that one covers the other; a steward may waive it with an evidence run',
  },
  format_added: { zh: '新增格式要求 {to}', en: 'format added: {to}' },
  format_removed: { zh: '取消格式要求 {from}', en: 'format removed: {from}' },
  format_changed: {
    zh: '格式由 {from} 改为 {to}：无法证明新旧一致',
    en: 'format changed from {from} to {to}: it cannot be proved that one covers the other',
  },
  code_changed: { zh: '值域代码改变', en: 'the code list changed' },
  object_opened: {
    zh: '对象放开：新数据可能带有任意字段',
    en: 'object opened: new data may carry any field',
  },
  object_closed: {
    zh: '对象封闭：旧数据可能带有其他字段',
    en: 'object closed: old data may carry other fields',
  },
  additional_changed: { zh: '其余字段的要求改变', en: 'what further fields must be has changed' },
  items_changed: { zh: '数组各项的要求改变', en: 'what the items must be has changed' },
  unique_added: { zh: '要求各项不重复', en: 'items must now differ' },
  unique_removed: { zh: '不再要求各项不重复', en: 'items need no longer differ' },
  contains_changed: { zh: '必须包含的项改变', en: 'what the array must contain has changed' },
  branch_added: { zh: '新增一种允许的形式', en: 'an allowed shape was added' },
  branch_may_overlap: {
    zh: '新增的形式可能与其他形式同时匹配',
    en: 'the added shape may match together with another one',
  },
  branch_removed: { zh: '删除一种允许的形式', en: 'an allowed shape was removed' },
  branches_changed: { zh: '可选形式（{keyword}）改变', en: 'the alternatives ({keyword}) changed' },
  condition_changed: { zh: '条件（{keyword}）改变', en: 'the condition ({keyword}) changed' },
  dependency_changed: { zh: '字段之间的依赖改变', en: 'what one field asks of others has changed' },
  names_changed: { zh: '对字段名的要求改变', en: 'what the names must be has changed' },
  schema_changed: { zh: '此处的要求改变', en: 'what is asked here has changed' },
  not_proven: { zh: '无法证明旧数据都符合新版本', en: 'it cannot be proved that all old data is valid' },
  too_complex: {
    zh: '结构过于复杂，比较在限定步数内没有结束，因此拒绝',
    en: 'too complex: the comparison did not end within its steps, so it is refused',
  },
} as const satisfies Record<string, Bilingual>;

export type ChangeCode = Exclude<keyof typeof reasons, 'property_added_open'>;

/** The sentence of a code. */
export function reasonFor(code: keyof typeof reasons, facts: Readonly<Record<string, string>>): Bilingual {
  return fill(reasons[code], facts);
}
