/** From a column to a draft of its field: type, format, code list, tags; each guess with its reason and how sure it is. */
import type { Bilingual } from '../../terms/bilingual.ts';
import { cnBankCard } from '../formats/cnBankCard.ts';
import { cnMobile } from '../formats/cnMobile.ts';
import { cnResidentId } from '../formats/cnResidentId.ts';
import { cnUscc } from '../formats/cnUscc.ts';
import { date, dateTime } from '../formats/dateAndTime.ts';
import { isCode } from '../codelists/registry.ts';
import type { Column } from './table.ts';

export interface Guess {
  /** keywords of the field, x-title aside */
  readonly schema: Record<string, unknown>;
  /** 0 to 1 */
  readonly confidence: number;
  readonly reasons: readonly Bilingual[];
}

interface Meaning {
  /** names and titles that suggest it */
  readonly names: RegExp;
  /** what every value seen must be; absent where values say nothing */
  readonly holds?: (text: string) => boolean;
  readonly schema: Record<string, unknown>;
  readonly what: Bilingual;
}

const code = (list: string): Record<string, unknown> => ({
  type: 'string',
  'x-code': { list: `urn:datong:code:${list}` },
});
const personal = (level: string, more: Record<string, unknown>): Record<string, unknown> => ({
  ...more,
  'x-sensitivity': level,
  'x-personal': 'personal',
});

const meanings: readonly Meaning[] = [
  {
    names: /身份证|公民身份|证件号码|id_?card|sfz|gmsfhm|resident_?id|person_?id/i,
    holds: (text) => cnResidentId(text) === undefined,
    schema: personal('L3', { type: 'string', format: 'cn-resident-id', 'x-semantic': 'cn.resident-id' }),
    what: { zh: '公民身份号码', en: 'citizen identity number' },
  },
  {
    names: /统一社会信用|信用代码|uscc|tyshxydm|credit_?code/i,
    holds: (text) => cnUscc(text) === undefined,
    schema: { type: 'string', format: 'cn-uscc', 'x-semantic': 'cn.uscc' },
    what: { zh: '统一社会信用代码', en: 'unified social credit code' },
  },
  {
    names: /手机|移动电话|联系电话|mobile|phone|sjh/i,
    holds: (text) => cnMobile(text) === undefined,
    schema: personal('L3', { type: 'string', format: 'cn-mobile', 'x-semantic': 'cn.mobile' }),
    what: { zh: '手机号码', en: 'mobile number' },
  },
  {
    names: /银行卡|银行账号|卡号|bank_?(card|account)/i,
    holds: (text) => cnBankCard(text) === undefined,
    schema: personal('L3', { type: 'string', format: 'cn-bank-card', 'x-semantic': 'cn.bank-card' }),
    what: { zh: '银行卡号', en: 'bank card number' },
  },
  {
    names: /行政区划|区划代码|xzqh|region_?code|area_?code|adcode/i,
    holds: (text) => /^\d{6}$/.test(text) && isCode('gbt2260', undefined, text, undefined),
    schema: { ...code('gbt2260'), format: 'cn-admin-code', 'x-semantic': 'cn.admin-code' },
    what: { zh: '行政区划代码（GB/T 2260）', en: 'administrative division (GB/T 2260)' },
  },
  {
    names: /性别|^sex$|gender|^xb$|xbdm/i,
    holds: (text) => isCode('gbt2261', undefined, text, undefined),
    schema: personal('L1', code('gbt2261')),
    what: { zh: '性别代码（GB/T 2261.1）', en: 'sex (GB/T 2261.1)' },
  },
  {
    names: /民族|nation(ality)?$|^mz$|mzdm/i,
    holds: (text) => isCode('gbt3304', undefined, text, undefined),
    schema: { ...code('gbt3304'), 'x-sensitivity': 'L3', 'x-personal': 'sensitive' },
    what: { zh: '民族代码（GB/T 3304）', en: 'nationality (GB/T 3304)' },
  },
  {
    names: /行业(代码|分类)|industry|hydm/i,
    holds: (text) => isCode('gbt4754', undefined, text, undefined),
    schema: code('gbt4754'),
    what: { zh: '行业代码（GB/T 4754）', en: 'industry (GB/T 4754)' },
  },
  {
    names: /^(姓名|学生姓名|户主姓名|法定代表人|联系人|监护人|name|person_?name|xm)$/i,
    holds: (text) => /^[\p{Script=Han}·A-Za-z .’'-]{2,30}$/u.test(text),
    schema: personal('L2', { type: 'string', 'x-semantic': 'person.name' }),
    what: { zh: '姓名', en: 'name of a person' },
  },
  {
    names: /地址|住址|住所|坐落|address|dz$/i,
    schema: personal('L3', { type: 'string', 'x-semantic': 'address.full' }),
    what: { zh: '地址', en: 'address' },
  },
];

/** The draft of one field. Values are looked at and never written down. */
export function guessField(column: Column): Guess {
  const seen = column.samples.filter((text) => text !== '');
  const reasons: Bilingual[] = [];
  const named = `${column.name} ${column.title ?? ''}`;
  let confidence = 0.4;
  let schema: Record<string, unknown> | undefined;
  for (const meaning of meanings) {
    const byName =
      meaning.names.test(column.name) || (column.title !== undefined && meaning.names.test(column.title));
    const share =
      seen.length === 0 || meaning.holds === undefined
        ? undefined
        : seen.filter(meaning.holds).length / seen.length;
    // values alone convince only where a check digit or a list makes chance unlikely
    const byValues =
      share !== undefined &&
      share >= 0.9 &&
      seen.length >= 5 &&
      /^cn-(resident-id|uscc)$/.test(String(meaning.schema['format']));
    if (!(byName && (share === undefined || share >= 0.8)) && !byValues) continue;
    schema = { ...meaning.schema };
    confidence = byName && share !== undefined ? 0.95 : byName ? 0.75 : 0.8;
    if (byName)
      reasons.push({ zh: `名称像${meaning.what.zh}`, en: `the name suggests a ${meaning.what.en}` });
    if (share !== undefined)
      reasons.push({
        zh: `${seen.length} 个值中 ${Math.round(share * 100)}% 符合`,
        en: `${Math.round(share * 100)} % of ${seen.length} values fit`,
      });
    break;
  }
  if (schema === undefined) {
    const typed = column.type === undefined ? byValuesAlone(seen) : byDeclaredType(column);
    schema = typed.schema;
    confidence = typed.confidence;
    reasons.push(typed.reason);
  }
  if (schema['type'] === 'string' && schema['format'] === undefined && schema['x-code'] === undefined)
    schema = { ...schema, maxLength: lengthOf(column, seen) };
  const nullable =
    column.required !== true && (column.samples.length === 0 || seen.length < column.samples.length);
  if (nullable && typeof schema['type'] === 'string') schema = { ...schema, type: [schema['type'], 'null'] };
  if (schema['x-sensitivity'] === undefined) {
    schema = { ...schema, 'x-sensitivity': 'L2', 'x-personal': 'none' };
    reasons.push({ zh: '敏感级别暂定 L2，请核对', en: 'the sensitivity L2 is a placeholder: please check' });
  }
  return { schema, confidence: named.trim() === '' ? 0.1 : confidence, reasons };
}

interface Typed {
  readonly schema: Record<string, unknown>;
  readonly confidence: number;
  readonly reason: Bilingual;
}

function byDeclaredType({ type = '', length, scale }: Column): Typed {
  const typed = (schema: Record<string, unknown>, confidence = 0.7): Typed => ({
    schema,
    confidence,
    reason: { zh: `类型 ${type}`, en: `type ${type}` },
  });
  if (/^(bool|boolean|bit|布尔)/.test(type)) return typed({ type: 'boolean' });
  if (/^(tinyint|smallint|mediumint|int|integer|int2|int4|serial|smallserial|整数|整型)/.test(type))
    return typed({ type: 'integer' });
  if (/^(bigint|int8|bigserial|number|numeric|decimal|dec|money|数值|数字|小数|货币)/.test(type)) {
    const whole = (scale ?? 0) === 0 && type !== 'money' && !/小数|货币/.test(type);
    if (whole && length !== undefined && length <= 15) return typed({ type: 'integer' });
    return typed({ type: 'string', format: 'decimal', maxLength: Math.min(40, (length ?? 38) + 2) });
  }
  if (/^(float|double|real|binary_float|binary_double|浮点|number$)/.test(type))
    return typed({ type: 'number' }, 0.6);
  if (/^(timestamp|datetime|时间戳|日期时间|时间)/.test(type))
    return typed({ type: 'string', format: 'date-time' }, 0.6);
  if (/^(date|日期)/.test(type)) return typed({ type: 'string', format: 'date' });
  return typed({ type: 'string' }, 0.6);
}

function byValuesAlone(seen: readonly string[]): Typed {
  const every = (holds: (text: string) => boolean): boolean => seen.length > 0 && seen.every(holds);
  const typed = (schema: Record<string, unknown>, zh: string, en: string): Typed => ({
    schema,
    confidence: Math.min(0.8, 0.4 + seen.length / 100),
    reason: { zh, en },
  });
  if (every((text) => date(text) === undefined))
    return typed({ type: 'string', format: 'date' }, '所有值都是日期', 'every value is a date');
  if (every((text) => dateTime(text) === undefined))
    return typed(
      { type: 'string', format: 'date-time' },
      '所有值都是带时区的时间',
      'every value is a time with offset',
    );
  if (every((text) => /^-?(?:0|[1-9]\d{0,14})$/.test(text)))
    return typed({ type: 'integer' }, '所有值都是整数', 'every value is a whole number');
  if (every((text) => /^-?(?:0|[1-9]\d{0,9})(?:\.\d{1,5})?$/.test(text)))
    return typed({ type: 'number' }, '所有值都是数值', 'every value is a number');
  const distinct = new Set(seen);
  if (seen.length >= 30 && distinct.size <= 12 && [...distinct].every((text) => text.length <= 20)) {
    return typed(
      { enum: [...distinct].sort() },
      `只有 ${distinct.size} 种取值`,
      `only ${distinct.size} values occur`,
    );
  }
  return typed({ type: 'string' }, '按文本处理', 'taken as text');
}

/** The declared length, else twice what was seen, in steps; never nothing. */
function lengthOf({ length }: Column, seen: readonly string[]): number {
  if (length !== undefined && length > 0) return Math.min(length, 20_000);
  const longest = Math.max(0, ...seen.map((text) => text.length));
  return (
    [20, 50, 100, 200, 500, 1000, 4000].find((step) => step >= longest * 2) ?? Math.max(20_000, longest * 2)
  );
}
