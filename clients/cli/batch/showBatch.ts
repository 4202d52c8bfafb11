/** `datong batch show ID`: the state of a submission, and the reason. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { asReviewer, bodyOf } from '../approve/waiting.ts';
import { withStaffToken, type StaffOptions, withProfile } from '../profile.ts';
import { columns } from '../printedText.ts';
import { data, dataLines, say, talk, exitCode, VerbFailure } from '../verb.ts';
import type { Batch } from '../../sdk/types.ts';
import { checkTeller } from '../uploads/progress.ts';
import { batchCells, comparedWithCurrent, whatWent, whyHeld } from './batchLines.ts';
import { jsonCall } from '../../sdk/jsonCall.ts';
import { withClient, type ClientVerbOptions } from '../withClient.ts';
import type { BatchDifference } from '../../sdk/listTypes.ts';
import { counted } from '../../../terms/counted.ts';

interface ShowOptions extends StaffOptions {
  readonly watch?: boolean;
  readonly json?: boolean;
}

export function registerShow(batch: Command): void {
  withStaffToken(
    batch.command('show').description('一个批次的状态与原因 / the state of a submission and its reason'),
  )
    .argument('<batch>', 'id as datong send and datong batch list show it')
    .option('--watch', 'show progress until it is finished')
    .option('--json', 'the batch as JSON')
    .addHelpText('after', '\nExample:\n  $ datong batch show 01890000-0000-7000-8000-000000000000')
    .action(show);
}

async function show(id: string, options: ShowOptions): Promise<void> {
  const path = `/v1/batches/${encodeURIComponent(id)}`;
  const { batch, current } = await asReviewer(options, async (client) => {
    const ask = async (at = path): Promise<Batch> => bodyOf(await client.get(at)) as unknown as Batch;
    const found = options.watch === true ? await watched(ask) : await ask();
    if (found.state !== 'held' || options.json === true) return { batch: found, current: undefined };
    const seen = `/v1/batches?dataset=${encodeURIComponent(found.dataset)}&state=published&limit=1`;
    const { batches } = bodyOf(await client.get(seen)) as unknown as { readonly batches: readonly Batch[] };
    return { batch: found, current: batches[0] };
  });
  if (options.json === true) {
    data(JSON.stringify(batch));
    return;
  }
  dataLines([
    ...columns([batchCells(batch)]),
    ...comparedWithCurrent(batch, current),
    ...whyHeld(batch),
    ...whatWent(batch),
  ]);
  if (batch.sentence !== undefined) dataLines([say(batch.sentence)]);
}

/** Milliseconds between two polls; each is a log entry. */
const between = 2_000;

/** Polls and reports the progress. @returns the batch once its rows are checked */
async function watched(ask: () => Promise<Batch>): Promise<Batch> {
  const teller = checkTeller();
  try {
    for (;;) {
      const batch = await ask();
      if (batch.state !== 'receiving' && batch.state !== 'checking') return batch;
      teller.report(batch);
      await sleep(between);
    }
  } finally {
    teller.end();
  }
}

/** `datong batch list`: submissions, the newest first. */
interface ListOptions extends StaffOptions {
  readonly dataset?: string;
  readonly state?: string;
  readonly json?: boolean;
}

export function registerList(batch: Command): void {
  withStaffToken(batch.command('list').description('报送批次，最新的在前 / submissions, the newest first'))
    .option('--dataset <id>', 'only of this dataset')
    .option('--state <state>', 'only in this state, such as held')
    .option('--json', 'answer {batches} as JSON')
    .addHelpText('after', '\nExample:\n  $ datong batch list --state held --as steward-pub-security')
    .action(list);
}

async function list(options: ListOptions): Promise<void> {
  const query = new URLSearchParams();
  for (const name of ['dataset', 'state'] as const) {
    const value = options[name];
    if (value !== undefined) query.set(name, value);
  }
  const found = await asReviewer(options, async (client) => {
    const batches: Batch[] = [];
    for (let cursor: string | undefined; batches.length < 1_000;) {
      if (cursor !== undefined) query.set('cursor', cursor);
      const page = bodyOf(await client.get(`/v1/batches?${query.toString()}`)) as unknown as {
        readonly batches: readonly Batch[];
        readonly nextCursor?: string;
      };
      batches.push(...page.batches);
      cursor = page.nextCursor;
      if (cursor === undefined) break;
    }
    return batches;
  });
  if (options.json === true) data(JSON.stringify({ ok: true, batches: found }));
  else dataLines(columns(found.map(batchCells)));
  talk({ zh: `${found.length} 个批次`, en: counted(found.length, 'batch', 'batches') });
}

/** `datong batch row --dataset ID --key FIELD=VALUE`: from a row to its batch, line and mapping. */
interface RowOptions extends ClientVerbOptions {
  readonly dataset: string;
  readonly key: readonly string[];
}

/** `RowOrigin` of openapi.yaml */
interface RowOrigin {
  readonly batch: string;
  readonly sentAt: string;
  readonly fileName?: string;
  readonly line?: number;
  readonly sha256?: string;
  readonly mapping?: string;
  readonly converted?: readonly { readonly field: string; readonly from: string; readonly by?: string }[];
}

export function registerRow(batch: Command): void {
  withProfile(
    batch
      .command('row')
      .description('本部门的一行来自哪个批次、哪一行、哪版映射 / where a row of this department came from'),
  )
    .requiredOption('--dataset <id>', 'such as pub-security.household')
    .requiredOption('--key <field=value...>', 'every field of the primary key with its value')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong batch row --dataset pub-security.household --key person_id=990101201801010014',
    )
    .action(row);
}

async function row(options: RowOptions): Promise<void> {
  const key = Object.fromEntries(options.key.map(pair));
  await withClient(options, async (client) => {
    const path = `/v1/datasets/${encodeURIComponent(options.dataset)}/rows/origin`;
    const { json } = await client.call(jsonCall(path, { key }, {}, 'required'));
    const origin = json as RowOrigin;
    if (options.json === true) data(JSON.stringify({ ok: true, ...origin }));
    else dataLines(columns(cellsOf(origin)));
  });
}

function cellsOf({ batch, fileName, line, mapping, sentAt, sha256, converted = [] }: RowOrigin): string[][] {
  const gone = say({ zh: '（原始字节已销毁）', en: '(its raw bytes are destroyed)' });
  return [
    [say({ zh: '批次', en: 'batch' }), batch],
    [say({ zh: '文件', en: 'file' }), fileName ?? '–'],
    // a call has neither file nor line
    [say({ zh: '行', en: 'line' }), sha256 === undefined ? '–' : (line?.toString() ?? gone)],
    [say({ zh: '映射', en: 'mapping' }), mapping ?? '–'],
    ...converted.map(({ field, from, by }) => [
      say({ zh: '坐标换算', en: 'converted' }),
      `${field}: ${from} → wgs84${by === undefined ? '' : ` (${by})`}`,
    ]),
    [say({ zh: '报送时间', en: 'sent' }), sentAt],
    ['SHA-256', sha256 ?? '–'],
  ];
}

/** @throws VerbFailure (exit 2) */
function pair(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new VerbFailure(exitCode.usage, {
    zh: '--key 写作 字段=值',
    en: '--key is written FIELD=VALUE',
  });
}

/** `datong batch diff BATCH`: rows visible to readers that a held submission would add, remove and change. */
interface DiffOptions extends StaffOptions {
  readonly json?: boolean;
}

export function registerDiff(batch: Command): void {
  withStaffToken(
    batch
      .command('diff')
      .description(
        '被搁置的批次与读者所见逐行对照：新增、减少、改变 / what a held submission would add, remove and change',
      ),
  )
    .argument('<batch>', 'id as datong send and datong batch list show it')
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', '\nExample:\n  $ datong batch diff 01890000-0000-7000-8000-000000000000')
    .action(diff);
}

async function diff(id: string, options: DiffOptions): Promise<void> {
  const path = `/v1/batches/${encodeURIComponent(id)}/difference`;
  const found = await asReviewer(
    options,
    async (client) => bodyOf(await client.get(path)) as unknown as BatchDifference,
  );
  if (options.json === true) data(JSON.stringify({ ok: true, ...found }));
  else dataLines(differenceLines(found));
  if (options.json !== true && found.difference === undefined)
    talk({
      zh: '该数据资源没有主键，只能比较行数',
      en: 'the dataset has no key, so its rows are only counted',
    });
}

/** Lines for a reader. */
function differenceLines({ beside, mode, rows, difference }: BatchDifference): string[] {
  const head = say(
    beside === undefined
      ? {
          zh: `此前没有已发布的批次；本批次 ${rows.now} 行`,
          en: `nothing was published before; ${counted(rows.now, 'row')}`,
        }
      : mode === 'snapshot'
        ? {
            zh: `与批次 ${beside} 对照：本批次 ${rows.now} 行，读者所见 ${rows.before ?? 0} 行`,
            en: `compared with batch ${beside}: ${counted(rows.now, 'row')}; readers see ${rows.before ?? 0}`,
          }
        : {
            zh: `与读者所见的行对照（最近并入的批次 ${beside}）：本批次 ${rows.now} 行`,
            en: `compared with the rows that readers see (batch ${beside} was merged last): ${counted(rows.now, 'row')}`,
          },
  );
  if (difference === undefined) return [head];
  const { added, removed, changed, unchanged, absent, fields } = difference;
  const places = ({ count, lines }: typeof added, ofOther: boolean): string =>
    lines.length === 0
      ? ''
      : `${say(ofOther ? { zh: '上一文件的行', en: 'lines of the last file' } : { zh: '行', en: 'lines' })} ${lines.join(', ')}${count > lines.length ? ' …' : ''}`;
  const table = [
    [say({ zh: '新增', en: 'added' }), String(added.count), places(added, false)],
    [say({ zh: '减少', en: 'removed' }), String(removed.count), places(removed, mode === 'snapshot')],
    [say({ zh: '改变', en: 'changed' }), String(changed.count), places(changed, false)],
    [say({ zh: '相同', en: 'unchanged' }), String(unchanged), ''],
    ...(absent === undefined
      ? []
      : [[say({ zh: '要删的主键不在', en: 'deletes what is not there' }), String(absent), '']]),
    ...Object.entries(fields)
      .toSorted(([, a], [, b]) => b - a)
      .map(([field, count]) => [`  ${field}`, String(count), say({ zh: '行改变', en: 'rows changed' })]),
  ];
  return [head, ...columns(table, new Set([1]))];
}
