/** Rules that readers report, with the sentence a clerk reads. Rules of mapping steps stand beside their step. */
import type { Bilingual } from '../terms/bilingual.ts';
import { fill } from '../terms/bilingual.ts';
import type { RowProblem } from '../terms/rowProblem.ts';

export const rowRules = {
  'encoding.invalid': {
    zh: '含有无法按声明的编码解读的字节',
    en: 'holds bytes that are not valid in the declared encoding',
  },
  'encoding.lost': {
    zh: '含有已丢失的字符（U+FFFD），请从源系统重新导出',
    en: 'holds a character that was lost before it came here (U+FFFD): export it again from its source',
  },
  'text.nul': { zh: '含有空字符（NUL）', en: 'holds a NUL character' },
  'text.private-use': {
    zh: '含有造字（专用区字符），其他部门可能无法显示',
    en: 'holds a private-use character (user-defined glyph) that others may not be able to show',
  },
  'csv.ragged': {
    zh: '列数与表头不符：应为 {expected} 列，实为 {found} 列',
    en: 'has {found} columns where the header has {expected}',
  },
  'csv.quote': { zh: '引号使用不正确', en: 'holds a quotation mark in the wrong place' },
  'csv.quote-unclosed': {
    zh: '引号没有闭合',
    en: 'opens a quotation mark that is not closed',
  },
  'fixed.short': {
    zh: '行长不足：应为 {expected} 字节，实为 {found} 字节',
    en: 'is {found} bytes long, {expected} are declared',
  },
  'fixed.long': {
    zh: '行长超出：应为 {expected} 字节，实为 {found} 字节',
    en: 'is {found} bytes long, {expected} are declared',
  },
  'copybook.number': {
    zh: '不是副本所声明的数字',
    en: 'is not a number as the copybook declares it',
  },
  'copybook.text': {
    zh: '含有代码页中没有的字符',
    en: 'holds bytes that have no character in the code page',
  },
  'copybook.occurs': {
    zh: 'OCCURS DEPENDING ON 的项数超出范围',
    en: 'has an OCCURS count outside its bounds',
  },
  'copybook.orphan': {
    zh: '子记录之前没有父记录',
    en: 'is a child record without a parent before it',
  },
  'dbf.number': {
    zh: '不是数字（可能在源系统中溢出）',
    en: 'is no number (it may have overflowed in its source)',
  },
  'dbf.date': { zh: '日期不存在或写法不正确', en: 'is no date' },
  'dbf.logical': { zh: '不是逻辑值', en: 'is no logical value' },
  'dbf.memo': { zh: '备注文件中没有所指的内容', en: 'points at a place that the memo file does not have' },
  'dbf.flag': {
    zh: '记录标志不正确，文件可能已损坏',
    en: 'has a wrong record flag: the file may be damaged',
  },
  'dbf.count': {
    zh: '文件头声明 {declared} 条，实有 {found} 条，已全部读取',
    en: 'the header declares {declared} records, the file holds {found}; all were read',
  },
} as const satisfies Readonly<Record<string, Bilingual>>;

export type RowRule = keyof typeof rowRules;

/** A problem of a whole record. */
export const recordProblem = (
  line: number,
  rule: RowRule,
  got: string,
  facts: Readonly<Record<string, string | number>> = {},
): RowProblem => ({
  line,
  column: 0,
  header: '',
  field: '',
  rule,
  got,
  message: fill(rowRules[rule], facts),
});
