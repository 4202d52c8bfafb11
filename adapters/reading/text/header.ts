/**
 * Builds one name per column from one or more header rows. Rows above the last are filled to the right, as merged cells require, and the
 * parts are joined with `/`. A part that repeats the one above it, or is empty, is omitted: 户籍信息/姓名.
 */
export function headerNames(rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(0, ...rows.map((row) => row.length));
  const single = rows.length === 1;
  const filled = rows.map((row, index) => (index < rows.length - 1 ? filledRight(row, width) : row));
  const names: string[] = [];
  for (let column = 0; column < width; column += 1) {
    if (single) {
      names.push(filled[0]?.[column] ?? '');
      continue;
    }
    const parts: string[] = [];
    for (const row of filled) {
      const part = (row[column] ?? '').replaceAll(/\s+/g, ' ').trim();
      if (part !== '' && part !== parts.at(-1)) parts.push(part);
    }
    names.push(parts.join('/'));
  }
  return names;
}

function filledRight(row: readonly string[], width: number): string[] {
  let last = '';
  return Array.from({ length: width }, (_, column) => {
    const cell = row[column] ?? '';
    if (cell.trim() !== '') last = cell;
    return last;
  });
}

/** Names that can be members of an object: empty ones become `column_3`, repeated ones get `_2`, `_3`. */
export function memberNames(columns: readonly string[]): string[] {
  const used = new Set<string>();
  /** the number that the next repetition of a name gets: a file may repeat one name thousands of times */
  const numbers = new Map<string, number>();
  return columns.map((column, index) => {
    const base = column === '' ? `column_${index + 1}` : column;
    let name = base;
    let number = numbers.get(base) ?? 2;
    for (; used.has(name); number += 1) name = `${base}_${number}`;
    numbers.set(base, number);
    used.add(name);
    return name;
  });
}
