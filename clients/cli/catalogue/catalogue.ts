/** `datong catalogue search|sources|show|export`: what the departments have. */
import type { Command } from 'commander';
import { data } from '../verb.ts';
import {
  printList,
  reading,
  text,
  title,
  withReader,
  type Item,
  type ReaderOptions,
} from '../reading/reader.ts';
import { csvHead, csvRow, type CatalogueShown } from './csvRow.ts';

interface SearchOptions extends ReaderOptions {
  readonly department?: string;
  readonly category?: string;
  readonly sharing?: string;
  readonly tag?: string;
  readonly since?: string;
  readonly frequency?: string;
  readonly class?: string;
}

const path = '/v1/catalogue';

export function register(program: Command): void {
  const catalogue = program
    .command('catalogue')
    .description('目录：查找、查看、导出、数源部门 / the catalogue: search, show, export, sources');
  filtered(
    catalogue
      .command('search')
      .description('按中文或英文词语查找 / find entries by Chinese or English words')
      .argument('[words]', 'each must occur: in title, abstract, department, names of fields'),
  )
    .addHelpText('after', '\nExample:\n  datong catalogue search 户籍 --sharing conditional\n')
    .action((words: string | undefined, options: SearchOptions) =>
      printList(options, {
        path,
        member: 'entries',
        query: queryOf(words, options),
        line: (item) => [
          ...[text(item['id']), title(item['title']), text(item['category']), text(item['sharing'])],
          (item['datasets'] as readonly string[]).join(' '),
        ],
      }),
    );
  withReader(
    catalogue
      .command('sources')
      .description('各数据元的数源部门 / which department each element comes from')
      .argument('[element]', 'semantic tag, such as cn.mobile'),
  )
    .option('--department <code>', 'elements that come from this department')
    .addHelpText('after', '\nExample:\n  datong catalogue sources cn.mobile\n')
    .action((element: string | undefined, { department, ...options }: SearchOptions) =>
      printList(options, {
        path: '/v1/element-sources',
        member: 'sources',
        query: { element, department },
        line: (item) => [
          ...[text(item['element']), text(item['department']), text(item['reason'])],
          ((item['also'] ?? []) as readonly { department: string }[]).map((one) => one.department).join(' '),
        ],
      }),
    );
  withReader(
    catalogue
      .command('show')
      .description('一个条目及其数据项 / one entry with its fields')
      .argument('<entry>', 'id of the entry'),
  )
    .addHelpText('after', '\nExample:\n  datong catalogue show pub-security.household\n')
    .action((entry: string, options: ReaderOptions) =>
      reading(options, async (get) => {
        data(JSON.stringify(await get(`${path}/${encodeURIComponent(entry)}`), undefined, 2));
      }),
    );
  filtered(
    catalogue
      .command('export')
      .description(
        '按目录编制指南的栏目导出 CSV，一个数据项一行 / as CSV in the columns of the guide, a row a field',
      ),
  )
    .addHelpText('after', '\nExample:\n  datong catalogue export > catalogue.csv\n')
    .action(exportRows);
}

const filtered = (command: Command): Command =>
  withReader(command)
    .option('--department <code>', 'entries of this department only')
    .option('--category <code>', 'a class and what lies below it, such as 1/12')
    .option('--sharing <type>', 'unconditional, conditional or none')
    .option('--frequency <cycle>', 'update cycle, such as daily or monthly')
    .option('--class <class>', 'class of its data: general or important')
    .option('--tag <tag>', 'entries with a field of this semantic tag, such as cn.resident-id')
    .option('--since <day>', 'with data published on this day or later, YYYY-MM-DD');

const queryOf = (
  q: string | undefined,
  { department, category, sharing, frequency, tag, since, ...options }: SearchOptions,
): Readonly<Record<string, string | undefined>> => ({
  ...{ q, department, category, sharing, frequency, tag, since },
  class: options.class,
});

async function exportRows(options: SearchOptions): Promise<void> {
  await reading(options, async (get) => {
    if (options.json !== true) data(csvHead);
    let cursor: unknown;
    let left = options.limit;
    do {
      const asked = new URLSearchParams({ limit: String(Math.min(200, left)) });
      for (const [name, value] of Object.entries(queryOf(undefined, options)))
        if (value !== undefined) asked.set(name, value);
      if (typeof cursor === 'string') asked.set('cursor', cursor);
      const page = await get(`${path}?${asked.toString()}`);
      for (const { id } of page['entries'] as readonly Item[]) {
        const shown = (await get(`${path}/${encodeURIComponent(String(id))}`)) as unknown as CatalogueShown;
        if (options.json === true) data(JSON.stringify(shown));
        else for (const row of csvRow(shown)) data(row);
        left -= 1;
      }
      cursor = page['nextCursor'];
    } while (typeof cursor === 'string' && left > 0);
  });
}
