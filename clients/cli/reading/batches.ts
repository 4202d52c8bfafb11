/** `datong batch sent [ID]`: submissions, the newest first, with their outcome. */
import { translated } from '../reportedValues.ts';
import type { Command } from 'commander';
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
    await printList(options, { path: '/v1/batches', member: 'batches', query: { dataset, state }, line });
    return;
  }
  await reading(options, async (get) =>
    data(JSON.stringify(await get(`/v1/batches/${encodeURIComponent(id)}`), undefined, 2)),
  );
}

function line(item: Item): readonly string[] {
  const { rows, bad } = (item['counts'] ?? {}) as Item;
  return [
    text(item['batch']),
    text(item['openedAt']),
    text(item['dataset']),
    translated('state', text(item['state'])),
    text(rows) === '' ? '' : `${text(rows)} + ${text(bad)}`,
    text(item['problem']),
    text(item['fileName']),
  ];
}
