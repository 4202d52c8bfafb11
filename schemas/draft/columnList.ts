/** A column list (data dictionary): a header that names columns and types, then a column a row. */
import type { Sensitivity } from '../datasetSchema.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { type CodedText, type Column, type Table, codesInText } from './table.ts';
import { isTypeName } from './declaredType.ts';
import type { Guess } from './guessField.ts';
import { isMissing } from './valueTypes.ts';
import { defined } from '../../terms/defined.ts';

/** Header words by meaning. */
const headings = {
  code: /^(字段代码|字段英文名|字段英文名称|英文名|英文名称|英文字段名|列名|数据项代码|column|column[_ ]?name|field|field[_ ]?name)$/i,
  name: /^(字段名|字段名称|字段|name|code)$/i,
  title:
    /^(字段中文名|字段中文名称|中文名|中文名称|中文字段名|数据项|数据项名称|信息项|信息项名称|名称|title|label)$/i,
  type: /^(类型|数据类型|字段类型|type|data[_ ]?type)$/i,
  length: /^(长度|字段长度|数据长度|length|size)$/i,
  scale: /^(小数位|小数位数|精度|scale|decimals)$/i,
  required: /^(必填|是否必填|必填项|非空|是否非空|约束|required|mandatory|not[_ ]?null)$/i,
  nullable:
    /^(是否为空|是否可空|是否可为空|是否允许为空|可空|可为空|可否为空|能否为空|允许空|允许为空|nullable|null|allow[_ ]?null)$/i,
  key: /^(主键|是否主键|primary[_ ]?key|pk)$/i,
  personal: /^(是否)?(涉及|包含|含有|含|属于|为)?(个人信息|个人隐私|隐私|personal|personal[_ ]?data|pii)$/i,
  sensitive: /^(是否)?(涉及|包含|含有|含|属于|为)?(敏感个人信息|个人敏感信息|敏感信息|敏感|sensitive)$/i,
  level: /^(敏感级别|敏感等级|数据级别|数据分级|安全级别|安全等级|分级|sensitivity)$/i,
  table: /^(表名|表英文名|表名称|所属表|表|table|table[_ ]?name)$/i,
  values: /^(值域|取值|取值范围|代码表|枚举值|可选值|values?|enum)$/i,
  remark: /^(说明|注释|备注|字段描述|描述|comment|description|remarks?)$/i,
} as const;

type Meaning = keyof typeof headings;
type Places = ReadonlyMap<Meaning, number>;

const yes = /^(是|y|yes|true|t|1|√|✓|✔|必填|非空|not null|m|有)$/i;
const no = /^(否|n|no|false|f|0|×|✗|x|非空|不可空|不允许|not null|m)$/i;

/** A heading without the stars of a required column at its end. */
function withoutStars(heading: string): string {
  let end = heading.length;
  while (end > 0 && /[*＊\s]/.test(heading.charAt(end - 1))) end -= 1;
  return heading.slice(0, end);
}

/** Column of each meaning in a row that is the header of a column list; undefined for any other row. */
function headerOf(cells: readonly string[]): Places | undefined {
  const places = new Map<Meaning, number>();
  for (const [place, cell] of cells.entries()) {
    const word = withoutStars(cell.trim());
    const meaning = (Object.keys(headings) as Meaning[]).find(
      (one) => !places.has(one) && headings[one].test(word),
    );
    if (meaning !== undefined) places.set(meaning, place);
  }
  const names = (['code', 'name', 'title'] as const).some((meaning) => places.has(meaning));
  return names && places.has('type') ? places : undefined;
}

/**
 * The tables of a column list: one per header, or one per name where a column names tables. Undefined where the rows are no column list:
 * rows of data may have a column called `type`, whose values are no types.
 * @param name for a table without a name
 */
export function columnLists(name: string, rows: readonly (readonly string[])[]): Table[] | undefined {
  const first = rows.slice(0, 10).findIndex((cells) => headerOf(cells) !== undefined);
  const places = first < 0 ? undefined : headerOf(rows[first] ?? []);
  if (places === undefined || !namesTypes(rows.slice(first + 1), places.get('type') ?? 0)) return undefined;
  const tables = new Map<string, { columns: Column[]; doubts: Bilingual[] }>();
  let current = places;
  let own = name;
  let title = '';
  for (const cells of rows.slice(first + 1)) {
    const header = headerOf(cells);
    const filled = cells.filter((cell) => cell.trim() !== '');
    if (header !== undefined) {
      current = header;
      own = title === '' ? `${name}-${tables.size + 1}` : title;
      title = '';
    } else if (filled.length === 1) {
      [title = ''] = filled;
    } else if (filled.length > 1) {
      title = '';
      const cell = cellOf(cells, current);
      const table = cell('table') === '' ? own : cell('table');
      const known = tables.get(table) ?? { columns: [], doubts: [] };
      tables.set(table, known);
      const column = columnOf(cell);
      if (column === undefined) known.doubts.push(unnamed(known.columns.length));
      else known.columns.push(column);
    }
  }
  return [...tables].map(([table, { columns, doubts }]) => ({
    name: table,
    columns,
    source: 'column list',
    ...(doubts.length === 0 ? {} : { doubts }),
  }));
}

function unnamed(after: number): Bilingual {
  return {
    zh: `第 ${after} 个字段之后有一行没有字段名，未读入`,
    en: `a row after field ${after} names no field and was left out`,
  };
}

function namesTypes(rows: readonly (readonly string[])[], place: number): boolean {
  const types = rows.map((cells) => (cells[place] ?? '').trim()).filter((type) => type !== '');
  const known = types.filter((type) => isTypeName(typeOf(type).type) || headings.type.test(type));
  return known.length * 2 >= types.length;
}

type Cell = (meaning: Meaning) => string;

function cellOf(cells: readonly string[], places: Places): Cell {
  return (meaning) => {
    const place = places.get(meaning);
    return place === undefined ? '' : (cells[place] ?? '').trim();
  };
}

function columnOf(cell: Cell): Column | undefined {
  const name = [cell('code'), cell('name'), cell('title')].find((text) => text !== '');
  if (name === undefined) return undefined;
  const coded = codesInText(cell('values')) ?? codesInText(cell('remark')) ?? codesInText(cell('title'));
  const title = titleOf(cell, coded);
  const declared = typeOf(cell('type'));
  const key = yes.test(cell('key'));
  const required = key || yes.test(cell('required')) || no.test(cell('nullable'));
  const personal = yes.test(cell('sensitive'))
    ? 'sensitive'
    : yes.test(cell('personal'))
      ? 'personal'
      : undefined;
  const level = levelOf(cell('level'));
  return {
    name,
    ...(title === '' || title === name ? {} : { title }),
    ...(declared.type === '' ? {} : { type: declared.type }),
    ...sizesOf(cell, declared),
    ...(required ? { required } : {}),
    ...(key ? { key } : {}),
    ...defined({ codes: coded?.codes, personal, level }),
    samples: [],
  };
}

/** The title, without the codes that it lists. */
function titleOf(cell: Cell, coded: CodedText | undefined): string {
  const texts = [cell('title'), cell('code') === '' ? '' : cell('name'), cell('remark')];
  const title = texts.find((text) => text !== '') ?? '';
  return coded !== undefined && codesInText(title) !== undefined ? coded.title : title;
}

interface DeclaredType {
  readonly type: string;
  readonly length?: string;
  readonly scale?: string;
}

/** Length and scale from their own columns, otherwise from the type. */
function sizesOf(cell: Cell, declared: DeclaredType): Pick<Column, 'length' | 'scale'> {
  const written = /^(\d+)(?:\s*[,，.]\s*(\d+))?/.exec(cell('length'));
  const length = Number(written?.[1] ?? declared.length);
  const scale = Number((/^\d+/.exec(cell('scale'))?.[0] ?? written?.[2] ?? declared.scale) || undefined);
  return {
    ...(Number.isInteger(length) && length > 0 ? { length } : {}),
    ...(Number.isInteger(scale) ? { scale } : {}),
  };
}

/** `VARCHAR2(18)`, `NUMBER 5,4`, `数值型10,2`, `n..10,2`: type, length, digits after the point. */
function typeOf(written: string): DeclaredType {
  const parts =
    /^([^(（]+?)\s*[(（]\s*(\d+)?[^,，)）]*(?:[,，]\s*(\d+))?[^)）]*[)）]/.exec(written) ??
    /^(.*?[^\d\s.])(?:\s+|\.\.|(?<=[\p{Script=Han}]))(\d+)(?:\s*[,，.]\s*(\d+))?$/u.exec(written) ??
    /^(an?|c|n)(\d+)(?:[,，.](\d+))?$/i.exec(written);
  const [, type = written, length, scale] = parts ?? [];
  return {
    type: type.trim().toLowerCase(),
    ...defined({ length, scale }),
  };
}

/** `L3`, `3`, `3级`, `三级`. */
function levelOf(text: string): Sensitivity | undefined {
  const number = /^(?:L|第)?\s*([1-4一二三四])\s*级?$/i.exec(text)?.[1] ?? '';
  const digit =
    '一二三四'.includes(number) && number !== '' ? '一二三四'.indexOf(number) + 1 : Number(number);
  return ([, 'L1', 'L2', 'L3', 'L4'] as const)[digit];
}

/** A field of a draft that may identify the subject of a row. */
interface Candidate {
  readonly field: string;
  readonly column: Column;
  readonly guess: Guess;
}

/** Words for a person who is mentioned in a row but is not its subject. */
const another =
  /监护|配偶|父|母|子女|法定代表|法人|代表人|联系人|代理|委托|经办|负责|户主|申报|医师|医生|guardian|spouse|father|mother|parent|agent|contact|legal|operator|^(jhr|fr|po|hz)/i;

/** The proposal: a person's own identity number, otherwise an organisation's code; keys take precedence. Undefined where there is none. */
export function proposeSubject(
  fields: readonly Candidate[],
): { readonly field: string; readonly kind: 'person' | 'organization' } | undefined {
  const tagged = (tag: string): readonly Candidate[] => {
    const own = fields.filter(
      ({ guess, column: { name, title = '', samples } }) =>
        guess.schema['x-semantic'] === tag &&
        !another.test(name) &&
        !another.test(title) &&
        (samples.length === 0 || !samples.every(isMissing)),
    );
    return [...own.filter(isKey), ...own.filter((one) => !isKey(one))];
  };
  const [person] = tagged('cn.resident-id');
  const [organization] = tagged('cn.uscc');
  if (person !== undefined && (isKey(person) || organization === undefined || !isKey(organization)))
    return { field: person.field, kind: 'person' };
  return organization === undefined ? undefined : { field: organization.field, kind: 'organization' };
}

function isKey({ column }: Candidate): boolean {
  return column.key === true;
}
