/** `datong audit findings [ack|escalate]`: findings of the rules over the log, and a person's response to them. */
import { everyPage } from '../everyPage.ts';
import { translated } from '../reportedValues.ts';
import type { Command } from 'commander';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { columns } from '../printedText.ts';
import { data, say, talk } from '../verb.ts';
import { staffReader } from './staffReader.ts';

interface ListOptions extends StaffOptions {
  readonly all?: boolean;
  readonly json?: boolean;
}
interface DecideOptions extends StaffOptions {
  readonly reason: string;
  readonly json?: boolean;
}

/** As the hub answers it. */
interface Risk {
  readonly id: string;
  readonly day: string;
  readonly rule: string;
  readonly message: { readonly zh: string; readonly en: string };
  readonly consumer?: string;
  readonly official?: string;
  /** of the member of staff whose own acts it is about */
  readonly personName?: string;
  readonly count: number;
  readonly limit: number;
  readonly entries: readonly number[];
  readonly due: string;
  readonly state: string;
  readonly overdue: boolean;
}

export function registerFindings(audit: Command): void {
  const findings = withStaffToken(
    audit
      .command('findings')
      .description(
        '风险预警：规则在日志中发现的异常 / findings of the rules over the log that want a person',
      ),
  );
  findings
    .option('--all', 'also those that were acknowledged')
    .option('--json', 'answer {risks} as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  datong audit findings --as auditor' +
        "\n  datong audit findings ack 0192… --as auditor --reason 'enrolment week, as announced'",
    )
    .action(list);
  const decision = (name: 'ack' | 'escalate', text: string): void => {
    withStaffToken(
      findings
        .command(name)
        .argument('<id>', 'as datong audit findings lists it')
        .description(text)
        .requiredOption(
          '--reason <text>',
          '写入日志；不写个人 / recorded in the log; must not name a person',
        ),
    )
      .option('--json', 'answer the finding as JSON')
      .action((id: string, _options: DecideOptions, command: Command) =>
        decide(name, id, command.optsWithGlobals<DecideOptions>()),
      );
  };
  decision('ack', '确认已查明 / acknowledge: a person has examined it');
  decision('escalate', '上报，由另一人处理 / escalate: another person answers it');
}

async function list(options: ListOptions): Promise<void> {
  const hub = staffReader(options);
  try {
    const risks = await everyPage(
      (path) => hub.ask('GET', path),
      '/v1/risks',
      { limit: '200', unanswered: options.all === true ? undefined : 'true' },
      (page) => page['risks'] as readonly Risk[],
    );
    if (options.json === true) {
      data(JSON.stringify({ risks }));
      return;
    }
    if (risks.length === 0) talk({ zh: '没有待处理的预警', en: 'no finding is open' });
    for (const line of columns(
      risks.map(
        ({
          id,
          day,
          consumer,
          official,
          personName,
          message,
          count,
          limit,
          entries,
          due,
          state,
          overdue,
        }) => [
          id,
          day,
          personName ?? [consumer ?? '–', ...(official === undefined ? [] : [official])].join('/'),
          say(message),
          `${count} ≥ ${limit}`,
          entriesText(entries),
          `≤ ${due}`,
          overdue ? `${translated('state', state)} !` : translated('state', state),
        ],
      ),
      new Set(),
    ))
      data(line);
  } finally {
    hub.close();
  }
}

const entriesText = (entries: readonly number[]): string =>
  entries.length <= 3 ? entries.join(',') : `${entries.slice(0, 3).join(',')}… (${entries.length})`;

async function decide(name: 'ack' | 'escalate', id: string, options: DecideOptions): Promise<void> {
  const hub = staffReader(options);
  try {
    const act = name === 'ack' ? 'acknowledgement' : 'escalation';
    const answer = await hub.ask('POST', `/v1/risks/${encodeURIComponent(id)}/${act}`, {
      reason: options.reason,
    });
    if (options.json === true) data(JSON.stringify(answer));
    talk(
      name === 'ack'
        ? {
            zh: `预警 ${id} 已确认，事由已记入日志`,
            en: `finding ${id} is acknowledged; the reason is recorded in the log`,
          }
        : {
            zh: `预警 ${id} 已上报，由另一人处理`,
            en: `finding ${id} is escalated: another person answers it`,
          },
    );
  } finally {
    hub.close();
  }
}
