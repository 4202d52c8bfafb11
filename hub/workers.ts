/**
 * `datong serve --workers N`: N processes of the hub on one machine that share its ports. The first process runs no hub: it starts the others,
 * starts one again that ended, and passes on signals. Each worker is a whole process of the hub, as on another machine: the database fences
 * jobs, epochs and the log between them.
 */
import cluster, { type Worker } from 'node:cluster';
import { join } from 'node:path';
import type { HubConfig } from './platform/config/hubConfig.ts';
import type { Origins } from './reservePorts.ts';
import type { Logger } from './report.ts';

export const maxWorkers = 64;

const numberVariable = 'DATONG_WORKER';
/** ports between the admin listeners of two workers */
const adminStep = 100;
const firstDelayMs = 500;
const maxDelayMs = 15_000;
/** a worker that served this long begins with the first delay again */
const steadyMs = 30_000;
/** exit codes of faults that another start does not change: configuration, keys or state, log (docs/operations.md) */
const lasting: ReadonlySet<number> = new Set([2, 4, 5]);

interface Serving {
  readonly origins: Origins;
}

/** The number of this worker, from 1; undefined in the process that was started by hand. */
export function workerNumber(): number | undefined {
  return cluster.isWorker ? Number(process.env[numberVariable]) : undefined;
}

/**
 * The configuration of a worker. Each worker has a separate state folder, as processes on several machines have: a shared
 * log-high-water.json would be overwritten with the older state of another worker. The first worker uses the folder of a hub without workers.
 */
export function configOfWorker(config: HubConfig, number: number): HubConfig {
  if (number === 1) return config;
  return {
    ...config,
    stateDir: join(config.stateDir, 'workers', String(number)),
    listeners: {
      ...config.listeners,
      admin: { ...config.listeners.admin, port: adminPortOf(config, number) },
    },
  };
}

/** The port of the admin listener of a worker; 0: any free port. */
export const adminPortOf = ({ listeners: { admin } }: HubConfig, number: number): number =>
  admin.port === 0 ? 0 : admin.port + adminStep * (number - 1);

/** Called by a worker when its hub serves. */
export function reportServing(origins: Origins): void {
  const serving: Serving = { origins };
  process.send?.(serving);
}

/**
 * Starts the workers, the first alone: it migrates. Resolves when all have ended.
 * @param serving called once, when every worker serves
 * @returns the exit code
 */
export function superviseWorkers(
  count: number,
  logger: Logger,
  serving: (origins: Origins) => void,
): Promise<number> {
  // the kernel gives a connection to a worker that accepts; none passes through this process
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  const workers = new Map<number, Worker>();
  const delays = new Map<number, NodeJS.Timeout>();
  const ready = new Set<number>();
  let stopping = false;
  let exit = 0;
  let resolve: (exit: number) => void = () => undefined;
  const promise = new Promise<number>((ended) => (resolve = ended));

  const stop = (code: number): void => {
    stopping = true;
    exit = Math.max(exit, code);
    for (const delay of delays.values()) clearTimeout(delay);
    delays.clear();
    for (const worker of workers.values()) worker.process.kill('SIGTERM');
    if (workers.size === 0) resolve(exit);
  };

  const start = (number: number, delayMs: number): void => {
    const worker = cluster.fork({ [numberVariable]: String(number) });
    const since = performance.now();
    workers.set(number, worker);
    worker.on('message', ({ origins }: Serving) => {
      // a worker that was started again
      if (ready.size === count) return;
      const isFirst = ready.size === 0;
      ready.add(number);
      if (ready.size === count) serving(origins);
      if (isFirst && !stopping) for (let next = 2; next <= count; next += 1) start(next, firstDelayMs);
    });
    worker.on('exit', (code: number | null, signal: string | null) => {
      workers.delete(number);
      if (!stopping && code !== null && lasting.has(code)) stop(code);
      else if (stopping && workers.size === 0) resolve(exit);
      if (stopping) return;
      const wait = performance.now() - since > steadyMs ? firstDelayMs : delayMs;
      logger.error({ worker: number, code, signal, againInMs: wait }, 'a worker ended');
      delays.set(
        number,
        setTimeout(() => {
          delays.delete(number);
          start(number, Math.min(2 * wait, maxDelayMs));
        }, wait),
      );
    });
  };

  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(0));
  start(1, firstDelayMs);
  return promise;
}
