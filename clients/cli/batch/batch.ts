/** `datong batch`: submissions, and decisions on those that wait for one. */
import type { Command } from 'commander';
import { registerDecisions, registerRetranslate } from './changeBatch.ts';
import { registerShow, registerList, registerRow, registerDiff } from './showBatch.ts';
import { registerQuality } from './quality.ts';

export function register(program: Command): void {
  const batch = program
    .command('batch')
    .description(
      '报送批次：查看、对照、放行、作废、恢复、重新处理、溯源、质量 / submissions: list, show, diff, release, drop, restore, retranslate, row, quality',
    );
  registerList(batch);
  registerShow(batch);
  registerDiff(batch);
  registerDecisions(batch);
  registerRetranslate(batch);
  registerRow(batch);
  registerQuality(batch);
}
