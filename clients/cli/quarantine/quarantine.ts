/** `datong quarantine BATCH -o bad.csv`: the rows that failed, as their sender wrote them, with a column that says what is wrong. */
import type { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import type { DatongClient } from '../../sdk/datongClient.ts';
import { withProfile } from '../profile.ts';
import { columns } from '../textWidth.ts';
import { data, talk } from '../verb.ts';
import { withClient, type ClientVerbOptions } from '../withClient.ts';
import { badRowsFile, errorColumn, type BadRow, type Source } from './badRowsFile.ts';

interface QuarantineOptions extends ClientVerbOptions {
  readonly output?: string;
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
      .argument('<batch>', 'id of a submission of yours')
      .description(
        '取回问题数据：原列、原编码，另加“错误”一列 / the rows that failed, in your own columns, with what is wrong',
      ),
  )
    .option('-o, --output <file>', 'write them there as CSV instead of printing counts by rule')
    .option('--json', 'every row as JSON, one a line')
    .addHelpText('after', '\nExample:\n  datong quarantine 0193a5b0-… -o bad.csv\n')
    .action(quarantine);
}

async function quarantine(batch: string, options: QuarantineOptions): Promise<void> {
  await withClient(options, async (client) => {
    const { bad, rows, source } = await allRows(client, batch);
    if (options.json === true) for (const row of rows) data(JSON.stringify(row));
    if (options.output !== undefined) writeBadRows(options.output, rows, source);
    else if (options.json !== true) for (const line of columns(byRule(rows), new Set([0]))) data(line);
    talk({ zh: `共 ${bad} 行有问题`, en: `${bad} rows have problems in all` });
    if (rows.length < bad)
      talk({
        zh: `枢纽只保留了前 ${rows.length} 行`,
        en: `the hub has kept the first ${rows.length} of them`,
      });
  });
}

/** Writes the rows of a batch that failed as their sender wrote them, with what is wrong. Nothing where none did. */
export async function keepBadRows(client: DatongClient, batch: string, path: string): Promise<void> {
  const { rows, source } = await allRows(client, batch);
  if (rows.length > 0) writeBadRows(path, rows, source);
}

async function allRows(client: DatongClient, batch: string): Promise<Page> {
  const rows: BadRow[] = [];
  let first: Page | undefined;
  let after: number | undefined;
  do {
    const { json } = await client.quarantine(batch, {
      limit: 1_000,
      ...(after === undefined ? {} : { after }),
    });
    const page = json as Page;
    first ??= page;
    rows.push(...page.rows);
    after = page.next;
  } while (after !== undefined);
  return { ...first, rows };
}

/** Personal data: for the owner of the file alone. */
function writeBadRows(path: string, rows: readonly BadRow[], source: Source | undefined): void {
  const { bytes, encoding, fallback } = badRowsFile(rows, source);
  writeFileSync(path, bytes, { mode: 0o600 });
  talk({
    zh: `${rows.length} 行写入 ${path}（${encoding}），“${errorColumn}”一列说明问题；改正后删去该列再报送`,
    en: `wrote ${rows.length} rows to ${path} (${encoding}); the column ${errorColumn} says what is wrong: mend them, remove it, send again`,
  });
  if (fallback !== undefined)
    talk({
      zh: `有字符不能写成 ${fallback}，改用 ${encoding}`,
      en: `they cannot be written as ${fallback}, so ${encoding} was used`,
    });
}

/** How often each rule failed in each column, the most frequent first. */
function byRule(rows: readonly BadRow[]): readonly (readonly string[])[] {
  const counts = new Map<string, number>();
  for (const { header, rule } of rows.flatMap(({ problems }) => problems)) {
    const key = `${rule}\n${header}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([key, count]) => [String(count), ...key.split('\n')]);
}
