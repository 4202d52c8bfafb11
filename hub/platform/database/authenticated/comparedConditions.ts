/**
 * Conditions of a statement, so that they are computed a second time from the row itself. PostgreSQL does not compare the key of a row that
 * a B-tree leads to: an entry of an index that a superuser made lead to another row would otherwise give the row of another key, whose seal
 * is valid.
 *
 * A condition that reads other tables is not repeated: it chooses rows by their place in a list, and would run once for each row.
 */
import { isSealed } from './rules.ts';

export interface Token {
  /** in upper case */
  readonly word: string;
  readonly at: number;
  readonly end: number;
  /** number of parentheses and CASEs around it */
  readonly depth: number;
}

/** From one character to another, exclusive. */
interface Range {
  readonly from: number;
  readonly to: number;
}

const token = /--[^\n]*|'(?:[^']|'')*'|"(?:[^"]|"")*"|\w+|\S/g;

export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  for (const { 0: found, index: at } of text.matchAll(token)) {
    const word = found.toUpperCase();
    if (word === ')' || word === 'END') depth -= 1;
    tokens.push({ word, at, end: at + found.length, depth });
    if (word === '(' || word === 'CASE') depth += 1;
  }
  return tokens;
}

/** The parts of a condition that AND connects, without those that read other tables. */
function comparable(text: string, tokens: readonly Token[], { from, to }: Range, depth: number): string[] {
  const within = tokens.filter(({ at, depth: own }) => own === depth && at >= from && at < to);
  const parts: Range[] = [];
  let begin = from;
  let isBetween = false;
  if (!within.some(({ word }) => word === 'OR'))
    for (const { word, at, end } of within) {
      if (word === 'BETWEEN') isBetween = true;
      else if (word === 'AND' && isBetween) isBetween = false;
      else if (word === 'AND') {
        parts.push({ from: begin, to: at });
        begin = end;
      }
    }
  parts.push({ from: begin, to });
  return parts
    .map((part) =>
      text
        .slice(part.from, part.to)
        .replaceAll(/--[^\n]*/g, '')
        .trim(),
    )
    .filter((part) => !/\bSELECT\b/i.test(part.replace(/\(\s*SELECT \* FROM unnest\(/i, '(')));
}

const beginsCondition = new Set(['ON', 'WHERE']);
const endsCondition = new Set(
  'JOIN LEFT RIGHT INNER CROSS FULL NATURAL ORDER GROUP HAVING WINDOW LIMIT OFFSET FETCH FOR UNION INTERSECT EXCEPT'.split(
    ' ',
  ),
);
/** With these, a condition is not about the row that the statement returns, or is not written as an expression. */
const notCompared = new Set('USING NATURAL GROUP UNION INTERSECT EXCEPT'.split(' '));

/**
 * An SQL expression for the columns of a SELECT: whether the row that was read meets the conditions by which it was found.
 * @param text a SELECT whose rows are rows of a table
 * @throws TypeError for a statement whose conditions it cannot repeat
 */
export function metConditions(text: string): string {
  const tokens = tokensOf(text);
  const from = tokens.findIndex(({ word, depth }) => word === 'FROM' && depth === 0);
  const clauses = tokens
    .map((one, nth) => ({ ...one, next: tokens[nth + 1]?.word }))
    .filter(({ depth }, nth) => depth === 0 && nth > from);
  const met: string[] = [];
  let begun: { readonly word: string; readonly end: number } | undefined;
  const close = (to: number): void => {
    if (begun === undefined) return;
    const conditions = comparable(text, tokens, { from: begun.end, to }, 0);
    // the row of an outer join may be absent
    const test = begun.word === 'ON' ? 'IS NOT FALSE' : 'IS TRUE';
    for (const condition of conditions) met.push(`(${condition}) ${test}`);
    begun = undefined;
  };
  for (const { word, at, end, next } of clauses) {
    if (notCompared.has(word))
      throw new TypeError(`conditions with ${word} are not compared: ${text.slice(0, 200)}`);
    // left(…) is a function
    if (beginsCondition.has(word) || (endsCondition.has(word) && next !== '(')) close(at);
    if (beginsCondition.has(word)) begun = { word, end };
  }
  close(text.length);
  return met.length === 0 ? 'true' : met.join(' AND ');
}

/**
 * A statement that changes rows of sealed tables, so that it changes no row that an index leads to and that does not meet its conditions,
 * and none that ON CONFLICT finds under another key.
 */
export function comparedChange(text: string): string {
  const tokens = tokensOf(text);
  const inserted = tokens.flatMap(
    (_, nth) => changeAt(text, tokens, nth) ?? conflictAt(text, tokens, nth) ?? [],
  );
  return inserted
    .sort((one, other) => other.at - one.at)
    .reduce((changed, { at, sql }) => changed.slice(0, at) + sql + changed.slice(at), text);
}

interface Insertion {
  readonly at: number;
  readonly sql: string;
}

/** The condition of the statement that a token is part of, and where it ends. */
function conditionAfter(
  text: string,
  tokens: readonly Token[],
  nth: number,
  depth: number,
): { readonly where: Token | undefined; readonly end: number } {
  let where: Token | undefined;
  for (const one of tokens.slice(nth)) {
    if (one.depth < depth || (one.depth === depth && (one.word === 'RETURNING' || one.word === ';')))
      return { where, end: one.at };
    if (one.depth === depth && one.word === 'WHERE') where = one;
  }
  return { where, end: text.length };
}

function changeAt(text: string, tokens: readonly Token[], nth: number): readonly Insertion[] | undefined {
  const { word, depth } = tokens[nth] ?? { word: '', depth: 0 };
  const before = tokens[nth - 1]?.word ?? '';
  const isDelete = word === 'DELETE' && tokens[nth + 1]?.word === 'FROM';
  // DO UPDATE, FOR UPDATE and FOR NO KEY UPDATE
  if (!isDelete && (word !== 'UPDATE' || /^(?:DO|FOR|KEY)$/.test(before))) return undefined;
  if (!isSealed(nameAfter(tokens, nth + (isDelete ? 2 : 1)))) return undefined;
  const { where, end } = conditionAfter(text, tokens, nth, depth);
  if (where === undefined) return undefined;
  const conditions = comparable(text, tokens, { from: where.end, to: end }, depth);
  if (conditions.length === 0) return undefined;
  const all = conditions.map((one) => `(${one})`).join(' AND ');
  // no index computes a CASE
  return [
    { at: where.end, sql: ' (' },
    { at: end, sql: ` ) AND CASE WHEN ${all} THEN true ELSE false END ` },
  ];
}

/** INSERT … ON CONFLICT (…) DO UPDATE: fails where the row that was found has another key. */
function conflictAt(text: string, tokens: readonly Token[], nth: number): readonly Insertion[] | undefined {
  const [insert, into] = tokens.slice(nth, nth + 2);
  if (insert?.word !== 'INSERT' || into?.word !== 'INTO') return undefined;
  const { depth } = insert;
  const name = nameAfter(tokens, nth + 2);
  if (!isSealed(name)) return undefined;
  const alias = tokens[nth + 3]?.word === 'AS' ? tokens[nth + 4] : tokens[nth + 2];
  const { end } = conditionAfter(text, tokens, nth, depth);
  const conflict = tokens.findIndex(
    ({ word, at, depth: own }, place) => place > nth && at < end && own === depth && word === 'CONFLICT',
  );
  const update = tokens.findIndex(
    ({ word, at }, place) =>
      place > conflict && at < end && word === 'UPDATE' && tokens[place - 1]?.word === 'DO',
  );
  if (conflict === -1 || update === -1 || alias === undefined) return undefined;
  const close = tokens.findIndex(
    ({ word, depth: own }, place) => place > conflict && own === depth && word === ')',
  );
  const columns = tokens.slice(conflict + 2, close).filter(({ word }) => word !== ',');
  if (columns.some(({ word }) => !/^(?:\w+|"[^"]+")$/.test(word)))
    throw new TypeError(`the key of ON CONFLICT is not compared: ${text.slice(0, 200)}`);
  const row = text.slice(alias.at, alias.end);
  const same = columns
    .map(({ at, end: to }) => text.slice(at, to))
    .map((column) => `${row}.${column} IS NOT DISTINCT FROM EXCLUDED.${column}`);
  // a division by zero: the act fails, so that the log has no entry of a change that was not made
  const test = `1 / (${same.join(' AND ')})::integer = 1`;
  const { where } = conditionAfter(text, tokens, update, depth);
  return where === undefined
    ? [{ at: end, sql: ` WHERE ${test} ` }]
    : [
        { at: where.end, sql: ' (' },
        { at: end, sql: ` ) AND ${test} ` },
      ];
}

/** Name of the table of a statement. */
export const nameAfter = (tokens: readonly Token[], nth: number): string => {
  const [first, second, third] = tokens
    .slice(nth, nth + 3)
    .map(({ word }) => word.toLowerCase().replaceAll('"', ''));
  if (first === 'only') return nameAfter(tokens, nth + 1);
  return (first === 'public' && second === '.' ? third : first) ?? '';
};
