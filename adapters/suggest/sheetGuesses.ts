/**
 * Guesses reader options of a workbook: the sheet, the lines of its header, the first row of data, and the columns that are filled down.
 */
import { formatNamed, readRecords } from '../formats.ts';
import { cellText, once, type Cell, type RecordBatch } from '../reading/reader.ts';
import { columnLetters, type MergedRange } from '../xlsx/mergedCells.ts';
import { openSheet } from '../xlsx/openSheet.ts';
import { guess, type Guess } from './guess.ts';
import { headerGuess, type LookedRow } from './headerGuess.ts';
import { isBelowHeader } from './rowsBelowHeader.ts';
import { addSigns, type Sign } from './sign.ts';
import { defined } from '../../terms/defined.ts';

type Guesses = Record<string, Guess<unknown>>;

const maxRows = 200;
const maxSheets = 20;
const maxHeaderRows = 9;
const maxInflatedBytes = 536_870_912;

/**
 * @param known options that are given already
 * @param isName whether a text names a field of the schema
 * @throws Problem when the workbook cannot be read
 */
export async function sheetGuesses(
  sample: Uint8Array,
  known: Readonly<Record<string, Guess<unknown>>>,
  isName: (text: string) => boolean,
): Promise<Guesses> {
  const given = (name: string): object => (known[name] === undefined ? {} : { [name]: known[name].value });
  const sheet = known['sheet'] === undefined ? await sheetGuess(sample, isName) : undefined;
  const named = { ...given('hidden'), ...(sheet === undefined ? given('sheet') : { sheet: sheet.value }) };
  const { merged } = await openSheet(Buffer.from(sample), { hidden: false, maxInflatedBytes, ...named });
  const rows = await sheetRows(sample, named);
  const header =
    (known['headerRows'] as Guess<number[]> | undefined) ??
    withMergedRows(headerGuess(rows, isName), rows, merged);
  const first = known['firstRow'] === undefined ? firstRowGuess(rows, header.value) : undefined;
  const options = { ...named, headerRows: header.value, ...given('columns') };
  const fillDown =
    known['fillDown'] === undefined
      ? fillDownGuess(await columnNames(sample, options), header.value, merged)
      : undefined;
  return {
    ...defined({ sheet }),
    headerRows: header,
    ...defined({ firstRow: first, fillDown }),
  };
}

/** Of several visible sheets with values, the one with rows that name the most fields; undefined where there is only one. */
async function sheetGuess(
  sample: Uint8Array,
  isName: (text: string) => boolean,
): Promise<Guess<string> | undefined> {
  const { sheet, further } = await openSheet(Buffer.from(sample), { hidden: false, maxInflatedBytes });
  if (further.length === 0) return undefined;
  const names = [...(sheet.part === undefined ? [] : [sheet.name]), ...further];
  let best = { name: names[0] ?? sheet.name, names: 0 };
  for (const name of names.slice(0, maxSheets)) {
    const rows = await sheetRows(sample, { sheet: name });
    const found = Math.max(0, ...rows.map(({ cells }) => cells.filter(isName).length));
    if (found > best.names) best = { name, names: found };
  }
  const count = names.length;
  return best.names > 0
    ? guess(
        best.name,
        0.8,
        `${count} 个工作表中，它的列名最多与字段相符`,
        `of ${count} sheets it names the most fields`,
      )
    : guess(best.name, 0.5, `${count} 个工作表中的第一个`, `the first of ${count} sheets`);
}

/** The first rows of a sheet, read without a header; including wide ones. */
export async function sheetRows(
  sample: Uint8Array,
  named: object,
  signs = new Map<string, Sign>(),
  limit = maxRows,
): Promise<LookedRow[]> {
  const rows: LookedRow[] = [];
  const options = { ...named, headerRows: [] };
  for await (const batch of readRecords(formatNamed('xlsx'), once(sample), options)) {
    rows.push(...rowsOf(batch));
    addSigns(signs, batch);
    if (rows.length >= limit) break;
  }
  return rows.sort((a, b) => a.line - b.line);
}

function rowsOf(batch: RecordBatch): LookedRow[] {
  const cells = (raw: unknown): string[] => (Array.isArray(raw) ? (raw as Cell[]).map(cellText) : []);
  return [
    ...[...batch.records].map((record, i) => ({ line: batch.lines[i] ?? 0, cells: cells(record) })),
    ...batch.bad.map(({ line, raw }) => ({ line, cells: cells(raw) })),
  ];
}

/**
 * Extends a header by its merged cells: rows that they join with the found row, a row of groups above it, and the row below cells that are
 * merged to the right.
 */
export function withMergedRows(
  found: Guess<number[]>,
  rows: readonly LookedRow[],
  merged: readonly MergedRange[],
): Guess<number[]> {
  const [row] = found.value;
  if (row === undefined) return found;
  let [top, end] = [row, row];
  let sign: MergedRange | undefined;
  const grown = (range: MergedRange): readonly [number, number] => {
    const { first, last, left, right } = range;
    if (last - first >= maxHeaderRows) return [top, end];
    if (last > first)
      return last >= top && first <= end ? [Math.min(top, first), Math.max(end, last)] : [top, end];
    const isGroup = right > left && filledCells(rows, first) > 1 && !isLabelled(rows, first);
    return isGroup && first === top - 1
      ? [first, end]
      : isGroup && first === end
        ? [top, end + 1]
        : [top, end];
  };
  for (;;) {
    const next = merged.find((range) => grown(range).join() !== `${top},${end}`);
    if (next === undefined || end - top >= maxHeaderRows) break;
    sign = next;
    [top, end] = grown(next);
  }
  if (sign === undefined) return found;
  const cells = rangeName(sign);
  const lines = Array.from({ length: end - top + 1 }, (_, i) => top + i);
  return guess(
    lines,
    0.9,
    `合并单元格 ${cells} 表明表头有 ${lines.length} 行`,
    `merged cells such as ${cells} show a header of ${lines.length} rows`,
  );
}

const filledCells = (rows: readonly LookedRow[], line: number): number =>
  rows.find((row) => row.line === line)?.cells.filter((cell) => cell.trim() !== '').length ?? 0;

/** A line above a table such as 填报单位：…, 单位：元, with a label and its value: it names no columns. */
const isLabelled = (rows: readonly LookedRow[], line: number): boolean =>
  rows
    .find((row) => row.line === line)
    ?.cells.some((cell) => /^[\p{Script=Han}（(]{2,10}[）)]?\s*[:：]/u.test(cell.trim())) ?? false;

const rangeName = ({ first, last, left, right }: MergedRange): string =>
  `${columnLetters(left)}${first}:${columnLetters(right)}${last}`;

/** Rows below the header that contain column numbers or units are no data. */
function firstRowGuess(rows: readonly LookedRow[], header: readonly number[]): Guess<number> | undefined {
  const end = Math.max(0, ...header);
  if (end === 0) return undefined;
  const below = rows.filter(({ line }) => line > end);
  const first = below.findIndex(({ cells }) => !isBelowHeader(cells));
  const row = below[first];
  if (first < 1 || row === undefined) return undefined;
  const { line } = row;
  return guess(
    line,
    0.85,
    `第 ${line} 行之前是列号或单位`,
    `the rows before line ${line} number the columns or name units`,
  );
}

/** Columns with cells that are merged downwards below the header. */
function fillDownGuess(
  names: readonly string[],
  header: readonly number[],
  merged: readonly MergedRange[],
): Guess<string[]> | undefined {
  const end = Math.max(0, ...header);
  const left = new Set(
    merged.filter(({ first, last }) => first > end && last > first).map((range) => range.left),
  );
  const columns = [...left]
    .sort((a, b) => a - b)
    .map((column) => names[column] ?? '')
    .filter((name) => name !== '' && names.indexOf(name) === names.lastIndexOf(name));
  if (columns.length === 0) return undefined;
  return guess(
    columns,
    0.9,
    '这些列有纵向合并的单元格',
    'these columns have cells that are merged downwards',
  );
}

async function columnNames(sample: Uint8Array, options: object): Promise<readonly string[]> {
  for await (const batch of readRecords(formatNamed('xlsx'), once(sample), options))
    return batch.kind === 'table' ? batch.columns : [];
  return [];
}
