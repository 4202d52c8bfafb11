/** `datong batch diff BATCH`: what a held submission would add, remove and change in the rows that readers see. */
import type { Command } from 'commander';
import type { BatchDifference } from '../../sdk/batchDifference.ts';
import { asReviewer, bodyOf } from '../approve/waiting.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { columns } from '../textWidth.ts';
import { data, dataLines, say, talk } from '../verb.ts';

interface DiffOptions extends StaffOptions {
  readonly json?: boolean;
}

export function registerDiff(batch: Command): void {
  withStaffToken(
    batch
      .command('diff')
      .description(
        '被搁置的批次与读者所见逐行对照：新增、减少、改变 / what a held submission would add, remove and change',
      ),
  )
    .argument('<batch>', 'id as datong send and datong batch list show it')
    .option('--json', 'tell the outcome as JSON')
    .addHelpText('after', '\nExample:\n  $ datong batch diff 01890000-0000-7000-8000-000000000000')
    .action(diff);
}

async function diff(id: string, options: DiffOptions): Promise<void> {
  const path = `/v1/batches/${encodeURIComponent(id)}/difference`;
  const found = await asReviewer(
    options,
    async (client) => bodyOf(await client.get(path)) as unknown as BatchDifference,
  );
  if (options.json === true) data(JSON.stringify({ ok: true, ...found }));
  else dataLines(differenceLines(found));
  if (options.json !== true && found.difference === undefined)
    talk({
      zh: '该数据资源没有主键，只能比较行数',
      en: 'the dataset has no key, so its rows are only counted',
    });
}

/** Lines for a reader. */
function differenceLines({ beside, mode, rows, difference }: BatchDifference): string[] {
  const head = say(
    beside === undefined
      ? {
          zh: `此前没有已发布的批次；本批次 ${rows.now} 行`,
          en: `nothing was published before; ${rows.now} rows`,
        }
      : mode === 'snapshot'
        ? {
            zh: `与批次 ${beside} 对照：本批次 ${rows.now} 行，读者所见 ${rows.before ?? 0} 行`,
            en: `beside batch ${beside}: ${rows.now} rows, where readers see ${rows.before ?? 0}`,
          }
        : {
            zh: `与读者所见的行对照（最近并入的批次 ${beside}）：本批次 ${rows.now} 行`,
            en: `beside the rows that readers see (batch ${beside} was merged last): ${rows.now} rows`,
          },
  );
  if (difference === undefined) return [head];
  const { added, removed, changed, unchanged, absent, fields } = difference;
  const places = ({ count, lines }: typeof added, ofOther: boolean): string =>
    lines.length === 0
      ? ''
      : `${say(ofOther ? { zh: '上一文件的行', en: 'lines of the last file' } : { zh: '行', en: 'lines' })} ${lines.join(', ')}${count > lines.length ? ' …' : ''}`;
  const table = [
    [say({ zh: '新增', en: 'added' }), String(added.count), places(added, false)],
    [say({ zh: '减少', en: 'removed' }), String(removed.count), places(removed, mode === 'snapshot')],
    [say({ zh: '改变', en: 'changed' }), String(changed.count), places(changed, false)],
    [say({ zh: '相同', en: 'unchanged' }), String(unchanged), ''],
    ...(absent === undefined
      ? []
      : [[say({ zh: '要删的主键不在', en: 'deletes what is not there' }), String(absent), '']]),
    ...Object.entries(fields)
      .toSorted(([, a], [, b]) => b - a)
      .map(([field, count]) => [`  ${field}`, String(count), say({ zh: '行改变', en: 'rows changed' })]),
  ];
  return [head, ...columns(table, new Set([1]))];
}
