/** A nats-server with JetStream for the tests of one file: a folder, a port and a user of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { listens } from './mosquitto.ts';
import { freePorts } from './freePorts.ts';

const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
const program = folders.map((folder) => join(folder, 'nats-server')).find((path) => existsSync(path));

/** CI has one (scripts/debian-packages); elsewhere the reason is reported. */
export const noNats: string | false =
  program === undefined && process.env['CI'] === undefined
    ? 'no nats-server: apt-get install nats-server'
    : false;

export interface NatsServer {
  readonly port: number;
  readonly username: 'gateway';
  readonly password: string;
  remove(): Promise<void>;
}

export async function startNats(): Promise<NatsServer> {
  if (program === undefined) throw new Error('no nats-server');
  const folder = await mkdtemp(join(tmpdir(), 'datong-nats-'));
  const port = await freePorts();
  const password = 'not-a-secret';
  const words = [
    '-a',
    '127.0.0.1',
    '-p',
    String(port),
    '-js',
    '-sd',
    folder,
    '--user',
    'gateway',
    '--pass',
    password,
  ];
  const server = spawn(program, words, { stdio: 'ignore' });
  const ended = once(server, 'exit');
  while (!(await listens(port))) {
    if (server.exitCode !== null) throw new Error(`nats-server ended with ${server.exitCode}`);
    await sleep(20);
  }
  return {
    port,
    username: 'gateway',
    password,
    remove: async () => {
      server.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
