import type { Command } from 'commander';
import type { CellChange } from '../../../policies/questions/cellChange.ts';
import { diffPlans, type PolicyDiff } from '../../../policies/questions/diff.ts';
import { columns } from '../textWidth.ts';
import { data, exitCode, say } from '../verb.ts';
import { compileFolder } from './policyFolder.ts';

export function registerDiff(policy: Command): void {
  policy
    .command('diff')
    .description('两套文档之间的变化与须签署方 / what changes between two sets, and who must sign')
    .argument('<old>', 'folder of documents in force')
    .argument('<new>', 'folder of documents proposed')
    .option('--json', 'cells, counts and verdict as JSON')
    .addHelpText(
      'after',
      '\nExit code 1 when something is added or loosened, so that signatures are needed.\nExample: datong policy diff in-force/ proposed/',
    )
    .action((before: string, after: string, options: { json?: boolean }) => {
      const diff = diffPlans(compileFolder(before).plans, compileFolder(after).plans);
      data(options.json === true ? JSON.stringify(diff) : readable(diff));
      process.exitCode = diff.verdict.needs === 'signatures' ? exitCode.refused : exitCode.ok;
    });
}

export const kindText = {
  added: { zh: '新增', en: 'added' },
  loosened: { zh: '放宽', en: 'loosened' },
  tightened: { zh: '收紧', en: 'tightened' },
  removed: { zh: '删除', en: 'removed' },
} as const;

/** A change as the columns of a table. */
export const cellRow = (cell: CellChange): readonly string[] => [
  ...[say(kindText[cell.kind]), cell.consumer, cell.dataset, cell.purpose, cell.cell],
  `${cell.from ?? '–'} → ${cell.to ?? '–'}`,
];

function readable({ cells, counts, verdict }: PolicyDiff): string {
  const rows = cells.map(cellRow);
  const total = (Object.keys(kindText) as (keyof typeof kindText)[])
    .map((kind) => `${say(kindText[kind])} ${counts[kind]}`)
    .join('  ');
  return [...columns(rows), ...(rows.length > 0 ? [''] : []), total, verdictText(verdict)].join('\n');
}

function verdictText({ needs, signatures }: PolicyDiff['verdict']): string {
  if (needs === 'nothing') return say({ zh: '没有变化', en: 'nothing changes' });
  if (needs === 'one-person') {
    return say({
      zh: '一人即可生效：没有任何放宽',
      en: 'one person may put it in force: nothing is loosened',
    });
  }
  const list = signatures
    .map(({ role, department, because }) => `${role} ${department} (${because})`)
    .join(', ');
  return `${say({ zh: '生效前须签署：', en: 'must sign first: ' })}${list}`;
}
