/**
 * `datong policy …`: one file per sub-verb. They work offline, on a folder of documents; `simulate` and `visibility --hub` query the hub.
 */
import type { Command } from 'commander';
import { registerLint, registerDiff, registerSchema } from './policyFiles.ts';
import { registerCreateAgreement } from '../create/createAgreement.ts';
import { registerCheck } from './checkAgreement.ts';
import { registerExplain } from './explain.ts';
import { registerReplay } from './replay.ts';
import { registerSimulate } from './simulate.ts';
import { registerTest } from './test.ts';
import { registerVisibility } from './visibility.ts';

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
