/** What the drills on several hosts share: the network, the name of the hub, and its first day, whose keys go to both hubs. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Machine, TestHub } from '../hub.ts';
import { firstDay } from './firstDay.ts';
import { home, makeNetwork } from './hosts.ts';
import { Hosts, passwordOfHub, passwordOfSuperuser, userOfHub } from './parts.ts';

export const publicHost = 'hub.yunxi.example';

const nameFile = join(home, 'hosts');

/** What the name of the hub leads to. */
export const namedAt = (address: string): void =>
  writeFileSync(nameFile, `127.0.0.1 localhost\n${address} ${publicHost}\n`);

/** The user of the hub's service, which this machine need not have. The files of users are the drill's until it ends. */
function addUserOfHub(): void {
  const id = '9917';
  for (const [file, line] of [
    ['passwd', `${userOfHub}:x:${id}:${id}::/var/lib/datong:/usr/sbin/nologin`],
    ['group', `${userOfHub}:x:${id}:`],
  ] as const) {
    const others = readFileSync(`/etc/${file}`, 'utf8')
      .split('\n')
      .filter((one) => one !== '' && !one.startsWith(`${userOfHub}:`));
    writeFileSync(join(home, file), [...others, line, ''].join('\n'), { mode: 0o644 });
    execFileSync('mount', ['--bind', join(home, file), `/etc/${file}`]);
  }
}

/** All hosts, none of which runs a program yet. */
export function makeHosts(): Hosts {
  makeNetwork('10.77.0.1');
  namedAt('127.0.0.1');
  execFileSync('mount', ['--bind', nameFile, '/etc/hosts']);
  addUserOfHub();
  return new Hosts();
}

export interface Day {
  readonly logKey: TestHub['hub']['keys']['log'];
  readonly machine: Machine;
  readonly ca: string;
  /** whose rows the agreement opens */
  readonly persons: readonly string[];
}

/**
 * Departments, an agreement and rows, by a hub on this host that is then stopped; its keys go to both hubs, and the name of the hub leads to
 * the balancer.
 */
export async function dayOfHosts(hosts: Hosts): Promise<Day> {
  const { host } = await hosts.serverOf('leader');
  const url = `postgres://hub:${passwordOfHub}@${host.address}:5432/datong`;
  const { made, city, persons } = await firstDay({
    behind: { origin: `https://${publicHost}:8443`, port: 8443 },
    ports: { open: 8444, staff: 8445, admin: 8446 },
    config: { database: { url } },
  });
  const keys = made.hub.config.keysDir;
  const logKey = made.hub.keys.log;
  await made.hub.stop();
  for (const one of hosts.hubs) {
    const folder = one.host.path('/var/lib/datong/keys');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    cpSync(keys, folder, { recursive: true });
    execFileSync('chmod', ['700', one.host.path('/var/lib/datong'), folder]);
    execFileSync('chown', ['-R', `${userOfHub}:`, one.host.path('/var/lib/datong')]);
  }
  rmSync(made.stateDir, { recursive: true, force: true });
  namedAt(hosts.balancer.address);
  return { logKey, machine: city.education, ca: made.ca, persons };
}

/** A session on the primary. */
export async function asSuperuser<T>(
  hosts: Hosts,
  use: (client: pg.Client) => Promise<T>,
  database = 'postgres',
): Promise<T> {
  const { host } = await hosts.serverOf('leader');
  const login = { user: 'postgres', password: passwordOfSuperuser, host: host.address, port: 5432, database };
  const client = new pg.Client(login);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
