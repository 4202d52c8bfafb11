/** `datong consent`: what persons agreed to in a department's service, handed in, withdrawn and listed. */
import type { Command } from 'commander';
import { registerGive } from './give.ts';
import { registerList } from './list.ts';
import { registerPaper } from './paper.ts';
import { registerWithdraw } from './withdraw.ts';

export function register(program: Command): void {
  const consent = program
    .command('consent')
    .description('个人同意：登记、撤回、查询 / consents of persons: hand in, withdraw, list');
  registerGive(consent);
  registerWithdraw(consent);
  registerList(consent);
  registerPaper(consent);
}
