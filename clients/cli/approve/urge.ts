/** `datong review urge`: a leader lists the overdue items of the board, or urges the department that must act on one of them (督办). */
import { Argument, type Command } from 'commander';
import type { BoardItem, BoardItems } from '../../sdk/listTypes.ts';
import { staffReader, type StaffReader } from '../audit/staffReader.ts';
import { columns, personText } from '../printedText.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { data, dataLines, exitCode, say, talk, VerbFailure } from '../verb.ts';

interface UrgeOptions extends StaffOptions {
  readonly json?: boolean;
}

const kindWords = {
  request: { zh: '共享申请', en: 'request' },
  batch: { zh: '搁置批次', en: 'held batch' },
  duty: { zh: '义务', en: 'duty' },
  file: { zh: '定期报送', en: 'expected file' },
} as const satisfies Readonly<Record<BoardItem['kind'], unknown>>;

export function register(program: Command): void {
  withStaffToken(
    program
      .command('urge')
      .description(
        '督办逾期事项；不写类别和编号则列出逾期事项 / urge the department of an overdue item; without kind and id, list overdue items',
      )
      .addArgument(new Argument('[kind]', 'of the item').choices(['request', 'duty', 'file']))
      .argument('[id]', 'of the item, as the list shows it; of a file that did not come, its dataset'),
  )
    .option('--json', 'the urged item, or {items, cut}, as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ datong review urge --as leader\n  $ datong review urge request req-000000001 --as leader',
    )
    .action(run);
}

async function run(kind: string | undefined, id: string | undefined, options: UrgeOptions): Promise<void> {
  if (kind !== undefined && id === undefined)
    throw new VerbFailure(exitCode.usage, {
      zh: '请写事项编号；不写类别和编号则列出逾期事项',
      en: 'name the id of the item; without kind and id, overdue items are listed',
    });
  const hub = staffReader(options, 'leader');
  try {
    if (kind === undefined) await list(hub, options);
    else await urge(hub, { kind, id }, options);
  } finally {
    hub.close();
  }
}

async function list(hub: StaffReader, { json }: UrgeOptions): Promise<void> {
  const answer = (await hub.ask('GET', '/v1/board/waiting/items')) as unknown as BoardItems;
  const items = answer.items.filter(({ overdue }) => overdue === true);
  if (json === true) data(JSON.stringify({ items, cut: answer.cut }));
  else dataLines(columns(items.map(cellsOf)));
  if (items.length === 0) talk({ zh: '没有逾期事项', en: 'nothing is overdue' });
  if (answer.cut)
    talk({ zh: '在办事项较多，只列出其中一部分', en: 'more items wait: only some of them are listed' });
}

async function urge(hub: StaffReader, body: object, { json }: UrgeOptions): Promise<void> {
  const item = (await hub.ask('POST', '/v1/board/waiting/urges', body)) as unknown as BoardItem;
  if (json === true) data(JSON.stringify(item));
  const department = item.department ?? say(office);
  const times = item.urged?.count ?? 1;
  talk({
    zh: `已督办 ${department}：${kindWords[item.kind].zh} ${item.id}，第 ${times} 次`,
    en: `${department} is urged: ${kindWords[item.kind].en} ${item.id}, number of urges: ${times}`,
  });
}

const office = { zh: '数据主管部门', en: 'the data office' } as const;

const cellsOf = ({ kind, id, department, due, urged }: BoardItem): readonly string[] => [
  say(kindWords[kind]),
  id,
  department ?? say(office),
  due ?? '–',
  urged === undefined
    ? ''
    : say({
        zh: `已督办 ${urged.count} 次，最近 ${urged.at} ${personText(urged.by, urged.byName)}`,
        en: `urged ${urged.count} times, last ${urged.at} by ${personText(urged.by, urged.byName)}`,
      }),
];
