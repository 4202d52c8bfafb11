/** Maximum number of keys in one call to the hub. */
export const mostKeys = 10_000;

export interface KeysRead {
  readonly keys: readonly Readonly<Record<string, string>>[];
  /** the first line, from 1, that has another number of values than the key has fields */
  readonly unfit?: number;
}

/**
 * Parses pasted keys: one a line, values in the order of the fields, separated by a Tab as from a spreadsheet, or by a comma. For a key of
 * one field the whole line is its value. A first line with field names sets their order.
 */
export function keysIn(text: string, fields: readonly string[]): KeysRead {
  const keys: Record<string, string>[] = [];
  let order = fields;
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const cells = cellsOf(line, fields.length);
    if (keys.length === 0 && order === fields && sameNames(cells, fields)) {
      order = [...cells];
      continue;
    }
    if (cells.length !== fields.length || cells.includes('')) return { keys, unfit: at + 1 };
    keys.push(Object.fromEntries(order.map((field, i) => [field, cells[i] ?? ''])));
  }
  return { keys };
}

function cellsOf(line: string, wanted: number): readonly string[] {
  // also for a single field: further columns of the spreadsheet are not part of the key
  if (line.includes('\t')) return line.split('\t').map(valueOf);
  return wanted === 1 ? [valueOf(line)] : line.split(/[,，]/).map(valueOf);
}

/** Removes the CSV quotes around a value. */
function valueOf(cell: string): string {
  const text = cell.trim();
  return /^".*"$/.test(text) ? text.slice(1, -1).replaceAll('""', '"') : text;
}

const sameNames = (cells: readonly string[], fields: readonly string[]): boolean =>
  cells.length === fields.length && fields.every((field) => cells.includes(field));
