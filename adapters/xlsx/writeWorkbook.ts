/** Rows as a workbook of one sheet. */

/** Maximum number of characters of a cell of a workbook (ECMA-376). */
export const maxCellLength = 32_767;

type Cell = string | number | boolean | null;

/** A workbook, or the number (from 1) of the first row with a cell that a workbook cannot store. */
export type Written = { readonly bytes: Uint8Array } | { readonly tooLong: number };

/** Texts remain texts, so an identity number retains its digits and no text is interpreted as a formula; lists and objects are JSON. */
export async function writeWorkbook(
  header: readonly string[],
  rows: readonly (readonly unknown[])[],
): Promise<Written> {
  const cells = rows.map((row) => row.map(cellOf));
  const long = cells.findIndex((row) =>
    row.some((cell) => typeof cell === 'string' && cell.length > maxCellLength),
  );
  if (long !== -1) return { tooLong: long + 1 };
  const { writeXlsx } = await import('hucre/xlsx');
  return { bytes: await writeXlsx({ sheets: [{ name: 'datong', rows: [[...header], ...cells] }] }) };
}

const cellOf = (value: unknown): Cell =>
  value === undefined || value === null
    ? null
    : typeof value === 'object'
      ? JSON.stringify(value)
      : (value as Exclude<Cell, null>);
