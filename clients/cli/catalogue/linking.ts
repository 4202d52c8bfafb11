/** `datong catalogue linking`: the share of entries that have data (挂接率), by department and in all. */
import type { Command } from 'commander';
import { reading, withReader, type ReaderOptions } from '../reading/reader.ts';
import { columns } from '../printedText.ts';
import { data, dataLines, say, talk } from '../verb.ts';

interface LinkingOptions extends ReaderOptions {
  readonly department?: string;
}

/** As `BoardRows` of openapi.yaml has them for `linking`. */
interface Linked {
  readonly department: string;
  readonly count: number;
  readonly of: number;
}

export function registerLinking(catalogue: Command): void {
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
            ...{ department: code, linked: count, should: of, rate: rateOf({ count, of }) },
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
