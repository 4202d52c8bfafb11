/** `datong event rule test FILE --dataset ID --against PERIOD`: the events that rules would have raised over stored readings. */
import type { Command } from 'commander';
import type { StaffClient } from './apply/staffCall.ts';
import { bodyOf } from './approve/waiting.ts';
import { objectIn } from './mappingFile.ts';
import type { StaffOptions } from './profile.ts';
import { withStaff } from './schema/schemaLife.ts';
import { data, exitCode, talk, VerbFailure } from './verb.ts';

interface TestOptions extends StaffOptions {
  readonly json?: boolean;
  readonly dataset: string;
  readonly against: string;
}

interface Tried {
  readonly readings: number;
  readonly whole: boolean;
  readonly rules: readonly {
    readonly id: string;
    readonly fired: number;
    readonly series: number;
    readonly times: readonly string[];
  }[];
}

export function register(program: Command): void {
  const rule = program
    .command('rule')
    .description('产生事件的规则：用历史数据试跑 / rules that raise events: try them on stored readings');
  withStaff<TestOptions>(
    rule
      .command('test')
      .description('规则在一段历史数据上会触发几次 / what rules would have raised over a period')
      .argument('<file>', 'JSON or YAML with eventRules, as in intake')
      .requiredOption('--dataset <id>', 'whose stored readings')
      .requiredOption('--against <period>', 'a month, day or hour: 2026-09, 2026-09-01, 2026-09-01T08'),
    'datong event rule test rules.yaml --dataset ecology.levels --against 2026-09-01',
    test,
  );
}

/** @throws VerbFailure usage for an invalid period */
async function test(client: StaffClient, file: string, options: TestOptions): Promise<void> {
  const { eventRules: rules } = objectIn(file, { zh: '规则', en: 'rules' }) as {
    readonly eventRules?: unknown;
  };
  const path = `/v1/datasets/${encodeURIComponent(options.dataset)}/rule-trials`;
  const tried = bodyOf(await client.post(path, { rules, ...periodOf(options.against) })) as unknown as Tried;
  if (options.json === true) {
    data(JSON.stringify(tried));
    return;
  }
  for (const { id, fired, series, times } of tried.rules)
    data([id, String(fired), String(series), times.join(' ')].join('  '));
  talk({
    zh: `${tried.readings} 个读数${tried.whole ? '' : '（更晚的没有读取）'}；每行：规则、触发次数、序列数、时刻`,
    en: `${tried.readings} readings${tried.whole ? '' : ' (later ones were not read)'}; each line: rule, times fired, series, moments`,
  });
}

/** From its first moment to the first one after it, in China time. */
export function periodOf(text: string): { readonly from: string; readonly until: string } {
  const [found, year, month, day, hour] = /^(\d{4})-(\d\d)(?:-(\d\d)(?:T(\d\d))?)?$/.exec(text) ?? [];
  if (found === undefined)
    throw new VerbFailure(exitCode.usage, {
      zh: '--against 写作 2026-09、2026-09-01 或 2026-09-01T08',
      en: '--against is written as 2026-09, 2026-09-01 or 2026-09-01T08',
    });
  const at = (m: number, d: number, h: number): string =>
    new Date(Date.UTC(Number(year), m, d, h - 8)).toISOString();
  const [m, d, h] = [Number(month) - 1, Number(day ?? 1), Number(hour ?? 0)];
  return {
    from: at(m, d, h),
    until: at(
      day === undefined ? m + 1 : m,
      day !== undefined && hour === undefined ? d + 1 : d,
      hour === undefined ? h : h + 1,
    ),
  };
}
