/** `datong hub figures`: calls, latency, queues, jobs, database, growth and certificates, for operators without a monitoring system. */
import type { FiguresShown } from '../sdk/listTypes.ts';
import type { Command } from 'commander';
import { staffReader } from './audit/staffReader.ts';
import { columns } from './printedText.ts';
import { withStaffToken, type StaffOptions } from './profile.ts';
import { data, dataLines, say } from './verb.ts';
import { counted } from '../../terms/counted.ts';

interface FiguresOptions extends StaffOptions {
  readonly json?: boolean;
}

export function register(program: Command): void {
  withStaffToken(
    program
      .command('figures')
      .description(
        '运行数值：调用、时延、排队、作业、数据库、增长、证书 / calls, latency, queues, jobs, database, growth, certificates',
      ),
  )
    .option('--json', 'answer of GET /v1/figures as JSON')
    .addHelpText('after', '\nExample:\n  datong hub figures --as operator')
    .action(run);
}

async function run(options: FiguresOptions): Promise<void> {
  const hub = staffReader(options, 'operator');
  try {
    const figures = await hub.ask('GET', '/v1/figures');
    if (options.json === true) data(JSON.stringify(figures));
    else dataLines(linesOf(figures as unknown as FiguresShown));
  } finally {
    hub.close();
  }
}

/** a figure that the hub could not read */
const unread = '–';

function linesOf({
  calls,
  waiting,
  log,
  jobs,
  database,
  growth,
  certificates,
}: FiguresShown): readonly string[] {
  const named = (part: Readonly<Record<string, number | string>>, of: string): readonly string[][] =>
    Object.entries(part).map(([name, value]) => [`${of}.${name}`, String(value)]);
  const { appends = unread, statements = unread, reminders = unread } = waiting;
  const {
    entries = unread,
    withoutIndex = unread,
    withoutTiles = unread,
    withoutVerification = unread,
  } = log;
  const minutes = Math.max(1, Math.round(calls.seconds / 60));
  const head = say({
    zh: `最近 ${minutes} 分钟的调用：成功、拒绝、故障；p50、p95、p99（毫秒）`,
    en: `calls of the last ${counted(minutes, 'minute')}: answered, refused, failed; p50, p95, p99 in ms`,
  });
  const byOperation = calls.byOperation.map((one) => [
    one.operation,
    ...[one.answered, one.refused, one.failed, one.p50Ms, one.p95Ms, one.p99Ms].map(String),
  ]);
  // jobs without a fault are left out
  const troubled = jobs.filter(
    ({ outcome, lateSeconds }) => (outcome !== undefined && outcome !== 'ok') || lateSeconds > 60,
  );
  return [
    head,
    ...columns(byOperation, new Set([1, 2, 3, 4, 5, 6])),
    ...columns([
      ...calls.early.map(({ reason, count }) => [`calls.early.${reason}`, String(count)]),
      ...named({ appends, statements, reminders }, 'waiting'),
      ...named({ entries, withoutIndex, withoutTiles, withoutVerification }, 'log'),
      ...named(database, 'database'),
      ...named(growth, 'growth'),
      ...certificates.ends.map(({ what, until }) => [`certificates.${what}`, until]),
      ['certificates.departmentsEnding', String(certificates.departmentsEnding)],
      ...troubled.map(({ name, outcome = '–', lateSeconds }) => [
        `jobs.${name}`,
        say({ zh: `${outcome}，逾期 ${lateSeconds} 秒`, en: `${outcome}, ${lateSeconds} s late` }),
      ]),
    ]),
  ];
}
