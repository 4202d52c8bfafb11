/** `datong rows aggregate DATASET AGGREGATE`: rows counted and summed by the dimensions of the agreement. */
import type { Command } from 'commander';
import type { AggregateAnswer, AggregateCell } from '../sdk/types.ts';
import { contextOf, withCallContext, type ContextOptions } from './callContext.ts';
import { withProfile } from './profile.ts';
import { columns } from './printedText.ts';
import { data, talk } from './verb.ts';
import { storeEvidence, withClient, type ClientVerbOptions } from './withClient.ts';
import { counted } from '../../terms/counted.ts';

interface AggregateOptions extends ClientVerbOptions, ContextOptions {}

export function register(program: Command): void {
  withCallContext(withProfile(program.command('aggregate')))
    .description(
      '统计：按共享协议约定的维度计数、求和，人数过少的分组不显示 / statistics by the dimensions of the agreement, small groups suppressed',
    )
    .argument('<dataset>', 'such as pub-security.household')
    .argument('<aggregate>', 'an aggregate (统计) of the agreement, such as by-district')
    .option('--save <folder>', 'store request, reply and receipt there')
    .option('--json', '{ok, aggregate, batch, minGroup, cells, exchange, index}')
    .addHelpText(
      'after',
      `
Examples:
  $ datong rows aggregate pub-security.household by-district --as education --purpose school-planning --agreement agr-residents-counted`,
    )
    .action((dataset: string, aggregate: string, options: AggregateOptions) =>
      run(dataset, aggregate, options),
    );
}

async function run(dataset: string, aggregate: string, options: AggregateOptions): Promise<void> {
  await withClient(options, async (client) => {
    const {
      json,
      kept: stored,
      exchange,
      check,
    } = await client.aggregate(dataset, aggregate, contextOf(options));
    const index = check?.receipt?.proof.index;
    data(
      options.json === true
        ? JSON.stringify({ ok: true, ...json, exchange, index })
        : columns(table(json)).join('\n'),
    );
    await storeEvidence(options, stored);
    const hidden = json.cells.filter((cell) => 'suppressed' in cell).length;
    talk({
      zh: `${json.cells.length} 组，其中 ${hidden} 组不显示（少于 ${json.minGroup} 行，或可由其他分组推算）；* 为合计；签名与回执已核验，日志第 ${index ?? '?'} 条，交换 ${exchange}`,
      en: `${counted(json.cells.length, 'group')}, ${hidden} of them suppressed (fewer than ${json.minGroup} rows, because they would reveal another); * is a total; signature and receipt verified, entry ${index ?? '?'} of the log, exchange ${exchange}`,
    });
  });
}

/** One line for each group, totals with `*`; suppressed values are shown as `-`. */
function table({ cells }: AggregateAnswer): readonly (readonly string[])[] {
  const dimensions = [...new Set(cells.flatMap(({ key }) => Object.keys(key)))];
  const sums = [...new Set(cells.flatMap((cell) => Object.keys(sumsOf(cell))))];
  const value = (cell: AggregateCell, name: string): string =>
    Object.hasOwn(cell.key, name) ? String(cell.key[name] ?? '') : '*';
  return [
    [...dimensions, 'count', ...sums],
    ...cells.map((cell) => [
      ...dimensions.map((name) => value(cell, name)),
      'suppressed' in cell ? '-' : String(cell.count),
      ...sums.map((name) => sumsOf(cell)[name]?.value ?? '-'),
    ]),
  ];
}

const sumsOf = (cell: AggregateCell): Readonly<Record<string, { readonly value: string }>> =>
  'suppressed' in cell ? {} : (cell.sums ?? {});
