import type { Command } from 'commander';
import { visibility, type VisibilityCell } from '../../../policies/questions/visibility.ts';
import { columns } from '../textWidth.ts';
import { data, exitCode, say, VerbFailure } from '../verb.ts';
import { compileFolder, timeOf } from './policyFolder.ts';

interface Options {
  readonly dataset?: string;
  readonly field?: string;
  readonly department?: string;
  readonly json?: boolean;
  readonly at?: string;
}

export function registerVisibility(policy: Command): void {
  policy
    .command('visibility')
    .description('谁能看到某数据项，某部门能看到什么 / who can see a field, what a department can see')
    .argument('<dir>', 'folder of documents')
    .option('--dataset <id>', 'of this dataset')
    .option('--field <name>', 'of this field')
    .option('--department <code>', 'by this department')
    .option('--json', 'cells as JSON')
    .option('--at <time>', 'whether it is in force then (default: now)')
    .addHelpText(
      'after',
      '\nExample: datong policy visibility samples/ --dataset pub-security.household --field person_id',
    )
    .action((dir: string, options: Options) => show(dir, options));
}

function show(dir: string, { dataset, field, department, json, at }: Options): void {
  if (dataset === undefined && field === undefined && department === undefined) {
    throw new VerbFailure(exitCode.usage, {
      zh: '请给出 --dataset、--field 或 --department',
      en: 'give --dataset, --field or --department',
    });
  }
  const cells = visibility(
    compileFolder(dir).plans,
    {
      ...(dataset === undefined ? {} : { dataset }),
      ...(field === undefined ? {} : { field }),
      ...(department === undefined ? {} : { consumer: department }),
    },
    timeOf(at),
  );
  data(json === true ? JSON.stringify({ cells }) : readable(cells));
}

const accessText = {
  read: { zh: '读取', en: 'reads' },
  lookup: { zh: '精确查询', en: 'looks up by' },
  serves: { zh: '仅用于脱敏', en: 'serves a mask' },
  fact: { zh: '核验', en: 'asks a fact' },
  aggregate: { zh: '统计', en: 'counts or sums' },
} as const;

function readable(cells: readonly VisibilityCell[]): string {
  if (cells.length === 0) return say({ zh: '没有人', en: 'nobody' });
  const head = [
    say({ zh: '部门', en: 'department' }),
    say({ zh: '方式', en: 'how' }),
    say({ zh: '数据项', en: 'field' }),
    say({ zh: '脱敏', en: 'mask' }),
    say({ zh: '使用场景', en: 'purpose' }),
    say({ zh: '共享协议', en: 'agreement' }),
    say({ zh: '生效', en: 'in force' }),
  ];
  return columns([
    head,
    ...cells.map((cell) => [
      cell.principal === undefined ? cell.consumer : `${cell.consumer} (${cell.principal})`,
      say(accessText[cell.access]),
      `${cell.dataset} ${cell.field}`,
      cell.mask,
      cell.purpose,
      cell.agreement,
      cell.active ? '✓' : '✗',
    ]),
  ]).join('\n');
}
