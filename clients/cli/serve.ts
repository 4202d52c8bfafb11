/** `datong serve`: the hub as its configuration says, until SIGTERM or Ctrl-C. */
import type { Command } from 'commander';
import { readConfig } from '../../hub/config/readConfig.ts';
import { startHub } from '../../hub/main.ts';
import { openKeys } from '../../hub/keys/openKeys.ts';
import { readContract } from '../../hub/http/contract.ts';
import { startDatabase } from '../../hub/startDatabase.ts';
import { Problem } from '../../terms/problem.ts';
import { data, exitCode, talk, VerbFailure } from './verb.ts';

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
    .option('--check', 'read configuration and keys, reach the database, then end')
    .option('--json', 'say the origins as JSON')
    .action(serve);
}

async function serve(options: ServeOptions): Promise<void> {
  const config = readConfig(options.config, process.env);
  if (options.check === true) {
    await check(config);
    talk({ zh: '配置、密钥和数据库都可用', en: 'configuration, keys and database are usable' });
    return;
  }
  const hub = await withExitCode(() => startHub(config));
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

async function check(config: ReturnType<typeof readConfig>): Promise<void> {
  await withExitCode(async () => {
    readContract();
    await openKeys(config.keysDir, { create: false, hubName: config.name });
    const started = await startDatabase(config);
    await started.stop();
  });
}

/** 2 for configuration, 3 for the database and its like, 4 for keys and files. */
async function withExitCode<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const exit =
      error.code === 'configuration_invalid' || error.code === 'port_taken'
        ? exitCode.usage
        : error.code.startsWith('keys_')
          ? exitCode.local
          : exitCode.network;
    throw new VerbFailure(
      exit,
      { zh: `${error.text.zh}（${error.code}）`, en: `${error.text.en} (${error.code})` },
      error.next,
    );
  }
}
