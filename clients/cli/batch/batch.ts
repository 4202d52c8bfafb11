/** `datong batch`: submissions, and a person's word on those that wait for one. */
import type { Command } from 'commander';
import { registerDecisions } from './decide.ts';
import { registerList } from './list.ts';
import { registerShow } from './show.ts';

export function register(program: Command): void {
  const batch = program
    .command('batch')
    .description('报送批次：查看、放行、作废、恢复 / submissions: list, show, release, drop, restore');
  registerList(batch);
  registerShow(batch);
  registerDecisions(batch);
}
