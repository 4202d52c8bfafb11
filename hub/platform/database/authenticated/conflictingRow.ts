/**
 * INSERT … ON CONFLICT (…) DO NOTHING of one row. A unique index that a superuser made lead to another row prevents the new one without an
 * error. The row that prevents it is therefore sought, and its key is computed from the row itself.
 *
 * Statements that add several rows at once, or without a key after ON CONFLICT, are not compared: see `leftOutRows.ts`.
 */
import { nameAfter, tokensOf, type Token } from './comparedConditions.ts';
import { isSealed, ruleOf, type SealedName } from './rules.ts';

export interface ConflictSearch {
  readonly table: SealedName;
  /** returns a row where one has the key */
  readonly text: string;
  /** the parameters of the statement, from 1, that the text has as $1, $2, … */
  readonly parameters: readonly number[];
}

/** Expressions between two tokens, as commas separate them. */
function listBetween(text: string, tokens: readonly Token[], from: number, to: number): readonly string[] {
  const begin = tokens[from];
  const end = tokens[to];
  if (begin === undefined || end === undefined) return [];
  const depth = tokens[from + 1]?.depth;
  const commas = tokens.slice(from, to).filter((one) => one.word === ',' && one.depth === depth);
  const starts = [begin.end, ...commas.map((comma) => comma.end)];
  const ends = [...commas.map((comma) => comma.at), end.at];
  return starts.map((start, nth) => text.slice(start, ends[nth]).trim());
}

/** First token of the words at the outermost level, from a place on; -1: none. */
const find = (tokens: readonly Token[], from: number, sought: string): number =>
  tokens.findIndex(({ word, depth }, nth) => nth >= from && depth === 0 && word === sought);

/** Places of CONFLICT and DO; undefined unless the statement is INSERT INTO … ON CONFLICT (…) … DO NOTHING. */
function placesOf(
  tokens: readonly Token[],
): { readonly conflict: number; readonly doing: number } | undefined {
  const wordAt = (place: number): string | undefined => tokens[place]?.word;
  const conflict = find(tokens, 2, 'CONFLICT');
  const doing = find(tokens, conflict, 'DO');
  const words = [wordAt(0), wordAt(1), wordAt(conflict + 1), wordAt(doing + 1)];
  return conflict !== -1 && words.join(' ') === 'INSERT INTO ( NOTHING' ? { conflict, doing } : undefined;
}

/** @returns null: the statement is none of these */
export function conflictingRow(text: string): ConflictSearch | null {
  const tokens = tokensOf(text);
  const table = nameAfter(tokens, 2);
  const places = placesOf(tokens);
  if (places === undefined || !isSealed(table)) return null;
  const { conflict, doing } = places;
  const keyEnd = find(tokens, conflict + 2, ')');
  const key = listBetween(text, tokens, conflict + 1, keyEnd);
  const where = tokens[keyEnd + 1]?.word === 'WHERE' ? tokens[keyEnd + 1] : undefined;
  const predicate = where === undefined ? [] : [text.slice(where.end, tokens[doing]?.at).trim()];
  const columnsEnd = find(tokens, 2, ')');
  const columns = listBetween(text, tokens, find(tokens, 2, '('), columnsEnd);
  const values = rowOf(text, tokens, columnsEnd + 1, conflict - 1);
  if (values === undefined) return null;
  const same = sameKey(table, key, new Map(columns.map((column, nth) => [column, values[nth] ?? ''])));
  if (same === undefined) return null;
  const all = [...same.conditions, ...predicate].map((one) => `(${one})`).join(' AND ');
  return {
    table,
    // no index computes a CASE, and none has the place of a row, which is never (0,0): the server reads the row, not its copy in an index
    text: `SELECT FROM ${table} WHERE ${all} AND ctid <> '(0,0)' AND CASE WHEN ${all} THEN true ELSE false END LIMIT 1`,
    parameters: same.parameters,
  };
}

/** @param values by column @returns undefined where a part of the key is computed */
function sameKey(
  table: SealedName,
  key: readonly string[],
  values: ReadonlyMap<string, string>,
): { readonly conditions: readonly string[]; readonly parameters: readonly number[] } | undefined {
  const nullable = new Set(
    Object.entries(ruleOf(table).key).flatMap(([column, type]) => (type.endsWith('?') ? [column] : [])),
  );
  const parameters: number[] = [];
  const own = (number: string): string => {
    const at = parameters.indexOf(Number(number));
    return `$${at === -1 ? parameters.push(Number(number)) : at + 1}`;
  };
  const conditions: string[] = [];
  for (const column of key) {
    const value = values.get(column) ?? '';
    if (!/^(?:\$\d+(?:::\w+)?|'[^']*')$/.test(value)) return undefined;
    const expression = value.replace(/^\$(\d+)/, (_, number: string) => own(number));
    conditions.push(`${column} ${nullable.has(column) ? 'IS NOT DISTINCT FROM' : '='} ${expression}`);
  }
  return { conditions, parameters };
}

/** The expressions of the one row; undefined where there may be none or several. */
function rowOf(
  text: string,
  tokens: readonly Token[],
  from: number,
  to: number,
): readonly string[] | undefined {
  const first = tokens[from]?.word;
  const within = tokens.slice(from, to);
  if (first === 'VALUES') {
    const end = within.findIndex(({ word, depth }) => word === ')' && depth === 0);
    return end === within.length - 1 ? listBetween(text, tokens, from + 1, from + end) : undefined;
  }
  const source = within.findIndex(({ word, depth }) => word === 'FROM' && depth === 0);
  // FROM (SELECT an aggregate or EXISTS …) AS one: one row
  const isOneRow = /^FROM \(SELECT (?:NOT )?EXISTS \(/.test(text.slice(tokens[from + source]?.at));
  return first === 'SELECT' && source !== -1 && isOneRow
    ? listBetween(text, tokens, from, from + source)
    : undefined;
}
