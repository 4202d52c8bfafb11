import type { FilterTerm, Scalar, Within } from '../sdk/types.ts';
import { fieldNameAt } from '../../terms/fieldName.ts';
import { refuseInexact } from './exactNumbers.ts';
import { exitCode, VerbFailure } from './verb.ts';

const bounds = { '>=': 'gte', '<=': 'lte', '>': 'gt', '<': 'lt' } as const;
type Bound = keyof typeof bounds;

/**
 * Parses `--filter` arguments into terms: `region_code=990101`, `region_code in 990101,990102`, `hour>=2016-09-01`. A value is text, as the
 * hub's identifiers and dates are; with a colon before the sign it is JSON: `pm25:>=75`. Bounds of one field become one range. A place is
 * compared with a rectangle, a circle or a registered area: `place within 120.1,30.2,120.2,30.3`, `place within 120.1,30.2 500m`, `place
 * within districts/330106`.
 * @throws VerbFailure (usage)
 */
export function filterTerms(words: readonly string[]): FilterTerm[] {
  const terms: FilterTerm[] = [];
  const ranges = new Map<string, Record<string, Scalar>>();
  for (const word of words) {
    const { field, sign, value } = split(word);
    if (sign === '=') terms.push({ field, op: 'eq', value: scalar(value, word) });
    else if (sign === 'within') terms.push({ field, op: 'within', value: within(value, word) });
    else if (sign === 'in') terms.push({ field, op: 'in', value: list(value, word) });
    else range(ranges, terms, field)[bounds[sign]] = scalar(value, word);
  }
  return terms;
}

function range(
  ranges: Map<string, Record<string, Scalar>>,
  terms: FilterTerm[],
  field: string,
): Record<string, Scalar> {
  const known = ranges.get(field);
  if (known !== undefined) return known;
  const value: Record<string, Scalar> = {};
  ranges.set(field, value);
  terms.push({ field, op: 'range', value });
  return value;
}

function split(word: string): { field: string; sign: '=' | 'in' | 'within' | Bound; value: unknown } {
  const field = fieldNameAt(word) ?? '';
  const rest = word.slice(field.length).trimStart();
  const json = rest.startsWith(':');
  const tail = json ? rest.slice(1) : rest;
  const sign = (['>=', '<=', '>', '<', '=', 'in ', 'within '] as const).find((one) => tail.startsWith(one));
  if (field === '' || sign === undefined) throw wrong(word);
  const text = tail.slice(sign.length).trim();
  const name = sign === 'in ' ? 'in' : sign === 'within ' ? 'within' : sign;
  return {
    field,
    sign: name,
    value: json ? parseJson(text, word) : name === 'in' ? text.split(',').map((one) => one.trim()) : text,
  };
}

function parseJson(text: string, word: string): unknown {
  refuseInexact(text, word, exitCode.usage);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw wrong(word);
  }
}

function within(value: unknown, word: string): Within {
  if (typeof value === 'object' && value !== null) return value as Within; // the hub checks it
  const text = typeof value === 'string' ? value : '';
  const [, list, code] = /^(?:urn:datong:code:)?([a-z][a-z0-9-]*)\/(\S{1,64})$/.exec(text) ?? [];
  if (list !== undefined && code !== undefined) return { area: { list: `urn:datong:code:${list}`, code } };
  const degree = String.raw`(-?\d{1,3}(?:\.\d+)?)`;
  const box = new RegExp(`^${[degree, degree, degree, degree].join(',')}$`).exec(text);
  if (box !== null) return { bbox: [Number(box[1]), Number(box[2]), Number(box[3]), Number(box[4])] };
  const circle = new RegExp(String.raw`^${degree},${degree} (\d+(?:\.\d+)?)m$`).exec(text);
  if (circle === null) throw wrong(word);
  return { center: [Number(circle[1]), Number(circle[2])], metres: Number(circle[3]) };
}

const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

function scalar(value: unknown, word: string): Scalar {
  if (isScalar(value) && value !== '') return value;
  throw wrong(word);
}

function list(value: unknown, word: string): readonly Scalar[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  if (items.length === 0) throw wrong(word);
  return items.map((item) => scalar(item, word));
}

function wrong(word: string): VerbFailure {
  return new VerbFailure(
    exitCode.usage,
    { zh: `看不懂筛选条件“${word}”`, en: `the filter "${word}" cannot be read` },
    {
      zh: '写法：字段=值、字段 in 值,值、字段>=值；数字等 JSON 值在符号前加冒号，如 pm25:>=75；位置：字段 within 西,南,东,北，字段 within 经度,纬度 500m，字段 within 代码表/代码',
      en: 'write field=value, field in a,b or field>=value; with a colon before the sign the value is JSON: pm25:>=75; of a place: field within west,south,east,north, field within longitude,latitude 500m, or field within list/code',
    },
  );
}
