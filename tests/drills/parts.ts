/** Several hosts as docs/guides/several-hosts.md builds them: the files of deploy/cluster, with the names and addresses of each host. */
import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { readFileSync, rmdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { datongBin } from '../datong.ts';
import { Host, signalProcess } from './hosts.ts';

const files = resolve(import.meta.dirname, '../../deploy/cluster');
const read = (file: string): string => readFileSync(join(files, file), 'utf8');
export const passwordOfSuperuser = 'replace-this-one';
export const passwordOfHub = 'hub-of-the-drill';
/** user of the hub's service, as in deploy/datong.service */
export const userOfHub = 'datong';
const dataDir = (parse(read('patroni.yml')) as { readonly postgresql: { readonly data_dir: string } })
  .postgresql.data_dir;

/** Lines `NAME=value` of a file of systemd's form. */
const variables = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/^([A-Z_0-9]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );

/** What an operator edits on db2 and db3: name and address in all lines but ETCD_INITIAL_CLUSTER. */
const ofHost = (text: string, { name, address }: Host): string =>
  text.replaceAll(/^(?!ETCD_INITIAL_CLUSTER=).*$/gm, (line) =>
    line.replaceAll('10.77.0.11', address).replace(/=db1$/, `=${name}`),
  );

/** Files with variables, which systemd reads for a service. */
export const environmentOf = {
  database: '/etc/patroni/environment',
  hub: '/etc/datong/environment',
} as const;

/** A program that can be started again. */
export class Part {
  private child: ChildProcess | undefined;
  private readonly starting: () => ChildProcess;

  constructor(starting: () => ChildProcess) {
    this.starting = starting;
  }

  start(): void {
    if (this.child?.exitCode === null && this.child.signalCode === null) return;
    this.child = this.starting();
  }

  signal(signal: NodeJS.Signals): void {
    if (this.child?.pid !== undefined) signalProcess(this.child.pid, signal);
  }

  /** Ends it and waits for it. */
  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child === undefined || this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.signal(signal);
    await gone;
  }
}

/** A host with etcd, Patroni and PostgreSQL. */
class DatabaseHost {
  readonly host: Host;
  readonly etcd: Part;
  readonly patroni: Part;

  constructor(name: string, address: string) {
    const folders = {
      '/etc/patroni': 'root',
      '/etc/pgbackrest': 'root',
      '/var/lib/pgbackrest': 'postgres',
      '/var/log/pgbackrest': 'postgres',
      '/tmp/pgbackrest': 'postgres',
      '/var/lib/etcd': 'etcd',
      '/var/lib/postgresql': 'postgres',
      '/run/postgresql': 'postgres',
    };
    this.host = new Host({ name, address, folders });
    writeFileSync(this.host.path('/etc/patroni/config.yml'), read('patroni.yml'));
    writeFileSync(this.host.path('/etc/pgbackrest/pgbackrest.conf'), read('pgbackrest.conf'));
    writeFileSync(this.host.path(environmentOf.database), ofHost(read('patroni.env'), this.host));
    const etcd = variables(ofHost(read('etcd'), this.host));
    const patroni = variables(ofHost(read('patroni.env'), this.host));
    this.etcd = new Part(() => this.host.start('etcd', ['/usr/bin/etcd', '--log-level', 'error'], etcd));
    this.patroni = new Part(() =>
      this.host.start('postgres', ['/usr/bin/patroni', '/etc/patroni/config.yml'], patroni),
    );
  }

  start(): void {
    this.etcd.start();
    this.patroni.start();
  }

  /** Kills PostgreSQL's first process; the others end with it. */
  killPostgres(): void {
    const [pid = ''] = readFileSync(this.host.path(join(dataDir, 'postmaster.pid')), 'utf8').split('\n');
    signalProcess(Number(pid), 'SIGKILL');
  }
}

/** A host with a hub, and HAProxy that leads to the primary. */
class HubHost {
  readonly host: Host;
  readonly hub: Part;
  readonly proxy: Part;

  constructor(name: string, address: string) {
    const folders = { '/etc/datong': 'root', '/var/lib/datong': userOfHub, '/etc/haproxy': 'root' };
    this.host = new Host({ name, address, folders });
    const config = read('hub.json').replaceAll('10.77.0.21', address);
    writeFileSync(this.host.path('/etc/datong/hub.json'), config);
    writeFileSync(this.host.path('/etc/haproxy/haproxy.cfg'), read('haproxy-database.cfg'));
    const DATABASE_URL = `postgres://hub:${passwordOfHub}@127.0.0.1:5432/datong`;
    writeFileSync(this.host.path(environmentOf.hub), `DATABASE_URL=${DATABASE_URL}\n`);
    const serve = [process.execPath, datongBin, 'serve', '--config', '/etc/datong/hub.json', '--lang', 'en'];
    this.hub = new Part(() => this.host.start(userOfHub, serve, { DATABASE_URL }));
    this.proxy = new Part(() => this.host.start('root', haproxy));
  }

  start(): void {
    this.proxy.start();
    this.hub.start();
  }
}

const repository = '/var/lib/pgbackrest';
const haproxy = ['/usr/sbin/haproxy', '-f', '/etc/haproxy/haproxy.cfg', '-db'];

/** What Patroni reports of a server. */
interface Member {
  readonly name: string;
  readonly role: string;
  readonly state: string;
  readonly lag?: number;
}

/** All hosts. */
export class Hosts {
  readonly databases: readonly DatabaseHost[];
  readonly hubs: readonly HubHost[];
  readonly balancer: Host;
  readonly balancing: Part;

  constructor() {
    this.databases = [1, 2, 3].map((n) => new DatabaseHost(`db${n}`, `10.77.0.1${n}`));
    // one repository of backups for all
    const [first, ...others] = this.databases;
    for (const { host } of others) {
      const place = host.path(repository);
      rmdirSync(place);
      symlinkSync(first?.host.path(repository) ?? '', place);
    }
    this.hubs = [1, 2].map((n) => new HubHost(`hub${n}`, `10.77.0.2${n}`));
    const folders = { '/etc/haproxy': 'root' };
    this.balancer = new Host({ name: 'balancer', address: '10.77.0.30', folders });
    writeFileSync(this.balancer.path('/etc/haproxy/haproxy.cfg'), read('haproxy-hubs.cfg'));
    this.balancing = new Part(() => this.balancer.start('root', haproxy));
  }

  /** Starts what does not run. */
  start(): void {
    for (const one of this.databases) one.start();
    for (const one of this.hubs) one.start();
    this.balancing.start();
  }

  async members(): Promise<readonly Member[]> {
    for (const { host } of this.databases) {
      const answer = await json(`http://${host.address}:8008/cluster`);
      if (answer !== undefined) return (answer as { readonly members?: readonly Member[] }).members ?? [];
    }
    return [];
  }

  /** The server of a role. */
  async serverOf(role: 'leader' | 'sync_standby' | 'replica'): Promise<DatabaseHost> {
    for (;;) {
      const member = (await this.members()).find((one) => one.role === role);
      const found = this.databases.find(({ host }) => host.name === member?.name);
      if (found !== undefined) return found;
      await sleep(200);
    }
  }

  /** Servers that take writes at this moment, as Patroni reports on each host itself: one without a network is asked too. */
  async primaries(): Promise<readonly string[]> {
    const asked = this.databases.map(async ({ host }) => {
      const line = `curl -s -o /dev/null -m 1 -w '%{http_code}' http://${host.address}:8008/primary 2>/dev/null`;
      return (await host.run('root', line)).output === '200' ? [host.name] : [];
    });
    return (await Promise.all(asked)).flat();
  }

  async etcdLeader(): Promise<DatabaseHost> {
    for (;;) {
      for (const one of this.databases) {
        const answer = await json(`http://${one.host.address}:2379/v2/stats/self`);
        if ((answer as { readonly state?: string } | undefined)?.state === 'StateLeader') return one;
      }
      await sleep(200);
    }
  }

  /** Waits until a primary and a synchronous standby serve and the third server follows them. */
  async databasesReady(): Promise<void> {
    for (let nth = 0; ; nth += 1) {
      const roles = (await this.members())
        .filter(({ state, lag = 0 }) => (state === 'running' || state === 'streaming') && lag === 0)
        .map(({ role }) => role);
      if (['leader', 'replica', 'sync_standby'].every((role) => roles.includes(role))) return;
      if (nth === 600)
        throw new Error(`the servers do not become whole: ${JSON.stringify(await this.members())}`);
      await sleep(200);
    }
  }

  /** Waits until both hubs serve. One that ended is started again after a while, as its systemd unit does. */
  async hubsReady(): Promise<void> {
    for (let nth = 0; nth < 400; nth += 1) {
      if (nth % 10 === 9) for (const one of this.hubs) one.start();
      const asked = this.hubs.map(({ host }) => statusOf(`http://${host.address}:8446/readyz`));
      if ((await Promise.all(asked)).every((status) => status === 200)) return;
      await sleep(200);
    }
    const checks = this.hubs.map(({ host }) => json(`http://${host.address}:8446/readyz`));
    throw new Error(`the hubs do not become ready: ${JSON.stringify(await Promise.all(checks))}`);
  }
}

const patience = (): AbortSignal => AbortSignal.timeout(1_000);

/** undefined where there is no answer, or none that is JSON: a host may be cut off within its body */
const json = async (url: string): Promise<unknown> => {
  try {
    return await (await fetch(url, { signal: patience() })).json();
  } catch {
    return undefined;
  }
};

export const statusOf = (url: string): Promise<number> =>
  fetch(url, { signal: patience() }).then(
    ({ status, body }) => body?.cancel().then(() => status) ?? status,
    () => 0,
  );
