/** `datong batch`: submissions, and a person's word on those that wait for one. */
import type { Command } from 'commander';
import { registerDecisions } from './decide.ts';
import { registerDiff } from './diff.ts';
import { registerList } from './list.ts';
import { registerQuality } from './quality.ts';
import { registerRetranslate } from './retranslate.ts';
import { registerRow } from './row.ts';
import { registerShow } from './show.ts';

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
