/** Measures a workbook and chooses its sheet before any row is read. */
import { mergedRanges, type MergedRange } from './mergedCells.ts';
import type { XlsxOptions } from './options.ts';
import { listsSheet, SheetSurvey } from './sheetSurvey.ts';
import { chosenSheet, openWorkbook, refuseOtherFiles, type Sheet, type Workbook } from './workbook.ts';
import { countInflated, zipEntries, type ZipLimits } from './zipGuard.ts';

export interface OpenSheet {
  readonly workbook: Workbook;
  readonly sheet: Sheet;
  /** of the sheet; empty where it has no part */
  readonly merged: readonly MergedRange[];
  /** names of the other visible sheets with values, in order */
  readonly further: readonly string[];
}

type SheetOptions = Pick<XlsxOptions, 'sheet' | 'hidden' | 'maxInflatedBytes'>;

/** @throws Problem file_empty, file_limit_exceeded, file_protected, format_refused, xlsx_damaged, xlsx_sheet_missing */
export async function openSheet(file: Buffer, options: SheetOptions): Promise<OpenSheet> {
  refuseOtherFiles(file);
  const limits: ZipLimits = { maxInflatedBytes: options.maxInflatedBytes, maxEntries: 1_000, maxRatio: 200 };
  const entries = zipEntries(file, limits);
  const workbook = openWorkbook(entries);
  const { sheets } = workbook;
  const sheet = chosenSheet(sheets, options);
  const { part } = sheet;
  const survey = new SheetSurvey(workbook);
  await countInflated(entries, limits, survey.see);
  return {
    workbook,
    sheet,
    merged: part !== undefined && survey.hasMergedCells(part) ? await mergedRanges(part) : [],
    further: sheets
      .filter((one) => one !== sheet && !one.hidden && one.name !== listsSheet && survey.isFilled(one))
      .map(({ name }) => name),
  };
}
