import { escapeLine } from '../../terms/controlText.ts';
import { say } from './verb.ts';

/** Columns of a text on a terminal: Han characters, kana, full-width forms and emoji take two, combining marks none. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const none = /[\p{Mn}\p{Me}\p{Cf}]/u;

export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += none.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return width;
}

/** Fills with spaces to a width; a longer text stays as it is. */
export function padTo(text: string, width: number, side: 'left' | 'right' = 'right'): string {
  const fill = ' '.repeat(Math.max(0, width - textWidth(text)));
  return side === 'right' ? text + fill : fill + text;
}

/** Rows as aligned columns, two spaces apart. A cell stays on its line: line ends in it are escaped. Numbers are set flush right by the caller's choice of columns. */
export function columns(
  cells: readonly (readonly string[])[],
  right: ReadonlySet<number> = new Set(),
): readonly string[] {
  const rows = cells.map((row) => row.map(escapeLine));
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, textWidth(cell))));
  return rows.map((row) =>
    row
      .map((cell, i) => padTo(cell, widths[i] ?? 0, right.has(i) ? 'left' : 'right'))
      .join('  ')
      .trimEnd(),
  );
}

/** A frame around lines. */
export function boxed(title: string, lines: readonly string[]): string {
  const inner = Math.max(textWidth(title) + 2, ...lines.map(textWidth)) + 2;
  const top = `┌─ ${title} ${'─'.repeat(Math.max(0, inner - textWidth(title) - 3))}┐`;
  const body = lines.map((line) => `│ ${padTo(line, inner - 1)}│`);
  return [top, ...body, `└${'─'.repeat(inner)}┘`].join('\n');
}

/** `李工 (7k2m9x4q1a)`: a person's name, with their id in commands and the log; the id alone where the hub returns no name. */
export function personText(id: string, name: string | undefined): string {
  if (name === undefined || name === '') return id;
  const shown = escapeLine(name);
  return say({ zh: `${shown}（${id}）`, en: `${shown} (${id})` });
}

/** Escapes a text for a page: names, reasons and case numbers come from others. */
export const escapedHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
