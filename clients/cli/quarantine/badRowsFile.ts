import type { RowProblem } from '../../../terms/rowProblem.ts';
import { encodeGb18030 } from '../gb18030.ts';
import { say } from '../verb.ts';

export interface Source {
  readonly format: string;
  readonly columns?: readonly string[];
  readonly encoding?: string;
  readonly separator?: string;
}

export interface BadRow {
  readonly line: number;
  readonly problems: readonly RowProblem[];
  /** cells in the order of the columns, or a tree */
  readonly raw: unknown;
}

/** Heading of the column that says what is wrong; the file is for the department that sent it. */
export const errorColumn = '错误';

/**
 * Bad rows as their sender wrote them, with one column more: what is wrong. Same columns, same separator, and the same encoding where this
 * program can write it (GB18030, UTF-8, UTF-16LE); else UTF-8 with a mark that Excel knows it by.
 * @returns `fallback`: the encoding of the file, where it had to be another one
 */
export function badRowsFile(
  rows: readonly BadRow[],
  source: Source | undefined,
): { readonly bytes: Uint8Array; readonly encoding: string; readonly fallback?: string } {
  const separator = source?.separator ?? ',';
  const width = Math.max(0, source?.columns?.length ?? 0, ...rows.map(({ raw }) => cellsOf(raw).length));
  const columns = Array.from({ length: width }, (_, index) => source?.columns?.[index] ?? String(index + 1));
  const lines = [
    [...columns, errorColumn],
    ...rows.map(({ raw, problems }) => {
      const cells = cellsOf(raw);
      return [...columns.map((_, index) => cells[index] ?? ''), problems.map(told).join('; ')];
    }),
  ];
  const text = `${lines.map((cells) => cells.map((cell) => quoted(cell, separator)).join(separator)).join('\r\n')}\r\n`;
  return encoded(text, source?.encoding ?? 'utf-8');
}

const cellsOf = (raw: unknown): readonly string[] =>
  Array.isArray(raw) ? raw.map(textOf) : raw === null || raw === undefined ? [] : [JSON.stringify(raw)];

const textOf = (cell: unknown): string =>
  cell === null || cell === undefined ? '' : typeof cell === 'string' ? cell : JSON.stringify(cell);

const told = ({ header, rule, message }: RowProblem): string =>
  `${header === '' ? '' : `${header}: `}${say(message)} (${rule})`;

/**
 * RFC 4180. A text that a spreadsheet would take for a formula is left as it is: the row goes back to the system that wrote it, and is sent
 * again byte for byte.
 */
const quoted = (cell: string, separator: string): string =>
  cell.includes(separator) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

function encoded(text: string, encoding: string): ReturnType<typeof badRowsFile> {
  const label = encoding.toLowerCase();
  if (/^(gb|cp936|ms936|euc-cn|windows-936)/.test(label)) {
    try {
      return { bytes: encodeGb18030(text), encoding: 'gb18030' };
    } catch {
      return { bytes: Buffer.from(`\ufeff${text}`, 'utf8'), encoding: 'utf-8', fallback: 'gb18030' };
    }
  }
  if (label === 'utf-16le' || label === 'utf-16')
    return { bytes: Buffer.from(`\ufeff${text}`, 'utf16le'), encoding: 'utf-16le' };
  const plain = label.startsWith('utf') || label.endsWith('ascii');
  return {
    bytes: Buffer.from(`\ufeff${text}`, 'utf8'),
    encoding: 'utf-8',
    ...(plain ? {} : { fallback: label }),
  };
}
