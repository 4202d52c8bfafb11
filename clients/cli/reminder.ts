/** `datong review reminder`: addresses for reminders of pending items, for you or your department. */
import type { Command } from 'commander';
import { isProblemCode, problemCatalogue } from '../../terms/problemCatalogue.ts';
import type {
  DeadReminderList,
  ReminderAddressList,
  RemindersReplayed,
  RemindersSet,
} from '../sdk/listTypes.ts';
import { bodyOf } from './approve/waiting.ts';
import { everyPage, getFrom } from './everyPage.ts';
import { withStaffToken, type StaffOptions } from './profile.ts';
import { asSteward } from './request/requestCall.ts';
import { columns } from './printedText.ts';
import { data, dataLines, exitCode, say, talk, VerbFailure } from './verb.ts';
import { counted } from '../../terms/counted.ts';
import { defined } from '../../terms/defined.ts';

interface Options extends StaffOptions {
  readonly json?: boolean;
}

interface DeadOptions extends Options {
  readonly cursor?: string;
}

interface ReplayOptions extends Options {
  readonly department?: string;
}

interface SetOptions extends Options {
  readonly mail?: string;
  readonly webhook?: string;
  readonly none?: boolean;
}

export function register(program: Command): void {
  const reminder = program
    .command('reminder')
    .description('待办提醒：邮件和带签名的回调 / be reminded of what waits, by mail or signed webhook');
  withStaffToken(reminder.command('list'))
    .description('本人和本部门的提醒方式，最近一次是否送达 / where you and your department are reminded')
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  $ datong review reminder list --as steward')
    .action(list);
  withStaffToken(reminder.command('mine'))
    .description('设置本人的提醒邮箱 / by mail, for yourself')
    .option('--mail <address>', 'in a domain that the operator has named')
    .option('--none', 'no more')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong review reminder mine --mail liu@edu.yunxi.example --as steward',
    )
    .action((options: SetOptions) => set('/v1/reminders', options));
  withStaffToken(reminder.command('department'))
    .description('设置部门的提醒方式；不写的即停止 / for your department; what is left out ends')
    .argument('<code>', 'of the department')
    .option('--mail <address>', 'in a domain that the operator has named')
    .option('--webhook <url>', 'https, on a host that the operator has named')
    .option('--none', 'no more')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong review reminder department education --webhook https://oa.edu.yunxi.example/datong --as steward',
    )
    .action((code: string, options: SetOptions) =>
      set(`/v1/departments/${encodeURIComponent(code)}/reminders`, options),
    );
  withStaffToken(reminder.command('dead-letters'))
    .description('本人和本部门未能送达的提醒（死信） / reminders that were not accepted in time')
    .option('--cursor <cursor>', 'of the next page, as the page before showed it')
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  $ datong review reminder dead-letters --as steward')
    .action(listDead);
  withStaffToken(reminder.command('replay'))
    .description('重新发送未能送达的提醒 / send dead letters again')
    .argument('[reminders...]', 'ids as dead-letters shows them; all if none is given')
    .option('--department <code>', 'those of your department instead of your own')
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  $ datong review reminder replay --department education --as steward')
    .action(replay);
}

async function list(options: Options): Promise<void> {
  await asSteward(options, async (client) => {
    const { addresses } = bodyOf(await client.get('/v1/reminders')) as unknown as ReminderAddressList;
    if (options.json === true) data(JSON.stringify({ ok: true, addresses }));
    else dataLines(columns(addresses.map(row)));
    talk({ zh: `${addresses.length} 处`, en: `${addresses.length} in all` });
  });
}

const row = (one: ReminderAddressList['addresses'][number]): string[] => [
  one.department ?? say({ zh: '本人', en: 'yourself' }),
  one.way,
  one.host,
  one.lastTaken ?? one.underWaySince ?? '–',
  one.deadLetters === 0
    ? ''
    : say({ zh: `死信 ${one.deadLetters}`, en: counted(one.deadLetters, 'dead letter') }),
  troubleText(one.trouble),
];

async function listDead(options: DeadOptions): Promise<void> {
  await asSteward(options, async (client) => {
    const query = options.cursor === undefined ? '' : `?cursor=${encodeURIComponent(options.cursor)}`;
    const { letters, nextCursor } = bodyOf(
      await client.get(`/v1/reminders/dead-letters${query}`),
    ) as unknown as DeadReminderList;
    if (options.json === true) data(JSON.stringify({ ok: true, letters, ...defined({ nextCursor }) }));
    else
      dataLines(
        columns(
          letters.map((one) => [
            one.reminder,
            one.department ?? say({ zh: '本人', en: 'yourself' }),
            ...[one.way, String(one.items), one.madeAt, one.diedAt],
            one.replayed ? say({ zh: '正在重新发送', en: 'being sent again' }) : troubleText(one.trouble),
          ]),
        ),
      );
    const isAll = nextCursor === undefined && options.cursor === undefined;
    talk({
      zh: isAll ? `${letters.length} 件` : `本页 ${letters.length} 件`,
      en: `${letters.length} ${isAll ? 'in all' : 'on this page'}`,
    });
    if (nextCursor !== undefined)
      talk({ zh: `下一页：--cursor ${nextCursor}`, en: `next page: --cursor ${nextCursor}` });
  });
}

async function replay(reminders: readonly string[], options: ReplayOptions): Promise<void> {
  const { department } = options;
  const path =
    department === undefined
      ? '/v1/reminders/replay'
      : `/v1/departments/${encodeURIComponent(department)}/reminders/replay`;
  const body = reminders.length === 0 ? {} : { reminders };
  await asSteward(options, async (client) => {
    const letters =
      reminders.length === 0
        ? []
        : await everyPage(
            getFrom(client),
            '/v1/reminders/dead-letters',
            {},
            (page) => (page as unknown as DeadReminderList).letters,
          );
    const known = letters.filter((one) => one.department === department).map(({ reminder }) => reminder);
    const unknown = reminders.filter((one) => !known.includes(one.toLowerCase()));
    if (unknown.length > 0)
      throw new VerbFailure(
        exitCode.refused,
        {
          zh: `没有这些死信：${unknown.join('、')}；没有重新发送`,
          en: `no such dead letters: ${unknown.join(', ')}; nothing was sent`,
        },
        {
          zh: '用 datong review reminder dead-letters 查看编号；本部门的另写 --department',
          en: 'see the ids: datong review reminder dead-letters; for those of your department add --department',
        },
      );
    const { replayed } = bodyOf(await client.post(path, body)) as unknown as RemindersReplayed;
    if (options.json === true) data(JSON.stringify({ ok: true, replayed }));
    talk({ zh: `${replayed} 件重新发送`, en: `sending ${counted(replayed, 'reminder')} again` });
  });
}

function troubleText(code: string | undefined): string {
  if (code === undefined) return '';
  return isProblemCode(code) ? `${code}: ${say(problemCatalogue[code].next)}` : code;
}

/** Omitted addresses are removed, so that omitting all of them must be confirmed. */
async function set(path: string, options: SetOptions): Promise<void> {
  const { mail, webhook, none } = options;
  const named = mail !== undefined || webhook !== undefined;
  if (named === (none === true))
    throw new VerbFailure(exitCode.usage, {
      zh: '请写明地址，或以 --none 停止提醒',
      en: 'name an address, or say --none',
    });
  const body = defined({ mail, webhook });
  await asSteward(options, async (client) => {
    const { ways } = bodyOf(await client.post(path, body)) as unknown as RemindersSet;
    if (options.json === true) data(JSON.stringify({ ok: true, ways }));
    talk(
      ways.length === 0
        ? { zh: '不再提醒', en: 'no reminders any more' }
        : {
            zh: `已设置；有新的待办事项时五分钟内提醒（${ways.join('、')}）`,
            en: `set: new items are reported within five minutes, by ${ways.join(' and ')}`,
          },
    );
  });
}
