import { type Command, Argument } from 'commander';
import { lintPolicies } from '../../../policies/lint/lintPolicies.ts';
import { data, exitCode, reportFindings, say, talk, VerbFailure } from '../verb.ts';
import { asCheck, readPolicyFolder, timeOf, compileFolder } from './policyFolder.ts';
import type { CellChange } from '../../../policies/questions/cellChange.ts';
import { diffPlans, type PolicyDiff } from '../../../policies/questions/diff.ts';
import { columns } from '../printedText.ts';
import { editorSchema } from '../../../policies/documents/editorSchema.ts';
import { maskedDataset } from '../../../policies/maskedDataset.ts';
import type { DatasetSchema } from '../../../schemas/datasetSchema.ts';
import { counted } from '../../../terms/counted.ts';

interface Options {
  readonly json?: boolean;
  readonly at?: string;
}

export function registerLint(policy: Command): void {
  policy
    .command('lint')
    .description(
      '检查策略文档：能否生效、有无风险 / check policy documents: whether they compile, and their risks',
    )
    .argument('<dir>', 'folder of documents, or one file')
    .option('--json', 'findings as JSON')
    .option('--at <time>', 'time for expiry (default: now)')
    .addHelpText('after', '\nExample: datong policy lint samples/')
    .action((dir: string, options: Options) => lint(dir, options));
}

function lint(dir: string, { json = false, at }: Options): void {
  const set = readPolicyFolder(dir);
  const { findings, notes } = lintPolicies(set.documents, set.context, timeOf(at));
  const all = asCheck([...set.findings, ...findings], set);
  if (json) {
    const ok = all.length === 0;
    data(JSON.stringify({ ok, findings: all, notes: asCheck(notes, set) }));
    process.exitCode = ok ? exitCode.ok : exitCode.refused;
    return;
  }
  reportFindings(all, {
    json,
    failure: exitCode.refused,
    passed: {
      zh: `${set.documents.length} 份文档，没有问题`,
      en: `${counted(set.documents.length, 'document')}, no findings`,
    },
  });
  for (const note of notes) talk(`· ${say(note.message)}`);
}

export function registerDiff(policy: Command): void {
  policy
    .command('diff')
    .description('两套文档之间的变化与须签署方 / what changes between two sets, and who must sign')
    .argument('<old>', 'folder of documents in force')
    .argument('<new>', 'folder of documents proposed')
    .option('--json', 'cells, counts and verdict as JSON')
    .addHelpText(
      'after',
      '\nExit code 1 when signatures are needed: something is added or loosened, or a reason for a field changes.\nExample: datong policy diff in-force/ proposed/',
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

export function registerSchema(policy: Command): void {
  policy
    .command('schema')
    .description('策略文档的 JSON Schema（供编辑器补全） / JSON Schema of the documents, for editors')
    .addArgument(new Argument('<kind>', 'kind of document').choices(['Agreement', 'Restriction']))
    .addHelpText('after', '\nExample: datong policy schema Agreement > agreement.schema.json')
    .action((kind: 'Agreement' | 'Restriction') => data(JSON.stringify(editorSchema(kind), null, 2)));
}

export interface ConsumerOf {
  readonly consumer: string;
  readonly purpose: string | undefined;
}

/** The masked schema that a consumer receives under the documents of a folder. @throws VerbFailure unless exactly one plan fits */
export function consumerSchema(
  dir: string,
  { name, major }: DatasetSchema,
  { consumer, purpose }: ConsumerOf,
): DatasetSchema {
  const { set, plans: compiled } = compileFolder(dir);
  const plans = compiled.all.filter(
    ({ ref }) =>
      ref.schema === `${name}@${major}` &&
      ref.consumer === consumer &&
      (purpose === undefined || ref.purpose === purpose),
  );
  const [plan, another] = plans;
  if (plan !== undefined && another === undefined) return maskedDataset(plan, set.surroundings);
  const found = plans.map(({ ref }) => `${ref.agreement} ${ref.purpose}`).join(', ');
  throw new VerbFailure(exitCode.refused, {
    zh:
      plan === undefined
        ? `${consumer} 没有得到 ${name}@${major} 的授权`
        : `请用 --purpose 选定一项：${found}`,
    en:
      plan === undefined
        ? `${consumer} is granted nothing of ${name}@${major}`
        : `choose one with --purpose: ${found}`,
  });
}
