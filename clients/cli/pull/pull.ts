/** `datong dataset pull`: datasets that the hub fills from a database of their department. */
import type { Command } from 'commander';
import { usualPorts } from '../../../machine/sources/sqlSource.ts';
import type { PullList, PullShown as Shown } from '../../sdk/listTypes.ts';
import { asReviewer, bodyOf } from '../approve/waiting.ts';
import { everyPage, getFrom } from '../everyPage.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { columns } from '../printedText.ts';
import { data, dataLines, talk } from '../verb.ts';
import { pullTrouble } from './pullTrouble.ts';

interface PullOptions extends StaffOptions {
  readonly json?: boolean;
  readonly reason?: string;
  readonly until?: string;
}

export function register(program: Command): void {
  const pull = program
    .command('pull')
    .description(
      '定时抽取：从本部门的数据库抽取数据资源的数据 / datasets filled from a database of their department: list, show, run, pause, resume, end',
    );
  const verb = (name: string, description: string): Command =>
    withStaffToken(pull.command(name).description(description))
      .argument('<dataset>', 'such as pub-security.household')
      .option('--json', 'as the hub answers it');
  withStaffToken(pull.command('list'))
    .description(
      '定时抽取的数据资源和各自最近一次结果 / datasets that are filled so, and the last run of each',
    )
    .option('--department <code>', 'of one department')
    .option('--failed', 'only those whose last run met a problem')
    .option('--json', 'answer {pulls} as JSON')
    .addHelpText('after', '\nExample:\n  $ datong dataset pull list --failed')
    .action(list);
  verb('show', '抽取的来源、计划和最近几次的结果 / source, schedule and the last runs')
    .addHelpText('after', '\nExample:\n  $ datong dataset pull show pub-security.household')
    .action(show);
  verb('run', '立即抽取一次 / start a run now, outside the schedule')
    .addHelpText('after', '\nExample:\n  $ datong dataset pull run pub-security.household')
    .action(run);
  verb('pause', '来源数据库维护期间暂停抽取，到期自动恢复 / no run while the source is under maintenance')
    .requiredOption(
      '--until <day>',
      'the last day without runs, such as 2026-10-08; 92 days on at the latest',
    )
    .requiredOption('--reason <text>', 'reason; it is recorded in the log, so it must not name a person')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong dataset pull pause pub-security.household --until 2026-10-08 --reason "机房搬迁"',
    )
    .action(pause);
  verb('resume', '提前恢复已暂停的抽取 / lift a pause before it is over')
    .addHelpText('after', '\nExample:\n  $ datong dataset pull resume pub-security.household')
    .action(resume);
  verb('end', '终止抽取，并销毁其密码 / no further run; the password is forgotten')
    .requiredOption('--reason <text>', 'reason; it is recorded in the log, so it must not name a person')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong dataset pull end pub-security.household --reason "改为文件报送"',
    )
    .action(end);
}

const pathOf = (dataset: string): string => `/v1/datasets/${encodeURIComponent(dataset)}/pull`;

interface ListOptions extends StaffOptions {
  readonly json?: boolean;
  readonly department?: string;
  readonly failed?: boolean;
}

async function list({ department, failed, ...options }: ListOptions): Promise<void> {
  const query = { limit: '100', department, failed: failed === true ? 'true' : undefined };
  const pulls = await asReviewer(options, (client) =>
    everyPage(getFrom(client), '/v1/pulls', query, (page) => page['pulls'] as PullList['pulls']),
  );
  if (options.json === true) data(JSON.stringify({ pulls }));
  else {
    const rows = pulls.map(({ dataset, host, database, schedule, pausedUntil, last }) => [
      ...[dataset, `${host}/${database}`],
      pausedUntil === undefined ? schedule.every : `${schedule.every} (pull_paused ≤ ${pausedUntil})`,
      ...(last === undefined ? ['', ''] : [last.begunAt, last.problem ?? last.outcome ?? '…']),
    ]);
    dataLines(columns(rows));
  }
  talk({ zh: `${pulls.length} 项定时抽取`, en: `${pulls.length} pulls` });
}

/** The database of a pull, as an address without login. */
const placeOf = ({
  system = 'postgres',
  host,
  port = usualPorts[system],
  database,
}: Shown['pull']['source']): string => `${system}://${host}:${port}/${database}`;

async function show(dataset: string, options: PullOptions): Promise<void> {
  const shown = await asReviewer(
    options,
    async (client) => bodyOf(await client.get(pathOf(dataset))) as unknown as Shown,
  );
  if (options.json === true) {
    data(JSON.stringify(shown));
    return;
  }
  const { source, schedule, changed, key } = shown.pull;
  talk({
    zh: `${dataset} ← ${placeOf(source)}，用户 ${source.user}；${everyZh[schedule.every]}${schedule.window === undefined ? '' : `，${schedule.window}`}；${changed === undefined ? '每次读取全部行' : `只读取 ${changed} 有变化的行`}，按 ${key.join('、')} 排序`,
    en: `${dataset} ← ${placeOf(source)} as ${source.user}; every ${schedule.every}${schedule.window === undefined ? '' : `, ${schedule.window}`}; ${changed === undefined ? 'all rows each time' : `what changed by ${changed}`}, in the order of ${key.join(', ')}`,
  });
  const { pause: waits } = shown;
  if (waits !== undefined)
    talk({
      zh: `已暂停至 ${waits.until}（${waits.byName ?? waits.by}）：${waits.reason}`,
      en: `paused until ${waits.until} by ${waits.byName ?? waits.by}: ${waits.reason}`,
    });
  dataLines(columns(shown.runs.map(cellsOf)));
  const trouble = pullTrouble(dataset, shown);
  if (trouble !== undefined) talk(trouble);
  const unread = shown.runs.find(({ newColumns }) => newColumns !== undefined);
  if (unread !== undefined)
    talk({
      zh: `来源中有映射没有读取的新列（${unread.begunAt} 的抽取），列号：${unread.newColumns ?? ''}`,
      en: `the source has new columns that the mapping does not read, by their numbers (run of ${unread.begunAt}): ${unread.newColumns ?? ''}`,
    });
}

const everyZh: Readonly<Record<Shown['pull']['schedule']['every'], string>> = {
  hour: '每小时',
  day: '每日',
  workday: '每个工作日',
  week: '每周',
  month: '每月',
  quarter: '每季度',
};

const cellsOf = (run: Shown['runs'][number]): string[] => [
  run.begunAt,
  run.period,
  `${run.outcome ?? '…'}${run.complete ? '' : ' +'}`,
  String(run.rows),
  run.batch === undefined ? '' : `${run.batch} ${run.batchState ?? ''}`,
];

async function run(dataset: string, options: PullOptions): Promise<void> {
  const requested = await asReviewer(options, async (client) =>
    bodyOf(await client.post(`${pathOf(dataset)}/run`, {})),
  );
  if (options.json === true) data(JSON.stringify(requested));
  talk({
    zh: `${dataset} 将在 15 秒内开始抽取；结果见 datong dataset pull show ${dataset}`,
    en: `the run of ${dataset} begins within a quarter of a minute; datong dataset pull show ${dataset} shows the outcome`,
  });
}

async function pause(dataset: string, options: PullOptions): Promise<void> {
  const { reason, until } = options;
  const paused = await asReviewer(options, async (client) =>
    bodyOf(await client.post(`${pathOf(dataset)}/pause`, { reason, until })),
  );
  if (options.json === true) data(JSON.stringify(paused));
  talk({
    zh: `${dataset} 暂停抽取至 ${until ?? ''}，次日自动恢复`,
    en: `nothing is pulled for ${dataset} until ${until ?? ''}; after that day it continues automatically`,
  });
}

async function resume(dataset: string, options: PullOptions): Promise<void> {
  const resumed = await asReviewer(options, async (client) =>
    bodyOf(await client.post(`${pathOf(dataset)}/resume`, {})),
  );
  if (options.json === true) data(JSON.stringify(resumed));
  talk({ zh: `${dataset} 恢复抽取`, en: `${dataset} is pulled again` });
}

async function end(dataset: string, options: PullOptions): Promise<void> {
  const ended = await asReviewer(options, async (client) =>
    bodyOf(await client.post(`${pathOf(dataset)}/end`, { reason: options.reason })),
  );
  if (options.json === true) data(JSON.stringify(ended));
  talk({
    zh: `${dataset} 不再抽取，密码已销毁`,
    en: `nothing is pulled for ${dataset} any more; the password is forgotten`,
  });
}
