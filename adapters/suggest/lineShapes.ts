/** What the lines of a text look like that no separator splits. */

const maxLines = 400;

/** Lines of a sample as they stand in the file, one character a byte; the last one may be cut off and is left out. */
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

/** Long lines of numbers that are all as wide as each other, here and there a short line between them: a grid. */
export function numbersOnly(lines: readonly string[]): boolean {
  const grid = lines.filter((line) => {
    const numbers = line.trim().split(/\s+/);
    return numbers.length > 12 && numbers.every((number) => /^-?\d*\.\d+$/.test(number));
  });
  return grid.length > 2 && grid.length >= lines.length * 0.7;
}

/**
 * Columns of fixed width: stretches between blanks that stand in every line.
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
