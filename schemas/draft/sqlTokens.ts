/**
 * Splits an SQL script into the words of its statements. Dialects differ in strings and in statement ends. A comment or a name in brackets
 * that is not closed reaches to the end: to look for its end again from each later place would take too long.
 */

export interface Token {
  readonly text: string;
  readonly kind: 'word' | 'quoted' | 'string' | 'mark';
}

const standard =
  /(?<comment>--[^\n]*|\/\*[\s\S]*?(?:\*\/|(?![\s\S])))|(?<end>^[ \t]*(?:\/|go)[ \t]*\r?$)|[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\[[^\]]*\]?|[\p{L}_$][\p{L}\p{N}_$.#]*|\d+(?:\.\d+)?|[(),;]|\S/gimu;
/** `\'` inside a text and outside, texts in double quotes, names in backticks, comments after # */
const mysql =
  /(?<comment>--[^\n]*|\/\*[\s\S]*?(?:\*\/|(?![\s\S]))|#[^\n]*)|'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`]|``)*`|\\[\s\S]|[\p{L}_$][\p{L}\p{N}_$.]*|\d+(?:\.\d+)?|[(),;]|\S/gimu;

/** A text follows COMMENT after a blank or `=`; in `"COMMENT"` and `'a comment'` the quote ends a name or a text. */
function isMysql(sql: string): boolean {
  return /`|\bengine\s*=|\bauto_increment\b|\bcomment(?:\s+|\s*=\s*)['"]/i.test(sql);
}

function tokens(sql: string): Token[] {
  const ofMysql = isMysql(sql);
  const found: Token[] = [];
  for (const match of sql.matchAll(ofMysql ? mysql : standard)) {
    if (match.groups?.['comment'] !== undefined) continue;
    const [text] = match;
    const first = text.charAt(0);
    if (match.groups?.['end'] !== undefined) found.push({ text: ';', kind: 'mark' });
    else if (text.length > 1 && (first === "'" || (first === '"' && ofMysql)))
      found.push({ text: unquoted(text, ofMysql), kind: 'string' });
    else if (/^e'/i.test(text)) found.push({ text: unquoted(text.slice(1), true), kind: 'string' });
    else if (text.length > 1 && /["`[]/.test(first)) found.push({ text: text.slice(1, -1), kind: 'quoted' });
    else found.push({ text, kind: /[\p{L}_\d]/u.test(first) ? 'word' : 'mark' });
  }
  return found;
}

function unquoted(text: string, escapes: boolean): string {
  const quote = text.charAt(0);
  const inner = text.slice(1, -1).replaceAll(quote + quote, quote);
  return escapes ? inner.replace(/\\([\s\S])/g, (_whole, sign: string) => escape[sign] ?? sign) : inner;
}

const escape: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '' };

/** Statements, ended by `;`, by `/` or `GO` on a line of its own, or by the beginning of the next one. */
export function sqlStatements(sql: string): Token[][] {
  const list: Token[][] = [[]];
  let depth = 0;
  const all = tokens(sql);
  for (const [place, token] of all.entries()) {
    if (token.kind === 'mark' && token.text === ';') {
      depth = 0;
      list.push([]);
      continue;
    }
    if (token.kind === 'mark' && token.text === '(') depth += 1;
    if (token.kind === 'mark' && token.text === ')') depth -= 1;
    if (depth === 0 && begins(token, all[place + 1])) list.push([]);
    list.at(-1)?.push(token);
  }
  return list.filter(({ length }) => length > 0);
}

function begins({ kind, text }: Token, next: Token | undefined): boolean {
  const second = next?.text.toLowerCase() ?? '';
  const first = kind === 'word' ? text.toLowerCase() : '';
  return (
    (first === 'create' && /^(table|temporary|temp|global|local|unlogged|external|or)$/.test(second)) ||
    (first === 'comment' && second === 'on') ||
    (first === 'alter' && second === 'table')
  );
}
