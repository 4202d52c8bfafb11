/** The findings of lint, by code: what is wrong and how to correct it. The check fills in `{places}`. */
import type { Bilingual } from '../../terms/bilingual.ts';

interface Rule {
  readonly message: Bilingual;
  readonly mend: Bilingual;
}

export const lintRules = {
  not_an_object: {
    message: { zh: '标准必须是一个 JSON 对象', en: 'a schema must be a JSON object' },
    mend: { zh: '以 { 开头写成 JSON Schema 2020-12', en: 'write it as a JSON Schema 2020-12 object' },
  },
  too_large: {
    message: { zh: '文本 {size} 字节，超过 262144 字节', en: 'its text has {size} bytes, more than 262144' },
    mend: { zh: '拆成几个标准', en: 'split it into several schemas' },
  },
  too_deep: {
    message: { zh: '嵌套超过 32 层', en: 'it is nested deeper than 32 levels' },
    mend: { zh: '把内层移到 $defs 中引用，或简化结构', en: 'flatten it, or move inner parts to $defs' },
  },
  too_many_nodes: {
    message: { zh: '共 {count} 个子模式，超过 2000 个', en: 'it has {count} sub-schemas, more than 2000' },
    mend: { zh: '拆成几个标准', en: 'split it into several schemas' },
  },
  too_many_properties: {
    message: {
      zh: '一个对象有 {count} 个字段，超过 300 个',
      en: 'an object has {count} properties, more than 300',
    },
    mend: { zh: '按主题拆成几个标准', en: 'split it by subject' },
  },
  expanded_too_large: {
    message: {
      zh: '展开引用后超过 5000 个子模式',
      en: 'with its references expanded it has more than 5000 sub-schemas',
    },
    mend: { zh: '减少重复引用的层数', en: 'use fewer layers of repeated references' },
  },
  keyword_not_allowed: {
    message: { zh: '不允许使用关键字“{keyword}”', en: 'the keyword "{keyword}" is not in the profile' },
    mend: { zh: '删除它；允许的关键字见文档', en: 'remove it; the documentation lists the allowed ones' },
  },
  keyword_unknown: {
    message: { zh: '没有关键字“{keyword}”', en: 'there is no keyword "{keyword}"' },
    mend: { zh: '可能写错了，是否为“{near}”', en: 'perhaps a typing error for "{near}"' },
  },
  keyword_value: {
    message: {
      zh: '“{keyword}”的取值不正确（{reason}）',
      en: 'the value of "{keyword}" is wrong ({reason})',
    },
    mend: { zh: '按文档改正取值', en: 'write the value as the documentation says' },
  },
  keyword_place: {
    message: { zh: '关键字“{keyword}”不能放在这里', en: 'the keyword "{keyword}" is not allowed here' },
    mend: { zh: '按文档移到正确位置', en: 'move it to where the documentation puts it' },
  },
  keywords_together: {
    message: {
      zh: '“{keyword}”与“{other}”不能同时使用',
      en: '"{keyword}" and "{other}" may not be used together',
    },
    mend: { zh: '只保留其中一个', en: 'keep one of them' },
  },
  schema_draft: {
    message: { zh: '$schema 必须是 2020-12', en: '$schema must be that of draft 2020-12' },
    mend: {
      zh: '写成 "https://json-schema.org/draft/2020-12/schema"',
      en: 'write "https://json-schema.org/draft/2020-12/schema"',
    },
  },
  id_malformed: {
    message: {
      zh: '$id 必须形如 urn:datong:<名称>:<主版本>.<次版本>',
      en: '$id must read urn:datong:<name>:<major>.<minor>',
    },
    mend: {
      zh: '名称用小写字母、数字与连字符，且不是保留字',
      en: 'use a lower-case name that is not reserved',
    },
  },
  root_not_object: {
    message: {
      zh: '根必须是 type: object 且有 properties',
      en: 'the root must have type: object and properties',
    },
    mend: { zh: '一条记录就是一个对象', en: 'a record is an object: describe its fields' },
  },
  title_missing: {
    message: { zh: '缺少中英文名称 x-title', en: 'x-title with zh and en is missing' },
    mend: { zh: '写上 x-title: {zh, en}', en: 'add x-title: {zh, en}' },
  },
  sensitivity_missing: {
    message: { zh: '字段没有敏感级别', en: 'the field has no sensitivity' },
    mend: { zh: '写上 x-sensitivity: L1 至 L4', en: 'add x-sensitivity: L1 to L4' },
  },
  sensitivity_too_low: {
    message: { zh: '语义“{tag}”至少为 {least}', en: 'a field tagged {tag} is at least {least}' },
    mend: { zh: '提高 x-sensitivity', en: 'raise x-sensitivity' },
  },
  personal_missing: {
    message: { zh: '语义“{tag}”属于个人信息', en: 'a field tagged {tag} is personal data' },
    mend: { zh: '写上 x-personal: personal 或 sensitive', en: 'add x-personal: personal or sensitive' },
  },
  tag_format: {
    message: {
      zh: '语义“{tag}”与格式“{format}”必须同时出现',
      en: 'the tag {tag} and the format {format} belong together',
    },
    mend: { zh: '补上缺少的一个', en: 'add the missing one' },
  },
  object_open: {
    message: { zh: '对象没有封闭', en: 'the object is not closed' },
    mend: { zh: '写上 additionalProperties: false', en: 'add additionalProperties: false' },
  },
  keyword_idle: {
    message: {
      zh: '“{keyword}”旁没有“{needs}”，不起作用',
      en: '"{keyword}" does nothing without "{needs}"',
    },
    mend: { zh: '补上或删除', en: 'add what it needs, or remove it' },
  },
  keyword_idle_type: {
    message: {
      zh: '“{keyword}”只对 {types} 起作用，而此处的 type 不含它',
      en: '"{keyword}" works on {types} only, which the type here does not have',
    },
    mend: { zh: '改正 type，或删除该关键字', en: 'correct the type, or remove the keyword' },
  },
  type_contradicts: {
    message: {
      zh: '此处要求 {type}，外层却只允许 {types}',
      en: 'it asks for {type} where only {types} is allowed around it',
    },
    mend: { zh: '统一两处的 type', en: 'make both types agree' },
  },
  tuple_open: {
    message: {
      zh: 'prefixItems 有 {count} 项，却没有限定长度',
      en: 'prefixItems has {count} items, and nothing holds the length to that',
    },
    mend: { zh: '写上 minItems: {count} 与 items: false', en: 'add minItems: {count} and items: false' },
  },
  name_matches_pattern: {
    message: {
      zh: '字段“{name}”同时符合 patternProperties 的“{pattern}”',
      en: 'the field "{name}" also matches "{pattern}" of patternProperties',
    },
    mend: { zh: '让两者不相交', en: 'keep the two apart' },
  },
  required_unknown: {
    message: { zh: '必填字段“{name}”没有定义', en: 'the required field "{name}" is not declared' },
    mend: { zh: '在 properties 中定义它', en: 'declare it in properties' },
  },
  string_unbounded: {
    message: { zh: '文本没有长度上限', en: 'the string has no upper length' },
    mend: { zh: '写上 maxLength', en: 'add maxLength' },
  },
  array_unbounded: {
    message: { zh: '数组没有项数上限', en: 'the array has no upper size' },
    mend: { zh: '写上 maxItems', en: 'add maxItems' },
  },
  items_missing: {
    message: { zh: '数组没有说明每一项', en: 'the array does not describe its items' },
    mend: { zh: '写上 items', en: 'add items' },
  },
  unique_items_costly: {
    message: {
      zh: 'uniqueItems 用在复杂项上且上限超过 1000',
      en: 'uniqueItems on structured items needs maxItems of at most 1000',
    },
    mend: { zh: '降低 maxItems 或去掉 uniqueItems', en: 'lower maxItems or drop uniqueItems' },
  },
  type_missing: {
    message: { zh: '没有说明类型', en: 'the value has no type' },
    mend: { zh: '写上 type、enum、const 或 $ref', en: 'add type, enum, const or $ref' },
  },
  pattern_syntax: {
    message: { zh: '正则不在允许的语法之内', en: 'the pattern is outside the allowed syntax' },
    mend: { zh: '不要用环视、反向引用与命名组', en: 'use no look-around, back-references or named groups' },
  },
  pattern_not_anchored: {
    message: { zh: '正则没有首尾锚定', en: 'the pattern is not anchored at both ends' },
    mend: { zh: '写成 ^…$；有多个分支时写成 ^(?:a|b)$', en: 'write ^…$, with alternatives ^(?:a|b)$' },
  },
  pattern_unsafe: {
    message: { zh: '正则可能回溯失控', en: 'the pattern may backtrack without end' },
    mend: { zh: '去掉嵌套或重叠的重复', en: 'remove nested or overlapping repetition' },
  },
  pattern_unbounded: {
    message: {
      zh: '正则旁没有不超过 256 的 maxLength',
      en: 'a pattern also needs maxLength of at most 256',
    },
    mend: { zh: '写上 maxLength', en: 'add maxLength' },
  },
  pattern_format: {
    message: { zh: '没有格式“{format}”', en: 'there is no format "{format}"' },
    mend: { zh: '可用格式：{formats}', en: 'the formats are: {formats}' },
  },
  name_reserved: {
    message: { zh: '字段名是保留名', en: 'the name is reserved' },
    mend: { zh: '换一个名字', en: 'choose another name' },
  },
  name_form: {
    message: {
      zh: '字段名不是拉丁标识符（以字母开头，只含字母、数字和下划线，至多 63 个字符）',
      en: 'the name is no Latin identifier: a letter, then letters, digits and underscores, at most 63 characters',
    },
    mend: {
      zh: '改为拉丁名称，中文名称写在 x-title；datong schema draft 会起草两者',
      en: 'give it a Latin name and put the Chinese one in x-title; datong schema draft writes both',
    },
  },
  text_form: {
    message: {
      zh: '文字含控制字符或改变书写方向的字符',
      en: 'the text has control characters or marks that turn the direction of writing',
    },
    mend: { zh: '删除这些看不见的字符', en: 'remove these invisible signs' },
  },
  name_unordered: {
    message: {
      zh: '字段名是数字，会打乱字段顺序',
      en: 'the name is a number, which would lose the order of the fields',
    },
    mend: { zh: '以字母开头', en: 'begin it with a letter' },
  },
  ref_remote: {
    message: { zh: '引用指向外部地址', en: 'the reference points outside' },
    mend: { zh: '只引用 #/… 或 urn:datong:…', en: 'refer to #/… or urn:datong:… only' },
  },
  ref_unresolved: {
    message: { zh: '引用“{ref}”找不到目标', en: 'the reference "{ref}" leads nowhere' },
    mend: {
      zh: '核对指针或先登记被引用的标准',
      en: 'check the pointer, or register the schema it names first',
    },
  },
  ref_cycle: {
    message: {
      zh: '引用绕回自身而不经过任何字段',
      en: 'the reference comes back to itself without passing a field',
    },
    mend: { zh: '断开这个循环', en: 'break the cycle' },
  },
  primary_key_unknown: {
    message: {
      zh: '主键字段“{name}”没有定义、可空或非必填',
      en: 'the key field "{name}" is not declared, nullable or optional',
    },
    mend: { zh: '主键字段必须必填且不可空', en: 'a key field must be required and not nullable' },
  },
  subject_key_many: {
    message: { zh: '有多个字段标明主体', en: 'more than one field is a subject key' },
    mend: { zh: '只保留一个 x-subject-key', en: 'keep one x-subject-key' },
  },
  subject_key_missing: {
    message: {
      zh: '含有个人信息，却没有字段标明记录是关于哪个人或组织的',
      en: 'it holds personal data, and no field says which person or organization a record is about',
    },
    mend: {
      zh: '在标明该主体的字段上加 x-subject-key: person（或 organization）',
      en: 'add x-subject-key: person (or organization) to the field that names them',
    },
  },
  attachment_misplaced: {
    message: {
      zh: '附件字段的写法不正确：{reason}',
      en: 'the attachment field is not written as one: {reason}',
    },
    mend: {
      zh: '写成顶层字段 {"type": "string", "format": "attachment", "x-attachment": …}；多个附件写成其数组，并写明 maxItems（至多 20）',
      en: 'write a top-level field {"type": "string", "format": "attachment", "x-attachment": …}; for several, an array of it with maxItems (at most 20)',
    },
  },
  geo_misplaced: {
    message: { zh: '位置字段的写法不正确：{reason}', en: 'the place field is not written as one: {reason}' },
    mend: {
      zh: '一个标准至多一个位置字段，在顶层，按 docs/places.zh-CN.md 中的固定写法书写',
      en: 'a schema has at most one place field, at the top level, in the fixed form that docs/places.md shows',
    },
  },
  code_list_unknown: {
    message: { zh: '没有登记值域代码“{list}”', en: 'the code list "{list}" is not registered' },
    mend: { zh: '先登记该代码表', en: 'register the list first' },
  },
  code_terms_unasked: {
    message: {
      zh: '“{list}”的代码有起止日期，x-code 却没有说按哪一天查',
      en: 'codes of "{list}" were in force for a time, and x-code does not say as of when',
    },
    mend: {
      zh: '写 at（同一对象中的日期或年份字段）；历史代码也接受时写 ever: true',
      en: 'add at (a date or year field of the same object), or ever: true where a code of any time will do',
    },
  },
  code_at_unknown: {
    message: {
      zh: 'x-code 的 at 指向不存在的字段“{name}”',
      en: 'at of x-code names the field "{name}", which does not exist',
    },
    mend: { zh: '写同一对象中的日期或年份字段', en: 'name a date or year field of the same object' },
  },
  nothing_fits: {
    message: { zh: '没有任何值能满足：{reason}', en: 'no value can satisfy it: {reason}' },
    mend: { zh: '改正上下限', en: 'correct the bounds' },
  },
  number_not_exact: {
    message: { zh: '数值超出精确范围', en: 'the number is beyond what is exact' },
    mend: { zh: '用 type: string 与 format: decimal', en: 'use type: string with format: decimal' },
  },
  compile_failed: {
    message: {
      zh: '校验器无法编译（原话：{reason}）',
      en: 'the validator cannot compile it (it says: {reason})',
    },
    mend: {
      zh: '简化该处；仍不明白时，把标准发给维护者',
      en: 'simplify that place; if that does not help, show the schema to the operator of the hub',
    },
  },
  compile_timeout: {
    message: { zh: '编译超过 {limit} 毫秒', en: 'it took more than {limit} ms to compile' },
    mend: { zh: '简化标准', en: 'simplify the schema' },
  },
} as const satisfies Record<string, Rule>;

export type LintCode = keyof typeof lintRules;
