/** Reader options of a format, guessed from a sample of the file. */
import { CsvScanner } from '../csv/csvScanner.ts';
import { separatorAgreement } from '../csv/sniffSeparator.ts';
import { formatNamed, readRecords } from '../formats.ts';
import { once, type Bytes } from '../reading/reader.ts';
import { guessedEncoding } from '../reading/text/guessEncoding.ts';
import { textBlocks } from '../reading/text/textBlocks.ts';
import { guess, type Guess } from './guess.ts';
import { headerGuess, withGroupRow, type LookedRow } from './headerGuess.ts';
import { columnsByGaps, linesOf, oneLength } from './lineShapes.ts';
import { sheetGuesses } from './sheetGuesses.ts';
import { Problem } from '../../terms/problem.ts';
import { streamText } from '../reading/text/streamText.ts';
import type { Listener } from '../reading/markup/listener.ts';
import { LocalNames, type Attributes } from '../reading/markup/scope.ts';
import { Tokenizer } from '../reading/markup/tokenizer.ts';
import { xmlEncoding } from '../reading/markup/xmlEncoding.ts';

/** Elements of an XML document with one path. */
interface Seen {
  readonly depth: number;
  count: number;
  /** those that contain elements or attributes */
  nested: number;
}

/**
 * Guesses which elements of an XML document are its records: those that occur many times as siblings and contain more than text.
 * @param sample the beginning of a document: it may end anywhere
 */
async function rowsGuess(sample: Bytes): Promise<Guess<string>> {
  const paths = new ElementPaths();
  const tokenizer = new Tokenizer(paths, new LocalNames(), 16_777_216);
  try {
    for await (const text of streamText(sample, (start) => xmlEncoding(start, 'auto'))) tokenizer.feed(text);
  } catch (error) {
    if (!(error instanceof Problem)) throw error; // the part read so far is sufficient
  }
  return paths.rows();
}

class ElementPaths implements Listener {
  private readonly seen = new Map<string, Seen>();
  private readonly open: string[] = [];

  start(name: string, attributes: Attributes): void {
    this.add(name, attributes.length > 0);
    this.open.push(`${this.open.at(-1) ?? ''}/${name}`);
  }

  leaf(name: string): void {
    this.add(name, false);
  }

  end(): void {
    this.open.pop();
  }

  readonly text = (): void => undefined;
  readonly readAhead = (_text: string, at: number): number => at;

  private add(name: string, attributes: boolean): void {
    const parent = this.open.at(-1) ?? '';
    const around = this.seen.get(parent);
    if (around !== undefined) around.nested += 1;
    const path = `${parent}/${name}`;
    const one = this.seen.get(path) ?? { depth: this.open.length, count: 0, nested: 0 };
    one.count += 1;
    if (attributes) one.nested += 1;
    this.seen.set(path, one);
  }

  /** The outermost path that occurs often; a path that occurs once a document is no row. */
  rows(): Guess<string> {
    const often = [...this.seen].filter(([, { count, nested }]) => count > 1 && nested >= count);
    const [best] = often.sort((a, b) => a[1].depth - b[1].depth || b[1].count - a[1].count);
    if (best === undefined)
      return guess(
        '/*',
        0.6,
        '没有重复的元素：整个文档为一条记录',
        'no element repeats: the document is one record',
      );
    const [path, { count, depth }] = best;
    const rivals = often.filter(([other, seen]) => other !== path && seen.depth === depth && seen.count > 1);
    return guess(
      path,
      count > 4 && depth < 5 && rivals.length === 0 ? 0.9 : 0.6,
      `${path} 出现 ${count} 次`,
      `${path} occurs ${count} times`,
    );
  }
}

type Guesses = Record<string, Guess<unknown>>;

const enoughRows = 200;

/**
 * @param known options that are given already
 * @param isName whether a text names a field of the schema
 */
export async function optionGuesses(
  format: string,
  sample: Uint8Array,
  known: Readonly<Record<string, Guess<unknown>>>,
  isName: (text: string) => boolean,
): Promise<Guesses> {
  switch (format) {
    case 'csv':
      return csvGuesses(sample, isName);
    case 'fixed':
      return known['columns'] === undefined ? fixedGuesses(sample) : {};
    case 'xlsx':
      return sheetGuesses(sample, known, isName);
    case 'xml':
      return known['rows'] === undefined ? { rows: await rowsGuess(once(sample)) } : {};
    case 'dbf':
      return known['encoding'] === undefined ? tableEncoding(sample) : {};
    default:
      return {};
  }
}

async function csvGuesses(sample: Uint8Array, isName: (text: string) => boolean): Promise<Guesses> {
  for await (const { text, encoding, guess: shown, undecodable } of textBlocks(once(sample), {
    encoding: 'auto',
    maxRecordBytes: 16_777_216,
  })) {
    const { separator, share, width } = separatorAgreement(text, '"');
    return {
      encoding: encodingGuess(encoding, !undecodable && shown?.proven !== false),
      separator: guess(
        separator === '\t' ? 'tab' : separator,
        width > 1 && share >= 0.95 ? 0.97 : width > 1 ? 0.75 : 0.3,
        width > 1 ? '各行分出的列数一致' : '没有看到分隔符',
        width > 1 ? 'it splits the lines alike' : 'no separator was seen',
      ),
      headerRows: csvHeader(csvRows(text, separator), isName),
    };
  }
  return {};
}

function csvHeader(rows: readonly LookedRow[], isName: (text: string) => boolean): Guess<number[]> {
  return withGroupRow(headerGuess(rows, isName), rows);
}

const encodingGuess = (encoding: string, proven: boolean): Guess<string> =>
  proven
    ? guess(encoding, 0.97, `样本按 ${encoding} 可完整解读`, `the sample reads as ${encoding}`)
    : guess(
        encoding,
        0.5,
        `样本不足以证明是 ${encoding}`,
        `the sample does not prove that it is ${encoding}`,
      );

function csvRows(text: string, separator: string): LookedRow[] {
  const rows: LookedRow[] = [];
  const scanner = new CsvScanner(separator, '"', text.length);
  scanner.scan(text.slice(0, 65_536), false, {
    record: (first, cells, line) => {
      if (rows.length < enoughRows) rows.push({ cells: scanner.cells(first, cells), line });
      return false;
    },
    broken: () => undefined,
  });
  return rows;
}

/** Columns separated by blanks in every line; a person must name them. */
function fixedGuesses(sample: Uint8Array): Guesses {
  const lines = linesOf(Buffer.from(sample.buffer, sample.byteOffset, Math.min(sample.length, 65_536)));
  const gaps = columnsByGaps(lines);
  const whole = [{ start: 0, length: oneLength(lines) ?? 1 }];
  const columns = (gaps ?? whole).map((column, i) => ({ name: `c${i + 1}`, ...column }));
  const { encoding, proven } = guessedEncoding(sample);
  return {
    columns: guess(
      columns,
      gaps === undefined ? 0.1 : 0.4,
      gaps === undefined ? '列的位置看不出来，须按说明填写' : '按各行都为空格之处分列，名称待定',
      gaps === undefined
        ? 'where columns begin cannot be seen'
        : 'cut where every line is blank; names are to be given',
    ),
    encoding: encodingGuess(encoding, proven || sample.every((byte) => byte < 0x80)),
  };
}

/** The reader's own findings on a table without a named code page. */
async function tableEncoding(sample: Uint8Array): Promise<Guesses> {
  for await (const batch of readRecords(formatNamed('dbf'), once(sample), { memo: 'ignore' })) {
    const found = [...batch.doubts.map(({ problem }) => problem), ...batch.warnings].find(({ rule }) =>
      rule.startsWith('encoding.'),
    );
    return found === undefined
      ? {}
      : { encoding: encodingGuess(found.got, found.rule !== 'encoding.guessed') };
  }
  return {};
}
