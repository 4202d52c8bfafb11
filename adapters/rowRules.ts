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
  'spreadsheet.exponent': {
    zh: '电子表格把长号码变成了科学计数（如 1.10101E+17），号码已损坏：把该列设为“文本”后重新录入',
    en: 'a spreadsheet turned a long number into scientific notation (1.10101E+17) and its digits are lost: make the column text and enter it again',
  },
  'spreadsheet.zeroed': {
    zh: '电子表格只保留 15 位数字，末几位已变成 0：把该列设为“文本”后重新录入',
    en: 'a spreadsheet keeps 15 digits and turned the last ones into 0: make the column text and enter it again',
  },
  'xlsx.digits-lost': {
    zh: '数字超过 15 位，电子表格可能已改动其末几位',
    en: 'is a number of more than 15 digits, whose last ones the spreadsheet may have changed',
  },
  'xlsx.error': { zh: '单元格是公式错误', en: 'holds the error of a formula' },
  'xlsx.hidden-sheets': {
    zh: '文件中有隐藏的工作表，未读取',
    en: 'the file has hidden sheets, which were not read',
  },
  'xlsx.wide': { zh: '数据超出表头的列数', en: 'has cells beyond the last column of the header' },
  'hl7.stray': { zh: '消息头（MSH）之前的内容', en: 'stands before any message header (MSH)' },
  'hl7.header': { zh: '消息头（MSH）不完整', en: 'has an incomplete message header (MSH)' },
  'hl7.message-type': { zh: '缺少消息类型（MSH-9）', en: 'has no message type (MSH-9)' },
  'hl7.control-id': { zh: '缺少消息控制号（MSH-10）', en: 'has no control id (MSH-10)' },
  'hl7.segment-broken': {
    zh: '段在行中断开，已与上一行接合',
    en: 'is the rest of a segment broken over two lines; it was joined',
  },
  'json.malformed': { zh: '不是有效的 JSON', en: 'is not valid JSON' },
  'json.shape': { zh: '不是 JSON 对象', en: 'is no JSON object' },
  'json.number': {
    zh: '数字过长，无法精确表示；请改为文字',
    en: 'has a number that cannot be held exactly: write it as text',
  },
  'json.depth': { zh: '嵌套过深', en: 'is nested too deeply' },
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
