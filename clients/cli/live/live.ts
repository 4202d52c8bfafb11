/** `datong dataset live`: services of a department that the hub queries for rows of its live datasets. */
import type { Command } from 'commander';
import { asReviewer, bodyOf } from '../approve/waiting.ts';
import type { LiveServiceShown as Shown } from '../../sdk/listTypes.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { columns } from '../printedText.ts';
import { data, dataLines, talk } from '../verb.ts';

interface LiveOptions extends StaffOptions {
  readonly json?: boolean;
  readonly reason?: string;
}

export function register(program: Command): void {
  const live = program
    .command('live')
    .description(
      '实时接口：枢纽调用的本部门接口 / services of a department that live datasets are asked of: show, end',
    );
  const verb = (name: string, description: string): Command =>
    withStaffToken(live.command(name).description(description))
      .argument('<dataset>', 'such as pub-security.household-live')
      .option('--json', 'as the hub answers it');
  verb(
    'show',
    '接口的地址，以及其答复中不能使用之处 / where it is, and what of its answers could not be used',
  )
    .addHelpText('after', '\nExample:\n  $ datong dataset live show pub-security.household-live')
    .action(show);
  verb('end', '不再调用接口，改由连接器供数 / ask the service no more; connectors are asked again')
    .requiredOption('--reason <text>', 'reason; it is recorded in the log, so it must not name a person')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong dataset live end pub-security.household-live --reason "改用 datong client provide"',
    )
    .action(end);
}

const pathOf = (dataset: string): string => `/v1/datasets/${encodeURIComponent(dataset)}/service`;

async function show(dataset: string, options: LiveOptions): Promise<void> {
  const shown = await asReviewer(
    options,
    async (client) => bodyOf(await client.get(pathOf(dataset))) as unknown as Shown,
  );
  if (options.json === true) {
    data(JSON.stringify(shown));
    return;
  }
  const { url, mapping, signs } = shown.service;
  talk({
    zh: `${dataset} ← ${url}，以映射 ${mapping} 读取，${signs === false ? '答复不签名' : '答复由本部门签名'}`,
    en: `${dataset} ← ${url}, read by the mapping ${mapping}; its answers are ${signs === false ? 'not signed' : 'signed by the department'}`,
  });
  dataLines(columns(shown.findings.map(cellsOf)));
}

const cellsOf = ({
  at,
  exchange,
  refused,
  dropped = {},
  findings = [],
}: Shown['findings'][number]): string[] => [
  at,
  exchange,
  refused ??
    Object.entries(dropped)
      .map(([why, rows]) => `${why} ${rows}`)
      .join(', '),
  findings.map(({ row, field, rule }) => `${row} ${field} ${rule}`).join('; '),
];

async function end(dataset: string, options: LiveOptions): Promise<void> {
  const ended = await asReviewer(options, async (client) =>
    bodyOf(await client.post(`${pathOf(dataset)}/end`, { reason: options.reason })),
  );
  if (options.json === true) data(JSON.stringify(ended));
  talk({
    zh: `${dataset} 不再调用接口，改由连接器供数`,
    en: `${dataset} is asked of no service any more; connectors are asked again`,
  });
}
