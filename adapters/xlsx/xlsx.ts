/** Workbooks of Excel and WPS. The rows of one sheet are read piece by piece, after the whole archive has been measured. */
import { fill } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import type { Bytes, Format, TableBatch } from '../reading/reader.ts';
import { mergedRanges } from './mergedCells.ts';
import { numberFormats } from './numberFormats.ts';
import { xlsxOptionsSchema, type XlsxOptions } from './options.ts';
import { readPart } from './readPart.ts';
import { sharedTexts } from './sharedTexts.ts';
import { SheetCells } from './sheetCells.ts';
import { SheetRows } from './sheetRows.ts';
import { listsSheet, SheetSurvey } from './sheetSurvey.ts';
import { chosenSheet, openWorkbook, refuseOtherFiles } from './workbook.ts';
import { countInflated, zipEntries, type ZipLimits } from './zipGuard.ts';

export const xlsx: Format = {
  name: 'xlsx',
  title: { zh: 'Excel / WPS 工作簿（xlsx）', en: 'Excel and WPS workbooks (xlsx)' },
  optionsSchema: xlsxOptionsSchema,
  read: (bytes, options) => readXlsx(bytes, options as XlsxOptions),
};

/** @throws Problem file_empty, file_limit_exceeded, file_protected, format_refused, xlsx_damaged, xlsx_sheet_missing, file_header_missing */
async function* readXlsx(bytes: Bytes, options: XlsxOptions): AsyncGenerator<TableBatch> {
  const file = await whole(bytes, options.maxFileBytes);
  refuseOtherFiles(file);
  const limits: ZipLimits = { maxInflatedBytes: options.maxInflatedBytes, maxEntries: 1_000, maxRatio: 200 };
  const entries = zipEntries(file, limits);
  const workbook = openWorkbook(entries);
  const { sheets, texts, styles, date1904, uncomputed } = workbook;
  const sheet = chosenSheet(sheets, options);
  const { name, part } = sheet;
  const survey = new SheetSurvey(workbook);
  await countInflated(entries, limits, survey.see);
  if (part === undefined)
    throw new Problem('xlsx_damaged', {
      what: fill({ zh: '“{name}”中没有单元格', en: 'no cells in "{name}"' }, { name: name.slice(0, 60) }),
    });
  const merged = survey.hasMergedCells(part) ? await mergedRanges(part) : [];
  const rows = new SheetRows(options, merged, uncomputed);
  const hidden = sheets.filter((one) => one.hidden);
  if (hidden.length > 0) rows.reportHidden(hidden.length);
  const further = sheets.filter((one) => one !== sheet && !one.hidden && survey.isFilled(one));
  if (options.sheet === undefined)
    rows.reportFurther(further.map((one) => one.name).filter((one) => one !== listsSheet));
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
