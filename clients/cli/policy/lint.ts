import type { Command } from 'commander';
import { lintPolicies } from '../../../policies/lint/lintPolicies.ts';
import { data, exitCode, reportFindings, say, talk } from '../verb.ts';
import { asCheck, readPolicyFolder, timeOf } from './policyFolder.ts';

interface Options {
  readonly json?: boolean;
  readonly at?: string;
}

export function registerLint(policy: Command): void {
  policy
    .command('lint')
    .description('检查策略文档：能否生效、有无风险 / do the documents compile, and what looks wrong')
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
      en: `${set.documents.length} documents, no findings`,
    },
  });
  for (const note of notes) talk(`· ${say(note.message)}`);
}
