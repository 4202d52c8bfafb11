/** `datong send FILE --dataset ID`: a file in signed parts, committed, and what became of its rows. */
import type { Command } from 'commander';
import type { DatongClient } from '../sdk/datongClient.ts';
import { DatongProblem } from '../sdk/datongProblem.ts';
import type { Batch } from '../sdk/types.ts';
import type { RowProblem } from '../../terms/rowProblem.ts';
import { withProfile } from './profile.ts';
import { columns } from './textWidth.ts';
import { data, exitCode, say, talk } from './verb.ts';
import { wholeNumber } from './wholeNumber.ts';
import { keep, withClient, type ClientVerbOptions } from './withClient.ts';

interface SendVerbOptions extends ClientVerbOptions {
  readonly dataset: string;
  readonly mapping?: string;
  readonly batch?: string;
  readonly problems: number;
}

interface Counts {
  readonly records: number;
  readonly rows: number;
  readonly bad: number;
  readonly skipped: number;
}

interface QuarantinedRow {
  readonly nth: number;
  readonly line: number;
  readonly problems: readonly RowProblem[];
}

export function register(program: Command): void {
  withProfile(program.command('send'))
    .description('向本部门的数据资源报送文件 / submit a file to a dataset of this department')
    .argument('<file>', 'file in the format that the mapping declares')
    .requiredOption('--dataset <id>', 'such as pub-security.household')
    .option('--mapping <name>', 'registered mapping, name or name@version (default: the name of the dataset)')
    .option('--batch <id>', 'continue a submission that was broken off')
    .option('--problems <count>', 'problems of rows to show', wholeNumber(0, 1_000), 20)
    .option('--save <folder>', 'keep request, reply and receipt of the commit there')
    .option('--json', 'tell the outcome as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ datong send household-2026-09.csv --dataset pub-security.household
  $ datong send stations.csv --dataset ecology.air-quality-hourly --mapping prsa --as ecology`,
    )
    .action((file: string, options: SendVerbOptions) => run(file, options));
}

async function run(file: string, options: SendVerbOptions): Promise<void> {
  const { dataset } = options;
  const mapping = options.mapping ?? dataset.slice(dataset.indexOf('.') + 1);
  await withClient(options, async (client) => {
    let begun: string | undefined;
    const sending = client.sendFile(dataset, file, {
      mapping,
      ...(options.batch === undefined ? {} : { batch: options.batch }),
      onProgress: ({ batch, sent, size }) => {
        begun = batch;
        progress(batch, sent, size);
      },
    });
    const answer = await sending.catch(async (error: unknown) => {
      // a batch that is held says why row by row; the refusal itself is told after it
      if (error instanceof DatongProblem && begun !== undefined) await tellHeld(client, begun, options);
      throw error;
    });
    await keep(options, answer.kept);
    const problems = await problemsOf(client, answer.json, options);
    const ok = answer.json.state === 'published';
    if (options.json === true) data(JSON.stringify({ ok, ...answer.json, problems }));
    tell(answer.json, problems);
    process.exitCode = ok ? exitCode.ok : exitCode.refused;
  });
}

async function tellHeld(client: DatongClient, id: string, options: SendVerbOptions): Promise<void> {
  const { json: batch } = await client.batch(id);
  if (batch.state !== 'receiving') tell(batch, await problemsOf(client, batch, options));
}

/** One line that is rewritten on a terminal, one line in all where it is none. */
function progress(batch: string, sent: number, size: number): void {
  const done = sent >= size;
  const share = size === 0 ? 100 : Math.floor((sent / size) * 100);
  if (process.stderr.isTTY) process.stderr.write(`\r${batch}  ${share}%${done ? '\n' : ''}`);
  else if (done) talk({ zh: `已上传 ${size} 字节，批次 ${batch}`, en: `sent ${size} bytes, batch ${batch}` });
}

const countsOf = (batch: Batch): Counts | undefined => batch['counts'] as Counts | undefined;

/** Problems of the rows that failed, as many as are wanted. */
async function problemsOf(
  client: DatongClient,
  batch: Batch,
  options: SendVerbOptions,
): Promise<readonly RowProblem[]> {
  const most = options.problems;
  if (most === 0 || (countsOf(batch)?.bad ?? 0) === 0) return [];
  const { json } = await client.quarantine(batch.batch, { limit: most });
  const { rows } = json as { rows: readonly QuarantinedRow[] };
  return rows.flatMap(({ problems }) => problems).slice(0, most);
}

function tell(batch: Batch, problems: readonly RowProblem[]): void {
  const counts = countsOf(batch);
  const { state } = batch;
  const seen = state === 'published' || state === 'superseded';
  const summary =
    counts === undefined
      ? { zh: '', en: '' }
      : {
          zh: `：${counts.records} 条记录，${counts.rows} 行${seen ? '可见' : '合格但未发布'}，${counts.bad} 行有问题`,
          en: `: ${counts.records} records, ${counts.rows} rows ${seen ? 'visible' : 'good but not published'}, ${counts.bad} with problems`,
        };
  talk({
    zh: `批次 ${batch.batch} ${states[state].zh}${summary.zh}`,
    en: `batch ${batch.batch} ${states[state].en}${summary.en}`,
  });
  if (typeof batch['sameAs'] === 'string')
    talk({
      zh: `同样的字节已在批次 ${batch['sameAs']} 报送过`,
      en: `the same bytes were submitted before, in batch ${batch['sameAs']}`,
    });
  if (problems.length === 0) return;
  const head = say({
    zh: '行|列|表头|规则|值的形状|说明',
    en: 'line|column|header|rule|shape of the value|what is wrong',
  });
  const rows = problems.map(({ line, column, header, rule, got, message }) => [
    String(line),
    String(column),
    header,
    rule,
    got,
    say(message),
  ]);
  for (const row of columns([head.split('|'), ...rows], new Set([0, 1]))) talk(row);
}

const states: Readonly<Record<Batch['state'], { zh: string; en: string }>> = {
  receiving: { zh: '仍在接收', en: 'is still being received' },
  checking: { zh: '仍在检查', en: 'is still being checked' },
  held: { zh: '被搁置：问题行超过限额', en: 'is held: too many rows have problems' },
  published: { zh: '已发布', en: 'is published' },
  superseded: { zh: '已被取代', en: 'is superseded' },
  rejected: { zh: '被退回', en: 'is rejected' },
  failed: { zh: '失败', en: 'failed' },
};
