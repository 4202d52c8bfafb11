/** `datong fetch DATASET`: rows under an agreement, masked as agreed, signed and with a receipt. */
import { inBothLanguages } from '../../terms/factWords.ts';
import type { Command } from 'commander';
import type { Answer, QueryAnswer } from '../sdk/types.ts';
import { contextOf, withCallContext, type ContextOptions } from './callContext.ts';
import { queryOf, withQuery, type QueryOptions } from './fetch/queryOptions.ts';
import { fetchEach } from './fetchEach.ts';
import { requestedFormat, tableOf, writeRows, type RowsFileOptions } from './fetch/rowsFile.ts';
import { fetchStream } from './fetchStream.ts';
import { withProfile } from './profile.ts';
import { data, talk } from './verb.ts';
import { keep, withClient, type ClientVerbOptions } from './withClient.ts';
import { defined } from '../../terms/defined.ts';

interface FetchOptions extends ClientVerbOptions, ContextOptions, RowsFileOptions, QueryOptions {
  readonly all?: boolean;
  readonly by?: string;
  readonly each?: string;
  readonly json?: boolean;
  readonly stream?: boolean;
}

export function register(program: Command): void {
  withQuery(
    withCallContext(withProfile(program.command('fetch')))
      .description(
        '按共享协议获取数据行，每行一个 JSON 对象 / fetch rows of a dataset under an agreement; one JSON object a line',
      )
      .argument('<dataset>', 'such as pub-security.household'),
  )
    .option('--all', 'follow the cursor to the last page; each page is an exchange of its own')
    .option('--by <field>', 'with --each: the field by whose full values subjects are named')
    .option(
      '--each <file>',
      'many subjects in one exchange: a value a line (- for stdin); an outcome a line, in the same order',
    )
    .option('--csv', 'as CSV that Excel opens: byte order mark, CRLF, no formulas')
    .option('--xlsx', 'as a workbook, with -o; long numbers retain their digits')
    .option('--ndjson', 'one JSON object a line (the usual)')
    .option('-o, --out <file>', 'write the rows there, readable by you alone')
    .option(
      '--stream',
      'every row the agreement gives, in one exchange of many parts; each part is verified before it is written, and the end',
    )
    .option('--save <folder>', 'store request, reply and receipt of every exchange there')
    .option('--json', 'one JSON document: records, withheld, rows, exchanges')
    .addHelpText(
      'after',
      `
Examples:
  $ datong fetch pub-security.household --as education --purpose school-enrolment --agreement agr-school-enrolment \\
      --on-behalf-of official-0317 --matter RX-2026-000451 --filter person_id=990101…
  $ datong fetch pub-security.household --as education --purpose school-enrolment --agreement agr-school-enrolment \\
      --on-behalf-of official-0317 --matter RX-2026-000451 --by person_id --each numbers.txt
  $ datong fetch ecology.air-quality-hourly --as education --purpose environment-study --agreement auto-education-… --filter 'pm25:>=75' --all \\
      --xlsx -o air.xlsx`,
    )
    .action((dataset: string, options: FetchOptions) => run(dataset, options));
}

async function run(dataset: string, options: FetchOptions): Promise<void> {
  if (options.stream === true) return fetchStream(dataset, options);
  if (options.each !== undefined || options.by !== undefined) return fetchEach(dataset, options);
  const query = queryOf(options);
  const context = contextOf(options);
  const format = requestedFormat(options);
  await withClient(
    options,
    async (client) => {
      const pages: Answer<QueryAnswer>[] = [];
      for await (const page of client.queryPages(dataset, query, context)) {
        pages.push(page);
        // as they come, where they need no heading and no file
        if (format === 'ndjson' && options.out === undefined)
          for (const record of page.json.records) data(JSON.stringify(record));
        await keep(options, page.kept);
        if (options.all !== true) break;
      }
      const records = pages.flatMap(({ json }) => json.records);
      if (format === 'csv' || format === 'xlsx' || options.out !== undefined)
        await writeRows(options, tableOf(records, query.fields), records);
      tell(pages, records, options);
    },
    options,
  );
}

/** Sum over the pages; where persons must consent, no page reports it. */
function withheldRows(pages: readonly Answer<QueryAnswer>[]): number | 'undisclosed' {
  let sum = 0;
  for (const { json } of pages) {
    if (json.rows.withheld === 'undisclosed') return 'undisclosed';
    sum += json.rows.withheld;
  }
  return sum;
}

/** The pages as one JSON object. */
function jsonOf(pages: readonly Answer<QueryAnswer>[], records: QueryAnswer['records']): object {
  const last = pages.at(-1);
  const hasVersions = pages.some(({ json }) => json.versions !== undefined);
  return {
    ok: true,
    records,
    ...(hasVersions ? { versions: pages.flatMap(({ json }) => json.versions ?? []) } : {}),
    withheld: last?.json.withheld ?? {},
    rows: { delivered: records.length, withheld: withheldRows(pages) },
    exchanges: pages.map(({ exchange, check }) => ({ exchange, index: check?.receipt?.proof.index })),
    ...defined({ nextCursor: last?.json.nextCursor }),
  };
}

function tell(
  pages: readonly Answer<QueryAnswer>[],
  records: QueryAnswer['records'],
  options: FetchOptions,
): void {
  if (options.json === true) data(JSON.stringify(jsonOf(pages, records)));
  const last = pages.at(-1);
  if (last === undefined) return;
  const index = last.check?.receipt?.proof.index ?? '?';
  talk({
    zh: `${records.length} 行；签名与回执已核验，日志第 ${index} 条，交换 ${last.exchange}`,
    en: `${records.length} ${records.length === 1 ? 'row' : 'rows'}; signature and receipt verified, entry ${index} of the log, exchange ${last.exchange}`,
  });
  for (const [field, code] of Object.entries(last.json.withheld))
    talk({
      zh: `  未提供 ${field}：${inBothLanguages('label', code).zh}`,
      en: `  withheld ${field}: ${code}`,
    });
  if (options.all !== true && last.json.nextCursor !== undefined)
    talk({ zh: '还有下一页：加 --all 取完', en: 'there are more: add --all to fetch them' });
}
