/**
 * Tables of SQL DDL: what PostgreSQL, MySQL and Oracle have in common. Statements other than CREATE TABLE, COMMENT ON and the keys of
 * ALTER TABLE are passed over.
 */
import type { Column, Table } from './table.ts';

interface Token {
  readonly text: string;
  readonly kind: 'word' | 'quoted' | 'string' | 'mark';
}

const shapes =
  /--[^\n]*|\/\*[\s\S]*?\*\/|#[^\n]*|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|[\p{L}_$][\p{L}\p{N}_$.]*|\d+(?:\.\d+)?|[(),;]|\S/gu;

function tokens(sql: string): Token[] {
  const found: Token[] = [];
  for (const [text] of sql.matchAll(shapes)) {
    const first = text.charAt(0);
    if (text.startsWith('--') || text.startsWith('/*') || first === '#') continue;
    if (first === "'") found.push({ text: text.slice(1, -1).replaceAll("''", "'"), kind: 'string' });
    else if (first === '"' || first === '`' || first === '[')
      found.push({ text: text.slice(1, -1), kind: 'quoted' });
    else found.push({ text, kind: /[\p{L}_\d]/u.test(first) ? 'word' : 'mark' });
  }
  return found;
}

/** Tables in the order of the text; empty when there is no CREATE TABLE. */
export function readDdl(sql: string): Table[] {
  const tables = new Map<string, { title?: string; columns: Map<string, Column> }>();
  for (const statement of statements(tokens(sql))) {
    const words = statement.slice(0, 6).map(({ text }) => text.toLowerCase());
    if (words[0] === 'create' && words.slice(0, 4).includes('table')) readCreate(statement, tables);
    else if (words[0] === 'comment' && words[1] === 'on') readComment(statement, tables);
    else if (words[0] === 'alter') readAlter(statement, tables);
  }
  return [...tables].map(([name, { title, columns }]) => ({
    name,
    ...(title === undefined ? {} : { title }),
    columns: [...columns.values()],
    source: 'ddl',
  }));
}

type Tables = Map<string, { title?: string; columns: Map<string, Column> }>;

function statements(all: readonly Token[]): Token[][] {
  const list: Token[][] = [[]];
  for (const token of all) {
    if (token.text === ';' && token.kind === 'mark') list.push([]);
    else list.at(-1)?.push(token);
  }
  return list.filter(({ length }) => length > 0);
}

/** The part after the last dot: schema names do not matter. */
const bare = (name: string): string => name.slice(name.lastIndexOf('.') + 1).toLowerCase();

function readCreate(statement: readonly Token[], tables: Tables): void {
  const open = statement.findIndex(({ text, kind }) => text === '(' && kind === 'mark');
  const named = statement
    .slice(0, open)
    .filter(({ kind }) => kind !== 'mark')
    .at(-1);
  if (open < 0 || named === undefined || named.text.toLowerCase() === 'table') return;
  const { parts, end } = listAt(statement, open);
  const columns = new Map<string, Column>();
  for (const part of parts) readPart(part, columns);
  const rest = statement.slice(end);
  const at = rest.findIndex(({ text }) => text.toLowerCase() === 'comment');
  const title = at < 0 ? undefined : rest.slice(at).find(({ kind }) => kind === 'string')?.text;
  tables.set(bare(named.text), { ...(title === undefined || title === '' ? {} : { title }), columns });
}

/** The comma-separated parts inside a pair of brackets, inner brackets kept. @param open index of the opening one */
function listAt(all: readonly Token[], open: number): { readonly parts: Token[][]; readonly end: number } {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (let i = open; i < all.length; i += 1) {
    const token = all[i];
    if (token === undefined) break;
    const mark = token.kind === 'mark' ? token.text : '';
    if (mark === '(') depth += 1;
    if (mark === ')') depth -= 1;
    if (depth === 0) return { parts, end: i + 1 };
    if (mark === ',' && depth === 1) parts.push([]);
    else if (!(mark === '(' && depth === 1)) parts.at(-1)?.push(token);
  }
  return { parts, end: all.length };
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
  'exclude',
  'like',
]);

function readPart(part: readonly Token[], columns: Map<string, Column>): void {
  const [first] = part;
  if (first === undefined) return;
  if (first.kind === 'word' && tableConstraints.has(first.text.toLowerCase())) {
    if (part.some(({ text }) => text.toLowerCase() === 'primary')) markKeys(part, columns);
    return;
  }
  const column = readColumn(part);
  columns.set(column.name.toLowerCase(), column);
}

function markKeys(part: readonly Token[], columns: Map<string, Column>): void {
  const open = part.findIndex(({ text }) => text === '(');
  for (const [name] of open < 0 ? [] : listAt(part, open).parts) {
    const column = name === undefined ? undefined : columns.get(name.text.toLowerCase());
    if (column !== undefined)
      columns.set(column.name.toLowerCase(), { ...column, key: true, required: true });
  }
}

function readColumn(part: readonly Token[]): Column {
  const [name, type, ...after] = part;
  // `character varying (50)`, `double precision`
  const rest = /^(?:varying|precision)$/i.test(after[0]?.text ?? '') ? after.slice(1) : after;
  const words = rest.filter(({ kind }) => kind === 'word').map(({ text }) => text.toLowerCase());
  const sizes = rest[0]?.text === '(' ? listAt(rest, 0).parts.map(([size]) => Number(size?.text)) : [];
  const comment = words.includes('comment')
    ? rest.findLast(({ kind }) => kind === 'string')?.text
    : undefined;
  const key = words.some((word, place) => word === 'primary' && words[place + 1] === 'key');
  const not = words.some((word, place) => word === 'not' && words[place + 1] === 'null');
  const [length, scale] = sizes;
  return {
    name: (name?.text ?? '').toLowerCase(),
    type: (type?.text ?? '').toLowerCase(),
    ...(length === undefined || !Number.isInteger(length) ? {} : { length }),
    ...(scale === undefined || !Number.isInteger(scale) ? {} : { scale }),
    ...(comment === undefined || comment === '' ? {} : { title: comment }),
    ...(key || not ? { required: true } : {}),
    ...(key ? { key: true } : {}),
    samples: [],
  };
}

/** COMMENT ON TABLE t IS '…'; COMMENT ON COLUMN t.c IS '…'. */
function readComment(statement: readonly Token[], tables: Tables): void {
  const what = statement[2]?.text.toLowerCase();
  const title = statement.at(-1);
  if (title?.kind !== 'string' || title.text === '') return;
  const path = statement
    .slice(
      3,
      statement.findIndex(({ text }) => text.toLowerCase() === 'is'),
    )
    .map(({ text }) => text)
    .join('')
    .split('.');
  if (what === 'table') {
    const table = tables.get(bare(path.at(-1) ?? ''));
    if (table !== undefined) table.title = title.text;
  } else if (what === 'column') {
    const columns = tables.get((path.at(-2) ?? '').toLowerCase())?.columns;
    const column = columns?.get((path.at(-1) ?? '').toLowerCase());
    if (column !== undefined) columns?.set(column.name.toLowerCase(), { ...column, title: title.text });
  }
}

/** ALTER TABLE t ADD … PRIMARY KEY (…), as dump programs write it. */
function readAlter(statement: readonly Token[], tables: Tables): void {
  const words = statement.map(({ text }) => text.toLowerCase());
  if (!words.includes('primary')) return;
  const named = statement.slice(2, words.indexOf('add')).findLast(({ kind }) => kind !== 'mark');
  const columns = named === undefined ? undefined : tables.get(bare(named.text))?.columns;
  if (columns !== undefined) markKeys(statement.slice(words.indexOf('primary')), columns);
}
