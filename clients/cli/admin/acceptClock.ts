/** After the database's clock was ahead: the operator says that it is right now, and the hub goes on. */
import type { Command } from 'commander';
import { acceptClock } from '../../../hub/log/acceptClock.ts';
import { configurationIn } from '../configurationIn.ts';
import { openKeys } from '../../../hub/platform/keys/openKeys.ts';
import { startDatabase } from '../../../hub/startDatabase.ts';
import { data, talk } from '../verb.ts';

interface AcceptClockOptions {
  readonly config: string;
  readonly json?: boolean;
}

export function registerAcceptClock(admin: Command): void {
  admin
    .command('accept-clock')
    .description(
      '数据库时钟曾经偏快：确认现在的时钟正确并记入日志 / the clock of the database was ahead: say that it is right now; the decision is an entry',
    )
    .option('--config <file>', 'configuration', 'hub.json')
    .option('--json', 'answer {ahead} as JSON')
    .addHelpText(
      'after',
      '\nStop every process of the hub first.\n\nExample:\n  datong hub accept-clock --config /etc/datong/hub.json\n',
    )
    .action(run);
}

async function run(options: AcceptClockOptions): Promise<void> {
  const config = configurationIn(options.config);
  const keys = await openKeys(config.keysDir, { create: false, hubName: config.name });
  const { database, stop } = await startDatabase(config);
  try {
    const accepted = await acceptClock({ database, keys, stateDir: config.stateDir });
    if (options.json === true) data(JSON.stringify(accepted));
    else if (accepted.ahead === 0)
      talk({ zh: '日志不比时钟晚，无需确认', en: 'the log is not ahead of the clock: nothing to decide' });
    else
      talk({
        zh: `日志比时钟晚 ${accepted.ahead} 秒；已记录此决定`,
        en: `the log was ${accepted.ahead} s ahead of the clock; the decision is an entry`,
      });
  } finally {
    await stop();
  }
}
