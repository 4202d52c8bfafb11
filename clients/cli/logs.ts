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
import { timeInChina } from '../../terms/civilDate.ts';
import { withClient, type ClientVerbOptions } from './withClient.ts';
import { defined } from '../../terms/defined.ts';

interface LogsOptions extends ClientVerbOptions {
  readonly limit: number;
  readonly every: number;
  readonly follow?: boolean;
  readonly decision?: 'allow' | 'deny';
  readonly dataset?: string;
  readonly operation?: string;
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
    .option('-f, --follow', 'go on with what comes, the oldest first, until Ctrl-C')
    .option('--every <seconds>', 'with --follow: seconds between two queries', wholeNumber(1, 3_600), 5)
    .option('--json', 'one JSON object a line')
    .addHelpText(
      'after',
      '\nEach look is an exchange too; those of --follow itself are not shown.' +
        '\n\nExamples:\n  datong audit logs --decision deny\n  datong audit logs --follow --json',
    )
    .action(logs);
}

async function logs(options: LogsOptions): Promise<void> {
  await withClient(options, async (client) => {
    const { exchanges, looks, ...gone } = await newest(client, filterOf(options), options.limit);
    printMissing(gone, 'department');
    if (options.follow !== true) {
      print(exchanges, options);
      if (exchanges.length === 0 && gone.missing === undefined) talk({ zh: '没有', en: 'there are none' });
      return;
    }
    print([...exchanges].reverse(), options);
    await follow(client, options, exchanges[0]?.index, { looks, gone: gone.missing ?? [] });
  });
}

function filterOf({ decision, dataset, operation }: LogsOptions): ExchangePage {
  return defined({ decision, dataset, operation });
}

/** The newest calls that match the filter, over as many pages as needed; and the ids of these reads themselves. */
async function newest(
  client: DatongClient,
  filter: ExchangePage,
  most: number,
): Promise<Missing & { readonly exchanges: readonly OwnExchange[]; readonly looks: readonly string[] }> {
  const exchanges: OwnExchange[] = [];
  const looks: string[] = [];
  const missing: number[] = [];
  let more: Pick<Missing, 'moreMissing'> = {};
  let cursor: string | undefined;
  do {
    const limit = Math.min(200, most - exchanges.length);
    const { json, exchange } = await client.exchanges({
      ...filter,
      limit,
      ...defined({ cursor }),
    });
    exchanges.push(...json.exchanges);
    looks.push(exchange);
    missing.push(...(json.missing ?? []));
    if (json.moreMissing === true) more = { moreMissing: true };
    cursor = json.nextCursor;
  } while (cursor !== undefined && exchanges.length < most);
  return { exchanges, looks, ...(missing.length === 0 ? {} : { missing }), ...more };
}

/** Prints new calls until the process ends. The hub applies the filter, so hidden calls advance the position too. */
async function follow(
  client: DatongClient,
  options: LogsOptions,
  last: number | undefined,
  first: { readonly looks: readonly string[]; readonly gone: readonly number[] },
): Promise<never> {
  let after = last;
  const own = new Set(first.looks);
  const said = new Set(first.gone);
  for (;;) {
    await sleep(options.every * 1_000);
    const {
      exchanges,
      looks,
      missing = [],
    } = await newest(client, { ...filterOf(options), ...defined({ after }) }, 10_000);
    for (const look of looks) own.add(look);
    const fresh = missing.filter((index) => !said.has(index));
    if (fresh.length > 0) printMissing({ missing: fresh }, 'department');
    for (const index of fresh) said.add(index);
    // `delete` returns whether it was one of them; none occurs twice
    print(exchanges.filter(({ exchange }) => !own.delete(exchange)).reverse(), options);
    after = exchanges[0]?.index ?? after;
  }
}

function print(exchanges: readonly OwnExchange[], { json }: LogsOptions): void {
  if (json === true) for (const exchange of exchanges) data(JSON.stringify(exchange));
  else dataLines(columns(exchanges.map(lineOf)));
}

const lineOf = (one: OwnExchange): readonly string[] => [
  // China's time, to the second
  timeInChina(one.at),
  one.exchange,
  one.operation,
  one.code ?? say(one.decision === 'allow' ? { zh: '允许', en: 'allowed' } : { zh: '拒绝', en: 'denied' }),
  one.dataset ?? '',
  one.rows === undefined ? '' : String(one.rows),
  one.matter ?? '',
];
