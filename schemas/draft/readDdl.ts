/**
 * Reads tables of SQL DDL: the common part of PostgreSQL, MySQL and Oracle. Statements other than CREATE TABLE, COMMENT ON and the keys of
 * ALTER TABLE are skipped.
 */
import type { Bilingual } from '../../terms/bilingual.ts';
import { type Column, type Table, codesInText } from './table.ts';
import { isTypeName } from './declaredType.ts';
import { sqlStatements, type Token } from './sqlTokens.ts';
import { defined } from '../../terms/defined.ts';

interface Draft {
  readonly path: string;
  title?: string;
  readonly columns: Map<string, Column>;
  readonly doubts: Bilingual[];
}

/** by whole path, lower-case; two schemas may have tables of one name */
type Drafts = Map<string, Draft>;

/** Tables in the order of the text, those whose columns could not be read with a doubt; empty when there is no CREATE TABLE. */
export function readDdl(sql: string): Table[] {
  const drafts: Drafts = new Map();
  for (const statement of sqlStatements(sql)) {
    const words = statement.slice(0, 6).map(({ text }) => text.toLowerCase());
    if (words[0] === 'create' && words.slice(0, 4).includes('table')) readCreate(statement, drafts);
    else if (words[0] === 'comment' && words[1] === 'on') readComment(statement, drafts);
    else if (words[0] === 'alter') readAlter(statement, drafts);
  }
  const all = [...drafts.values()];
  return all.map(({ path, title, columns, doubts }): Table => {
    const alone = all.filter((other) => bare(other.path) === bare(path)).length === 1;
    return {
      name: alone ? bare(path) : path,
      ...defined({ title }),
      columns: [...columns.values()],
      source: 'ddl',
      ...(doubts.length === 0 ? {} : { doubts }),
    };
  });
}

/** The part after the last dot: schema names do not matter where only one table has that name. */
const bare = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

function tableOf(path: string, drafts: Drafts): Draft | undefined {
  const wanted = path.toLowerCase();
  return drafts.get(wanted) ?? [...drafts.values()].find((draft) => bare(draft.path) === bare(wanted));
}

/** A name with its dots, including quoted parts, and its end. */
function nameAt(statement: readonly Token[], at: number): { readonly path: string; readonly end: number } {
  let path = '';
  let end = at;
  for (let token = statement[end]; token !== undefined; token = statement[end]) {
    if (path !== '' && !path.endsWith('.') && token.text !== '.') break;
    if (token.kind === 'string' || (token.kind === 'mark' && token.text !== '.')) break;
    path += token.text;
    end += 1;
  }
  return { path: path.toLowerCase(), end };
}

function readCreate(statement: readonly Token[], drafts: Drafts): void {
  const table = statement.findIndex(({ text }) => text.toLowerCase() === 'table');
  const afterIf = statement
    .slice(table + 1, table + 4)
    .every(({ text }, i) => text.toLowerCase() === ['if', 'not', 'exists'][i]);
  const { path, end } = nameAt(statement, afterIf ? table + 4 : table + 1);
  if (path === '') return;
  const draft: Draft = { path, columns: new Map(), doubts: [] };
  drafts.set(path, draft);
  const list = listAt(statement, end);
  for (const part of list.parts) readPart(part, draft);
  if (!list.closed || statement.some((token) => token.kind === 'mark' && /^["'`]$/.test(token.text)))
    draft.doubts.push({
      zh: `表 ${path} 的语句有未闭合的括号或引号，后面的列可能没有读到`,
      en: `the statement of table ${path} has an open bracket or quotation mark: columns after it may be missing`,
    });
  if (draft.columns.size === 0)
    draft.doubts.push({
      zh: `表 ${path} 没有读到列（LIKE、AS SELECT、PARTITION OF 不含列定义）`,
      en: `no columns of table ${path} were found (LIKE, AS SELECT and PARTITION OF define none)`,
    });
  const rest = statement.slice(list.end);
  const title = textAfter(rest, wordsOf(rest).indexOf('comment'));
  if (title !== undefined && title !== '') draft.title = title;
}

/** The words in lower case; '' in place of every other token. */
const wordsOf = (tokens: readonly Token[]): string[] =>
  tokens.map(({ text, kind }) => (kind === 'word' ? text.toLowerCase() : ''));

/** The first string after a token. @param at -1 if there is no such token */
const textAfter = (tokens: readonly Token[], at: number): string | undefined =>
  at < 0 ? undefined : tokens.slice(at).find(({ kind }) => kind === 'string')?.text;

function isMark(token: Token | undefined, text: string): boolean {
  return token?.kind === 'mark' && token.text === text;
}

interface List {
  readonly parts: Token[][];
  readonly end: number;
  readonly closed: boolean;
}

/**
 * The comma-separated parts inside a pair of brackets, including inner brackets.
 * @param open index of the opening one; without one there, the list is empty and ends there
 */
function listAt(all: readonly Token[], open: number): List {
  if (!isMark(all[open], '(')) return { parts: [], end: open, closed: true };
  const parts: Token[][] = [[]];
  let depth = 0;
  for (let i = open; i < all.length; i += 1) {
    const token = all[i];
    if (token === undefined) break;
    if (isMark(token, '(')) depth += 1;
    if (isMark(token, ')')) depth -= 1;
    if (depth === 0) return { parts, end: i + 1, closed: true };
    if (isMark(token, ',') && depth === 1) parts.push([]);
    else if (!(isMark(token, '(') && depth === 1)) parts.at(-1)?.push(token);
  }
  return { parts, end: all.length, closed: false };
}

const tableConstraints = new Set([
  'primary',
  'constraint',
  'unique',
  'foreign',
  'check',
  'key',
  'index',
  'fulltext',
  'spatial',
  'exclude',
  'like',
  'period',
]);

function readPart(part: readonly Token[], { columns }: Draft): void {
  const [first, second] = part;
  if (first === undefined) return;
  // `key varchar(20)` is a column of that name
  const column = second?.kind === 'word' && isTypeName(second.text);
  if (first.kind === 'word' && tableConstraints.has(first.text.toLowerCase()) && !column) {
    if (part.some(({ text }) => text.toLowerCase() === 'primary')) markKeys(part, columns);
    return;
  }
  const read = readColumn(part);
  columns.set(read.name.toLowerCase(), read);
}

function markKeys(part: readonly Token[], columns: Map<string, Column>): void {
  const open = part.findIndex((token) => isMark(token, '('));
  for (const [name] of listAt(part, open).parts) {
    const column = name === undefined ? undefined : columns.get(name.text.toLowerCase());
    if (column !== undefined)
      columns.set(column.name.toLowerCase(), { ...column, key: true, required: true });
  }
}

function readColumn(part: readonly Token[]): Column {
  const [name, type, ...after] = part;
  // `character varying (50)`, `double precision`, `long raw`
  const rest = /^(?:varying|precision|raw)$/.test(lowerCase(after[0])) ? after.slice(1) : after;
  const declared = lowerCase(type);
  const list = listAt(rest, 0);
  const options = rest.slice(list.end);
  const words = wordsOf(options);
  const comment = textAfter(options, words.lastIndexOf('comment'));
  const hasPair = (first: string, second: string): boolean =>
    words.some((word, place) => word === first && words[place + 1] === second);
  const key = hasPair('primary', 'key');
  const values = list.parts.flatMap(([value]) => (value?.kind === 'string' ? [value.text] : []));
  const array = words[0] === 'array' || (options[0]?.kind === 'quoted' && /^\d*$/.test(options[0].text));
  const listed = declared === 'enum' && values.length > 0 ? { codes: values.map((code) => ({ code })) } : {};
  return {
    name: lowerCase(name),
    type: type?.kind === 'mark' ? '' : declared,
    ...sizesOf(declared, list, values),
    ...(array ? { array } : {}),
    ...listed,
    ...(key || hasPair('not', 'null') ? { required: true } : {}),
    ...(key ? { key: true } : {}),
    samples: [],
    ...described(comment, listed.codes),
  };
}

const lowerCase = (token: Token | undefined): string => token?.text.toLowerCase() ?? '';

function sizesOf(type: string, list: List, values: readonly string[]): { length?: number; scale?: number } {
  // a value of MySQL's set is a list of some of its members
  if (type === 'set') return { length: values.join(',').length };
  const [length, scale] = list.parts.map((part) => Number(part.map(({ text }) => text).join('')));
  const first = /^\d+/.exec(list.parts[0]?.[0]?.text ?? '')?.[0];
  const whole = first === undefined ? length : Number(first);
  return {
    ...(whole === undefined || !Number.isInteger(whole) ? {} : { length: whole }),
    ...(scale === undefined || !Number.isInteger(scale) ? {} : { scale }),
  };
}

/** Splits a comment into title and, where it contains a list of codes, the codes. */
function described(comment: string | undefined, declared: Column['codes']): Pick<Column, 'title' | 'codes'> {
  if (comment === undefined || comment === '') return {};
  const coded = codesInText(comment);
  if (coded === undefined) return { title: comment };
  return {
    title: coded.title === '' ? comment : coded.title,
    ...(declared === undefined ? { codes: coded.codes } : {}),
  };
}

/** COMMENT ON TABLE t IS '…'; COMMENT ON COLUMN t.c IS '…'. */
function readComment(statement: readonly Token[], drafts: Drafts): void {
  const what = statement[2]?.text.toLowerCase();
  const title = statement.at(-1);
  if (title?.kind !== 'string' || title.text === '') return;
  const { path } = nameAt(statement, 3);
  if (what === 'table') {
    const draft = tableOf(path, drafts);
    if (draft !== undefined) draft.title = title.text;
  } else if (what === 'column') {
    const columns = tableOf(path.slice(0, Math.max(0, path.lastIndexOf('.'))), drafts)?.columns;
    const column = columns?.get(bare(path));
    if (column !== undefined) columns?.set(bare(path), { ...column, ...described(title.text, column.codes) });
  }
}

/** ALTER TABLE t ADD … PRIMARY KEY (…), as dump programs write it. */
function readAlter(statement: readonly Token[], drafts: Drafts): void {
  const words = statement.map(({ text }) => text.toLowerCase());
  if (!words.includes('primary')) return;
  const start = words[2] === 'only' ? 3 : 2;
  const columns = tableOf(nameAt(statement, start).path, drafts)?.columns;
  if (columns !== undefined) markKeys(statement.slice(words.indexOf('primary')), columns);
}
