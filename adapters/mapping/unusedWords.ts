/**
 * Words of a mapping that have no effect: a reader of the document would take them for enforced. A mapping that is registered or tried has
 * none. Those of earlier releases may have some, and are read as before.
 */
import type { Bilingual } from '../../terms/bilingual.ts';
import type { DatasetSchema, SchemaField } from '../../schemas/datasetSchema.ts';
import { isPlaceSchema } from '../../schemas/places/point.ts';
import { pointerTo } from '../../schemas/jsonSchema.ts';
import type { FieldSpec, MappingDocument } from './document.ts';
import { hasTwoDigitYear } from './steps/dateStep.ts';

export interface UnusedWord {
  /** JSON pointer */
  readonly path: string;
  readonly why: Bilingual;
}

type Word = keyof FieldSpec;
type Reason = readonly [word: Word, why: Bilingual];

const why = {
  const: {
    zh: 'const 的取值固定，不执行任何步骤',
    en: 'const gives the value as it is written, no step runs',
  },
  when: {
    zh: '取值由 when 的各情形决定：步骤写在 use 或 else 中',
    en: 'the cases of when give the value: write the step in use or else',
  },
  else: { zh: '其余情形由 else 决定', en: 'else gives the value of all other cases' },
  place: { zh: '位置只按 point 换算', en: 'a place is converted as point says' },
  numeric: { zh: '该数据项是数字，按数字换算', en: 'the field is a number, and is converted as one' },
  dates: { zh: '只用于 date、datetime', en: 'it applies to date and datetime' },
  pivot: {
    zh: '样式中没有两位的公历年份（yy）',
    en: 'no pattern has a Gregorian year of two digits (yy)',
  },
  zone: { zh: '各样式都含时区（XXX）', en: 'every pattern has an offset (XXX)' },
  dated: { zh: '日期和时间不按文字核对', en: 'a date or time is not examined as a text' },
  case: { zh: 'lower 在其后执行', en: 'lower runs after it' },
  text: { zh: '只校验文字，此处的值不是文字', en: 'it checks texts, and the value is none' },
} as const satisfies Readonly<Record<string, Bilingual>>;

/** Steps that `times` and `scale` do not follow, in the order in which the first one decides. */
const conversions = ['code', 'date', 'datetime'] as const;

export function unusedWords({ fields }: MappingDocument, schema: DatasetSchema): readonly UnusedWord[] {
  return schema.fields.flatMap((target) => {
    const spec = fields[target.name];
    return spec === undefined ? [] : unusedIn(spec, target, pointerTo('/fields', target.name));
  });
}

function unusedIn(spec: FieldSpec, target: SchemaField, path: string): UnusedWord[] {
  const own = reasons(spec, target)
    .filter(([word]) => isWritten(spec, word))
    .map(([word, reason]) => ({ path: `${path}/${word}`, why: reason }));
  const cases = (spec.when ?? []).flatMap(({ use }, index) =>
    unusedIn(use, target, `${path}/when/${index}/use`),
  );
  return [...own, ...cases, ...(spec.else === undefined ? [] : unusedIn(spec.else, target, `${path}/else`))];
}

/** Defaults that are not false. */
const defaults: FieldSpec = { calendar: 'gregorian', pivot: 30 };

/** A default that is written out, such as `"trim": false`, is what happens anyway. */
const isWritten = (spec: FieldSpec, word: Word): boolean =>
  spec[word] !== undefined && spec[word] !== false && spec[word] !== defaults[word];

function reasons(spec: FieldSpec, target: SchemaField): readonly Reason[] {
  const others = (Object.keys(spec) as Word[]).filter((word) => word !== 'default');
  if (spec.const !== undefined)
    return [...others.filter((word) => word !== 'const'), 'default' as const].map((word) => [
      word,
      why.const,
    ]);
  if (spec.when !== undefined) {
    const steps = others.filter((word) => word !== 'when' && word !== 'else');
    return [
      ...steps.map((word): Reason => [word, why.when]),
      ...(spec.else === undefined ? [] : [['default', why.else] as const]),
    ];
  }
  if (isPlaceSchema(target.schema)) {
    const words = ['code', 'number', 'date', 'datetime', 'boolean', 'times', 'scale', 'check'] as const;
    return [...words, 'otherCode' as const, ...dateWords].map((word) => [word, why.place]);
  }
  return [...ofConversion(spec, target), ...ofDates(spec), ...ofTexts(spec, target)];
}

const dateWords = ['zone', 'calendar', 'pivot'] as const;

/** Conversions that another one, or the type of the field, takes the place of. */
function ofConversion(spec: FieldSpec, target: SchemaField): readonly Reason[] {
  const first = conversions.find((word) => spec[word] !== undefined);
  if (first !== undefined)
    return (['boolean', 'times', 'scale'] as const).map((word) => [word, after(first)]);
  const factor = (['times', 'scale'] as const).find((word) => spec[word] !== undefined);
  if (factor !== undefined) return [['boolean', after(factor)]];
  return isNumeric(target) ? [['boolean', why.numeric]] : [];
}

const after = (word: Word): Bilingual => ({
  zh: `该数据项已按 ${word} 换算`,
  en: `${word} converts the field`,
});

function ofDates({ date, datetime, calendar, zone }: FieldSpec): readonly Reason[] {
  const given = datetime ?? date;
  if (given === undefined)
    return [
      ['calendar', why.dates],
      ['pivot', why.dates],
    ];
  const patterns = typeof given === 'string' ? [given] : given;
  const hasPivot = calendar !== 'roc' && patterns.some(hasTwoDigitYear);
  const needsZone = zone === undefined || patterns.some((pattern) => !pattern.includes('XXX'));
  return [
    ...(hasPivot ? [] : [['pivot', why.pivot] as const]),
    ...(needsZone ? [] : [['zone', why.zone] as const]),
  ];
}

function ofTexts(spec: FieldSpec, target: SchemaField): readonly Reason[] {
  return [
    ...(spec.lower === true ? [['upper', why.case] as const] : []),
    ...(givesText(spec, target) ? [] : [['check', why.text] as const]),
    ...(isDated(spec, target) ? [['asWritten', why.dated] as const] : []),
  ];
}

const isDated = ({ date, datetime }: FieldSpec, { format }: SchemaField): boolean =>
  date !== undefined || datetime !== undefined || format === 'date' || format === 'date-time';

/** Whether the value that `check` gets may be a text. */
function givesText(
  { code, otherCode, date, datetime, number, times, scale, boolean }: FieldSpec,
  target: SchemaField,
): boolean {
  if (typeof code === 'object')
    return [...Object.values(code), otherCode].some((value) => typeof value === 'string');
  if (code !== undefined || date !== undefined || datetime !== undefined) return true;
  if (isNumeric(target)) return false;
  if (number !== undefined || times !== undefined || scale !== undefined) return true;
  return boolean === undefined && target.type !== 'boolean';
}

const isNumeric = ({ type }: SchemaField): boolean => type === 'integer' || type === 'number';
