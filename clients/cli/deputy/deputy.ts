/** `datong review deputy`: who is deputy of a data steward, until a day or permanently, and who could be named. */
import type { Command } from 'commander';
import type { PersonList, StandInList } from '../../sdk/listTypes.ts';
import type { StaffClient } from '../apply/staffCall.ts';
import { bodyOf } from '../approve/waiting.ts';
import { readList, type Get } from '../reading/reader.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { asSteward } from '../request/requestCall.ts';
import { printProposal } from '../subject/service.ts';
import { columns } from '../printedText.ts';
import { data, dataLines, talk } from '../verb.ts';
import { wholeNumber } from '../values.ts';
import { defined } from '../../../terms/defined.ts';
import { counted } from '../../../terms/counted.ts';

interface Options extends StaffOptions {
  readonly json?: boolean;
}

interface ListOptions extends Options {
  readonly limit: number;
}

interface NameOptions extends Options {
  readonly for: string;
  readonly department?: string;
  readonly from?: string;
  readonly until?: string;
  readonly reason: string;
}

export function register(program: Command): void {
  const deputy = program
    .command('deputy')
    .description('代办与AB角：指定、结束、查看 / deputies of data stewards: name, end, list');
  withStaffToken(deputy.command('name'))
    .description(
      '指定代办人（写明 --until）或AB角（不写）；由本部门另一人接受 / a deputy with --until, a permanent second without; another person accepts',
    )
    .argument('<person>', 'id of the deputy, see datong review deputy persons')
    .requiredOption('--for <person>', 'id of the steward who is represented')
    .option('--department <code>', 'department of the steward; default: the data office')
    .option('--from <time>', 'RFC 3339; without it, from now on')
    .option('--until <time>', 'RFC 3339: of a deputy, within 366 days of its beginning')
    .requiredOption('--reason <text>', 'reason; it is recorded in the log')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong review deputy name 7k2m9x4q1a --for 3b8w5n0c6d --department education --until 2026-08-01T00:00:00+08:00 --reason 休假 --as steward',
    )
    .action(name);
  withStaffToken(deputy.command('end'))
    .description('提前结束 / end it before its day')
    .argument('<id>', 'std-…, see datong review deputy list')
    .requiredOption('--reason <text>', 'reason; it is recorded in the log')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong review deputy end std-0123456789abcdef --reason 已返岗 --as steward',
    )
    .action(end);
  withStaffToken(deputy.command('list'))
    .description('正在代办的和AB角 / deputies and permanent seconds')
    .option('--limit <number>', 'at most so many', wholeNumber(1, 100_000), 1_000)
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  $ datong review deputy list --as steward')
    .action(list);
  withStaffToken(deputy.command('persons'))
    .description('本部门的人员、编号与角色 / persons of your department with their ids and roles')
    .option('--limit <number>', 'at most so many', wholeNumber(1, 100_000), 1_000)
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  $ datong review deputy persons --as steward')
    .action(persons);
}

async function name(person: string, options: NameOptions): Promise<void> {
  const { for: steward, department, from, until, reason } = options;
  const body = {
    as: until === undefined ? 'second' : 'deputy',
    steward,
    person,
    reason,
    ...defined({ department, from, until }),
  };
  await asSteward(options, async (client) =>
    printProposal(bodyOf(await client.post('/v1/stand-ins', body)), options),
  );
}

async function end(id: string, options: Options & { readonly reason: string }): Promise<void> {
  await asSteward(options, async (client) => {
    const path = `/v1/stand-ins/${encodeURIComponent(id)}/end`;
    const ended = bodyOf(await client.post(path, { reason: options.reason }));
    if (options.json === true) data(JSON.stringify({ ok: true, ...ended }));
    talk({
      zh: `${id} 已结束，自下一次调用起失效`,
      en: `${id} has ended: it has no effect from the next call on`,
    });
  });
}

const reads =
  (client: StaffClient): Get =>
  async (path) =>
    bodyOf(await client.get(path));

async function list(options: ListOptions): Promise<void> {
  await asSteward(options, async (client) => {
    const { items, more } = await readList(reads(client), '/v1/stand-ins', 'standIns', {}, options.limit);
    const standIns = items as unknown as StandInList['standIns'];
    const row = ({
      id,
      as,
      person,
      personName,
      steward,
      stewardName,
      department,
      from,
      until,
    }: (typeof standIns)[number]) => [
      ...[
        id,
        as,
        `${personName} (${person}) → ${stewardName} (${steward})`,
        department ?? 'office',
        // one that begins later has no effect before
        `${from} … ${until ?? '–'}`,
      ],
    ];
    if (options.json === true) data(JSON.stringify({ ok: true, standIns }));
    else dataLines(columns(standIns.map(row)));
    talk(
      more
        ? { zh: `只列出前 ${items.length} 项`, en: `the first ${items.length} are listed` }
        : { zh: `${standIns.length} 项`, en: `${standIns.length} in all` },
    );
  });
}

async function persons(options: ListOptions): Promise<void> {
  await asSteward(options, async (client) => {
    const { items, more } = await readList(reads(client), '/v1/persons', 'persons', {}, options.limit);
    const found = items as unknown as PersonList['persons'];
    const row = ({ person, name: called, state, roles }: (typeof found)[number]) => [
      ...[person, called, state],
      roles
        .map(({ role, department }) => (department === undefined ? role : `${role}@${department}`))
        .join(' '),
    ];
    if (options.json === true) data(JSON.stringify({ ok: true, persons: found }));
    else dataLines(columns(found.map(row)));
    talk(
      more
        ? { zh: `只列出前 ${items.length} 人`, en: `the first ${items.length} are listed` }
        : { zh: `${found.length} 人`, en: counted(found.length, 'person') },
    );
  });
}
