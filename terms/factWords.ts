/**
 * Words that complete a problem's sentence: code uses them in English, and they are shown in the reader's language. A word without its
 * Chinese does not compile.
 */
import type { Bilingual } from './bilingual.ts';
import { fileWords } from './factWords/fileWords.ts';
import { houseWords } from './factWords/houseWords.ts';
import { actWords, kindWords, roleWords, stateWords } from './factWords/lifeWords.ts';
import { labelWords } from './factWords/labelWords.ts';

/** Faults of an entry, a note, a proof, a checkpoint, a pack or the log itself. */
export const logWords = {
  JSON: '不是 JSON',
  column: '列',
  'cosignature/v1': '不是 cosignature/v1 密钥',
  'control character': '有控制字符',
  Ed25519: '不是 Ed25519 密钥',
  'first line': '首行',
  frontier: '树的前沿',
  hash: '哈希',
  'head MAC': '日志头的校验码',
  id: '编号',
  index: '序号',
  length: '长度',
  lines: '行数',
  'log key': '日志公钥',
  'lone surrogate': '有不成对的代理字符',
  'longer than 65535 bytes': '超过 65535 字节',
  'name+id+base64': '不是 name+id+base64 的形式',
  'no canonical form': '没有规范形式',
  'no safe integer': '整数超出范围',
  'no signature': '没有签名',
  'not JSON in UTF-8': '不是 UTF-8 的 JSON',
  'not an object': '不是对象',
  'not canonical': '不是规范形式',
  'old size': '原有条数',
  origin: '日志名称',
  root: '树根',
  'signature line': '签名行',
  size: '条数',
  'the entries do not add up': '各条目与树根不符',
  'the entries do not add up to the signed root': '各条目与已签名的树根不符',
  'too long': '过长',
  'too many': '过多',
  'too many hashes': '哈希过多',
  'too many signatures': '签名过多',
  'unknown member': '有未知成员',
} as const;

export type KindWord = keyof typeof kindWords;
export type StateWord = keyof typeof stateWords;
export type ActWord = keyof typeof actWords;
export type RoleWord = keyof typeof roleWords;
export type FaultWord = keyof typeof fileWords | keyof typeof houseWords | keyof typeof logWords;

/** A kind before a name: `Schema urn:datong:food-permit:1.0`. */
export type NamedThing = `${KindWord} ${string}`;

const faults: Readonly<Record<string, string>> = { ...fileWords, ...houseWords, ...logWords };
const tables = {
  what: { ...faults, ...kindWords },
  reason: faults,
  kind: kindWords,
  state: stateWords,
  act: actWords,
  role: roleWords,
  label: labelWords,
} satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The names of facts that are words. */
export type ReportedName = keyof typeof tables;

const ownWord = (table: Readonly<Record<string, string>>, word: string): string | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;

/** The word `english` of a fact in both languages; a name after its kind is unchanged. */
export function inBothLanguages(name: ReportedName, english: string): Bilingual {
  const whole = ownWord(tables[name], english);
  if (whole !== undefined) return { zh: whole, en: english };
  const end = english.indexOf(' ');
  const kind = name === 'what' && end > 0 ? ownWord(kindWords, english.slice(0, end)) : undefined;
  return { zh: kind === undefined ? english : `${kind} ${english.slice(end + 1)}`, en: english };
}

export const isReportedName = (name: string): name is ReportedName => Object.hasOwn(tables, name);

/** Several roles or sides, one after the other. */
export const rolesText = (roles: readonly string[]): Bilingual => ({
  zh: roles.map((role) => ownWord(roleWords, role) ?? role).join('、'),
  en: roles.join(' / '),
});
