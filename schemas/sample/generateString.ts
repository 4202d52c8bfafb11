import { inForce } from '../codelists/codeList.ts';
import { codeList, codeListIdOf } from '../codelists/registry.ts';
import type { Node } from '../subset/node.ts';
import { siblingDate } from '../vocabulary/codeKeyword.ts';
import { nothing, type Manner } from './manner.ts';
import { sampleFormat } from './sampleFormat.ts';
import { samplePattern } from './samplePattern.ts';
import { sampleText } from './sampleText.ts';

const codesByDate = new Map<string, readonly string[]>();

/** Codes of a list that were in force at a date or year; empty when the list is not known. Lists do not change. */
function codesInForce(urn: string, version: string | undefined, at: string): readonly string[] {
  const list = codeList(codeListIdOf(urn), version);
  if (list === undefined) return [];
  const key = `${list.id} ${list.version} ${at}`;
  const known =
    codesByDate.get(key) ?? list.entries.filter((entry) => inForce(entry, at)).map((entry) => entry.code);
  if (codesByDate.size > 200) codesByDate.clear();
  codesByDate.set(key, known);
  return known;
}

const alphabet = Array.from('abcdefghijklmnopqrstuvwxyz');

/** A text of the format, the pattern, the code list or the meaning that the nodes name. @param parent the object around it */
export function generateString(parts: readonly Node[], manner: Manner, parent: unknown): unknown {
  const { random, pool } = manner;
  const min = Math.max(0, ...parts.map(({ minLength = 0 }) => minLength));
  const max = Math.min(...parts.map(({ maxLength = Infinity }) => maxLength));
  if (min > max || min > 10_000) return nothing;
  const code = parts.find((part) => part.code !== undefined)?.code;
  if (code !== undefined) {
    const codes = codesInForce(code.list, code.version, siblingDate(code, parent) ?? '2015');
    return codes.length === 0 ? nothing : random.pick(codes);
  }
  const format = parts.find((part) => part.format !== undefined)?.format;
  const pattern = parts.find((part) => part.pattern !== undefined)?.pattern;
  const hint = parts.find((part) => part.hint !== undefined)?.hint;
  if (format !== undefined) return sampleFormat(format, random) ?? nothing;
  if (pattern !== undefined) {
    const text = samplePattern(pattern, random, random.chance(0.2) ? 20 : 3);
    if (text === undefined) return nothing;
    // a pattern open at its end bears more characters
    const more = pattern.endsWith('$') ? 0 : Math.max(min, random.whole(0, 8)) - [...text].length;
    return more > 0 ? text + Array.from({ length: more }, () => random.pick(alphabet)).join('') : text;
  }
  if (pool !== undefined && pool.texts.length > 0 && random.chance(0.4)) return random.pick(pool.texts);
  const meant = hint === undefined || pool !== undefined ? undefined : sampleText(hint, random);
  if (meant !== undefined) return [...meant].slice(0, max).join('').padEnd(min, '某');
  const wanted =
    pool !== undefined && pool.lengths.length > 0 && random.chance(0.7)
      ? random.pick(pool.lengths)
      : random.whole(min, min + 8);
  const length = Math.max(min, Math.min(max, wanted, 2000));
  return Array.from({ length }, () => random.pick(alphabet)).join('');
}
