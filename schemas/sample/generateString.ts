import { inForce, type CodeList } from '../codelists/codeList.ts';
import { codeListIdOf, type CodeLists } from '../codelists/codeLists.ts';
import type { Node } from '../subset/node.ts';
import { siblingDate } from '../vocabulary/codeKeyword.ts';
import { nothing, type Manner } from './manner.ts';
import { sampleFormat } from './sampleFormat.ts';
import { samplePattern } from './samplePattern.ts';
import type { Random } from './random.ts';

/** Texts for fields with a semantic tag: obviously invented names and addresses. */
const surnames = Array.from('赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨');

const given = Array.from('云栖溪泽屏南望舒清和安宁知行景明');

const districts = ['东溪区', '西泽区', '南屏县'];

const streets = ['柳荫路', '望湖街', '青石巷', '文昌路'];

const samplers: Readonly<Record<string, (random: Random) => string>> = {
  'person.name': (random) =>
    `${random.pick(surnames)}${random.pick(given)}${random.chance(0.6) ? random.pick(given) : ''}`,
  'address.full': (random) =>
    `云栖市${random.pick(districts)}${random.pick(streets)}${random.whole(1, 300)}号`,
};

/** A text for a semantic tag; undefined for tags that a format describes. */
function sampleText(tag: string, random: Random): string | undefined {
  return Object.hasOwn(samplers, tag) ? samplers[tag]?.(random) : undefined;
}

/** Codes of each list by the requested date or year. */
const codesByDate = new WeakMap<CodeList, Map<string, readonly string[]>>();

/** Codes of a list that were in force at a date or year; empty when the list is not known. */
function codesInForce(
  codeLists: CodeLists,
  urn: string,
  version: string | undefined,
  at: string,
): readonly string[] {
  const list = codeLists.list(codeListIdOf(urn), version);
  if (list === undefined) return [];
  const byDate = codesByDate.get(list) ?? new Map<string, readonly string[]>();
  codesByDate.set(list, byDate);
  const known = byDate.get(at) ?? list.entries.filter((entry) => inForce(entry, at)).map(({ code }) => code);
  if (byDate.size > 200) byDate.clear();
  byDate.set(at, known);
  return known;
}

const alphabet = Array.from('abcdefghijklmnopqrstuvwxyz');

/** A text of the format, the pattern, the code list or the meaning that the nodes name. @param parent the object around it */
export function generateString(
  codeLists: CodeLists,
  parts: readonly Node[],
  manner: Manner,
  parent: unknown,
): unknown {
  const { random } = manner;
  const min = Math.max(0, ...parts.map(({ minLength = 0 }) => minLength));
  const max = Math.min(...parts.map(({ maxLength = Infinity }) => maxLength));
  if (min > max || min > 10_000) return nothing;
  const code = parts.find((part) => part.code !== undefined)?.code;
  if (code !== undefined) {
    const codes = codesInForce(codeLists, code.list, code.version, siblingDate(code, parent) ?? '2015');
    return codes.length === 0 ? nothing : random.pick(codes);
  }
  const format = parts.find((part) => part.format !== undefined)?.format;
  const pattern = parts.find((part) => part.pattern !== undefined)?.pattern;
  const hint = parts.find((part) => part.hint !== undefined)?.hint;
  if (format !== undefined) return sampleFormat(format, random) ?? nothing;
  if (pattern !== undefined) return ofPattern(pattern, min, random);
  return freeText(hint, { min, max }, manner);
}

/** A text without a form: one of the pool, one of the meaning, or letters. */
function freeText(
  hint: string | undefined,
  { min, max }: { readonly min: number; readonly max: number },
  { random, pool }: Manner,
): string {
  if (pool !== undefined && pool.texts.length > 0 && random.chance(0.4)) return random.pick(pool.texts);
  const meant = hint === undefined || pool !== undefined ? undefined : sampleText(hint, random);
  if (meant !== undefined) return [...meant].slice(0, max).join('').padEnd(min, '某');
  const wanted =
    pool !== undefined && pool.lengths.length > 0 && random.chance(0.7)
      ? random.pick(pool.lengths)
      : random.whole(min, min + 8);
  return letters(Math.max(min, Math.min(max, wanted, 2000)), random);
}

function ofPattern(pattern: string, min: number, random: Random): unknown {
  const text = samplePattern(pattern, random, random.chance(0.2) ? 20 : 3);
  if (text === undefined) return nothing;
  // a pattern without an end anchor allows more characters
  const more = pattern.endsWith('$') ? 0 : Math.max(min, random.whole(0, 8)) - [...text].length;
  return more > 0 ? text + letters(more, random) : text;
}

const letters = (length: number, random: Random): string =>
  Array.from({ length }, () => random.pick(alphabet)).join('');
