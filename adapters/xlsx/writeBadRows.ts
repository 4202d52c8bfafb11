/** Rows that failed, as a workbook for whoever sent one: the cells that are wrong in colour, and a column that says why. */
import { maxCellLength } from './writeWorkbook.ts';

export interface BadRowsSheet {
  /** name that the mapping reads by; absent: the first */
  readonly sheet?: string | undefined;
  /** line of the headings, from 1 */
  readonly headerRow: number;
  readonly columns: readonly string[];
  /** heading of the column that says what is wrong, the last one */
  readonly errorColumn: string;
}

export interface BadCells {
  /** as they were read, in the order of the columns */
  readonly cells: readonly string[];
  /** places of those that are wrong, from 0 */
  readonly wrong: readonly number[];
  readonly told: string;
}

/** pale red, as spreadsheets mark what is bad */
const red = { rgb: 'FFC7CE' };
const fill = { type: 'pattern', pattern: 'solid', fgColor: red } as const;
/** text, so that an identity number keeps its digits when it is mended */
const text = '@';

/** Texts stay texts; none is taken for a formula. Lines above the headings stay empty, as the mapping skips them. */
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
          ...rows.map(({ cells, told: reported }) =>
            [...cells, reported].map((cell) => cell.slice(0, maxCellLength)),
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
