/** `datong serve`: runs the hub of a configuration until SIGTERM or Ctrl-C. */
import type { Command } from 'commander';
import { withServerAhead } from '../../hub/serverAhead.ts';
import { configurationIn } from './configurationIn.ts';
import { withHubExit } from './hubExit.ts';
import { wholeNumber } from './values.ts';
import { data, exitCode, talk, VerbFailure } from './verb.ts';
import type { HubConfig } from '../../hub/platform/config/hubConfig.ts';
import { hubLogger } from '../../hub/report.ts';
import type { Origins } from '../../hub/reservePorts.ts';
import {
  configOfWorker,
  adminPortOf,
  maxWorkers,
  reportServing,
  superviseWorkers,
  workerNumber,
} from '../../hub/workers.ts';

interface ServeOptions {
  readonly config: string;
  readonly check?: boolean;
  readonly workers?: number;
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
    .option(
      '--workers <n>',
      'processes that share the ports of this machine (default: 1); more than one needs database.url',
      wholeNumber(1, maxWorkers),
    )
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
  const { workers = 1 } = options;
  const worker = workerNumber();
  if (worker !== undefined) return serveAsWorker(config, worker);
  if (workers > 1) {
    if (config.database.url === undefined) throw noDatabaseUrl();
    const lastPort = adminPortOf(config, workers);
    if (lastPort > maxPort) throw noPort(lastPort);
    process.exitCode = await superviseWorkers(workers, hubLogger(config.log.level), (origins) =>
      printOrigins(origins, options),
    );
    return;
  }
  const hub = await withHubExit(() =>
    withServerAhead(config, async (server) => {
      const { startHub } = await import('../../hub/main.ts');
      return startHub(config, { postgres: { server } });
    }),
  );
  printOrigins(hub.origins, options);
  await ended();
  talk({ zh: '正在停机：等待在途交换完成', en: 'stopping: calls in flight finish' });
  await hub.stop();
}

/** One of the processes of `--workers`; the first process reports for all of them. */
async function serveAsWorker(config: HubConfig, worker: number): Promise<void> {
  const { startHub } = await import('../../hub/main.ts');
  const logger = hubLogger(config.log.level, undefined, worker);
  try {
    const hub = await withHubExit(() =>
      startHub(configOfWorker(config, worker), { logger, portTaken: 'share', live: { connectors: 0 } }),
    );
    reportServing(hub.origins);
    await ended();
    await hub.stop();
  } finally {
    // an open channel to the first process would prevent the end of this one
    process.channel?.unref();
  }
}

function ended(): Promise<void> {
  return new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}

function printOrigins(origins: Origins, { json }: ServeOptions): void {
  if (json === true) data(JSON.stringify({ origins }));
  else for (const [listener, origin] of Object.entries(origins)) talk(`${listener.padEnd(9)} ${origin}`);
}

const maxPort = 65_535;

const noPort = (port: number): VerbFailure =>
  new VerbFailure(
    exitCode.usage,
    {
      zh: `最后一个进程的运维端口将是 ${port}，超过 ${maxPort}`,
      en: `the admin port of the last worker would be ${port}, above ${maxPort}`,
    },
    {
      zh: '在 listeners.admin.port 中改用较小的端口，或减少 --workers',
      en: 'set a lower listeners.admin.port, or fewer --workers',
    },
  );

const noDatabaseUrl = (): VerbFailure =>
  new VerbFailure(
    exitCode.usage,
    {
      zh: '--workers 须与 database.url 同用：自建的 PostgreSQL 只供一个进程使用',
      en: '--workers needs database.url: the PostgreSQL that the hub starts serves one process',
    },
    { zh: '用 DATABASE_URL 指定数据库', en: 'name a database by DATABASE_URL' },
  );
