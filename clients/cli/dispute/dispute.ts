/** `datong ticket dispute`: the two departments, then the data office, then the government, each with its document. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { DisputeList, DisputeView } from '../../sdk/listTypes.ts';
import { bodyOf } from '../approve/waiting.ts';
import { everyPage, getFrom } from '../everyPage.ts';
import { withStaffToken } from '../profile.ts';
import { asSteward, type RequestOptions } from '../request/requestCall.ts';
import { columns } from '../printedText.ts';
import { data, dataLines, talk } from '../verb.ts';

interface StatementOptions extends RequestOptions {
  readonly said: string;
  readonly document: string;
}

export function register(program: Command): void {
  const dispute = program
    .command('dispute')
    .description('共享争议：提出、办理、查看 / disputes between departments: raise, act, list');
  saying(
    dispute
      .command('raise')
      .description('就一件申请或校核提出争议 / raise one about a request or a ticket')
      .argument('<about>', 'id of a request or a ticket'),
  )
    .addHelpText(
      'after',
      '\nExample:\n  $ datong ticket dispute raise req-000000001 --said "the law gives us the field" --document letter.pdf --as asker\n',
    )
    .action((about: string, options: StatementOptions) => send('/v1/disputes', { about }, options));
  saying(
    dispute
      .command('act')
      .description(
        '同意 agree、提交主管部门 escalate、裁定 decide、接受 accept、提请政府 appeal、记录决定 record / one step of a dispute',
      )
      .argument('<dispute>', 'its id')
      .argument('<act>', 'agree, escalate, decide, accept, appeal or record'),
  )
    .addHelpText(
      'after',
      '\nExample:\n  $ datong ticket dispute act dsp-000000001 decide --said "the field is given" --document decision.pdf --as steward\n',
    )
    .action((id: string, act: string, options: StatementOptions) =>
      send(`/v1/disputes/${encodeURIComponent(id)}/acts`, { act }, options),
    );
  withStaffToken(dispute.command('list'))
    .description('本部门的争议 / those of your department')
    .option('--open', 'only those that are not ended')
    .option('--json', 'answer {disputes} as JSON')
    .addHelpText('after', '\nExample:\n  $ datong ticket dispute list --open --as steward\n')
    .action(list);
  withStaffToken(dispute.command('show'))
    .description('一件争议及其全部经过 / one dispute, with everything that was said')
    .argument('<dispute>', 'its id')
    .option('--json', 'as the hub answers it')
    .addHelpText('after', '\nExample:\n  $ datong ticket dispute show dsp-000000001 --as steward\n')
    .action(show);
}

const saying = (command: Command): Command =>
  withStaffToken(command)
    .requiredOption('--said <text>', 'what is said; it names no person')
    .requiredOption('--document <file>', 'the document of this step; its digest is stored')
    .option('--json', 'the current state of the dispute');

const rowOf = ({ id, state, about, raised, other }: DisputeView): string[] => [
  id,
  state,
  about,
  `${raised} ↔ ${other}`,
];

async function send(
  path: string,
  body: object,
  { said, document, ...options }: StatementOptions,
): Promise<void> {
  const digest = createHash('sha256').update(readFileSync(document)).digest('hex');
  await asSteward(options, async (client) => {
    const view = bodyOf(
      await client.post(path, { ...body, said, document: digest }),
    ) as unknown as DisputeView;
    if (options.json === true) data(JSON.stringify(view));
    else dataLines([rowOf(view).join('  ')]);
    talk({ zh: `争议 ${view.id}：${view.state}`, en: `dispute ${view.id} is ${view.state}` });
  });
}

async function show(id: string, options: RequestOptions): Promise<void> {
  await asSteward(options, async (client) => {
    const view = bodyOf(await client.get(`/v1/disputes/${encodeURIComponent(id)}`));
    data(JSON.stringify(view, undefined, options.json === true ? undefined : 2));
  });
}

async function list({ open, ...options }: RequestOptions & { readonly open?: boolean }): Promise<void> {
  await asSteward(options, async (client) => {
    const disputes = await everyPage(
      getFrom(client),
      '/v1/disputes',
      { limit: '200', open: open === true ? 'true' : undefined },
      (page) => page['disputes'] as DisputeList['disputes'],
    );
    if (options.json === true) data(JSON.stringify({ disputes }));
    else dataLines(columns(disputes.map(rowOf)));
    talk({ zh: `${disputes.length} 件争议`, en: `${disputes.length} disputes` });
  });
}
