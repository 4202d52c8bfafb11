/** Masked rows as the bytes of a file, part by part. */
import { longestCell, writeWorkbook } from '../../../../adapters/xlsx/writeWorkbook.ts';
import { rootOf } from '../../../../policies/masks/rows/fieldPath.ts';
import type { Permission } from '../../../../policies/decision.ts';
import { byteOrderMark, csvLine } from '../../../../terms/excelCsv.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { ExportFormat } from '../../../store/exports/exports.ts';
import { linesOf } from '../linesOf.ts';

type Records = readonly Readonly<Record<string, unknown>>[];

export interface ExportFile {
  /** the fields of its lines, where they can be written elsewhere as well */
  readonly csv?: readonly string[];
  /** the bytes of a part; none where the file is made as a whole. The same rows give the same bytes, however often they are asked for */
  bytes(records: Records, place: { readonly first: boolean }): Buffer;
  /** keeps the rows of a part that stands. @throws Problem export_too_large */
  take(records: Records): void;
  /** what comes behind the parts. @throws Problem export_too_large */
  end(): Promise<Uint8Array>;
}

export const contentTypes: Readonly<Record<ExportFormat, string>> = {
  ndjson: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** A workbook is made in memory, whole. */
const mostRowsOfWorkbook = 50_000;

export function exportFile(format: ExportFormat, { fields }: Pick<Permission, 'fields'>): ExportFile {
  const header = [...new Set(fields.map(({ field }) => rootOf(field)))];
  const cells = (record: Readonly<Record<string, unknown>>): readonly unknown[] =>
    header.map((name) => record[name]);
  if (format === 'xlsx') return workbook(header, cells);
  const nothing = { take: () => undefined, end: () => Promise.resolve(new Uint8Array(0)) };
  if (format === 'ndjson') return { ...nothing, bytes: (records) => linesOf(records) };
  const head = Buffer.from(`${byteOrderMark}${csvLine(header)}`, 'utf8');
  return {
    ...nothing,
    csv: header,
    bytes: (records, { first }) => {
      const lines = linesOf(records, header);
      return first ? Buffer.concat([head, lines]) : lines;
    },
  };
}

function workbook(
  header: readonly string[],
  cells: (record: Readonly<Record<string, unknown>>) => readonly unknown[],
): ExportFile {
  const rows: (readonly unknown[])[] = [];
  return {
    bytes: () => Buffer.alloc(0),
    take: (records) => {
      for (const record of records) rows.push(cells(record));
      if (rows.length > mostRowsOfWorkbook)
        throw new Problem('export_too_large', {
          most: { zh: `${mostRowsOfWorkbook} 行`, en: `${mostRowsOfWorkbook} rows` },
        });
    },
    end: async () => {
      const written = await writeWorkbook(header, rows);
      if ('bytes' in written) return written.bytes;
      throw new Problem('export_too_large', {
        most: { zh: `每格 ${longestCell} 个字符`, en: `${longestCell} characters in a cell` },
      });
    },
  };
}
