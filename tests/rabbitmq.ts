/** A RabbitMQ for the tests of one file: a folder, ports and a node of its own. It is started in the nightly run, which installs it. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from './freePorts.ts';
import { listens } from './mosquitto.ts';

const program = '/usr/lib/rabbitmq/bin/rabbitmq-server';

export const noRabbitmq: string | false = existsSync(program)
  ? false
  : 'no RabbitMQ: apt-get install rabbitmq-server (scripts/nightly)';

export interface Rabbitmq {
  readonly port: number;
  remove(): Promise<void>;
}

export async function startRabbitmq(): Promise<Rabbitmq> {
  const folder = await mkdtemp(join(tmpdir(), 'datong-rabbitmq-'));
  const port = await freePorts(3);
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    RABBITMQ_NODENAME: `datong${port}@localhost`,
    RABBITMQ_MNESIA_BASE: folder,
    RABBITMQ_LOG_BASE: folder,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(port + 1),
    ERL_EPMD_PORT: String(port + 2),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    RABBITMQ_CONFIG_FILE: join(folder, 'none'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, 'none'),
  };
  const server = spawn(program, [], { env, stdio: 'ignore', detached: true });
  const ended = once(server, 'exit');
  for (let i = 0; i < 600 && !(await listens(port)); i += 1) {
    if (server.exitCode !== null) throw new Error(`rabbitmq-server ended with ${server.exitCode}`);
    await sleep(100);
  }
  return {
    port,
    remove: async () => {
      // the shell that started Erlang is the leader of the group
      process.kill(-(server.pid as number), 'SIGKILL');
      await ended;
      // it ends only once it has noticed that the node is gone
      const words = ['-port', String(port + 2), '-kill'];
      for (let i = 0; i < 50 && (await listens(port + 2)); i += 1) {
        spawnSync('epmd', words, { env, stdio: 'ignore' });
        await sleep(100);
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}
