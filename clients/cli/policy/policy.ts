/**
 * `datong policy …`: most sub-verbs work offline, on a folder of documents; `check`, `create`, `simulate` and `visibility --hub` query
 * the hub.
 */
import type { Command } from 'commander';
import { registerLint, registerDiff, registerSchema } from './policyFiles.ts';
import { registerCreateAgreement } from '../create/createAgreement.ts';
import { registerExplain } from './explain.ts';
import { registerReplay } from './replay.ts';
import { registerSimulate } from './simulate.ts';
import { registerVisibility } from './visibility.ts';
import { applyDocuments, type Applied } from '../apply/applyDocuments.ts';
import { printApplied } from '../apply/apply.ts';
import { readDocuments } from '../apply/readDocuments.ts';
import { staffClient } from '../apply/staffCall.ts';
import { openStaffAccess, withStaffToken, type StaffOptions } from '../profile.ts';
import { exitCode, VerbFailure, data, reportFindings, say, talk, type CheckFinding } from '../verb.ts';
import { runCase, type CaseResult } from '../../../policies/cases/runCase.ts';
import { compilePlans } from '../../../policies/plans.ts';
import { asCheck, compileFindings, readPolicyFolder } from './policyFolder.ts';
import { defined } from '../../../terms/defined.ts';
import { counted } from '../../../terms/counted.ts';

function registerTest(policy: Command): void {
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
  const passed = { zh: `${cases} 个用例全部通过`, en: `${counted(cases, 'case')}, all passed` };
  reportFindings(findings, { json, failure: exitCode.refused, passed });
  if (findings.length > 0)
    talk(say({ zh: `${findings.length} 处不符`, en: counted(findings.length, 'finding') }));
}

/** `datong policy check FILE`: checks an agreement or a restriction against the hub's schemas and restrictions, before it is signed. */
function registerCheck(policy: Command): void {
  withStaffToken(
    policy
      .command('check')
      .description(
        '签署之前，按枢纽的标准与管控规则完整检查协议 / check an agreement whole, by the schemas and restrictions of the hub, before it is signed',
      )
      .argument('<file...>', 'agreements and restrictions (YAML)'),
  )
    .option('--json', 'one JSON object a document')
    .addHelpText('after', '\nExample:\n  datong policy check agreement.yaml --as operator\n')
    .action(async (files: readonly string[], options: StaffOptions & { readonly json?: boolean }) => {
      await checkAgreements(files, options, (one) => printApplied(one, options.json === true));
    });
}

/** @throws VerbFailure for a file without an agreement */
async function checkAgreements(
  files: readonly string[],
  options: StaffOptions,
  onApplied: (one: Applied) => void,
): Promise<void> {
  const documents = files
    .flatMap(readDocuments)
    .filter(({ kind }) => kind === 'Agreement' || kind === 'Restriction');
  if (documents.length === 0)
    throw new VerbFailure(exitCode.local, {
      zh: `${files.join('、')} 中没有共享协议或管控规则`,
      en: `${files.join(', ')} holds no agreement and no restriction`,
    });
  const client = staffClient(openStaffAccess(options, 'operator'));
  try {
    const checked = await applyDocuments(documents, { client, signers: [], checkOnly: true, onApplied });
    if (checked.some(({ outcome }) => outcome === 'refused')) process.exitCode = exitCode.refused;
  } finally {
    client.close();
  }
}

export function register(program: Command): void {
  const policy = program
    .command('policy')
    .description(
      '共享策略 / agreements and restrictions: lint, check, create, test, explain, diff, visibility, replay, simulate, schema',
    );
  registerLint(policy);
  registerCheck(policy);
  registerCreateAgreement(policy);
  registerTest(policy);
  registerExplain(policy);
  registerDiff(policy);
  registerVisibility(policy);
  registerReplay(policy);
  registerSimulate(policy);
  registerSchema(policy);
}
