/** Writes a workbook to be filled in or edited: a line of headings, text cells so that numbers retain their digits, and selection lists. */
import { columnLetters } from './mergedCells.ts';
import { listsSheet } from './sheetSurvey.ts';

export interface TemplateSheet {
  readonly sheet: string | undefined;
  /** line of the headings, from 1 */
  readonly headerRow: number;
  readonly columns: readonly {
    readonly header: string;
    /** shown when a cell of the column is chosen */
    readonly hint: string;
    readonly choices?: readonly string[] | undefined;
  }[];
  /** existing content */
  readonly rows?: readonly (readonly string[])[];
  /** sheets that are only for reading, after the first */
  readonly further?: readonly { readonly name: string; readonly rows: readonly (readonly string[])[] }[];
}

/** Number of lines that the lists apply to. */
const lines = 50_000;

/** The lists are on a separate sheet after the first: a list within a cell's rule holds at most 255 characters. */
export async function writeTemplate({
  sheet,
  headerRow,
  columns,
  rows = [],
  further = [],
}: TemplateSheet): Promise<Uint8Array> {
  const { writeXlsx } = await import('hucre/xlsx');
  const listed = columns.filter(({ choices }) => choices !== undefined);
  const longest = Math.max(0, ...listed.map(({ choices = [] }) => choices.length));
  const lists = Array.from({ length: longest }, (_, row) =>
    listed.map(({ choices = [] }) => choices[row] ?? null),
  );
  const before = Array.from({ length: headerRow - 1 }, () => []);
  const validations = columns.map((column, index) => {
    const at = columnLetters(index);
    const range = `${at}${headerRow + 1}:${at}${headerRow + lines}`;
    const reported = { inputTitle: column.header.slice(0, 32), inputMessage: column.hint.slice(0, 255) };
    const nth = listed.indexOf(column);
    // a column without a list accepts any text: the rule exists for its hint
    if (nth === -1)
      return {
        ...reported,
        type: 'textLength' as const,
        operator: 'greaterThanOrEqual' as const,
        formula1: '0',
        range,
        allowBlank: true,
        showInputMessage: true,
      };
    const from = columnLetters(nth);
    return {
      ...reported,
      type: 'list' as const,
      range,
      allowBlank: true,
      showInputMessage: true,
      showErrorMessage: true,
      formula1: `'${listsSheet}'!$${from}$2:$${from}$${(column.choices?.length ?? 0) + 1}`,
    };
  });
  const bold = { font: { bold: true } };
  return writeXlsx({
    sheets: [
      {
        name: sheet ?? 'datong',
        rows: [...before, columns.map(({ header }) => header), ...rows.map((row) => [...row])],
        columns: columns.map(({ header }) => ({ width: Math.max(12, 2 * header.length + 2), numFmt: '@' })),
        cells: new Map(columns.map((_, index) => [`${headerRow - 1},${index}`, { style: bold }])),
        dataValidations: validations,
        freezePane: { rows: headerRow },
      },
      ...further.map((one) => ({ name: one.name, rows: one.rows.map((row) => [...row]) })),
      ...(listed.length === 0
        ? []
        : [{ name: listsSheet, rows: [listed.map(({ header }) => header), ...lists] }]),
    ],
  });
}
