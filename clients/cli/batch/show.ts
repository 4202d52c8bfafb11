/** `datong batch show ID`: where a submission stands, and why. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { asReviewer, bodyOf } from '../approve/waiting.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { columns } from '../textWidth.ts';
import { data, dataLines, say } from '../verb.ts';
import type { Batch } from '../../sdk/types.ts';
import { checkTeller } from '../uploads/progress.ts';
import { batchCells, besideCurrent, whatWent, whyHeld } from './batchLines.ts';

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
  const { batch, current } = await asReviewer(options, async (client) => {
    const ask = async (at = path): Promise<Batch> => bodyOf(await client.get(at)) as unknown as Batch;
    const found = options.watch === true ? await watched(ask) : await ask();
    if (found.state !== 'held' || options.json === true) return { batch: found, current: undefined };
    const seen = `/v1/batches?dataset=${encodeURIComponent(found.dataset)}&state=published&limit=1`;
    const { batches } = bodyOf(await client.get(seen)) as unknown as { readonly batches: readonly Batch[] };
    return { batch: found, current: batches[0] };
  });
  if (options.json === true) {
    data(JSON.stringify(batch));
    return;
  }
  const beside = besideCurrent(batch, current);
  dataLines([...columns([batchCells(batch)]), ...beside, ...whyHeld(batch), ...whatWent(batch)]);
  if (batch.sentence !== undefined) dataLines([say(batch.sentence)]);
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
