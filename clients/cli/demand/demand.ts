/** `datong request demand`: requests from the data office data that no catalogue entry offers. */
import type { Command } from 'commander';
import type { DemandList, DemandView } from '../../sdk/listTypes.ts';
import { bodyOf } from '../approve/waiting.ts';
import { everyPage, getFrom } from '../everyPage.ts';
import { withStaffToken } from '../profile.ts';
import { asSteward, type RequestOptions } from '../request/requestCall.ts';
import { columns } from '../printedText.ts';
import { data, dataLines, talk } from '../verb.ts';
import { defined } from '../../../terms/defined.ts';

interface MakeOptions extends RequestOptions {
  readonly department: string;
  readonly fields: readonly string[];
  readonly purpose: string;
  readonly reason: string;
}

interface ActOptions extends RequestOptions {
  readonly reason: string;
  readonly to?: string;
  readonly entry?: string;
}

export function register(program: Command): void {
  const demand = program
    .command('demand')
    .description('数据需求申请：目录中没有的数据 / data that no catalogue entry offers: make, act, list');
  withStaffToken(demand.command('make'))
    .description('向主管部门提出数据需求 / say what your department needs')
    .argument('<title>', 'what data, in a few words')
    .requiredOption('--department <code>', 'which needs it')
    .requiredOption('--fields <fields...>', 'what it has to hold')
    .requiredOption('--purpose <code>', 'purpose it serves')
    .requiredOption('--reason <text>', 'why; it names no person')
    .option('--json', 'the current state of the demand')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong request demand make 残疾人证 --department education --fields 证件号 残疾等级 --purpose school-enrolment --reason 核验入学照顾资格',
    )
    .action(make);
  withStaffToken(demand.command('act'))
    .description(
      '交办 assign、答复不能满足 refuse、退回主管部门 decline、已有目录条目 meet、撤回 withdraw / one step of a demand',
    )
    .argument('<demand>', 'its id, dem-…')
    .argument('<act>', 'assign, refuse, decline, meet or withdraw')
    .requiredOption('--reason <text>', 'why; it names no person')
    .option('--to <code>', 'of assign: the department')
    .option('--entry <id>', 'of meet: the catalogue entry that offers it')
    .option('--json', 'the current state of the demand')
    .addHelpText(
      'after',
      '\nExamples:\n  $ datong request demand act dem-000000001 assign --to civil-affairs --reason 属民政部门职责\n  $ datong request demand act dem-000000001 meet --entry civil-affairs.disability --reason 已编目',
    )
    .action(act);
  withStaffToken(demand.command('list'))
    .description(
      '本部门提出的和交办给本部门的数据需求 / demands of your department, and those assigned to it',
    )
    .option('--open', 'only those that are not ended')
    .option('--state <state>', 'office, assigned, met, refused or withdrawn')
    .option('--department <code>', 'that asks or that it is assigned to')
    .option('--json', 'answer {demands} as JSON')
    .addHelpText('after', '\nExample:\n  $ datong request demand list --open')
    .action(list);
}

const rowOf = ({ id, state, consumer, provider, title, due, overdue }: DemandView): string[] => [
  ...[
    id,
    state,
    `${consumer} → ${provider ?? 'office'}`,
    `${due ?? '–'}${overdue === true ? ' !' : ''}`,
    title,
  ],
];

async function send(path: string, body: object, options: RequestOptions): Promise<void> {
  await asSteward(options, async (client) => {
    const view = bodyOf(await client.post(path, body)) as unknown as DemandView;
    if (options.json === true) data(JSON.stringify(view));
    else dataLines([rowOf(view).join('  ')]);
    talk({ zh: `数据需求 ${view.id}：${view.state}`, en: `demand ${view.id} is ${view.state}` });
  });
}

function make(title: string, { department: consumer, fields, purpose, reason, ...options }: MakeOptions) {
  return send('/v1/demands', { consumer, title, fields, purpose, reason }, options);
}

function act(id: string, what: string, { reason, to, entry, ...options }: ActOptions): Promise<void> {
  const body = {
    act: what,
    reason,
    ...defined({ provider: to, entry }),
  };
  return send(`/v1/demands/${encodeURIComponent(id)}/acts`, body, options);
}

interface ListOptions extends RequestOptions {
  readonly open?: boolean;
  readonly state?: string;
  readonly department?: string;
}

async function list({ open, state, department, ...options }: ListOptions): Promise<void> {
  await asSteward(options, async (client) => {
    const demands = await everyPage(
      getFrom(client),
      '/v1/demands',
      { limit: '100', open: open === true ? 'true' : undefined, state, department },
      (page) => page['demands'] as DemandList['demands'],
    );
    if (options.json === true) data(JSON.stringify({ demands }));
    else dataLines(columns(demands.map(rowOf)));
    talk({ zh: `${demands.length} 件数据需求`, en: `${demands.length} demands` });
  });
}
