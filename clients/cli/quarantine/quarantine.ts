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
  errorTextOf,
  type BadRow,
  type Source,
  type WrittenRows,
} from '../../../terms/badRowsFile.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { RowProblem } from '../../../terms/rowProblem.ts';
import { defined } from '../../../terms/defined.ts';
import { counted } from '../../../terms/counted.ts';

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
    if (options.out !== undefined) await keepRows(options.out, batch, rows, source);
    else if (options.json !== true) printByRule(rows);
    talk({ zh: `共 ${bad} 行有问题`, en: `rows with problems: ${bad}` });
    if (rows.length < bad)
      talk({
        zh: `枢纽只保留了前 ${rows.length} 行`,
        en: `the hub has stored the first ${rows.length} of them`,
      });
    if (options.out === undefined && options.json !== true && rows.length > 0) talk(whatNext(batch, source));
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
    if (options.json === true) for (const row of rows) data(JSON.stringify(row));
    else printByRule(rows.map(({ place, problems }) => ({ line: place, problems })));
    talk({ zh: `共 ${rows.length} 行有问题`, en: `rows with problems: ${rows.length}` });
    if (options.json !== true && rows.length > 0)
      talk({
        zh: '处理建议：在连接器读取的系统中改正；--json 逐行给出原样',
        en: 'next: correct them in the system that the connector reads; --json prints each row',
      });
  });
}

/** Writes the failed rows of a batch as their sender wrote them, with their errors. Writes nothing where none failed. */
export async function keepBadRows(client: DatongClient, batch: string, path: string): Promise<void> {
  const { rows, source } = await allRows(client, batch);
  if (rows.length > 0) await keepRows(path, batch, rows, source);
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
async function keepRows(
  path: string,
  batch: string,
  rows: readonly BadRow[],
  source: Source | undefined,
): Promise<void> {
  const workbook = /\.csv$/i.test(path) ? undefined : await workbookOf(rows, source);
  const { bytes, encoding, fallback } = workbook ?? badRowsFile(rows, source, say);
  writeFileSync(path, bytes, { mode: 0o600 });
  talk({
    zh: `${rows.length} 行写入 ${path}（${encoding}），“${errorColumn}”一列说明问题`,
    en: `wrote ${counted(rows.length, 'row')} to ${path} (${encoding}); the column ${errorColumn} states what is wrong`,
  });
  if (fallback !== undefined)
    talk({
      zh: `有字符不能写成 ${fallback}，改用 ${encoding}`,
      en: `they cannot be written as ${fallback}, so ${encoding} was used`,
    });
  if (rows.length === 0) return;
  talk(
    source?.columns === undefined
      ? whatNext(batch, source)
      : {
          zh: `处理建议：改正后运行 datong send ${path} --dataset 数据资源 --corrects ${batch}（该列可不删）`,
          en: `next: correct the rows, then datong send ${path} --dataset DATASET --corrects ${batch} (the column may stay)`,
        },
  );
}

/** Rows without columns, as of a call or a JSON file, come back from their source only. */
const whatNext = (batch: string, source: Source | undefined): Bilingual =>
  source?.columns === undefined
    ? {
        zh: '处理建议：在来源处改正，再次报送；--json 逐行给出原样',
        en: 'next: correct them at their source and send them again; --json prints each row',
      }
    : {
        zh: `处理建议：datong batch quarantine ${batch} -o bad.csv 取回这些行，并逐行说明问题`,
        en: `next: datong batch quarantine ${batch} -o bad.csv writes these rows, each with what is wrong`,
      };

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
      errorText: errorTextOf(problems, say),
    })),
  );
  return { bytes, encoding: 'xlsx' };
}

interface FailedRow {
  /** of the file; number of the row in its call, or in the answer of the connector */
  readonly line: number;
  readonly problems: readonly (Pick<RowProblem, 'field' | 'rule'> &
    Partial<Pick<RowProblem, 'header' | 'message'>>)[];
}

/** Lines that are named for each rule. */
const maxLines = 5;

/** Prints how often each rule failed in each column and on which lines, the most frequent first. */
function printByRule(rows: readonly FailedRow[]): void {
  const groups = new Map<string, { readonly cells: readonly string[]; readonly lines: number[] }>();
  for (const { line, problems } of rows)
    for (const { rule, header = '', field, message } of problems) {
      // rows of a call have fields and no columns
      const column = header === '' ? field : header;
      const key = `${rule}\n${column}`;
      const group = groups.get(key);
      if (group === undefined)
        groups.set(key, { cells: [rule, column, message === undefined ? '' : say(message)], lines: [line] });
      else group.lines.push(line);
    }
  if (groups.size === 0) return;
  const head = say({ zh: '行数|规则|列|说明|所在行', en: 'rows|rule|column|what is wrong|lines' }).split('|');
  const found = [...groups.values()]
    .toSorted((one, other) => other.lines.length - one.lines.length)
    .map(({ cells, lines }) => [
      String(lines.length),
      ...cells,
      `${lines.slice(0, maxLines).join(', ')}${lines.length > maxLines ? ' …' : ''}`,
    ]);
  dataLines(columns([head, ...found], new Set([0])));
}
