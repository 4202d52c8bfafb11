/** `datong subject delays`: access records that persons are not shown for now. */
import type { Command } from 'commander';
import { dayOfMoment } from '../../../terms/civilDate.ts';
import type { ViewDelayList } from '../../sdk/subjects.ts';
import { bodyOf } from '../approve/waiting.ts';
import { everyPage, getFrom } from '../everyPage.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { asSteward } from '../request/requestCall.ts';
import { columns } from '../printedText.ts';
import { data, talk } from '../verb.ts';
import { identifierFrom } from '../consent/consents.ts';
import { printProposal } from './service.ts';

export function registerDelays(subject: Command): void {
  withStaffToken(subject.command('delays'))
    .description('正在暂缓告知的事项 / access records that persons are not shown for now')
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  $ datong subject delays --as auditor')
    .action(delays);
}

async function delays(options: StaffOptions & { readonly json?: boolean }): Promise<void> {
  await asSteward(options, async (client) => {
    const found = await everyPage(
      getFrom(client),
      '/v1/view-delays',
      { limit: '200' },
      (page) => page['delays'] as ViewDelayList['delays'],
    );
    if (options.json === true) data(JSON.stringify({ ok: true, delays: found }));
    else
      for (const line of columns(
        found.map(({ id, department, reference, clause, until }) => [
          ...[id, department, dayOfMoment(until), `${reference} ${clause}`],
        ]),
      ))
        data(line);
    talk({ zh: `${found.length} 项`, en: `${found.length} delays` });
  });
}

/** `datong subject delay`: hides one department's accesses to a person's data from that person until a day, for an investigation. */
interface DelayOptions extends StaffOptions {
  readonly person: string;
  readonly department: string;
  readonly reference: string;
  readonly clause: string;
  readonly until: string;
  readonly json?: boolean;
}

export function registerDelay(subject: Command): void {
  withStaffToken(subject.command('delay'))
    .description(
      '暂缓告知：办案期间不告知某部门的查询，须第二人同意 / withhold one department’s access records from the person until a day; a second person accepts',
    )
    .requiredOption('--person <file>', 'file with the identifier of the person, - for standard input')
    .requiredOption('--department <code>', 'department whose access records are not shown')
    .requiredOption('--reference <text>', 'law or decision that demands it')
    .requiredOption('--clause <text>', 'its article')
    .requiredOption('--until <time>', 'RFC 3339, within 180 days')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong subject delay --as security --person person.txt --department audit --reference 监察法 --clause 第四十五条 --until 2029-01-01T00:00:00+08:00',
    )
    .action(delay);
}

async function delay(options: DelayOptions): Promise<void> {
  const { person, department, reference, clause, until } = options;
  const subject = { kind: 'person', value: identifierFrom(person) };
  await asSteward(options, async (client) => {
    const reply = await client.post('/v1/view-delays', { subject, department, reference, clause, until });
    printProposal(bodyOf(reply), options);
  });
}

/** `datong subject end`: a delay ends before its day. */
interface EndOptions extends StaffOptions {
  readonly reason: string;
  readonly json?: boolean;
}

export function registerEnd(subject: Command): void {
  withStaffToken(subject.command('end'))
    .description('提前结束暂缓告知 / end a delay before its day')
    .argument('<id>', 'delay-…, see datong subject delays')
    .requiredOption('--reason <text>', 'reason; it is recorded in the log')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong subject end delay-0123456789abcdef --reason 案件已办结 --as security',
    )
    .action(end);
}

async function end(id: string, options: EndOptions): Promise<void> {
  await asSteward(options, async (client) => {
    const path = `/v1/view-delays/${encodeURIComponent(id)}/end`;
    const ended = bodyOf(await client.post(path, { reason: options.reason }));
    if (options.json === true) data(JSON.stringify({ ok: true, ...ended }));
    talk({
      zh: `${id} 已结束，此后如实告知`,
      en: `${id} has ended: the person is shown the records from now on`,
    });
  });
}
