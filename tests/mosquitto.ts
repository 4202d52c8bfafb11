/** A mosquitto of the machine for the tests of one file: a folder, a port, TLS and two users of its own. It can be stopped and started again. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from './freePorts.ts';
import { serverCertificate } from './serverCertificate.ts';

const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
const program = folders.map((folder) => join(folder, 'mosquitto')).find((path) => existsSync(path));

/** CI has one (scripts/debian-packages); elsewhere the reason is reported. */
export const noMosquitto: string | false =
  program === undefined && process.env['CI'] === undefined
    ? 'no mosquitto: apt-get install mosquitto'
    : false;

export interface Mosquitto {
  readonly url: string;
  /** file with the authority of its certificate */
  readonly ca: string;
  /** the user that may publish and subscribe to everything; `denied` may do nothing */
  readonly username: 'gateway';
  readonly password: string;
  /** kills it */
  stop(): Promise<void>;
  /** starts it again, with the sessions that it stored */
  start(): Promise<void>;
  remove(): Promise<void>;
}

export async function startMosquitto(): Promise<Mosquitto> {
  if (program === undefined) throw new Error('no mosquitto');
  const folder = await mkdtemp(join(tmpdir(), 'datong-mosquitto-'));
  const { ca, tls } = await serverCertificate('localhost');
  const port = await freePorts();
  const password = 'not-a-secret';
  const files = {
    'ca.pem': ca,
    'cert.pem': tls.cert,
    'key.pem': tls.key,
    acl: 'user gateway\ntopic readwrite #\n',
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  await writeFile(join(folder, 'users'), `gateway:${password}\ndenied:${password}\n`);
  spawnSync('mosquitto_passwd', ['-U', join(folder, 'users')]);
  const settings = [
    `listener ${port} 127.0.0.1`,
    ...[`cafile ${folder}/ca.pem`, `certfile ${folder}/cert.pem`, `keyfile ${folder}/key.pem`],
    ...[`password_file ${folder}/users`, `acl_file ${folder}/acl`, 'allow_anonymous false'],
    ...[
      'persistence true',
      `persistence_location ${folder}/`,
      'autosave_interval 1',
      'autosave_on_changes true',
    ],
    // as docs/bridges.md requires
    ...['max_inflight_messages 1000', 'max_queued_messages 0'],
    ...(process.getuid?.() === 0 ? ['user root'] : []),
  ];
  await writeFile(join(folder, 'mosquitto.conf'), `${settings.join('\n')}\n`);
  await chmod(folder, 0o755);
  let server: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    if (server === undefined || server.exitCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
    server = undefined;
  };
  const start = async (): Promise<void> => {
    server = spawn(program, ['-c', join(folder, 'mosquitto.conf')], { stdio: 'ignore' });
    while (!(await listens(port))) {
      if (server.exitCode !== null) throw new Error(`mosquitto ended with ${server.exitCode}`);
      await sleep(20);
    }
  };
  await start();
  return {
    url: `mqtts://localhost:${port}`,
    ca: join(folder, 'ca.pem'),
    username: 'gateway',
    password,
    start,
    stop,
    remove: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Whether a port of this machine accepts connections. */
export const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
