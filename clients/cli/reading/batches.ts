/** `datong batch sent [ID]`: submissions, the newest first, with their outcome. */
import { batchCells } from '../batch/batchLines.ts';
import type { Batch } from '../../sdk/types.ts';
import type { Command } from 'commander';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { data } from '../verb.ts';
import { printList, reading, text, withReader, type Item, type ReaderOptions } from './reader.ts';

interface BatchesOptions extends ReaderOptions {
  readonly dataset?: string;
  readonly state?: string;
}

export function register(program: Command): void {
  withReader(
    program
      .command('batches')
      .argument('[id]', 'one of them, as JSON')
      .description('报送批次，最新的在前 / submissions, the newest first'),
  )
    .option('--dataset <id>', 'to this dataset only')
    .option(
      '--state <state>',
      'receiving, checking, held, prepared, published, superseded, rejected, failed, expired',
    )
    .addHelpText('after', '\nExample:\n  datong batch sent --dataset pub-security.household\n')
    .action(batches);
}

async function batches(id: string | undefined, options: BatchesOptions): Promise<void> {
  if (id === undefined) {
    const { dataset, state } = options;
    await printList(options, {
      path: '/v1/batches',
      member: 'batches',
      query: { dataset, state },
      line: (item) => [...batchCells(batchOf(item)), text(item['problem']), text(item['fileName'])],
      next: (items) => whatNext(items.map(batchOf)),
    });
    return;
  }
  await reading(options, async (get) =>
    data(JSON.stringify(await get(`/v1/batches/${encodeURIComponent(id)}`), undefined, 2)),
  );
}

const batchOf = (item: Item): Batch => item as unknown as Batch;

/** For the newest batch that needs an act. */
function whatNext(batches: readonly Batch[]): Bilingual | undefined {
  const held = batches.find(({ state }) => state === 'held');
  if (held !== undefined)
    return {
      zh: `处理建议：datong batch sent ${held.batch} 列出搁置的原因`,
      en: `next: datong batch sent ${held.batch} shows why it is held`,
    };
  const bad = batches.find(({ counts }) => (counts?.bad ?? 0) > 0);
  return bad === undefined
    ? undefined
    : {
        zh: `处理建议：datong batch quarantine ${bad.batch} 列出问题行`,
        en: `next: datong batch quarantine ${bad.batch} lists its bad rows`,
      };
}
