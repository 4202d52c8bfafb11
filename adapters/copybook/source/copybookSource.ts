/** Splits copybook text of any source format into statements of words. */
import { asIs } from '../../../terms/bilingual.ts';
import { Problem } from '../../../terms/problem.ts';

export interface Statement {
  readonly words: readonly string[];
  /** line of the copybook where it begins */
  readonly line: number;
}

interface SourceLine {
  readonly text: string;
  readonly line: number;
}

/** Columns 1–6 hold sequence numbers, column 7 an indicator, columns 73–80 an identification. */
const areaStart = 7;
const areaEnd = 72;

/** @throws Problem copybook_invalid */
export function copybookStatements(source: string): Statement[] {
  const lines = source.split(/\r\n|\n|\r/);
  const joined = isFreeFormat(lines) ? freeLines(lines) : fixedLines(lines);
  return statements(joined);
}

/** Whether the source is in free format: a level number occupies the columns of fixed format's sequence numbers. */
function isFreeFormat(lines: readonly string[]): boolean {
  return lines.some(
    (line) =>
      namesFreeFormat(line) || (/^\s{0,4}\d{1,2}\s+[A-Za-z]/.test(line) && !/^[\d ]{6}[ *\-/dD]/.test(line)),
  );
}

/** `>>SOURCE FORMAT IS FREE`. The first directive decides: a line may consist of them. */
function namesFreeFormat(line: string): boolean {
  const at = line.search(/>>\s*SOURCE/i);
  return at >= 0 && /FREE/i.test(line.slice(at));
}

/** Directives of the compiler listing: each is alone on its line, with or without a period. */
const listing = /^\s*(?:(?:EJECT|SKIP[123])|TITLE\s+(?:"[^"]*"|'[^']*'))\s*(?:\.\s*)?$/i;

/** Removes a comment at the end of a line; the same marks in a literal, also one that continues on the next line, are text. */
const uncommented = (text: string): string =>
  text.replace(/("(?:[^"]|"")*(?:"|$)|'(?:[^']|'')*(?:'|$))|\*>[\s\S]*$/g, '$1');

function freeLines(lines: readonly string[]): SourceLine[] {
  return lines.flatMap((text, index) => {
    const code = uncommented(text).trim();
    return code === '' || /^(\*|>>)/.test(code) || listing.test(code)
      ? []
      : [{ text: code, line: index + 1 }];
  });
}

/** Whether the text begins in column 7, as in some copybooks: a digit there is no indicator. */
const beginsEarly = (lines: readonly string[]): boolean =>
  lines.some((line) => /^[ \d]{6}\d{1,2}\s/.test(line));

function fixedLines(given: readonly string[]): SourceLine[] {
  const found: SourceLine[] = [];
  const lines = beginsEarly(given) ? given.map(withIndicator) : given;
  for (const [index, line] of lines.entries()) {
    const indicator = line[areaStart - 1] ?? ' ';
    // D: a debugging line, a comment unless the program is compiled for debugging
    if ('*/$Dd'.includes(indicator)) continue;
    const text = uncommented(line.slice(areaStart, areaEnd)).trimEnd();
    if (text.trim() === '' || listing.test(text)) continue;
    const last = found.at(-1);
    if (indicator === '-' && last !== undefined) {
      found[found.length - 1] = {
        text: last.text + text.trimStart().replace(/^(["'])/, ''),
        line: last.line,
      };
    } else found.push({ text, line: index + 1 });
  }
  return found;
}

/** Moves a line whose text begins in column 7 to the text area; comments and continued lines correctly use that column. */
const withIndicator = (line: string): string =>
  /^.{6}[*/$-]/.test(line) ? line : `${line.slice(0, areaStart - 1)} ${line.slice(areaStart - 1)}`;

/** Splits words up to a period followed by white space; a quoted literal is one word. */
function statements(lines: readonly SourceLine[]): Statement[] {
  const found: Statement[] = [];
  let words: string[] = [];
  let line = 0;
  const close = (): void => {
    if (words.length > 0) found.push({ words, line });
    words = [];
  };
  for (const source of lines) {
    for (const [word] of source.text.matchAll(/"(?:[^"]|"")*"?|'(?:[^']|'')*'?|[^\s"']+/g)) {
      if (words.length === 0) line = source.line;
      const ends = word.endsWith('.') && !/^["']/.test(word);
      const bare = (ends ? word.slice(0, -1) : word).replace(/[,;]$/, '');
      if (bare !== '') words.push(bare);
      if (ends) close();
    }
  }
  if (words.length > 0)
    throw new Problem('copybook_invalid', { line, what: asIs(`${words.slice(0, 4).join(' ')} …`) });
  return found;
}
