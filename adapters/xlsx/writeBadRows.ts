/** Writes failed rows as a workbook for the sender: wrong cells are coloured, and a column contains the reasons. */
import { maxCellLength } from './writeWorkbook.ts';

export interface BadRowsSheet {
  /** name that the mapping reads; absent: the first */
  readonly sheet?: string | undefined;
  /** line of the headings, from 1 */
  readonly headerRow: number;
  readonly columns: readonly string[];
  /** heading of the last column, which contains the reasons */
  readonly errorColumn: string;
}

export interface BadCells {
  /** as read, in the order of the columns */
  readonly cells: readonly string[];
  /** indexes of the wrong ones, from 0 */
  readonly wrong: readonly number[];
  readonly errorText: string;
}

/** pale red, as spreadsheets mark bad values */
const red = { rgb: 'FFC7CE' };
const fill = { type: 'pattern', pattern: 'solid', fgColor: red } as const;
/** text format, so that an identity number retains its digits when it is corrected */
const text = '@';

/** Texts remain texts and are never interpreted as formulas. Lines above the headings remain empty, as the mapping skips them. */
export async function writeBadRows(
  { sheet, headerRow, columns, errorColumn }: BadRowsSheet,
  rows: readonly BadCells[],
): Promise<Uint8Array> {
  const { writeXlsx } = await import('hucre/xlsx');
  const before = Array.from({ length: headerRow - 1 }, () => []);
  const bold = columns.map((_, index): [string, object] => [
    `${headerRow - 1},${index}`,
    { style: { font: { bold: true } } },
  ]);
  const marked = rows.flatMap(({ wrong }, row) =>
    [...wrong, columns.length].map((index): [string, object] => [
      `${headerRow + row},${index}`,
      { style: { fill, numFmt: text } },
    ]),
  );
  return writeXlsx({
    sheets: [
      {
        name: sheet ?? 'datong',
        rows: [
          ...before,
          [...columns, errorColumn],
          ...rows.map(({ cells, errorText }) =>
            [...cells, errorText].map((cell) => cell.slice(0, maxCellLength)),
          ),
        ],
        columns: [...columns, errorColumn].map((name) => ({
          width: Math.max(12, 2 * name.length + 2),
          numFmt: text,
        })),
        cells: new Map([...bold, ...marked]),
        freezePane: { rows: headerRow },
      },
    ],
  });
}
