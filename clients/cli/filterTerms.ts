import type { FilterTerm, Scalar } from '../sdk/types.ts';
import { fieldNameAt } from '../../terms/fieldName.ts';
import { exitCode, VerbFailure } from './verb.ts';

const bounds = { '>=': 'gte', '<=': 'lte', '>': 'gt', '<': 'lt' } as const;
type Bound = keyof typeof bounds;

/**
 * Parses `--filter` arguments into terms: `region_code=990101`, `region_code in 990101,990102`, `hour>=2016-09-01`. A value is text, as the
 * hub's identifiers and dates are; with a colon before the sign it is JSON: `pm25:>=75`. Bounds of one field become one range.
 * @throws VerbFailure (usage)
 */
export function filterTerms(words: readonly string[]): FilterTerm[] {
  const terms: FilterTerm[] = [];
  const ranges = new Map<string, Record<string, Scalar>>();
  for (const word of words) {
    const { field, sign, value } = split(word);
    if (sign === '=') terms.push({ field, op: 'eq', value: scalar(value, word) });
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

function split(word: string): { field: string; sign: '=' | 'in' | Bound; value: unknown } {
  const field = fieldNameAt(word) ?? '';
  const rest = word.slice(field.length).trimStart();
  const json = rest.startsWith(':');
  const tail = json ? rest.slice(1) : rest;
  const sign = (['>=', '<=', '>', '<', '=', 'in '] as const).find((one) => tail.startsWith(one));
  if (field === '' || sign === undefined) throw wrong(word);
  const text = tail.slice(sign.length).trim();
  const name = sign === 'in ' ? 'in' : sign;
  return {
    field,
    sign: name,
    value: json ? parseJson(text, word) : name === 'in' ? text.split(',').map((one) => one.trim()) : text,
  };
}

function parseJson(text: string, word: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw wrong(word);
  }
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
      zh: '写法：字段=值、字段 in 值,值、字段>=值；数字等 JSON 值在符号前加冒号，如 pm25:>=75',
      en: 'write field=value, field in a,b or field>=value; with a colon before the sign the value is JSON: pm25:>=75',
    },
  );
}
