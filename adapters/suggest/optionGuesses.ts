/** Reader options of a format, guessed from a sample of the file. */
import { CsvScanner } from '../csv/csvScanner.ts';
import { separatorAgreement } from '../csv/sniffSeparator.ts';
import { formatNamed, readRecords } from '../formats.ts';
import type { Bytes } from '../reading/reader.ts';
import { guessedEncoding } from '../reading/text/guessEncoding.ts';
import { textBlocks } from '../reading/text/textBlocks.ts';
import { guess, type Guess } from './guess.ts';
import { headerGuess, withGroupRow, type LookedRow } from './headerGuess.ts';
import { columnsByGaps, linesOf, oneLength } from './lineShapes.ts';
import { sheetGuesses } from './sheetGuesses.ts';
import { rowsGuess } from './xmlRows.ts';

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

export async function* once(bytes: Uint8Array): Bytes {
  yield await Promise.resolve(bytes);
}

async function csvGuesses(sample: Uint8Array, isName: (text: string) => boolean): Promise<Guesses> {
  for await (const { text, encoding, guess: shown, undecodable } of textBlocks(once(sample), {
    encoding: 'auto',
    maxRecordBytes: 16_777_216,
  })) {
    const { separator, alike, width } = separatorAgreement(text, '"');
    return {
      encoding: encodingGuess(encoding, !undecodable && shown?.proven !== false),
      separator: guess(
        separator === '\t' ? 'tab' : separator,
        width > 1 && alike >= 0.95 ? 0.97 : width > 1 ? 0.75 : 0.3,
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
