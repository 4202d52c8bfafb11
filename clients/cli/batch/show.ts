/** `datong batch show ID`: where a submission stands, and why. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { asReviewer, bodyOf } from '../approve/waiting.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { columns } from '../textWidth.ts';
import { data, say } from '../verb.ts';
import type { Batch } from '../../sdk/types.ts';
import { checkTeller } from '../uploads/progress.ts';
import { batchCells, whatWent, whyHeld } from './batchLines.ts';

interface ShowOptions extends StaffOptions {
  readonly watch?: boolean;
  readonly json?: boolean;
}

export function registerShow(batch: Command): void {
  withStaffToken(
    batch.command('show').description('一个批次的状态与原因 / where one submission stands, and why'),
  )
    .argument('<batch>', 'id as datong send and datong batch list show it')
    .option('--watch', 'tell how far it is until it is done')
    .option('--json', 'the batch as JSON')
    .addHelpText('after', '\nExample:\n  $ datong batch show 01890000-0000-7000-8000-000000000000')
    .action(show);
}

async function show(id: string, options: ShowOptions): Promise<void> {
  const path = `/v1/batches/${encodeURIComponent(id)}`;
  const batch = await asReviewer(options, async (client) => {
    const ask = async (): Promise<Batch> => bodyOf(await client.get(path)) as unknown as Batch;
    return options.watch === true ? watched(ask) : ask();
  });
  if (options.json === true) {
    data(JSON.stringify(batch));
    return;
  }
  for (const line of [...columns([batchCells(batch)]), ...whyHeld(batch), ...whatWent(batch)]) data(line);
  if (batch.sentence !== undefined) data(say(batch.sentence));
}

/** Milliseconds between two looks; each is an entry of the log. */
const between = 2_000;

/** Asks again and again, and tells how far it is. @returns the batch once its rows are checked */
async function watched(ask: () => Promise<Batch>): Promise<Batch> {
  const teller = checkTeller();
  try {
    for (;;) {
      const batch = await ask();
      if (batch.state !== 'receiving' && batch.state !== 'checking') return batch;
      teller.tell(batch);
      await sleep(between);
    }
  } finally {
    teller.end();
  }
}
