/** `datong audit retention|destroy`: how long entries are stored, and what is destroyed afterwards; two persons decide. */
import type { Command } from 'commander';
import { dayOfMoment } from '../../../terms/civilDate.ts';
import { bodyOf } from '../approve/waiting.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { asSteward } from '../request/requestCall.ts';
import { printProposal } from '../subject/service.ts';
import { columns } from '../printedText.ts';
import { data, exitCode, talk, VerbFailure } from '../verb.ts';
import { wholeNumber } from '../values.ts';
import { defined } from '../../../terms/defined.ts';

interface RetentionOptions extends StaffOptions {
  readonly class?: string;
  readonly dataset?: string;
  readonly years?: number;
  readonly forever?: boolean;
  readonly reason?: string;
  readonly json?: boolean;
}

interface DestroyOptions extends StaffOptions {
  readonly before: string;
  readonly reason: string;
  readonly case: string;
  readonly json?: boolean;
}

interface Rule {
  readonly class: string;
  readonly dataset?: string;
  readonly years?: number;
  readonly reason?: string;
  readonly doubted?: boolean;
}

export function registerRetention(audit: Command): void {
  withStaffToken(audit.command('retention'))
    .description(
      '日志条目的留存期限：查看；给出 --class 则规定，须第二人同意 / retention of entries: show it, or set it with --class; a second person accepts',
    )
    .option(
      '--class <class>',
      'exchange（交换）或 reading（查阅） / exchange or reading; entries that later decisions depend on are retained permanently',
    )
    .option('--dataset <id>', '只限一个数据资源 / of this dataset alone')
    .option('--years <n>', '年数，至少 3 / years, three at least', wholeNumber(1))
    .option('--forever', '永久保存 / retain them permanently')
    .option('--reason <text>', '事由 / why')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  $ datong audit retention --as auditor\n  $ datong audit retention --class exchange --years 5 --reason 档案保管期限表 --as steward\n  $ datong audit retention --class exchange --dataset pub-security.household --years 10 --reason 档案保管期限表 --as steward\n  $ datong review approve PROPOSAL --as security',
    )
    .action(retention);
  withStaffToken(audit.command('destroy'))
    .description(
      '同意销毁已到期的日志条目，须第二人同意；先导出再销毁，证明不变 / destroy entries whose retention has ended; a second person accepts; they are exported to files first, and every proof remains valid',
    )
    .requiredOption('--before <time>', 'RFC 3339：此前的条目 / RFC 3339: entries before it')
    .requiredOption('--reason <text>', '事由 / why')
    .requiredOption('--case <number>', '案件编号 / number of the case')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong audit destroy --before 2023-01-01T00:00:00+08:00 --reason 保存期满 --case XH-2026-0002 --as steward\n  $ datong review approve PROPOSAL --as security',
    )
    .action(destroy);
}

async function retention(options: RetentionOptions): Promise<void> {
  const { dataset, years, forever, reason } = options;
  if (options.class === undefined) {
    if ([dataset, years, forever, reason].some((one) => one !== undefined))
      throw new VerbFailure(exitCode.usage, {
        zh: '--dataset、--years、--forever、--reason 须与 --class 同用',
        en: '--dataset, --years, --forever and --reason go with --class',
      });
    return show(options);
  }
  if ((years === undefined) === (forever !== true) || reason === undefined)
    throw new VerbFailure(exitCode.usage, {
      zh: '请写明 --years 或 --forever 之一，以及 --reason',
      en: 'name one of --years and --forever, and --reason',
    });
  const body = {
    class: options.class,
    reason,
    ...defined({ dataset, years }),
  };
  await asSteward(options, async (client) => {
    printProposal(bodyOf(await client.post('/v1/log/retention', body)), options);
  });
}

async function show(options: RetentionOptions): Promise<void> {
  await asSteward(options, async (client) => {
    const shown = bodyOf(await client.get('/v1/log/retention'));
    const rules = shown['rules'] as readonly Rule[];
    if (options.json === true) {
      data(JSON.stringify({ ok: true, ...shown }));
      return;
    }
    for (const line of columns(
      rules.map(({ class: stored, dataset = '', years, reason = '', doubted }) => [
        ...[stored, dataset, years === undefined ? '永久 / for ever' : String(years)],
        doubted === true ? '与日志不符 / differs from the log' : reason,
      ]),
    ))
      data(line);
    const before = typeof shown['before'] === 'string' ? dayOfMoment(shown['before']) : '–';
    const destroyed = String(shown['destroyed']);
    talk({
      zh: `已同意销毁此前到期的条目：${before}；已销毁 ${destroyed} 条`,
      en: `destruction approved for entries that expired before: ${before}; destroyed: ${destroyed}`,
    });
  });
}

async function destroy(options: DestroyOptions): Promise<void> {
  const { before, reason, case: caseNumber } = options;
  await asSteward(options, async (client) => {
    const reply = await client.post('/v1/log/destructions', { before, reason, case: caseNumber });
    printProposal(bodyOf(reply), options);
  });
}
