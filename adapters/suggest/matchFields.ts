/** Assigns columns to fields: by name first, then by the kind of values. */
import type { Bilingual } from '../../terms/bilingual.ts';
import type { CodeList } from '../../schemas/codelists/codeList.ts';
import { codeListIdOf, type CodeLists } from '../../schemas/codelists/codeLists.ts';
import type { DatasetSchema, SchemaField } from '../../schemas/datasetSchema.ts';
import type { FieldSpec } from '../mapping/document.ts';
import type { EmptyMark } from '../../schemas/draft/valueTypes.ts';
import type { ColumnProfile } from './columnProfile.ts';
import { areSynonyms, comparable } from './synonyms.ts';
import { defined } from '../../terms/defined.ts';

export interface FieldGuess {
  /** header of the column, or of the columns that are joined */
  readonly column: string;
  readonly spec: FieldSpec;
  /** texts of the sample that `nullIf` reads as empty */
  readonly marks: readonly EmptyMark[];
  readonly confidence: number;
  readonly reason: Bilingual;
}

interface Candidate {
  readonly field: SchemaField;
  readonly column: ColumnProfile;
  readonly confidence: number;
  readonly reason: Bilingual;
}

/** Confidence below which a guess is not useful. */
const worthSaying = 0.5;

export function matchFields(
  columns: readonly ColumnProfile[],
  schema: DatasetSchema,
  codeLists: CodeLists,
): { readonly fields: Record<string, FieldGuess>; readonly unused: readonly string[] } {
  const candidates = schema.fields
    .flatMap((field) => columns.map((column) => candidate(field, column, codeLists)))
    .filter(({ confidence }) => confidence >= worthSaying)
    .sort((a, b) => b.confidence - a.confidence);
  const fields: Record<string, FieldGuess> = {};
  const taken = new Set<ColumnProfile>();
  for (const { field, column, confidence, reason } of candidates) {
    if (fields[field.name] !== undefined || taken.has(column)) continue;
    taken.add(column);
    const spec = specFor(field, column, codeLists);
    fields[field.name] = {
      column: column.header,
      spec,
      marks: spec.nullIf === undefined ? [] : column.marks,
      confidence,
      reason,
    };
  }
  for (const field of schema.fields) {
    if (fields[field.name] !== undefined) continue;
    const joined = joinedDate(field, columns);
    if (joined === undefined) continue;
    for (const column of joined.columns) taken.add(column);
    fields[field.name] = joined.guess;
  }
  const inOrder = Object.fromEntries(
    schema.fields.flatMap(({ name }) => (fields[name] === undefined ? [] : [[name, fields[name]]])),
  );
  return {
    fields: inOrder,
    unused: columns.filter((column) => !taken.has(column)).map(({ header }) => header),
  };
}

function candidate(field: SchemaField, column: ColumnProfile, codeLists: CodeLists): Candidate {
  const named = nameScore(field, column.header);
  const shaped = shapeScore(field, column, codeLists);
  const best = shaped.confidence > named.confidence ? shaped : named;
  // a name whose values contradict the field's type is doubted
  const confidence =
    shaped.fits === false
      ? best.confidence * 0.55
      : Math.min(0.99, best.confidence + (shaped.fits === true && named.confidence > 0 ? 0.04 : 0));
  const reason = shaped.objection === undefined ? best.reason : but(best.reason, shaped.objection);
  return { field, column, confidence: Math.round(confidence * 100) / 100, reason };
}

const but = (reason: Bilingual, objection: Bilingual): Bilingual => ({
  zh: `${reason.zh}；但${objection.zh}`,
  en: `${reason.en}; but ${objection.en}`,
});

interface Score {
  readonly confidence: number;
  readonly reason: Bilingual;
  /** whether the values suit the field; undefined where this is unknown */
  readonly fits?: boolean;
  /** evidence against it */
  readonly objection?: Bilingual;
}

const no: Bilingual = { zh: '', en: '' };

/** Whether a text is the name of a field of the schema, or a usual synonym. */
export const namesField = (schema: DatasetSchema, text: string): boolean =>
  schema.fields.some((field) => nameScore(field, text).confidence >= 0.8);

function nameScore(field: SchemaField, header: string): Score {
  const name = comparable(header.split('/').at(-1) ?? header);
  const names = [field.name, field.title.zh, field.title.en];
  if (name !== '' && names.some((one) => comparable(one) === name)) {
    return {
      confidence: 0.95,
      reason: {
        zh: `列名与字段名称“${field.title.zh}”相同`,
        en: `the header is the field's name (${field.name})`,
      },
    };
  }
  if (names.some((one) => areSynonyms(one, header))) {
    return {
      confidence: 0.88,
      reason: {
        zh: `列名是“${field.title.zh}”的常用写法`,
        en: `the header is a usual word for ${field.name}`,
      },
    };
  }
  const inside = names.some((one) => {
    const other = comparable(one);
    return other.length >= 2 && name.length >= 2 && (other.includes(name) || name.includes(other));
  });
  return inside
    ? {
        confidence: 0.6,
        reason: { zh: `列名与“${field.title.zh}”部分相同`, en: `the header shares words with ${field.name}` },
      }
    : { confidence: 0, reason: no };
}

function shapeScore(field: SchemaField, column: ColumnProfile, codeLists: CodeLists): Score {
  if (column.values.length === 0) return { confidence: 0, reason: no };
  const { format } = field;
  if (format === 'date') return typed(column.datePattern !== undefined, 'date');
  if (format === 'date-time') return typed(column.dateTimePattern !== undefined, 'date-time');
  if (isNumeric(field))
    return column.isIdentifier && column.number !== undefined
      ? { ...typed(false, 'number'), objection: identifies }
      : typed(column.number !== undefined, 'number');
  const covered = codeCoverage(field, column, codeLists);
  if (covered !== undefined && covered < 0.9) return notCovered(field, covered, codeLists);
  if (format !== undefined && column.formats.includes(format)) {
    return {
      confidence: 0.8,
      fits: true,
      reason: { zh: `取值通过 ${format} 校验`, en: `its values pass the check ${format}` },
    };
  }
  if (format?.startsWith('cn-') === true) return { confidence: 0, reason: no, fits: false };
  if (covered !== undefined) {
    return {
      confidence: 0.7,
      fits: true,
      reason: { zh: '取值都在代码表中', en: 'its values are in the code list' },
    };
  }
  return { confidence: 0, reason: no };
}

const isNumeric = ({ format, type }: SchemaField): boolean =>
  format === 'decimal' || type === 'number' || type === 'integer';

const identifies: Bilingual = {
  zh: '取值像号码（电话、长编号或以 0 开头），应为文本',
  en: 'its values look like identifiers (telephone numbers, long numbers, zeros in front), which are texts',
};

function notCovered(field: SchemaField, covered: number, codeLists: CodeLists): Score {
  const share = `${Math.floor((1 - covered) * 100)} %`;
  const list = listOf(field, codeLists)?.id;
  const objection: Bilingual =
    list === undefined
      ? { zh: `${share} 的取值不在规定的范围内`, en: `${share} of its values are none that the field knows` }
      : {
          zh: `${share} 的取值不在代码表 ${list} 中：须登记补充代码`,
          en: `${share} of its values are not in the code list ${list}: its supplement must be registered`,
        };
  return { confidence: 0, reason: no, fits: false, objection };
}

const typed = (fits: boolean, what: string): Score => ({
  confidence: 0,
  fits,
  reason: { zh: `取值是 ${what}`, en: `its values are of type ${what}` },
});

/** Share of values in the field's list or enumeration, by code or name. */
function codeCoverage(field: SchemaField, column: ColumnProfile, codeLists: CodeLists): number | undefined {
  const knows = codeTest(field, codeLists);
  return knows === undefined ? undefined : column.values.filter(knows).length / column.values.length;
}

function codeTest(field: SchemaField, codeLists: CodeLists): ((text: string) => boolean) | undefined {
  const values = field.schema['enum'];
  if (Array.isArray(values)) return (text) => values.includes(text);
  const list = listOf(field, codeLists);
  return list === undefined ? undefined : (text) => codeFor(list, text, codeLists) !== undefined;
}

/** The code of a text: the text itself, or the code with this name, or the only one whose name begins with the text (男 for 男性). */
function codeFor(list: CodeList, text: string, codeLists: CodeLists): string | undefined {
  const [known] = codeLists.entries(list.id, text);
  if (known !== undefined) return known.code;
  const named = list.entries.filter(({ zh, en }) => zh === text || en === text);
  if (named.length > 0) return named.length === 1 ? named[0]?.code : undefined;
  if (list.entries.length > 200) return undefined;
  const begun = list.entries.filter(({ zh }) => zh.startsWith(text));
  return begun.length === 1 ? begun[0]?.code : undefined;
}

function listOf(field: SchemaField, codeLists: CodeLists): CodeList | undefined {
  const code = field.schema['x-code'];
  if (typeof code !== 'object' || code === null || !('list' in code) || typeof code.list !== 'string')
    return undefined;
  return codeLists.list(codeListIdOf(code.list));
}

function specFor(field: SchemaField, column: ColumnProfile, codeLists: CodeLists): FieldSpec {
  const list = listOf(field, codeLists);
  const code = list === undefined ? undefined : codeSpec(list, column, codeLists);
  return {
    from: column.from,
    ...(column.invisible ? { dropInvisible: true } : {}),
    ...(column.padded ? { trim: true } : {}),
    ...(column.fullWidth ? { width: true } : {}),
    ...(field.format === 'cn-resident-id' || field.format === 'cn-uscc' ? { upper: true } : {}),
    ...(column.marks.length > 0 && (field.nullable || !field.required)
      ? { nullIf: column.marks.map(({ text }) => text) }
      : {}),
    ...defined({ code }),
    ...conversion(field, column),
  };
}

/** Nothing where the file contains codes, the list where it contains names, a separate table where names are abbreviated. */
function codeSpec(list: CodeList, column: ColumnProfile, codeLists: CodeLists): FieldSpec['code'] {
  const texts = [...new Set(column.values)];
  if (texts.every((text) => codeLists.entries(list.id, text).length > 0)) return undefined;
  const known = texts.filter((text) => codeFor(list, text, codeLists) !== undefined);
  const whole = new Set(list.entries.flatMap(({ code, zh, en }) => [code, zh, en ?? zh]));
  if (known.length === 0) return undefined;
  if (known.every((text) => whole.has(text))) return list.id;
  return Object.fromEntries(
    texts
      .flatMap((text) => [[text, codeFor(list, text, codeLists)]])
      .filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function conversion(field: SchemaField, column: ColumnProfile): FieldSpec {
  if (field.format === 'date') return column.datePattern === undefined ? {} : { date: column.datePattern };
  if (field.format === 'date-time')
    return column.dateTimePattern === undefined ? {} : { datetime: column.dateTimePattern, zone: '+08:00' };
  if (column.number === 'grouped' && isNumeric(field)) return { number: { group: ',' } };
  return field.format === 'decimal' ? { number: true } : {};
}

const parts = [
  ['year', '年', 'nian'],
  ['month', '月', '月份'],
  ['day', '日', '日期'],
  ['hour', '时', '小时'],
] as const;

/** A date split into columns year, month, day and perhaps hour. */
function joinedDate(
  field: SchemaField,
  columns: readonly ColumnProfile[],
): { readonly columns: readonly ColumnProfile[]; readonly guess: FieldGuess } | undefined {
  const withTime = field.format === 'date-time';
  if (!withTime && field.format !== 'date') return undefined;
  const found = parts
    .slice(0, withTime ? 4 : 3)
    .map((names) => columns.find(({ header }) => (names as readonly string[]).includes(comparable(header))));
  const joined = found.filter((column): column is ColumnProfile => column !== undefined);
  if (joined.length !== found.length) return undefined;
  const spec: FieldSpec = {
    join: joined.map(({ from }) => from),
    sep: ' ',
    ...(withTime ? { datetime: 'yyyy M d H', zone: '+08:00' } : { date: 'yyyy M d' }),
  };
  const headers = joined.map(({ header }) => header).join(', ');
  return {
    columns: joined,
    guess: {
      column: headers,
      spec,
      marks: [],
      confidence: 0.85,
      reason: { zh: `由 ${headers} 各列合成`, en: `put together from ${headers}` },
    },
  };
}
