/** `datong serve`: runs the hub of a configuration until SIGTERM or Ctrl-C. */
import type { Command } from 'commander';
import { withServerAhead } from '../../hub/serverAhead.ts';
import { configurationIn } from './configurationIn.ts';
import { withHubExit } from './hubExit.ts';
import { data, talk } from './verb.ts';

interface ServeOptions {
  readonly config: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command('serve')
    .description(
      '运行枢纽（收到 SIGTERM 后先完成在途调用） / run the hub (SIGTERM lets calls in flight finish)',
    )
    .option('--config <file>', 'configuration', 'hub.json')
    .option('--check', 'run the checks of a start and write no data, then end')
    .option('--json', 'say the origins as JSON')
    .action(serve);
}

async function serve(options: ServeOptions): Promise<void> {
  const config = configurationIn(options.config, { writesState: options.check !== true });
  if (options.check === true) {
    const { checkHub } = await import('../../hub/checkHub.ts');
    for (const found of await withHubExit(() => checkHub(config, { newHub: false }))) talk(found);
    talk({
      zh: '可以启动：配置、密钥、数据库和日志都已核验',
      en: 'the hub can start: configuration, keys, database and log are verified',
    });
    return;
  }
  const hub = await withHubExit(() =>
    withServerAhead(config, async (server) => {
      const { startHub } = await import('../../hub/main.ts');
      return startHub(config, { postgres: { server } });
    }),
  );
  if (options.json === true) data(JSON.stringify({ origins: hub.origins }));
  else {
    for (const [listener, origin] of Object.entries(hub.origins)) talk(`${listener.padEnd(9)} ${origin}`);
  }
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  talk({ zh: '正在停机：等待在途交换完成', en: 'stopping: calls in flight finish' });
  await hub.stop();
}
