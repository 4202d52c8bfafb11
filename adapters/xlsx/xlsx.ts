/** Reads workbooks of Excel and WPS. The rows of one sheet are read piece by piece, after the whole archive has been measured. */
import { fill } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import type { Bytes, Format, TableBatch } from '../reading/reader.ts';
import { numberFormats } from './numberFormats.ts';
import { openSheet } from './openSheet.ts';
import { contradictionOfRows, unusedXlsxOptions, xlsxOptionsSchema, type XlsxOptions } from './options.ts';
import { readPart } from './readPart.ts';
import { sharedTexts } from './sharedTexts.ts';
import { SheetCells } from './sheetCells.ts';
import { SheetRows } from './sheetRows.ts';

export const xlsx: Format = {
  name: 'xlsx',
  title: { zh: 'Excel / WPS 工作簿（xlsx）', en: 'Excel and WPS workbooks (xlsx)' },
  optionsSchema: xlsxOptionsSchema,
  contradiction: (options) => contradictionOfRows(options as XlsxOptions),
  unused: (options) => unusedXlsxOptions(options as XlsxOptions),
  read: (bytes, options) => readXlsx(bytes, options as XlsxOptions),
};

/** @throws Problem file_empty, file_limit_exceeded, file_protected, format_refused, xlsx_damaged, xlsx_sheet_missing, file_header_missing */
async function* readXlsx(bytes: Bytes, options: XlsxOptions): AsyncGenerator<TableBatch> {
  const file = await whole(bytes, options.maxFileBytes);
  const { workbook, sheet, merged, further } = await openSheet(file, options);
  const { sheets, texts, styles, date1904, uncomputed } = workbook;
  const { name, part } = sheet;
  if (part === undefined)
    throw new Problem('xlsx_damaged', {
      what: fill({ zh: '“{name}”中没有单元格', en: 'no cells in "{name}"' }, { name: name.slice(0, 60) }),
    });
  const rows = new SheetRows(options, merged, uncomputed);
  const hidden = sheets.filter((one) => one.hidden).length;
  if (hidden > 0) rows.reportHidden(hidden);
  if (options.sheet === undefined) rows.reportFurther(further);
  const meanings = { texts: await sharedTexts(texts), formats: numberFormats(styles), date1904 };
  for await (const _piece of readPart(part, new SheetCells(meanings, rows))) {
    if (rows.full) yield rows.take();
    if (rows.ended) break;
  }
  yield rows.last();
}

async function whole(bytes: Bytes, limit: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > limit) throw new Problem('file_limit_exceeded', { place: 'xlsx', what: 'bytes', limit });
    parts.push(chunk);
  }
  return Buffer.concat(parts, size);
}
