/** `datong audit hold|lift|holds`: legal holds, placed and lifted by two persons. */
import type { Command } from 'commander';
import { dayOfMoment } from '../../../terms/civilDate.ts';
import { bodyOf } from '../approve/waiting.ts';
import { everyPage, getFrom } from '../everyPage.ts';
import { identifierFrom } from '../consent/consents.ts';
import { pathSegment } from '../values.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { asSteward } from '../request/requestCall.ts';
import { printProposal } from '../subject/service.ts';
import { columns } from '../printedText.ts';
import { data, exitCode, talk, VerbFailure } from '../verb.ts';

interface HoldOptions extends StaffOptions {
  readonly dataset?: string;
  readonly agreement?: string;
  readonly entries?: string;
  readonly subject?: string;
  readonly reason: string;
  readonly case: string;
  readonly until: string;
  readonly json?: boolean;
}

interface Hold {
  readonly id: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly reason: string;
  readonly case: string;
  readonly until: string;
}

const holdsPath = '/v1/legal-holds';

export function registerHolds(audit: Command): void {
  withStaffToken(audit.command('hold'))
    .description(
      '法律保全：在某日之前不得销毁，须第二人同意 / put something under legal hold until a day: it is not destroyed; a second person accepts',
    )
    .option(
      '--dataset <id>',
      '数据资源：保留其数据、较早批次、原始字节、问题数据和条目所涉的人；与 --subject 同用时指主体字段所在 / its rows, earlier batches, raw bytes, quarantined rows and the subjects of its entries; with --subject where the subject is identified',
    )
    .option('--agreement <id>', '共享协议：其条目所涉的人 / whom entries under the agreement concern')
    .option('--entries <first-last>', '条目区间所涉的人 / whom these entries concern')
    .option(
      '--subject <file>',
      '存有标识的文件，- 为标准输入 / file with the identifier of the person, - for standard input',
    )
    .requiredOption('--reason <text>', '事由 / why')
    .requiredOption('--case <number>', '案件编号 / number of the case')
    .requiredOption('--until <time>', 'RFC 3339，十年以内 / RFC 3339, within ten years')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  $ datong audit hold --dataset pub-security.household --as security --reason 诉讼 --case SS-2026-0007 --until 2028-01-01T00:00:00+08:00\n  $ datong audit hold --entries 1200-1800 --as auditor --reason 调查 --case DC-2026-0003 --until 2027-01-01T00:00:00+08:00\n  $ datong review approve PROPOSAL --as steward',
    )
    .action(hold);
  withStaffToken(audit.command('lift'))
    .description('提前解除法律保全，须第二人同意 / lift a legal hold before its day; a second person accepts')
    .argument('<hold>', '编号，见 datong audit holds / its id, of datong audit holds')
    .requiredOption('--reason <text>', '事由 / why')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong audit lift hold-0123456789abcdef --as security --reason 结案',
    )
    .action(lift);
  withStaffToken(audit.command('holds'))
    .description('正在法律保全的内容 / what is under legal hold')
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  $ datong audit holds --as auditor')
    .action(holds);
}

async function hold(options: HoldOptions): Promise<void> {
  const { reason, case: caseNumber, until } = options;
  const on = holdTarget(options);
  await asSteward(options, async (client) => {
    const reply = await client.post(holdsPath, { on, reason, case: caseNumber, until });
    printProposal(bodyOf(reply), options);
  });
}

/** What the options put under hold. @throws VerbFailure unless it is one thing */
function holdTarget({ dataset, agreement, entries, subject }: HoldOptions): object {
  if (subject !== undefined && dataset !== undefined)
    return { subject: { dataset, value: identifierFrom(subject) } };
  const range = /^(\d{1,15})-(\d{1,15})$/.exec(entries ?? '');
  const targets = [
    ...(dataset === undefined ? [] : [{ dataset }]),
    ...(agreement === undefined ? [] : [{ agreement }]),
    ...(range === null ? [] : [{ entries: { first: Number(range[1]), last: Number(range[2]) } }]),
  ];
  const [target, ...others] = targets;
  if (target !== undefined && others.length === 0) return target;
  throw new VerbFailure(exitCode.usage, {
    zh: '请只指明一项：--dataset、--agreement、--entries 1200-1800，或 --subject 连同 --dataset',
    en: 'name one thing: --dataset, --agreement, --entries 1200-1800, or --subject with --dataset',
  });
}

/** The target of a hold as text. A subject is not named. */
const targetText = (on: Readonly<Record<string, unknown>>): string =>
  Object.entries(on)
    .map(([kind, target]) => {
      if (kind === 'subject') return kind;
      return `${kind} ${typeof target === 'string' ? target : Object.values(target as object).join('-')}`;
    })
    .join(' ');

async function lift(
  id: string,
  options: StaffOptions & { readonly reason: string; readonly json?: boolean },
): Promise<void> {
  const { reason } = options;
  await asSteward(options, async (client) => {
    printProposal(bodyOf(await client.post(`${holdsPath}/${pathSegment(id)}/lifting`, { reason })), options);
  });
}

async function holds(options: StaffOptions & { readonly json?: boolean }): Promise<void> {
  await asSteward(options, async (client) => {
    const found = await everyPage(
      getFrom(client),
      holdsPath,
      { limit: '100' },
      (page) => page['holds'] as readonly Hold[],
    );
    if (options.json === true) data(JSON.stringify({ ok: true, holds: found }));
    else {
      const rows = found.map((one) => [
        one.id,
        targetText(one.on),
        dayOfMoment(one.until),
        one.case,
        one.reason,
      ]);
      for (const line of columns(rows)) data(line);
    }
    talk({ zh: `${found.length} 项`, en: `${found.length} holds` });
  });
}
