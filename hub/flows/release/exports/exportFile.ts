/** Masked rows as the bytes of a file, part by part. */
import { maxCellLength } from '../../../../adapters/xlsx/writeWorkbook.ts';
import { rootOf } from '../../../../policies/masks/rows/fieldPath.ts';
import type { Permission } from '../../../../policies/decision.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { byteOrderMark, csvLine } from '../../../../terms/csv.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { ExportFormat } from './store/exports.ts';
import { linesOf } from '../linesOf.ts';
import type { PartWriter } from '../streamPart.ts';
import { writeBook } from '../threads/writeBook.ts';

/** How parts become a file. The parts of NDJSON and of a workbook are masked as lines of JSON, so both use the same masks. */
export interface ExportFile {
  /** absent: a part's bytes are lines of JSON */
  readonly writer?: PartWriter;
  /**
   * Used where the file is generated as a whole and parts have no separate bytes: stores the part's lines.
   * @throws Problem export_too_large
   */
  readonly keep?: (part: { readonly bytes: Buffer; readonly rows: number }) => void;
  /** the bytes after the parts. @throws Problem export_too_large */
  end(): Promise<Uint8Array>;
}

export const contentTypes: Readonly<Record<ExportFormat, string>> = {
  ndjson: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** A workbook is generated in memory as a whole, which takes about ten times the size of its lines. */
const maxRows = 50_000;
const maxMebibytes = 64;
const tooWide: Bilingual = {
  zh: `打包前 ${maxMebibytes} MiB`,
  en: `${maxMebibytes} MiB before it is packed`,
};

export function exportFile(format: ExportFormat, { fields }: Pick<Permission, 'fields'>): ExportFile {
  const header = [...new Set(fields.map(({ field }) => rootOf(field)))];
  if (format === 'xlsx') return workbook(header);
  const end = (): Promise<Uint8Array> => Promise.resolve(new Uint8Array(0));
  if (format === 'ndjson') return { end };
  const head = Buffer.from(`${byteOrderMark}${csvLine(header)}`, 'utf8');
  return {
    end,
    writer: {
      csv: header,
      write: (records, { first }) => {
        const lines = linesOf(records, header);
        return first ? Buffer.concat([head, lines]) : lines;
      },
    },
  };
}

function workbook(header: readonly string[]): ExportFile {
  const lines: Uint8Array[] = [];
  let count = 0;
  let size = 0;
  return {
    keep: ({ bytes, rows }) => {
      count += rows;
      size += bytes.length;
      if (count > maxRows)
        throw new Problem('export_too_large', {
          most: { zh: `${maxRows} 行`, en: `${maxRows} rows` },
        });
      if (size > maxMebibytes * 1024 * 1024) throw new Problem('export_too_large', { most: tooWide });
      lines.push(bytes);
    },
    end: async () => {
      const written = await writeBook({ header, lines }, count);
      if (written === undefined) throw new Problem('export_too_large', { most: tooWide });
      if ('bytes' in written) return written.bytes;
      throw new Problem('export_too_large', {
        most: { zh: `每格 ${maxCellLength} 个字符`, en: `${maxCellLength} characters in a cell` },
      });
    },
  };
}
