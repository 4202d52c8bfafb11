/** `datong batch list`: submissions, the newest first. */
import type { Command } from 'commander';
import { asReviewer, bodyOf } from '../approve/waiting.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { columns } from '../textWidth.ts';
import { data, dataLines, talk } from '../verb.ts';
import type { Batch } from '../../sdk/types.ts';
import { batchCells } from './batchLines.ts';

interface ListOptions extends StaffOptions {
  readonly dataset?: string;
  readonly state?: string;
  readonly json?: boolean;
}

export function registerList(batch: Command): void {
  withStaffToken(batch.command('list').description('报送批次，最新的在前 / submissions, the newest first'))
    .option('--dataset <id>', 'only of this dataset')
    .option('--state <state>', 'only in this state, such as held')
    .option('--json', 'answer {batches} as JSON')
    .addHelpText('after', '\nExample:\n  $ datong batch list --state held --as steward-pub-security')
    .action(list);
}

async function list(options: ListOptions): Promise<void> {
  const query = new URLSearchParams();
  for (const name of ['dataset', 'state'] as const) {
    const value = options[name];
    if (value !== undefined) query.set(name, value);
  }
  const found = await asReviewer(options, async (client) => {
    const batches: Batch[] = [];
    for (let cursor: string | undefined; batches.length < 1_000;) {
      if (cursor !== undefined) query.set('cursor', cursor);
      const page = bodyOf(await client.get(`/v1/batches?${query.toString()}`)) as unknown as {
        readonly batches: readonly Batch[];
        readonly nextCursor?: string;
      };
      batches.push(...page.batches);
      cursor = page.nextCursor;
      if (cursor === undefined) break;
    }
    return batches;
  });
  if (options.json === true) data(JSON.stringify({ ok: true, batches: found }));
  else dataLines(columns(found.map(batchCells)));
  talk({ zh: `${found.length} 个批次`, en: `${found.length} batches` });
}
