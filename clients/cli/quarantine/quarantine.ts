/** `datong batch quarantine BATCH -o bad.csv`: the rows that failed, as their sender wrote them, with a column for the error. */
import type { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import type { DatongClient } from '../../sdk/datongClient.ts';
import { quarantinedLiveRows, type LiveQuarantine } from '../../sdk/sendFile.ts';
import { withProfile } from '../profile.ts';
import { columns } from '../printedText.ts';
import { data, dataLines, exitCode, say, talk, VerbFailure } from '../verb.ts';
import { withClient, type ClientVerbOptions } from '../withClient.ts';
import { writeBadRows } from '../../../adapters/xlsx/writeBadRows.ts';
import {
  badRowsFile,
  cellsOf,
  errorColumn,
  toldOf,
  type BadRow,
  type Source,
  type WrittenRows,
} from '../../../terms/badRowsFile.ts';
import type { RowProblem } from '../../../terms/rowProblem.ts';
import { defined } from '../../../terms/defined.ts';

interface QuarantineOptions extends ClientVerbOptions {
  readonly out?: string;
}

interface Page {
  readonly bad: number;
  readonly next?: number;
  readonly source?: Source;
  readonly rows: readonly BadRow[];
}

export function register(program: Command): void {
  withProfile(
    program
      .command('quarantine')
      .argument('<batch>', 'id of a submission of yours, or a live dataset of yours')
      .description(
        '取回问题数据：原列、原编码，另加“错误”一列 / the rows that failed, in your own columns, with what is wrong',
      ),
  )
    .option(
      '-o, --out <file>',
      'write them there instead of printing counts by rule: as CSV, or as a workbook where you sent one',
    )
    .option('--json', 'every row as JSON, one a line')
    .addHelpText(
      'after',
      `
Examples:
  $ datong batch quarantine 0193a5b0-… -o bad.csv
  $ datong batch quarantine health.immunisation-live --json`,
    )
    .action((named: string, options: QuarantineOptions) =>
      named.includes('.') ? quarantineOfLive(named, options) : quarantine(named, options),
    );
}

async function quarantine(batch: string, options: QuarantineOptions): Promise<void> {
  await withClient(options, async (client) => {
    const { bad, rows, source } = await allRows(client, batch);
    if (options.json === true) for (const row of rows) data(JSON.stringify(row));
    if (options.out !== undefined) await keepRows(options.out, rows, source);
    else if (options.json !== true) dataLines(columns(byRule(rows), new Set([0])));
    talk({ zh: `共 ${bad} 行有问题`, en: `${bad} rows have problems in all` });
    if (rows.length < bad)
      talk({
        zh: `枢纽只保留了前 ${rows.length} 行`,
        en: `the hub has stored the first ${rows.length} of them`,
      });
  });
}

/** Rows that this department's connector gave and that failed. */
async function quarantineOfLive(dataset: string, options: QuarantineOptions): Promise<void> {
  if (options.out !== undefined)
    throw new VerbFailure(exitCode.usage, {
      zh: '-o 用于报送批次；实时数据资源请用 --json',
      en: '-o is for submissions; of a live dataset use --json',
    });
  await withClient(options, async (client) => {
    const rows: LiveQuarantine['rows'] = [];
    let after: number | undefined;
    do {
      const page = { limit: 1_000, ...defined({ after }) };
      const { json } = await quarantinedLiveRows((input) => client.call(input), dataset, page);
      rows.push(...json.rows);
      after = json.next;
    } while (after !== undefined);
    const places = rows.map(({ problems }) => ({
      problems: problems.map(({ field, rule }) => ({ header: field, rule })),
    }));
    if (options.json === true) for (const row of rows) data(JSON.stringify(row));
    else dataLines(columns(byRule(places), new Set([0])));
    talk({ zh: `共 ${rows.length} 行有问题`, en: `${rows.length} rows have problems in all` });
  });
}

/** Writes the failed rows of a batch as their sender wrote them, with their errors. Writes nothing where none failed. */
export async function keepBadRows(client: DatongClient, batch: string, path: string): Promise<void> {
  const { rows, source } = await allRows(client, batch);
  if (rows.length > 0) await keepRows(path, rows, source);
}

async function allRows(client: DatongClient, batch: string): Promise<Page> {
  const rows: BadRow[] = [];
  let first: Page | undefined;
  let after: number | undefined;
  do {
    const { json } = await client.quarantine(batch, {
      limit: 1_000,
      ...defined({ after }),
    });
    const page = json as Page;
    first ??= page;
    rows.push(...page.rows);
    after = page.next;
  } while (after !== undefined);
  return { ...first, rows };
}

/** A workbook where the sender used one, unless the file is to be CSV. Personal data: readable by the file's owner alone. */
async function keepRows(path: string, rows: readonly BadRow[], source: Source | undefined): Promise<void> {
  const workbook = /\.csv$/i.test(path) ? undefined : await workbookOf(rows, source);
  const { bytes, encoding, fallback } = workbook ?? badRowsFile(rows, source, say);
  writeFileSync(path, bytes, { mode: 0o600 });
  talk({
    zh: `${rows.length} 行写入 ${path}（${encoding}），“${errorColumn}”一列说明问题；改正后删去该列再报送`,
    en: `wrote ${rows.length} rows to ${path} (${encoding}); the column ${errorColumn} states what is wrong: correct the rows, remove the column, send the file`,
  });
  if (fallback !== undefined)
    talk({
      zh: `有字符不能写成 ${fallback}，改用 ${encoding}`,
      en: `they cannot be written as ${fallback}, so ${encoding} was used`,
    });
}

/** undefined where the sender's file was no workbook, or the hub knows no headings of it */
async function workbookOf(
  rows: readonly BadRow[],
  source: Source | undefined,
): Promise<WrittenRows | undefined> {
  if (source?.format !== 'xlsx' || source.headerRow === undefined || source.columns === undefined)
    return undefined;
  const { columns, sheet, headerRow } = source;
  const placeOf = ({ column, header }: RowProblem): number =>
    column > 0 ? column - 1 : columns.indexOf(header);
  const bytes = await writeBadRows(
    { sheet, headerRow, columns, errorColumn },
    rows.map(({ raw, problems }) => ({
      cells: cellsOf(raw, columns.length),
      wrong: [...new Set(problems.map(placeOf))].filter((at) => at >= 0 && at < columns.length),
      told: toldOf(problems, say),
    })),
  );
  return { bytes, encoding: 'xlsx' };
}

/** How often each rule failed in each column, the most frequent first. */
function byRule(
  rows: readonly { readonly problems: readonly Pick<BadRow['problems'][number], 'header' | 'rule'>[] }[],
): readonly (readonly string[])[] {
  const counts = new Map<string, number>();
  for (const { header, rule } of rows.flatMap(({ problems }) => problems)) {
    const key = `${rule}\n${header}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([key, count]) => [String(count), ...key.split('\n')]);
}
