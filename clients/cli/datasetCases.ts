/** `datong dataset cases ID`: figures of the cases of a dataset, from the log alone. */
import { pathWith } from '../sdk/jsonCall.ts';
import type { CaseStatistics } from '../sdk/listTypes.ts';
import type { Command } from 'commander';
import { defined } from '../../terms/defined.ts';
import { bodyOf } from './approve/waiting.ts';
import { columns } from './printedText.ts';
import type { StaffOptions } from './profile.ts';
import { withStaff } from './schema/schemaLife.ts';
import { data, dataLines, say, talk } from './verb.ts';
import { counted } from '../../terms/counted.ts';

interface CasesOptions extends StaffOptions {
  readonly from?: string;
  readonly until?: string;
  readonly json?: boolean;
}

export function registerCases(dataset: Command): void {
  withStaff<CasesOptions>(
    dataset
      .command('cases')
      .description(
        '办件统计，只依据日志：新增、办结、按时、逾期、用时 / cases from the log alone: opened, closed, in time, late, times',
      )
      .argument('<dataset>', 'id of the dataset')
      .option('--from <moment>', 'beginning, such as 2026-11-01T00:00:00+08:00; 30 days before --until')
      .option('--until <moment>', 'end, not included; now where it is not named'),
    'datong dataset cases ecology.street-cases --from 2026-11-01T00:00:00+08:00',
    async (client, id, { from, until, json }) => {
      const path = pathWith(
        `/v1/datasets/${encodeURIComponent(id)}/case-statistics`,
        defined({ from, until }),
      );
      const found = bodyOf(await client.get(path)) as unknown as CaseStatistics;
      if (json === true) data(JSON.stringify({ ok: true, ...found }));
      else dataLines(linesOf(found));
      const { entries, missing } = found;
      if (entries !== undefined)
        talk({ zh: `依据日志 ${entries} 条`, en: `from ${entries} entries of the log` });
      if (missing !== undefined)
        talk({
          zh: `日志缺少 ${missing} 条，未计入`,
          en: `the log lacks ${counted(missing, 'entry', 'entries')}, so these figures are incomplete`,
        });
    },
  );
}

function linesOf({ steps, missed, ...all }: CaseStatistics): readonly string[] {
  const { opened, closed, openedAndClosed, medianSecondsToClose } = all;
  const head = say({
    zh: '流转|部门|件数|按时|逾期|用时中位数（小时）',
    en: 'transition|department|made|in time|late|median hours',
  });
  const rows = steps.map((one) => [
    ...[one.transition, one.department, String(one.made), String(one.inTime), String(one.late)],
    hours(one.medianSeconds),
  ]);
  const whole =
    opened === undefined || closed === undefined
      ? []
      : [
          say({
            zh: `新增 ${opened}，其中办结 ${openedAndClosed ?? 0}；共办结 ${closed}`,
            en: `opened ${opened}, of these closed ${openedAndClosed ?? 0}; closed in all ${closed}`,
          }) +
            (medianSecondsToClose === undefined
              ? ''
              : say({
                  zh: `，用时中位数 ${hours(medianSecondsToClose)} 小时`,
                  en: `, median ${hours(medianSecondsToClose)} hours`,
                })),
        ];
  return [
    ...whole,
    ...columns([head.split('|'), ...rows], new Set([2, 3, 4, 5])),
    ...missed.map((one) =>
      say({
        zh: `时限已过 ${one.cases}：${one.transition}  ${one.departments}`,
        en: `deadlines passed ${one.cases}: ${one.transition}  ${one.departments}`,
      }),
    ),
  ];
}

const hours = (seconds: number): string => (seconds / 3_600).toFixed(1);
