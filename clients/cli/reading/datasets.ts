/** `datong datasets [ID]`: what there is to be asked for, and one with its mappings. */
import { told } from '../told.ts';
import type { Command } from 'commander';
import { data, say } from '../verb.ts';
import {
  minute,
  printList,
  reading,
  text,
  title,
  withReader,
  type Item,
  type ReaderOptions,
} from './reader.ts';

interface DatasetsOptions extends ReaderOptions {
  readonly department?: string;
}

export function register(program: Command): void {
  withReader(
    program
      .command('datasets')
      .argument('[id]', 'one of them, with its mappings')
      .description('本枢纽的数据资源 / the datasets of this hub'),
  )
    .option('--department <code>', 'of this department only')
    .addHelpText('after', '\nExamples:\n  datong datasets\n  datong datasets pub-security.household\n')
    .action(datasets);
}

async function datasets(id: string | undefined, options: DatasetsOptions): Promise<void> {
  if (id === undefined) {
    await printList(options, {
      path: '/v1/datasets',
      member: 'datasets',
      query: { department: options.department },
      line: lineOf,
    });
    return;
  }
  await reading(options, async (get) => {
    const found = await get(`/v1/datasets/${encodeURIComponent(id)}`);
    if (options.json === true) {
      data(JSON.stringify(found));
      return;
    }
    const { dataset, mappings } = found as { dataset: Item; mappings: readonly Item[] };
    const { conditions } = dataset['sharing'] as Item;
    data(lineOf(dataset).join('  '));
    for (const [name, value] of Object.entries({
      schema: dataset['schema'],
      mode: dataset['mode'],
      conditions,
      currentBatch: dataset['currentBatch'],
      registered: minute(dataset['registeredAt']),
    }))
      if (text(value) !== '')
        data(
          `  ${told('label', name)}${colon()}${name === 'mode' ? told('label', text(value)) : text(value)}`,
        );
    for (const mapping of mappings)
      data(`  ${told('label', 'mapping')}${colon()}${text(mapping['name'])}@${text(mapping['version'])}`);
  });
}

const lineOf = (item: Item): readonly string[] => [
  text(item['id']),
  told('label', text((item['sharing'] as Item)['type'])),
  told('state', text(item['standing'])),
  text(item['schema']),
  title(item['title']),
];

const colon = (): string => say({ zh: '：', en: ': ' });
