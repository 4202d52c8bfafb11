/** Writes entries as the workbook that `datong catalogue import` reads, with a sheet of their fields for human readers only. */
import { writeFileSync } from 'node:fs';
import { maxCellLength } from '../../../adapters/xlsx/writeWorkbook.ts';
import { writeTemplate } from '../../../adapters/xlsx/writeTemplate.ts';
import { exitCode, say, VerbFailure } from '../verb.ts';
import { entriesSheet, entryColumns } from './columns.ts';
import type { CatalogueShown } from './csvRow.ts';
import { lineOfEntry } from './entryOfLine.ts';

const fieldHeadings = ['信息资源代码', '数据资源', '信息项', '信息项名称', '数据类型'];

/** @param shown none for the empty template @throws VerbFailure (exit 4) where the file exists already */
export async function writeEntries(path: string, shown: readonly CatalogueShown[]): Promise<void> {
  const fields = shown.flatMap(({ entry, datasets }) =>
    datasets.flatMap(({ dataset, fields: own }) =>
      own.map(({ name, title, type }) => [entry.id, dataset, name, title?.zh ?? '', type]),
    ),
  );
  const cut = (row: readonly string[]): string[] => row.map((cell) => cell.slice(0, maxCellLength));
  const bytes = await writeTemplate({
    sheet: entriesSheet,
    headerRow: 1,
    columns: entryColumns.map(({ heading, hint, required, words }) => ({
      header: heading,
      hint: `${required ? say({ zh: '必填：', en: 'required: ' }) : ''}${say(hint)}`,
      choices: words === undefined ? undefined : Object.values(words),
    })),
    rows: shown.map((one) => cut(lineOfEntry(one))),
    further: fields.length === 0 ? [] : [{ name: '信息项', rows: [fieldHeadings, ...fields.map(cut)] }],
  });
  try {
    writeFileSync(path, bytes, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new VerbFailure(
      exitCode.local,
      { zh: `${path} 已存在，未写入`, en: `${path} already exists; nothing was written` },
      { zh: '换一个文件名', en: 'name another file' },
    );
  }
}
