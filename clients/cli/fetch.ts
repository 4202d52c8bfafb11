/** `datong fetch DATASET`: rows under an agreement, masked as agreed, signed and with a receipt. */
import { inBothLanguages } from '../../terms/factWords.ts';
import type { Command } from 'commander';
import type { Answer, QueryAnswer, BatchOutcome } from '../sdk/types.ts';
import { contextOf, withCallContext, type ContextOptions } from './callContext.ts';
import { queryOf, withQuery, type QueryOptions } from './fetch/queryOptions.ts';
import { requestedFormat, tableOf, writeRows, type RowsFileOptions, type Table } from './fetch/rowsFile.ts';
import { fetchStream } from './fetchStream.ts';
import { withProfile } from './profile.ts';
import { data, talk, exitCode, VerbFailure } from './verb.ts';
import { storeEvidence, withClient, type ClientVerbOptions } from './withClient.ts';
import { defined } from '../../terms/defined.ts';
import { readFileSync } from 'node:fs';
import type { DatongClient } from '../sdk/datongClient.ts';
import { counted } from '../../terms/counted.ts';

interface FetchOptions extends ClientVerbOptions, ContextOptions, RowsFileOptions, QueryOptions {
  readonly all?: boolean;
  readonly by?: string;
  readonly each?: string;
  readonly json?: boolean;
  readonly stream?: boolean;
}

/** `datong fetch --by FIELD --each FILE`: many subjects in one exchange, an outcome a line. @throws VerbFailure usage */
async function fetchEach(dataset: string, options: FetchOptions): Promise<void> {
  const { by, each, fields, filter, sort, limit, all } = options;
  const others = [filter, sort, limit, all].some((one) => one !== undefined);
  if (by === undefined || each === undefined || others) {
    throw new VerbFailure(exitCode.usage, {
      zh: '--by 与 --each 须一起使用，且不能与 --filter、--sort、--limit、--all 同用',
      en: '--by and --each go together, and without --filter, --sort, --limit and --all',
    });
  }
  const lines = readFileSync(each === '-' ? 0 : each, 'utf8').split(/\r?\n/);
  const values = lines.map((line) => line.trim()).filter((line) => line !== '');
  const question = {
    by,
    values,
    ...(fields === undefined ? {} : { fields: fields.split(',').map((name) => name.trim()) }),
  };
  const format = requestedFormat(options);
  const ask = async (client: DatongClient): Promise<void> => {
    const {
      json,
      kept: stored,
      exchange,
      check,
    } = await client.batchQuery(dataset, question, contextOf(options));
    const index = check?.receipt?.proof.index;
    if (format === 'json') data(JSON.stringify({ ok: true, ...json, exchange, index }));
    else await writeRows(options, tableOfOutcomes(json.outcomes, question.fields), json.outcomes);
    await storeEvidence(options, stored);
    const found = json.outcomes.filter((outcome) => 'records' in outcome).length;
    const unagreed = json.outcomes.filter((outcome) => codeOf(outcome) === 'consent_missing').length;
    talk({
      zh: `${values.length} 个主体：${found} 个有数据，${values.length - found - unagreed} 个没有，${unagreed} 个未同意；签名与回执已核验，日志第 ${index ?? '?'} 条，交换 ${exchange}`,
      en: `${values.length} subjects: ${found} found, ${values.length - found - unagreed} not, ${unagreed} without consent; signature and receipt verified, entry ${index ?? '?'} of the log, exchange ${exchange}`,
    });
  };
  await withClient(options, ask, options);
}

/** Every value has at least one row, by its position in the file, so that a clerk can compare it with their list. */
function tableOfOutcomes(outcomes: readonly BatchOutcome[], fields: readonly string[] | undefined): Table {
  const { header } = tableOf(
    outcomes.flatMap((outcome) => ('records' in outcome ? outcome.records : [])),
    fields,
  );
  const rows = outcomes.flatMap((outcome, at) => {
    const records = 'records' in outcome && outcome.records.length > 0 ? outcome.records : [{}];
    return records.map((record: Readonly<Record<string, unknown>>) => [
      at + 1,
      codeOf(outcome) ?? 'ok',
      ...header.map((name) => record[name]),
    ]);
  });
  return { header: ['#', 'outcome', ...header], rows };
}

const codeOf = (outcome: BatchOutcome): string | undefined => ('code' in outcome ? outcome.code : undefined);

export function register(program: Command): void {
  withQuery(
    withCallContext(withProfile(program.command('fetch')))
      .description(
        '按共享协议获取数据行，每行一个 JSON 对象 / fetch rows of a dataset under an agreement; one JSON object a line',
      )
      .argument('<dataset>', 'such as pub-security.household'),
  )
    .option('--all', 'follow the cursor to the last page; each page is a separate exchange')
    .option('--by <field>', 'with --each: the field by whose full values subjects are named')
    .option(
      '--each <file>',
      'many subjects in one exchange: a value a line (- for stdin); an outcome a line, in the same order',
    )
    .option('--csv', 'as CSV that Excel opens: byte order mark, CRLF, no formulas')
    .option('--xlsx', 'as a workbook, with -o; long numbers retain their digits')
    .option('--ndjson', 'one JSON object a line (the usual)')
    .option('--geojson', 'as a GeoJSON FeatureCollection; rows with a place')
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
        await storeEvidence(options, page.kept);
        if (options.all !== true) break;
      }
      const records = pages.flatMap(({ json }) => json.records);
      if (['csv', 'xlsx', 'geojson'].includes(format) || options.out !== undefined)
        await writeRows(options, tableOf(records, query.fields), records);
      printPages(pages, records, options);
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

function printPages(
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
    en: `${counted(records.length, 'row')}; signature and receipt verified, entry ${index} of the log, exchange ${last.exchange}`,
  });
  for (const [field, code] of Object.entries(last.json.withheld))
    talk({
      zh: `  未提供 ${field}：${inBothLanguages('label', code).zh}`,
      en: `  withheld ${field}: ${code}`,
    });
  if (options.all !== true && last.json.nextCursor !== undefined)
    talk({ zh: '还有下一页：加 --all 取完', en: 'there are more: add --all to fetch them' });
}
