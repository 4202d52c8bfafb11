/** `datong catalogue search|linking|sources|show|export|template|import`: the data of the departments. */
import type { Command } from 'commander';
import { withStaffToken } from '../profile.ts';
import { writeFileContent } from '../output.ts';
import { data, exitCode, talk, VerbFailure, dataLines, say } from '../verb.ts';
import {
  printList,
  reading,
  readList,
  text,
  title,
  withReader,
  type Item,
  type ReaderOptions,
} from '../reading/reader.ts';
import { csvHead, csvRow, type CatalogueShown } from './csvRow.ts';
import type { CatalogueDepartment } from './dcat.ts';
import type { ImportOptions } from './import.ts';
import { columns } from '../printedText.ts';
import { counted } from '../../../terms/counted.ts';

/** `datong catalogue linking`: the share of entries that have data (挂接率), by department and in all. */
interface LinkingOptions extends ReaderOptions {
  readonly department?: string;
}

/** As `BoardRows` of openapi.yaml has them for `linking`. */
interface Linked {
  readonly department: string;
  readonly count: number;
  readonly of: number;
}

function registerLinking(catalogue: Command): void {
  withReader(
    catalogue
      .command('linking')
      .description(
        '挂接率：应挂接的条目中已挂接数据的，分部门和总计 / the share of entries that have data, by department and in all',
      ),
  )
    .option('--department <code>', 'entries of this department only')
    .addHelpText(
      'after',
      '\nExamples:\n  datong catalogue linking\n  datong catalogue search --linking awaited --department civil\n',
    )
    .action(printLinking);
}

async function printLinking({ department, ...options }: LinkingOptions): Promise<void> {
  await reading({ ...options, staff: true }, async (get) => {
    const requested = department === undefined ? '' : `?department=${encodeURIComponent(department)}`;
    const answer = await get(`/v1/board/linking${requested}`);
    const departments = answer['rows'] as readonly Linked[];
    const sum = (of: (one: Linked) => number): number =>
      departments.reduce((total, one) => total + of(one), 0);
    const total = { count: sum(({ count }) => count), of: sum(({ of }) => of) };
    if (options.json === true)
      data(
        JSON.stringify({
          departments: departments.map(({ department: code, count, of }) => ({
            department: code,
            linked: count,
            should: of,
            rate: rateOf({ count, of }),
          })),
          total: { linked: total.count, should: total.of, rate: rateOf(total) },
        }),
      );
    else {
      const lines = [
        ...departments.map((one) => lineOf(one.department, one)),
        lineOf(say({ zh: '合计', en: 'in all' }), total),
      ];
      dataLines(columns(lines));
    }
    if (answer['cut'] === true)
      talk({
        zh: '只含应挂接条目最多的 500 个部门',
        en: 'of the 500 departments with the most entries alone',
      });
  });
}

/** Of one, to four places; null where no entry should have data. */
const rateOf = ({ count, of }: Pick<Linked, 'count' | 'of'>): number | null =>
  of === 0 ? null : Math.round((count / of) * 10_000) / 10_000;

function lineOf(name: string, linked: Pick<Linked, 'count' | 'of'>): readonly string[] {
  const rate = rateOf(linked);
  return [name, `${linked.count}/${linked.of}`, rate === null ? '–' : `${(rate * 100).toFixed(1)}%`];
}

interface SearchOptions extends ReaderOptions {
  readonly department?: string;
  readonly category?: string;
  readonly sharing?: string;
  readonly tag?: string;
  readonly since?: string;
  readonly frequency?: string;
  readonly class?: string;
  readonly linking?: string;
  readonly xlsx?: boolean;
  readonly dcat?: boolean;
  readonly out?: string;
}

const path = '/v1/catalogue';

export function register(program: Command): void {
  const catalogue = program
    .command('catalogue')
    .description(
      '目录：查找、查看、挂接率、导出、导入、数源部门 / the catalogue: search, show, linking rate, export, import, sources',
    );
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
          [...(item['datasets'] as readonly string[]), text(item['basis'])].join(' ').trim(),
        ],
      }),
    );
  registerLinking(catalogue);
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
        '按目录编制指南的栏目导出：CSV 一个数据项一行；工作簿一个条目一行，可改后导入；或 DCAT 3 / in the columns of the guide: CSV, a row a field; or a workbook, a line an entry, to edit and import; or DCAT 3',
      ),
  )
    .option('--xlsx', 'as a workbook, with -o')
    .option('--dcat', 'as DCAT 3 (JSON-LD), for another catalogue')
    .option('-o, --out <file>', 'file of the workbook; one that is there already is refused')
    .addHelpText(
      'after',
      '\nExamples:\n  datong catalogue export > catalogue.csv\n  datong catalogue export --department civil --xlsx -o catalogue.xlsx\n  datong catalogue export --dcat > catalogue.jsonld\n',
    )
    .action(exportRows);
  catalogue
    .command('template')
    .description('空的编目工作簿，填好后导入 / the empty workbook to fill in and import')
    .requiredOption('-o, --out <file>', 'file of the workbook; one that is there already is refused')
    .addHelpText('after', '\nExample:\n  datong catalogue template -o catalogue.xlsx\n')
    .action(async ({ out: output }: { readonly out: string }) => {
      const { writeEntries } = await import('./writeSheet.ts');
      await writeEntries(output, []);
      talk({ zh: `模板写入 ${output}`, en: `wrote the template to ${output}` });
    });
  withStaffToken(
    catalogue
      .command('import')
      .description(
        '导入编目工作簿：一个部门的条目，要么全部，要么一个也不；等另一人同意 / entries of one department from a workbook, all or none; a second person agrees',
      )
      .argument('<file>', 'workbook of datong catalogue template or export'),
  )
    .option('--dry-run', 'say by line what it would do, and change nothing')
    .option('--sheet <name>', 'sheet that holds the entries (default: 目录, else the first)')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  datong catalogue import catalogue.xlsx --dry-run\n  datong catalogue import catalogue.xlsx\n',
    )
    .action(async (file: string, options: ImportOptions) => {
      const { importEntries } = await import('./import.ts');
      await importEntries(file, options);
    });
}

const filtered = (command: Command): Command =>
  withReader(command)
    .option('--department <code>', 'entries of this department only')
    .option('--category <code>', 'a class with its subclasses, such as 1/12')
    .option('--sharing <type>', 'unconditional, conditional or none')
    .option('--frequency <cycle>', 'update cycle, such as daily or monthly')
    .option('--class <class>', 'class of its data: general or important')
    .option('--tag <tag>', 'entries with a field of this semantic tag, such as cn.resident-id')
    .option('--since <day>', 'with data published on this day or later, YYYY-MM-DD')
    .option('--linking <state>', 'linked: has data now; awaited: should have, and has none');

const queryOf = (
  q: string | undefined,
  { department, category, sharing, frequency, tag, since, linking, ...options }: SearchOptions,
): Readonly<Record<string, string | undefined>> => ({
  q,
  department,
  category,
  sharing,
  frequency,
  tag,
  since,
  linking,
  class: options.class,
});

async function exportRows(options: SearchOptions): Promise<void> {
  const { xlsx, dcat, out: output, json } = options;
  const wrong = (xlsx === true) !== (output !== undefined) || (xlsx === true && json === true);
  if (wrong || (dcat === true && (xlsx === true || json === true)))
    throw new VerbFailure(exitCode.usage, {
      zh: '--xlsx 须同时给出 -o 文件.xlsx；--xlsx、--dcat、--json 只用其一',
      en: '--xlsx goes with -o FILE.xlsx; of --xlsx, --dcat and --json one alone',
    });
  await reading(options, async (get) => {
    const stored: CatalogueShown[] = [];
    const isSaved = output !== undefined || dcat === true;
    if (json !== true && !isSaved) await writeFileContent(`${csvHead}\n`);
    await eachEntry(get, options, async (shown) => {
      if (isSaved) stored.push(shown);
      else if (json === true) data(JSON.stringify(shown));
      else await writeFileContent(`${csvRow(shown).join('\n')}\n`);
    });
    if (dcat === true) {
      const { items } = await readList(get, '/v1/departments', 'departments', {}, 100_000);
      const { dcatCatalogue } = await import('./dcat.ts');
      data(JSON.stringify(dcatCatalogue(stored, items as unknown as CatalogueDepartment[]), undefined, 2));
    }
    if (output === undefined) return;
    const { writeEntries } = await import('./writeSheet.ts');
    await writeEntries(output, stored);
    talk({
      zh: `${stored.length} 个条目写入 ${output}`,
      en: `wrote ${counted(stored.length, 'entry', 'entries')} to ${output}`,
    });
  });
}

async function eachEntry(
  get: (path: string) => Promise<Item>,
  options: SearchOptions,
  each: (shown: CatalogueShown) => Promise<void> | void,
): Promise<void> {
  let cursor: unknown;
  let left = options.limit;
  do {
    const requested = new URLSearchParams({ limit: String(Math.min(200, left)) });
    for (const [name, value] of Object.entries(queryOf(undefined, options)))
      if (value !== undefined) requested.set(name, value);
    if (typeof cursor === 'string') requested.set('cursor', cursor);
    const page = await get(`${path}?${requested.toString()}`);
    for (const { id } of page['entries'] as readonly Item[]) {
      await each((await get(`${path}/${encodeURIComponent(String(id))}`)) as unknown as CatalogueShown);
      left -= 1;
    }
    cursor = page['nextCursor'];
  } while (typeof cursor === 'string' && left > 0);
}
