/** `datong audit logs`: calls of one's own department at the hub, the newest first; with `--follow` also new ones. */
import { Option, type Command } from 'commander';
import type { Missing } from '../../log/missing.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatongClient } from '../sdk/datongClient.ts';
import type { ExchangePage, OwnExchange } from '../sdk/exchanges.ts';
import { withProfile } from './profile.ts';
import { printMissing } from './printMissing.ts';
import { columns } from './printedText.ts';
import { data, dataLines, say, talk } from './verb.ts';
import { wholeNumber } from './values.ts';
import { momentInChina } from '../../terms/civilDate.ts';
import { withClient, type ClientVerbOptions } from './withClient.ts';
import { defined } from '../../terms/defined.ts';

type Exchanges = Pick<DatongClient, 'exchanges'>;

interface LogsFilter {
  readonly decision?: 'allow' | 'deny';
  readonly dataset?: string;
  readonly operation?: string;
}

interface LogsOptions extends ClientVerbOptions, LogsFilter {
  readonly limit: number;
  readonly every: number;
  readonly follow?: boolean;
}

export function register(program: Command): void {
  withProfile(
    program
      .command('logs')
      .description('本部门自己的交换，最新的在前 / exchanges of your own department, the newest first'),
  )
    .option('-n, --limit <number>', 'at most so many', wholeNumber(1, 10_000), 20)
    .addOption(new Option('--decision <decision>', 'allowed or denied ones only').choices(['allow', 'deny']))
    .option('--dataset <id>', 'about this dataset only')
    .option('--operation <name>', 'of this operation only, such as queryDataset')
    .option('-f, --follow', 'print new calls as they arrive, oldest first, until Ctrl-C')
    .option('--every <seconds>', 'with --follow: seconds between two queries', wholeNumber(1, 3_600), 5)
    .option('--json', 'one JSON object a line')
    .addHelpText(
      'after',
      '\nEach query of this command is itself an exchange. With --follow its own queries are not shown.' +
        '\n\nExamples:\n  datong audit logs --decision deny\n  datong audit logs --follow --json',
    )
    .action(logs);
}

async function logs(options: LogsOptions): Promise<void> {
  await withClient(options, async (client) => {
    const { exchanges, queries, ...others } = await newest(client, filterOf(options), options.limit);
    printMissing(others, 'department');
    if (options.follow !== true) {
      print(exchanges, options);
      if (exchanges.length === 0 && others.missing === undefined) talk({ zh: '没有', en: 'there are none' });
      return;
    }
    print([...exchanges].reverse(), options);
    await follow(client, options, {
      after: exchanges[0]?.index,
      own: new Set(queries),
      reported: new Set(others.missing),
    });
  });
}

function filterOf({ decision, dataset, operation }: LogsFilter): ExchangePage {
  return defined({ decision, dataset, operation });
}

/** The newest calls that match the filter, from as many pages as needed, and the exchange ids of the queries. */
async function newest(
  client: Exchanges,
  filter: ExchangePage,
  maxCalls: number,
): Promise<
  Missing & {
    readonly exchanges: readonly OwnExchange[];
    readonly queries: readonly string[];
    /** whether older calls match too */
    readonly hasOlder: boolean;
  }
> {
  const exchanges: OwnExchange[] = [];
  const queries: string[] = [];
  const missing: number[] = [];
  let more: Pick<Missing, 'moreMissing'> = {};
  let cursor: string | undefined;
  do {
    const limit = Math.min(200, maxCalls - exchanges.length);
    const { json, exchange } = await client.exchanges({
      ...filter,
      limit,
      ...defined({ cursor }),
    });
    exchanges.push(...json.exchanges);
    queries.push(exchange);
    missing.push(...(json.missing ?? []));
    if (json.moreMissing === true) more = { moreMissing: true };
    cursor = json.nextCursor;
  } while (cursor !== undefined && exchanges.length < maxCalls);
  const hasOlder = cursor !== undefined;
  return { exchanges, queries, hasOlder, ...(missing.length === 0 ? {} : { missing }), ...more };
}

/** How far `--follow` has printed. */
interface Followed {
  /** index of the newest printed call */
  readonly after: number | undefined;
  /** exchange ids of the command's queries, which are not printed */
  readonly own: Set<string>;
  /** missing entries that were reported */
  readonly reported: Set<number>;
}

/** Prints new calls until the process ends. */
async function follow(client: DatongClient, options: LogsOptions, from: Followed): Promise<never> {
  let followed = from;
  for (;;) {
    await sleep(options.every * 1_000);
    followed = await printNew(client, options, followed);
  }
}

/**
 * Prints the calls since the newest printed one, oldest first, except its own queries. Reports if there are more than `maxCalls`, because then
 * the older ones are skipped.
 */
export async function printNew(
  client: Exchanges,
  options: LogsFilter & Pick<LogsOptions, 'json'>,
  { after, own, reported }: Followed,
  maxCalls = 10_000,
): Promise<Followed> {
  const filter = { ...filterOf(options), ...defined({ after }) };
  const { exchanges, queries, missing = [], hasOlder } = await newest(client, filter, maxCalls);
  for (const query of queries) own.add(query);
  const fresh = missing.filter((index) => !reported.has(index));
  if (fresh.length > 0) printMissing({ missing: fresh }, 'department');
  for (const index of fresh) reported.add(index);
  if (hasOlder)
    talk({
      zh: `只显示上次查询以来最新的 ${maxCalls} 次交换，更早的略过。可用筛选条件缩小范围，或减小 --every`,
      en: `only the newest ${maxCalls} calls since the last query are shown, older ones are skipped. Narrow the filter or lower --every`,
    });
  // `delete` returns whether it was one of them; none occurs twice
  print(exchanges.filter(({ exchange }) => !own.delete(exchange)).reverse(), options);
  return { after: exchanges[0]?.index ?? after, own, reported };
}

function print(exchanges: readonly OwnExchange[], { json }: Pick<LogsOptions, 'json'>): void {
  if (json === true) for (const exchange of exchanges) data(JSON.stringify(exchange));
  else dataLines(columns(exchanges.map(lineOf)));
}

const lineOf = (one: OwnExchange): readonly string[] => [
  momentInChina(one.at),
  one.exchange,
  one.operation,
  one.code ?? say(one.decision === 'allow' ? { zh: '允许', en: 'allowed' } : { zh: '拒绝', en: 'denied' }),
  one.dataset ?? '',
  one.rows === undefined ? '' : String(one.rows),
  one.matter ?? '',
];
