/** `datong consent`: consents of persons in a department's service: submitted, withdrawn, listed and shown. */
import type { Command } from 'commander';
import { registerGive, registerShow, registerList, registerWithdraw } from './consents.ts';
import { registerNotice } from './notice.ts';
import { registerPaper } from './paper.ts';

export function register(program: Command): void {
  const consent = program
    .command('consent')
    .description('个人同意：登记、撤回、查询 / consents of persons: hand in, withdraw, list, show');
  registerGive(consent);
  registerWithdraw(consent);
  registerList(consent);
  registerShow(consent);
  registerNotice(consent);
  registerPaper(consent);
}
