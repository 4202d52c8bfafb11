/** `datong datasets [ID]`: what there is to be asked for, and one with its mappings. */
import { told } from '../told.ts';
import type { Command } from 'commander';
import { shownLines, type Retirement } from '../datasetRetire.ts';
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

interface Shown {
  readonly dataset: Item;
  readonly mappings: readonly Item[];
  /** one person wants it retired: to those who may be the second, and to a department that reads it */
  readonly retirement?: Retirement;
  readonly retirementAhead?: { readonly due: string; readonly agreements: readonly string[] };
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
    const { dataset, mappings, retirement, retirementAhead: ahead } = found as unknown as Shown;
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
    if (retirement !== undefined) for (const line of shownLines(retirement)) data(`  ${line}`);
    if (ahead !== undefined)
      data(
        say({
          zh: `  已有一人提出退役，另一人至 ${ahead.due} 可以同意；随之终止的本部门共享协议：${ahead.agreements.join('  ')}`,
          en: `  one person wants it retired, and another may agree until ${ahead.due}; agreements of yours that end with it: ${ahead.agreements.join('  ')}`,
        }),
      );
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
