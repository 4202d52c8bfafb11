import type { Command } from 'commander';
import { visibility, type VisibilityCell } from '../../../policies/questions/visibility.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { printList } from '../reading/reader.ts';
import { columns } from '../printedText.ts';
import { data, exitCode, say, VerbFailure } from '../verb.ts';
import { compileFolder, timeOf } from './policyFolder.ts';
import { defined } from '../../../terms/defined.ts';

interface Options extends StaffOptions {
  readonly hub?: boolean;
  readonly dataset?: string;
  readonly field?: string;
  readonly department?: string;
  readonly json?: boolean;
  readonly at?: string;
}

export function registerVisibility(policy: Command): void {
  withStaffToken(
    policy
      .command('visibility')
      .description('谁能看到某数据项，某部门能看到什么 / who can see a field, what a department can see')
      .argument('[dir]', 'folder of documents; absent with --hub'),
  )
    .option('--hub', 'what is in force at the hub, by your token')
    .option('--dataset <id>', 'of this dataset')
    .option('--field <name>', 'of this field')
    .option('--department <code>', 'by this department')
    .option('--json', 'cells as JSON')
    .option('--at <time>', 'whether it is in force then (default: now)')
    .addHelpText(
      'after',
      '\nExample: datong policy visibility samples/ --dataset pub-security.household --field person_id\n         datong policy visibility --hub --department education --demo',
    )
    .action((dir: string | undefined, options: Options) => show(dir, options));
}

async function show(dir: string | undefined, options: Options): Promise<void> {
  const { dataset, field, department, json, at } = options;
  if (dataset === undefined && field === undefined && department === undefined) {
    throw new VerbFailure(exitCode.usage, {
      zh: '请给出 --dataset、--field 或 --department',
      en: 'give --dataset, --field or --department',
    });
  }
  const { as, demo, token, profile } = options;
  const named = as ?? demo ?? token ?? profile;
  if (options.hub === true) {
    if (dir !== undefined || at !== undefined) throw eitherOr();
    await atHub(options);
    return;
  }
  if (dir === undefined || named !== undefined) throw eitherOr();
  const cells = visibility(
    compileFolder(dir).plans,
    defined({ dataset, field, consumer: department }),
    timeOf(at),
  );
  data(json === true ? JSON.stringify({ cells }) : readable(cells));
}

const eitherOr = (): VerbFailure =>
  new VerbFailure(exitCode.usage, {
    zh: '请给出文档文件夹；或用 --hub 查看枢纽上现行的（此时不用文件夹和 --at）',
    en: 'give a folder of documents; or --hub for what is in force there (then without folder and --at)',
  });

/** The hub's own table, as this user may see it. */
const atHub = ({ dataset, field, department, ...options }: Options): Promise<void> =>
  printList(
    { ...options, staff: true, limit: 100_000 },
    {
      path: '/v1/policy/visibility',
      member: 'cells',
      query: { dataset, field, consumer: department },
      line: (cell) => cellRow(cell as unknown as Shown),
    },
  );

const accessText = {
  read: { zh: '读取', en: 'reads' },
  lookup: { zh: '精确查询', en: 'looks up by' },
  serves: { zh: '仅用于脱敏', en: 'serves a mask' },
  fact: { zh: '核验', en: 'asks a fact' },
  aggregate: { zh: '统计', en: 'counts or sums' },
} as const;

type Shown = Pick<
  VisibilityCell,
  'consumer' | 'principal' | 'access' | 'dataset' | 'field' | 'mask' | 'purpose' | 'agreement' | 'active'
>;

const cellRow = (cell: Shown): readonly string[] => [
  cell.principal === undefined ? cell.consumer : `${cell.consumer} (${cell.principal})`,
  say(accessText[cell.access]),
  `${cell.dataset} ${cell.field}`,
  ...[cell.mask, cell.purpose, cell.agreement, cell.active ? '✓' : '✗'],
];

function readable(cells: readonly VisibilityCell[]): string {
  if (cells.length === 0) return say({ zh: '没有部门', en: 'no department' });
  const head = [
    say({ zh: '部门', en: 'department' }),
    say({ zh: '方式', en: 'how' }),
    say({ zh: '数据项', en: 'field' }),
    say({ zh: '脱敏', en: 'mask' }),
    say({ zh: '使用场景', en: 'purpose' }),
    say({ zh: '共享协议', en: 'agreement' }),
    say({ zh: '生效', en: 'in force' }),
  ];
  return columns([head, ...cells.map(cellRow)]).join('\n');
}
