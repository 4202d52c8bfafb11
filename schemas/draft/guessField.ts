/** Drafts a field from a column: type, format, code list, tags; each guess with its reason and confidence. */
import type { Bilingual } from '../../terms/bilingual.ts';
import type { CodeLists } from '../codelists/codeLists.ts';
import { cnResidentId } from '../formats/cnResidentId.ts';
import { byDeclaredType, type Typed } from './declaredType.ts';
import { meanings, type Meaning } from './meanings.ts';
import { higher, markOfNames, type Mark } from './sensitiveNames.ts';
import type { Column } from './table.ts';
import {
  badReason,
  badRecords,
  isMissing,
  isMostly,
  marksIn,
  marksReason,
  valueTypes,
  type EmptyMark,
  type ValueType,
} from './valueTypes.ts';

const exponent = /^\d(?:\.\d+)?[eE]\+1[0-9]$/;

const namesIdentifier =
  /(?:(?<!序)号|号码|编码|代码|(?<!尺)码|标识|电话|手机|座机|固话|热线|传真|邮编)$|(?:^|_)(?:code|tel|phone|fax|zip|postcode)$/i;

/** A counted or measured number has no leading zeros, and does not have eleven digits or more in every row. */
function identifies(seen: readonly string[], names: readonly string[]): boolean {
  return (
    names.some((name) => namesIdentifier.test(name.trim())) ||
    seen.some((text) => /^0\d/.test(text)) ||
    seen.every((text) => text.length >= 11)
  );
}

/** Determines a type from values alone. No value is written to the draft, even when only a few different ones occur. */
function byValuesAlone(seen: readonly string[], names: readonly string[] = []): TypedByValues {
  const every = (holds: (text: string) => boolean): boolean => seen.length > 0 && seen.every(holds);
  const sure = Math.min(0.8, 0.4 + seen.length / 100);
  const text = (zh: string, en: string): TypedByValues => ({
    schema: { type: 'string' },
    confidence: sure,
    reason: { zh, en },
  });
  const named = valueTypes(names);
  const dates = named.slice(0, 2).find(({ holds }) => isMostly(seen.filter(holds).length, seen.length));
  if (
    dates === undefined &&
    isMostly(seen.filter((one) => /^\d+$/.test(one)).length, seen.length) &&
    identifies(seen, names)
  )
    return text(
      '像号码（电话、长编号、以 0 开头，或名称如此），按文本处理',
      'identifiers (telephone numbers, long numbers, zeros in front, or named so): taken as text',
    );
  if (every((one) => exponent.test(one)))
    return text(
      '电子表格把长号码变成了科学计数（如 1.10101E+17），号码已损坏：按文本处理，请重新导出样例',
      'a spreadsheet turned long numbers into scientific notation (1.10101E+17), which are lost: taken as text; export the sample again',
    );
  const found = dates ?? named.slice(2).find(({ holds }) => isMostly(seen.filter(holds).length, seen.length));
  if (found !== undefined) return typedByValues(found, seen, sure);
  const distinct = new Set(seen).size;
  if (seen.length >= 30 && distinct <= 12)
    return text(
      `只有 ${distinct} 种取值，可考虑值域代码`,
      `only ${distinct} values occur: perhaps a code list`,
    );
  return text('按文本处理', 'taken as text');
}

/** The type of the values, and those that do not have it. */
interface TypedByValues extends Typed {
  readonly holds?: (text: string) => boolean;
}

function typedByValues(
  { schema, holds, what }: ValueType,
  seen: readonly string[],
  sure: number,
): TypedByValues {
  const good = seen.filter(holds).length;
  const reason =
    good === seen.length
      ? { zh: `所有值都是${what.zh}`, en: `every value is ${what.en}` }
      : {
          zh: `${seen.length} 个值中 ${good} 个是${what.zh}`,
          en: `${good} of ${seen.length} values are ${what.en.replace(/^a /, '')}s`,
        };
  return { schema, confidence: sure * (good / seen.length), reason, holds };
}

export interface Guess {
  /** keywords of the field, except x-title */
  readonly schema: Readonly<Record<string, unknown>>;
  /** 0 to 1 */
  readonly confidence: number;
  readonly reasons: readonly Bilingual[];
  /** the level is a placeholder: neither name nor values give any indication */
  readonly placeholder: boolean;
  /** records of the sample, counted from 1, whose value is not of the type that the others have */
  readonly bad: readonly number[];
  /** texts that are read as empty */
  readonly marks: readonly EmptyMark[];
}

/** The draft of one field. Values are examined and never written down. */
export function guessField(column: Column, codeLists: CodeLists): Guess {
  const seen = column.samples.filter((text) => !isMissing(text));
  const names = namesOf(column);
  const meant = meaningOf(names, seen, codeLists);
  const { schema: shape, confidence, holds, reasons } = shapeOf(column, seen, meant);
  const bad = badRecords(column.samples, holds);
  if (bad.length > 0) reasons.push(badReason(bad));
  const marks = marksIn(column.samples);
  if (marks.length > 0) reasons.push(marksReason(marks));
  const bounded = withLength(shape, column, seen);
  const nullable =
    column.required !== true && (column.samples.length === 0 || seen.length < column.samples.length);
  const { mark, placeholder } = markOf(column, names, seen, meant?.meaning, reasons);
  const schema = { ...(nullable ? orNull(bounded) : bounded), ...mark };
  return { schema, confidence: names.length === 0 ? 0.1 : confidence, reasons, placeholder, bad, marks };
}

interface Shape extends Pick<TypedByValues, 'schema' | 'confidence'> {
  readonly holds: TypedByValues['holds'];
  readonly reasons: Bilingual[];
}

/** The type that belongs to the meaning; without one, or where the source lists codes, the declared or observed type. */
function shapeOf(column: Column, seen: readonly string[], meant: Meant | undefined): Shape {
  if (meant?.schema !== undefined && column.codes === undefined) {
    const { schema, confidence, meaning, reasons } = meant;
    return { schema, confidence, holds: meaning.holds, reasons: [...reasons] };
  }
  const { schema, confidence, holds, reason } = typeOf(column, seen);
  return { schema, confidence, holds, reasons: [...(meant?.reasons ?? []), reason] };
}

/** Samples do not state the day on which a code applies: where codes have terms, any code that was ever valid is accepted. */
const codeReference = (list: string, codeLists: CodeLists): object => ({
  list: `urn:datong:code:${list}`,
  ...(codeLists.hasTerms(list) ? { ever: true } : {}),
});

/** Name and title, the title without text in brackets or after a comma: `身份证号（18位）` is `身份证号`. */
function namesOf({ name, title = '' }: Column): string[] {
  return [name, title.split(/[（(，,:：;；\s]/u, 1)[0] ?? '']
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

interface Meant {
  readonly meaning: Meaning;
  /** absent where the values contradict it */
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly confidence: number;
  readonly reasons: readonly Bilingual[];
}

function meaningOf(
  names: readonly string[],
  seen: readonly string[],
  codeLists: CodeLists,
): Meant | undefined {
  for (const meaning of meanings) {
    const byName = names.some((name) => meaning.names.test(name));
    const fit = shareOf(seen, meaning.holds);
    const byValues =
      meaning.byValues !== undefined && seen.length >= meaning.byValues && fit !== undefined && fit >= 0.9;
    if (byName || byValues) return meant(meaning, byName, fit, seen, codeLists);
  }
  return undefined;
}

function meant(
  meaning: Meaning,
  byName: boolean,
  fit: number | undefined,
  seen: readonly string[],
  codeLists: CodeLists,
): Meant {
  const { list, schema, what } = meaning;
  const inList =
    list === undefined ? undefined : shareOf(seen, (text) => codeLists.has(list, undefined, text, undefined));
  const share = fit ?? inList;
  const reasons: Bilingual[] = [];
  if (byName) reasons.push({ zh: `名称像${what.zh}`, en: `the name suggests a ${what.en}` });
  if (share === 0)
    reasons.push({
      zh: '取值不是这样写的，按原文处理',
      en: 'the values are not written so: taken as they are',
    });
  else if (share !== undefined) {
    const percent = Math.round(share * 100);
    reasons.push({
      zh: `${seen.length} 个值中 ${percent}% 符合`,
      en: `${percent} % of ${seen.length} values fit`,
    });
  }
  const confidence = confidenceOf(byName, share);
  const coded = list !== undefined && (inList === undefined || inList >= 0.8);
  // below one half the values are something else: the sensitivity derived from the name remains
  if ((fit !== undefined && fit < 0.5) || (fit === undefined && list !== undefined && !coded))
    return { meaning, confidence, reasons };
  return {
    meaning,
    schema: { ...schema, ...(coded ? { 'x-code': codeReference(list, codeLists) } : {}) },
    confidence,
    reasons,
  };
}

/** @param share of the values that conform */
function confidenceOf(byName: boolean, share: number | undefined): number {
  if (share === undefined) return 0.75;
  if (!byName) return 0.8;
  return share >= 0.8 ? 0.95 : 0.6;
}

/** Share of the values that conform; undefined where there are none, or no schema to conform to. */
function shareOf(
  seen: readonly string[],
  holds: ((text: string) => boolean) | undefined,
): number | undefined {
  return seen.length === 0 || holds === undefined ? undefined : seen.filter(holds).length / seen.length;
}

function typeOf(column: Column, seen: readonly string[]): TypedByValues {
  const { codes } = column;
  const declared = column.type === undefined ? byValuesAlone(seen, namesOf(column)) : byDeclaredType(column);
  if (codes === undefined) return declared;
  const numeric =
    declared.schema['type'] === 'integer' && codes.every(({ code }) => /^(0|[1-9]\d*)$/.test(code));
  const labels = codes
    .filter(({ label }) => label !== undefined)
    .map(({ code, label }) => `${code} ${label ?? ''}`);
  return {
    schema: {
      enum: codes.map(({ code }) => (numeric ? Number(code) : code)),
      ...(labels.length === 0 ? {} : { description: labels.join('；') }),
    },
    confidence: 0.7,
    reason: { zh: `来源列出 ${codes.length} 个取值`, en: `the source lists ${codes.length} values` },
  };
}

function markOf(
  column: Column,
  names: readonly string[],
  seen: readonly string[],
  meaning: Meaning | undefined,
  reasons: Bilingual[],
): { readonly mark: Readonly<Record<string, unknown>>; readonly placeholder: boolean } {
  const sourceMark: Mark | undefined =
    column.personal === undefined && column.level === undefined
      ? undefined
      : { level: column.level ?? 'L3', personal: column.personal ?? 'none' };
  if (sourceMark !== undefined)
    reasons.push({ zh: '来源标明了敏感程度', en: 'the source says how sensitive it is' });
  const holding = shareOf(seen, holdsIdentityNumber);
  const hidden: Mark | undefined =
    holding !== undefined && holding >= 0.2 ? { level: 'L3', personal: 'personal' } : undefined;
  if (hidden !== undefined && meaning?.schema['format'] !== 'cn-resident-id')
    reasons.push({ zh: '值中含公民身份号码', en: 'values hold an identity number' });
  const mark = [sourceMark, meaning?.mark, markOfNames(names), hidden].reduce<Mark | undefined>(
    higher,
    undefined,
  );
  if (mark === undefined)
    reasons.push({ zh: '敏感级别暂定 L2，请核对', en: 'the sensitivity L2 is a placeholder: please check' });
  const { level, personal } = mark ?? { level: 'L2', personal: 'none' };
  return { mark: { 'x-sensitivity': level, 'x-personal': personal }, placeholder: mark === undefined };
}

/** A number of a certificate, a pupil or a social card often contains an identity number. */
function holdsIdentityNumber(text: string): boolean {
  if (text.length > 64) return false;
  for (let start = 0; start + 18 <= text.length; start += 1)
    if (cnResidentId(text.slice(start, start + 18)) === undefined) return true;
  return false;
}

function orNull(schema: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const listed: unknown = schema['enum'];
  if (Array.isArray(listed)) return { ...schema, enum: [...(listed as unknown[]), null] };
  return typeof schema['type'] === 'string' ? { ...schema, type: [schema['type'], 'null'] } : schema;
}

/** Texts have a bound: the declared one, otherwise twice the observed maximum, in steps. */
function withLength(
  schema: Readonly<Record<string, unknown>>,
  { length, type }: Column,
  seen: readonly string[],
): Readonly<Record<string, unknown>> {
  const bounded = ['format', 'x-code', 'maxLength'].some((keyword) => schema[keyword] !== undefined);
  if (schema['type'] !== 'string' || bounded) return schema;
  if (length !== undefined && length > 0) return { ...schema, maxLength: Math.min(length, 1_000_000) };
  // a declared text without a length is unbounded in its database
  if (seen.length === 0) return { ...schema, maxLength: type === undefined ? 200 : 4000 };
  const longest = Math.max(...seen.map((text) => text.length));
  const step = [20, 50, 100, 200, 500, 1000, 4000].find((one) => one >= longest * 2);
  return { ...schema, maxLength: step ?? Math.max(20_000, longest * 2) };
}
