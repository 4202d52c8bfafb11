/** `datong schema uses KIND NAME`: where a code list, an element or a shared schema is used, the affected datasets, and their readers. */
import type { Command } from 'commander';
import { pathSegment } from '../values.ts';
import { translated } from '../reportedValues.ts';
import { columns } from '../printedText.ts';
import { data, dataLines, say, talk } from '../verb.ts';
import { reading, readList, text, withReader, type Item, type ReaderOptions } from './reader.ts';

export function register(program: Command): void {
  withReader(
    program
      .command('uses')
      .argument('<kind>', 'code-list, element or schema')
      .argument('<name>', 'id of a code list, a semantic tag, or the name of a schema')
      .description(
        '代码表、数据元或共用标准用在哪里 / where a code list, an element or a shared schema is used',
      ),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  datong schema uses code-list gbt2261\n  datong schema uses element cn.mobile\n  datong schema uses schema address\n',
    )
    .action(uses);
}

/** Lists that follow a use, each with its label. */
const furtherLists = [
  ['mappings', { zh: '映射', en: 'mapping' }],
  ['agreements', { zh: '协议', en: 'agreement' }],
  ['requests', { zh: '申请', en: 'request' }],
  ['restrictions', { zh: '管控规则', en: 'restriction' }],
  ['supplements', { zh: '由其补充', en: 'supplemented by' }],
  ['supplementTo', { zh: '补充', en: 'supplements' }],
] as const;

/** `datong schema uses KIND NAME` */
async function uses(kind: string, name: string, options: ReaderOptions): Promise<void> {
  const path = `/v1/uses/${pathSegment(kind)}/${pathSegment(name)}`;
  await reading(options, async (get) => {
    let first: Item = {};
    const { items, more } = await readList(
      async (requested) => {
        const page = await get(requested);
        first = { ...page, ...first };
        return page;
      },
      ...([path, 'uses', {}, options.limit] as const),
    );
    const { uses: _, nextCursor: __, ...besides } = first;
    if (options.json === true) {
      data(JSON.stringify({ uses: items, ...besides }));
      return;
    }
    const heads = columns(items.map(lineOf));
    for (const [at, item] of items.entries()) {
      data(heads[at] ?? '');
      dataLines(behindOf(item).map((line) => `  ${line}`));
    }
    dataLines(behindOf(besides));
    if (items.length === 0) talk({ zh: '没有', en: 'there are none' });
    if (more) talk({ zh: `只列出前 ${items.length} 条`, en: `the first ${items.length} are listed` });
  });
}

const lineOf = (item: Item): readonly string[] => [
  ...[text(item['schema']), translated('state', text(item['state']))],
  (item['places'] as readonly string[]).join(' '),
  (item['datasets'] as readonly string[]).join(' '),
];

function behindOf(item: Item): readonly string[] {
  return furtherLists.flatMap(([member, called]) =>
    ((item[member] ?? []) as readonly (string | { readonly document: string; readonly state: string })[]).map(
      (one) =>
        `${say(called)}  ${typeof one === 'string' ? one : `${one.document}  ${translated('state', one.state)}`}`,
    ),
  );
}
