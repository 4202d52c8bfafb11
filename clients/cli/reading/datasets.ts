/** `datong dataset list [ID]`: the available datasets, and one with its mappings. */
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { translated } from '../reportedValues.ts';
import { frequencies } from '../catalogue/entryWords.ts';
import { shownLines, type Retirement } from '../datasetRetire.ts';
import { data, dataLines, say } from '../verb.ts';
import { periodLines, type Periods } from './lists.ts';
import { printList, reading, text, title, withReader, type Item, type ReaderOptions } from './reader.ts';

interface DatasetsOptions extends ReaderOptions {
  readonly department?: string;
}

interface Shown {
  readonly dataset: Item;
  readonly mappings: readonly Item[];
  /** a proposed retirement; only for persons who may be the second one. Departments that read it get `retirementAhead` */
  readonly retirement?: Retirement;
  readonly periods?: Periods;
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
    .addHelpText(
      'after',
      '\nExamples:\n  datong dataset list\n  datong dataset show pub-security.household\n',
    )
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
    const { dataset, mappings, periods, retirement, retirementAhead: ahead } = found as unknown as Shown;
    const { conditions } = dataset['sharing'] as Item;
    dataLines([lineOf(dataset).join('  ')]);
    for (const [name, value] of Object.entries({
      schema: dataset['schema'],
      mode: dataset['mode'],
      conditions,
      currentBatch: dataset['currentBatch'],
      registered: dataset['registeredAt'],
    }))
      if (text(value) !== '')
        dataLines([
          `  ${translated('label', name)}${colon()}${name === 'mode' ? translated('label', text(value)) : text(value)}`,
        ]);
    dataLines(entryLines(dataset).map((line) => `  ${line}`));
    dataLines(ruleLines(dataset).map((line) => `  ${line}`));
    for (const mapping of mappings)
      data(
        `  ${translated('label', 'mapping')}${colon()}${text(mapping['name'])}@${text(mapping['version'])}`,
      );
    if (periods !== undefined) dataLines(periodLines(periods).map((line) => `  ${line}`));
    if (retirement !== undefined) dataLines(shownLines(retirement).map((line) => `  ${line}`));
    if (ahead !== undefined)
      data(
        say({
          zh: `  已有一人提出退役，另一人至 ${ahead.due} 可以同意；随之终止的本部门共享协议：${ahead.agreements.join('  ')}`,
          en: `  retirement is proposed; a second person may agree until ${ahead.due}. Your agreements that would end with it: ${ahead.agreements.join('  ')}`,
        }),
      );
  });
}

/** The rules of intake and retention, in the form in which they are registered. */
function ruleLines({ intake, retention }: Item): readonly string[] {
  const rules = Object.entries({ intake, retention }).filter(
    ([, rule]) => rule !== undefined && Object.keys(rule as object).length > 0,
  );
  return rules.length === 0 ? [] : stringify(Object.fromEntries(rules)).trimEnd().split('\n');
}

const lineOf = (item: Item): readonly string[] => [
  text(item['id']),
  translated('label', text((item['sharing'] as Item)['type'])),
  translated('state', text(item['standing'])),
  text(item['schema']),
  title(item['title']),
];

/** The catalogue's data about it: its update interval, its contact, and where it is shared differently than an entry states. */
function entryLines(dataset: Item): readonly string[] {
  const entries = dataset['entries'] as readonly Item[];
  const { type } = dataset['sharing'] as Item;
  const lines = entries.flatMap((entry) => {
    const [id, often] = [text(entry['id']), text(entry['updateFrequency'])];
    const contact = `${text(entry['office'])}  ${text(entry['contact'])}`;
    return [
      say({
        zh: `目录条目：${id}  ${frequencies[often] ?? often}  ${contact}`,
        en: `entry: ${id}  ${often}  ${contact}`,
      }),
      ...(entry['contradicted'] === true ? [contradiction(id, entry['sharing'] as Item)] : []),
    ];
  });
  if (type !== 'unconditional' || dataset['opened'] === true || entries.length > 0) return lines;
  return [
    say({
      zh: '尚无目录条目规定无条件共享：在此之前按有条件共享办理',
      en: 'no catalogue entry in force states unconditional sharing yet; until then conditional sharing applies',
    }),
  ];
}

function contradiction(entry: string, { type, conditions }: Item): string {
  const as = `${translated('label', text(type))}${text(conditions) === '' ? '' : `（${text(conditions)}）`}`;
  return say({
    zh: `共享属性与目录条目 ${entry} 不一致，条目为 ${as}：由其部门修订条目`,
    en: `shared otherwise than the catalogue entry ${entry} says (${as}): its department revises the entry`,
  });
}

const colon = (): string => say({ zh: '：', en: ': ' });
