/** Messages for a clerk when a value fails, by keyword or by format part. Written here, since a validator's own texts name patterns. */
import { fill, type Bilingual } from '../terms/bilingual.ts';
import { isFormat } from './formats/index.ts';

const byRule: Readonly<Record<string, Bilingual>> = {
  required: { zh: '缺少必填项“{title}”', en: 'the required field "{title}" is missing' },
  type: { zh: '类型不对，应为{expected}', en: 'wrong type, should be {expected}' },
  additionalProperties: { zh: '多出标准中没有的字段', en: 'there is a field that the schema does not know' },
  unevaluatedProperties: { zh: '多出标准中没有的字段', en: 'there is a field that the schema does not know' },
  propertyNames: { zh: '字段名不符合规定', en: 'the name of a field does not match the rule' },
  enum: { zh: '不在允许的取值之内{allowed}', en: 'is none of the allowed values{allowed}' },
  const: { zh: '不是规定的取值', en: 'is not the prescribed value' },
  minLength: { zh: '太短，至少 {limit} 个字符', en: 'too short, at least {limit} characters' },
  maxLength: { zh: '太长，至多 {limit} 个字符', en: 'too long, at most {limit} characters' },
  minimum: { zh: '太小，不得小于 {limit}', en: 'too small, not below {limit}' },
  maximum: { zh: '太大，不得大于 {limit}', en: 'too large, not above {limit}' },
  exclusiveMinimum: { zh: '必须大于 {limit}', en: 'must be greater than {limit}' },
  exclusiveMaximum: { zh: '必须小于 {limit}', en: 'must be less than {limit}' },
  multipleOf: { zh: '必须是 {limit} 的整数倍', en: 'must be a multiple of {limit}' },
  minItems: { zh: '项数太少，至少 {limit} 项', en: 'too few items, at least {limit}' },
  maxItems: { zh: '项数太多，至多 {limit} 项', en: 'too many items, at most {limit}' },
  items: { zh: '项数太多', en: 'too many items' },
  uniqueItems: { zh: '有重复的项', en: 'two items are the same' },
  contains: {
    zh: '缺少符合要求的项，或此类项太多',
    en: 'no item, or too many, match what must be contained',
  },
  minProperties: { zh: '字段太少，至少 {limit} 个', en: 'too few fields, at least {limit}' },
  maxProperties: { zh: '字段太多，至多 {limit} 个', en: 'too many fields, at most {limit}' },
  dependentRequired: {
    zh: '填写此项时还必须填写“{other}”',
    en: 'when this is given, "{other}" must be given too',
  },
  pattern: { zh: '写法不符合规定', en: 'is not written in the prescribed form' },
  format: { zh: '格式不正确', en: 'has the wrong format' },
  'x-code': {
    zh: '不是值域代码表“{list}”中的有效代码{allowed}',
    en: 'is not a code in force in the list "{list}"{allowed}',
  },
  'x-geo': {
    zh: '经度与纬度写反了：应先写经度，再写纬度',
    en: 'longitude and latitude are exchanged: the longitude comes first',
  },
  anyOf: { zh: '不符合任何一种允许的形式', en: 'matches none of the allowed shapes' },
  oneOf: { zh: '必须恰好符合一种允许的形式', en: 'must match exactly one of the allowed shapes' },
  not: { zh: '是被禁止的取值', en: 'is a forbidden value' },
  if: { zh: '不符合与其他字段相关的条件', en: 'breaks a condition that depends on other fields' },
  'too-deep': { zh: '嵌套太深', en: 'is nested too deeply' },
  'false schema': { zh: '不得填写', en: 'must be absent' },
  unknown: { zh: '不符合标准', en: 'does not match the schema' },
};

const byPart: Readonly<Record<string, Bilingual>> = {
  length: { zh: '位数不对', en: 'has the wrong length' },
  characters: { zh: '含有不允许的字符', en: 'has a character that is not allowed' },
  region: { zh: '地区代码部分不正确', en: 'the region part is not correct' },
  date: { zh: '日期部分不是真实存在的日期', en: 'the date part is not a real date' },
  checksum: { zh: '校验位不正确', en: 'the check digit does not match' },
  prefix: { zh: '号段不正确', en: 'the number range is not correct' },
  form: { zh: '写法不正确', en: 'is not written in the prescribed form' },
  time: { zh: '时间部分不正确', en: 'the time part is not correct' },
  offset: { zh: '缺少时区偏移（如 +08:00）', en: 'the offset (such as +08:00) is missing or wrong' },
  host: { zh: '主机部分不正确', en: 'the host is not correct' },
  port: { zh: '端口不正确', en: 'the port is not correct' },
  digits: { zh: '数字位数超过 38 位', en: 'has more than 38 digits' },
};

/** The sentence for a rule such as `maxLength`, `x-code` or `cn-resident-id.checksum`. */
export function messageFor(rule: string, facts: Readonly<Record<string, string | number>> = {}): Bilingual {
  const dot = rule.indexOf('.');
  const part = dot < 0 ? undefined : byPart[rule.slice(dot + 1)];
  const other = dot >= 0 || isFormat(rule) ? byRule['format'] : byRule['unknown'];
  return fill(part ?? byRule[rule] ?? other ?? { zh: rule, en: rule }, facts);
}

/** One fault of a schema: a stable code, the place, what is wrong and how to correct it. */
export interface Finding {
  readonly code: string;
  /** JSON pointer into the schema document */
  readonly path: string;
  readonly message: Bilingual;
  readonly mend: Bilingual;
}
