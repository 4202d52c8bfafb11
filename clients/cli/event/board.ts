/** `datong event board|archive|acknowledge|close`: events that are open under response plans. */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { EventClosing, EventGrade, OpenEvent } from '../../sdk/events.ts';
import { withProfile } from '../profile.ts';
import {
  printList,
  reading,
  text,
  title,
  withActor,
  withReader,
  type Item,
  type ReaderOptions,
} from '../reading/reader.ts';
import { data, exitCode, say, talk, VerbFailure } from '../verb.ts';
import { withClient, type ClientVerbOptions } from '../withClient.ts';

const grades: readonly string[] = ['received', 'accepted', 'done'] satisfies readonly EventGrade[];

const closingCodes: readonly string[] = [
  'ended',
  'false-alarm',
  'duplicate',
  'exercise',
  'other',
] satisfies readonly EventClosing['code'][];

export function registerBoard(event: Command): void {
  withReader(event.command('board'))
    .description('进行中的联动事件：须确认什么、谁逾期 / open events: what is due, and what is late')
    .option('--state <state>', 'open or closed')
    .addHelpText('after', '\nExample:\n  $ datong event board --as education --state open')
    .action(({ state, ...options }: ReaderOptions & { readonly state?: string }) =>
      printList(options, {
        path: '/v1/open-events',
        member: 'events',
        query: { state },
        line: (item) => [
          ...[text(item['event']), text(item['state']), title(item['title'])],
          ...closingOf(item),
          ...(item['steps'] as readonly Item[]).map(
            (step) =>
              `${text(step['step'])} ${text(step['department'])} ${text(step['state'])} ${text(step['dueAt'])}${step['late'] === true ? ' late' : ''}`,
          ),
        ],
        below: (item) => (item['escalations'] as readonly Item[]).map(escalationText),
      }),
    );
  withActor(event.command('archive'))
    .description('取得联动事件的归档，可离线核验 / fetch the archive of an event, which verifies offline')
    .argument('<event>', 'id of the event, as it was received or as datong event board shows it')
    .requiredOption('-o, --out <file>', 'file to write, which must not exist')
    .addHelpText(
      'after',
      '\nExamples:\n  $ datong event archive 01a20328-0104-7757-9e84-c346bc55b77b --as ecology -o archive.json' +
        '\n  $ datong audit verify archive.json --anchors anchors.json',
    )
    .action(archive);
  withProfile(event.command('acknowledge'))
    .description('代表本部门确认联动事件 / acknowledge an event for your department')
    .argument('<event>', 'id of the event, as it was received or as datong event board shows it')
    .requiredOption('--grade <grade>', 'received, accepted or done; each includes those before it')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong event acknowledge 01a20328-0104-7757-9e84-c346bc55b77b --grade received --as education',
    )
    .action(acknowledge);
  withProfile(event.command('close'))
    .description('关闭本部门的联动事件 / close an event of your department')
    .argument('<event>', 'id of the event, as it was received or as datong event board shows it')
    .requiredOption('--code <code>', closingCodes.join(', '))
    .requiredOption(
      '--reason <text>',
      '事由，显示在看板和归档中 / why; shown on the board and in the archive',
    )
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong event close 01a20328-0104-7757-9e84-c346bc55b77b --code ended --reason 预警已解除 --as ecology',
    )
    .action(close);
}

async function archive(
  event: string,
  { out, ...options }: Omit<ReaderOptions, 'limit'> & { readonly out: string },
): Promise<void> {
  await reading({ ...options, limit: 1 }, async (get) => {
    const file = await get(`/v1/open-events/${encodeURIComponent(event)}/archive`);
    const { v, madeAt, ...rest } = file;
    // never over another file: an archive is evidence
    writeFileSync(out, `${JSON.stringify({ v, madeAt, ...rest })}\n`, { mode: 0o600, flag: 'wx' });
    const entries = (file['entries'] as readonly Item[]).length;
    if (options.json === true) data(JSON.stringify({ ok: true, file: out, entries }));
    talk({
      zh: `归档已写入 ${out}，${entries} 条日志条目`,
      en: `the archive is in ${out}, with ${entries} log entries`,
    });
  });
}

function escalationText(one: Item): string {
  const [at, stage] = [text(one['at']), text(one['stage'])];
  const [missed, to] = [
    `${text(one['step'])} ${text(one['department'])}`,
    `${text(one['recipient'])} ${text(one['role'])}`,
  ];
  return `  ${say({
    zh: `${at} ${missed} 第 ${stage} 级，上报 ${to}`,
    en: `${at} ${missed} escalated to ${to} (stage ${stage})`,
  })}`;
}

const isGrade = (grade: string): grade is EventGrade => grades.includes(grade);

async function acknowledge(
  event: string,
  { grade, ...options }: ClientVerbOptions & { readonly grade: string },
): Promise<void> {
  if (!isGrade(grade))
    throw new VerbFailure(exitCode.usage, {
      zh: '--grade 须是 received、accepted 或 done',
      en: '--grade is received, accepted or done',
    });
  await withClient(options, async (client) => {
    const { json, exchange } = await client.events.acknowledge(event, grade);
    if (options.json === true) data(JSON.stringify({ ok: true, ...json, exchange }));
    const late = json.steps.some((step) => step.late);
    talk({
      zh: `已确认（${grade}）${late ? '，已逾期' : ''}`,
      en: `acknowledged as ${grade}${late ? ', late' : ''}`,
    });
  });
}

const isClosingCode = (code: string): code is EventClosing['code'] => closingCodes.includes(code);

/** Why a caller closed it, as a part of its line. */
function closingOf(item: Item): readonly string[] {
  const closing = item['closing'] as EventClosing | undefined;
  return closing === undefined ? [] : [`${closing.code}: ${closing.reason}`];
}

async function close(
  event: string,
  { code, reason, ...options }: ClientVerbOptions & { readonly code: string; readonly reason: string },
): Promise<void> {
  if (!isClosingCode(code))
    throw new VerbFailure(exitCode.usage, {
      zh: `--code 须是 ${closingCodes.join('、')} 之一`,
      en: `--code is one of ${closingCodes.join(', ')}`,
    });
  await withClient(options, async (client) => {
    const { json, exchange } = await client.events.close(event, { code, reason });
    if (options.json === true) data(JSON.stringify({ ok: true, ...json, exchange }));
    const open = openSteps(json);
    talk({
      zh: `事件已关闭，${open} 项未确认`,
      en: `the event is closed; acknowledgements that are missing: ${open}`,
    });
  });
}

const openSteps = ({ steps }: OpenEvent): number =>
  steps.filter(({ answeredAt }) => answeredAt === undefined).length;
