/** Structure of the lines of a text that no separator splits. */

const maxLines = 400;

/** Lines of a sample as written in the file, one character a byte; a possibly truncated last line is omitted. */
export function linesOf(bytes: Buffer): readonly string[] {
  const lines = bytes.toString('latin1').split(/\r\n|\n|\r/, maxLines + 1);
  if (lines.length > 1) lines.pop();
  return lines.filter((line) => line.trim() !== '');
}

/** The length that nearly all lines have, if they are long enough to be records. */
export function oneLength(lines: readonly string[]): number | undefined {
  const [first = ''] = lines;
  const alike = lines.filter((line) => line.length === first.length).length;
  return lines.length > 1 && first.length >= 8 && alike >= lines.length * 0.95 ? first.length : undefined;
}

/** Detects a grid: long lines of numbers of equal width, with occasional short lines between them. */
export function numbersOnly(lines: readonly string[]): boolean {
  const grid = lines.filter((line) => {
    const numbers = line.trim().split(/\s+/);
    return numbers.length > 12 && numbers.every((number) => /^-?\d*\.\d+$/.test(number));
  });
  return grid.length > 2 && grid.length >= lines.length * 0.7;
}

/**
 * Columns of fixed width: ranges between blanks that occur in every line.
 * @returns undefined where there are fewer than two
 */
export function columnsByGaps(
  lines: readonly string[],
): { readonly start: number; readonly length: number }[] | undefined {
  const width = Math.max(0, ...lines.map((line) => line.length));
  const columns: { start: number; length: number }[] = [];
  let start = -1;
  for (let at = 0; at <= width; at += 1) {
    const filled = at < width && lines.some((line) => (line[at] ?? ' ') !== ' ');
    if (filled && start < 0) start = at;
    if (!filled && start >= 0) {
      columns.push({ start, length: at - start });
      start = -1;
    }
  }
  return columns.length > 1 ? columns : undefined;
}
