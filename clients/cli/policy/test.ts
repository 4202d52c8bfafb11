import type { Command } from 'commander';
import { runCase, type CaseResult } from '../../../policies/cases/runCase.ts';
import { compilePlans } from '../../../policies/plans.ts';
import { data, exitCode, reportFindings, say, talk, type CheckFinding } from '../verb.ts';
import { asCheck, compileFindings, readPolicyFolder } from './policyFolder.ts';
import { defined } from '../../../terms/defined.ts';

export function registerTest(policy: Command): void {
  policy
    .command('test')
    .description('运行用例：核对决策与日志条目 / run the cases: decision and log entry')
    .argument('<dir>', 'folder of documents with cases (kind: Cases)')
    .option('--json', 'result as JSON')
    .addHelpText('after', '\nExample: datong policy test policies/')
    .action((dir: string, options: { json?: boolean }) => test(dir, options.json === true));
}

function test(dir: string, json: boolean): void {
  const set = readPolicyFolder(dir);
  const unfit = asCheck(compileFindings(set), set);
  if (unfit.length > 0) {
    report(unfit, 0, json);
    return;
  }
  if (set.cases.length === 0) {
    report([noCases], 0, json);
    return;
  }
  const plans = compilePlans(set.documents, set.context);
  const results = set.cases.map((one) => runCase(one, plans, set.surroundings));
  if (!json) table(results);
  report(results.flatMap(failure), set.cases.length, json);
}

/** Nothing tested is not a success. */
const noCases: CheckFinding = {
  code: 'no_cases',
  message: { zh: '没有用例（kind: Cases）', en: 'there are no cases (kind: Cases)' },
};

function failure({
  case: one,
  differences,
}: CaseResult): readonly (CheckFinding & { differences: readonly string[] })[] {
  if (differences.length === 0) return [];
  const text = `${one.name}: ${differences.join('; ')}`;
  return [
    {
      code: 'case_failed',
      path: one.file,
      ...defined({ line: one.line }),
      message: { zh: text, en: text },
      differences,
    },
  ];
}

function table(results: readonly CaseResult[]): void {
  for (const { case: one, differences } of results) {
    talk(`${differences.length === 0 ? '✓' : '✗'} ${one.file}  ${one.name}`);
  }
}

function report(findings: readonly CheckFinding[], cases: number, json: boolean): void {
  if (json) {
    data(JSON.stringify({ ok: findings.length === 0, cases, findings }));
    process.exitCode = findings.length === 0 ? exitCode.ok : exitCode.refused;
    return;
  }
  const passed = { zh: `${cases} 个用例全部通过`, en: `${cases} cases, all passed` };
  reportFindings(findings, { json, failure: exitCode.refused, passed });
  if (findings.length > 0) talk(say({ zh: `${findings.length} 处不符`, en: `${findings.length} findings` }));
}
