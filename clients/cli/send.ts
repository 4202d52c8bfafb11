/** `datong send FILE --dataset ID`: a file in signed parts, committed, and what became of its rows. */
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { codePageOfCpg } from '../../adapters/dbf/codePages.ts';
import type { DatongClient } from '../sdk/datongClient.ts';
import { DatongProblem } from '../sdk/datongProblem.ts';
import type { Batch } from '../sdk/types.ts';
import type { RowProblem } from '../../terms/rowProblem.ts';
import { whyHeld } from './batch/batchLines.ts';
import { withProfile } from './profile.ts';
import { columns } from './textWidth.ts';
import { data, exitCode, say, talk } from './verb.ts';
import { inBytes, progressTeller } from './uploads/progress.ts';
import {
  forgetUnfinished,
  keepUnfinished,
  unfinished,
  type Submitted,
  type Unfinished,
} from './uploads/unfinished.ts';
import { wholeNumber } from './wholeNumber.ts';
import { keep, withClient, type ClientVerbOptions } from './withClient.ts';

interface SendVerbOptions extends ClientVerbOptions {
  readonly dataset: string;
  readonly mapping?: string;
  readonly batch?: string;
  readonly corrects?: string;
  readonly problems: number;
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
    .option(
      '--corrects <batch>',
      'the file holds the mended rows of this batch; its good rows are published with them',
    )
    .option('--problems <count>', 'problems of rows to show', wholeNumber(0, 1_000), 20)
    .option('--save <folder>', 'keep request, reply and receipt of the commit there')
    .option('--json', 'tell the outcome as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ datong send household-2026-09.csv --dataset pub-security.household
  $ datong send stations.csv --dataset ecology.air-quality-hourly --mapping prsa --as ecology
  $ datong send mended.csv --dataset pub-security.household --corrects 01890000-0000-7000-8000-000000000000`,
    )
    .action((file: string, options: SendVerbOptions) => run(file, options));
}

async function run(file: string, options: SendVerbOptions): Promise<void> {
  const { dataset } = options;
  const mapping = options.mapping ?? dataset.slice(dataset.indexOf('.') + 1);
  const codePage = codePageBeside(file);
  await withClient(options, async (client, { hub, department }) => {
    const { corrects } = options;
    const submitted: Submitted = {
      hub: hub.exchange,
      department,
      dataset,
      mapping,
      file,
      corrects,
      codePage,
    };
    const again = options.batch === undefined ? await takenUp(client, submitted) : undefined;
    const key = again?.key ?? randomUUID();
    const batch = options.batch ?? again?.batch;
    let begun: string | undefined;
    let told: ReturnType<typeof progressTeller> | undefined;
    const advise = (): void => adviseAfterBreak(begun);
    const interrupted = (): void => {
      advise();
      process.exit(interruptedExit);
    };
    process.once('SIGINT', interrupted);
    const sending = client.sendFile(dataset, file, {
      mapping,
      idempotencyKey: key,
      tries: patientTries,
      ...(codePage === undefined ? {} : { codePage }),
      ...(batch === undefined ? {} : { batch }),
      ...(corrects === undefined ? {} : { corrects }),
      onOpened: (opened) => {
        begun = opened.batch;
        told = progressTeller(opened.offset);
        keepUnfinished(submitted, { batch: opened.batch, key });
        tellOpened(opened);
      },
      onRetry: networkTeller(),
      onProgress: (progress) => told?.(progress),
    });
    const answer = await sending.catch(async (error: unknown) => {
      // a batch that is held says why row by row; the refusal itself is told after it
      if (error instanceof DatongProblem) {
        forgetUnfinished(submitted);
        if (begun !== undefined) await tellHeld(client, begun, options);
      } else advise();
      throw error;
    });
    process.off('SIGINT', interrupted);
    forgetUnfinished(submitted);
    await keep(options, answer.kept);
    const problems = await problemsOf(client, answer.json, options);
    const ok = answer.json.state === 'published';
    if (options.json === true) data(JSON.stringify({ ok, ...answer.json, problems }));
    tell(answer.json, problems);
    await tellSame(client, answer.json, begun);
    process.exitCode = ok ? exitCode.ok : exitCode.refused;
  });
}

/** Tries in a row while the network fails: with the pauses between them, about eight minutes. */
const patientTries = 100;
/** what a shell expects of a program that Ctrl-C ended */
const interruptedExit = 130;

/** A submission of this very file that was begun and never answered. */
async function takenUp(client: DatongClient, submitted: Submitted): Promise<Unfinished | undefined> {
  const found = unfinished(submitted);
  if (found === 'changed') {
    talk({
      zh: '文件在上次中断之后改过：重新开始一次报送',
      en: 'the file has changed since it was broken off: a new submission begins',
    });
    return undefined;
  }
  if (found === undefined) return undefined;
  const state = await client.batch(found.batch).then(
    ({ json }) => json.state,
    (error: unknown) => {
      if (error instanceof DatongProblem) return 'expired';
      throw error;
    },
  );
  return ['expired', 'failed', 'rejected'].includes(state) ? undefined : found;
}

/** Before the first byte leaves: whoever is cut off knows what to go on with. */
function tellOpened({ batch, offset, size }: { batch: string; offset: number; size: number }): void {
  talk(
    offset === 0
      ? { zh: `批次 ${batch}，共 ${inBytes(size)}`, en: `batch ${batch}, ${inBytes(size)}` }
      : {
          zh: `继续批次 ${batch}：${inBytes(size)} 中已收到 ${inBytes(offset)}`,
          en: `going on with batch ${batch}: ${inBytes(offset)} of ${inBytes(size)} are there`,
        },
  );
}

/** Once for each outage, not for each try. */
function networkTeller(): () => void {
  let last = 0;
  return () => {
    const now = Date.now();
    if (now - last > 60_000)
      talk({ zh: '网络中断或枢纽在重启：继续尝试…', en: 'the network or the hub is away: trying on…' });
    last = now;
  };
}

function adviseAfterBreak(batch: string | undefined): void {
  if (batch === undefined) return;
  talk({
    zh: `\n批次 ${batch} 未完成：再执行同一命令即从断处继续；在别的终端或用户下加 --batch ${batch}`,
    en: `\nbatch ${batch} is not finished: the same command goes on where it stopped; from another shell or user add --batch ${batch}`,
  });
}

/** The same bytes as the current batch get that batch's answer. @param begun the one that was opened for them now */
async function tellSame(client: DatongClient, answered: Batch, begun: string | undefined): Promise<void> {
  const earlier =
    typeof answered.sameAs === 'string'
      ? answered.sameAs
      : answered.batch === begun
        ? undefined
        : answered.batch;
  if (earlier === undefined) return;
  const { json } = await client.batch(earlier);
  const at = (json.openedAt ?? '').slice(0, 16).replace('T', ' ');
  talk({
    zh: `同样的字节已于 ${at}（UTC）报送，批次 ${earlier}；没有重复装载`,
    en: `the same bytes were already sent on ${at} UTC, batch ${earlier}; they were not loaded again`,
  });
}

/** What the .cpg file beside a DBF table says: it goes with the table, and the hub reads by it. @throws Problem encoding_unknown */
function codePageBeside(file: string): string | undefined {
  const table = /^(.*)\.dbf$/i.exec(file)?.[1];
  const beside = ['.cpg', '.CPG'].map((ending) => `${table ?? ''}${ending}`);
  const found = table === undefined ? undefined : beside.find((path) => existsSync(path));
  if (found === undefined) return undefined;
  const content = readFileSync(found);
  codePageOfCpg(content); // one that names nothing is refused before the table leaves
  const codePage = content
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trim()
    .slice(0, 64);
  const name = basename(found);
  talk({
    zh: `${name} 随表报送：映射未写明 encoding 时按其代码页读取`,
    en: `${name} goes with the table: it is read by that code page unless the mapping names an encoding`,
  });
  return codePage;
}

async function tellHeld(client: DatongClient, id: string, options: SendVerbOptions): Promise<void> {
  const { json: batch } = await client.batch(id);
  if (batch.state !== 'receiving') tell(batch, await problemsOf(client, batch, options));
}

/** Problems of the rows that failed, as many as are wanted. */
async function problemsOf(
  client: DatongClient,
  batch: Batch,
  options: SendVerbOptions,
): Promise<readonly RowProblem[]> {
  const most = options.problems;
  if (most === 0 || (batch.counts?.bad ?? 0) === 0) return [];
  const { json } = await client.quarantine(batch.batch, { limit: most });
  const { rows } = json as { rows: readonly QuarantinedRow[] };
  return rows.flatMap(({ problems }) => problems).slice(0, most);
}

function tell(batch: Batch, problems: readonly RowProblem[]): void {
  const { state, counts } = batch;
  const seen = state === 'published' || state === 'superseded';
  const summary =
    counts === undefined
      ? { zh: '', en: '' }
      : {
          zh: `：${counts.records} 条记录，${counts.rows} 行${seen ? '可见' : '合格但未发布'}，${counts.bad} 行有问题${counts.doubted === undefined ? '' : `，${counts.doubted} 行存疑`}${counts.warned === undefined ? '' : `，${counts.warned} 个单元格值得一看（如造字）`}`,
          en: `: ${counts.records} records, ${counts.rows} rows ${seen ? 'visible' : 'good but not published'}, ${counts.bad} with problems${counts.doubted === undefined ? '' : `, ${counts.doubted} in doubt`}${counts.warned === undefined ? '' : `, ${counts.warned} cells worth a look (private-use characters)`}`,
        };
  talk({
    zh: `批次 ${batch.batch} ${states[state].zh}${summary.zh}`,
    en: `batch ${batch.batch} ${states[state].en}${summary.en}`,
  });
  for (const line of whyHeld(batch)) talk(line);
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
  held: { zh: '被搁置，待人核定', en: 'is held until a person decides' },
  published: { zh: '已发布', en: 'is published' },
  superseded: { zh: '已被取代', en: 'is superseded' },
  rejected: { zh: '被退回', en: 'is rejected' },
  dropped: { zh: '已作废', en: 'was dropped' },
  failed: { zh: '失败', en: 'failed' },
  expired: { zh: '已过期，字节已销毁', en: 'has expired, its bytes were destroyed' },
};
