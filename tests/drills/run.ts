/**
 * `npm run drill NAME [ARG…]`: a drill in namespaces of its own for network, mounts and processes. They end with it, and with them everything
 * that it started. Exit code 75: this machine cannot make such an environment. 76: the drills of
 * upgrade and clients have no former release to begin at.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { noRelease } from './newestRelease.ts';

const cannotRun = 75;
/** Packages of Debian that docs/guides/several-hosts.md installs, and curl. */
const hostsOfGuide = {
  '/usr/bin/curl': 'curl',
  '/usr/bin/etcd': 'etcd-server',
  '/usr/bin/patroni': 'patroni',
  '/usr/sbin/haproxy': 'haproxy',
  '/usr/lib/python3/dist-packages/etcd/__init__.py': 'python3-etcd',
  '/usr/lib/python3/dist-packages/psycopg2/__init__.py': 'python3-psycopg2',
  '/usr/lib/postgresql/15/bin/postgres': 'postgresql',
};
/** What each drill needs; packages of Debian. */
const drills: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  failover: hostsOfGuide,
  upgrade: {
    '/usr/bin/git': 'git',
    '/usr/sbin/haproxy': 'haproxy',
    '/usr/lib/postgresql/15/bin/postgres': 'postgresql',
  },
  clients: { '/usr/bin/git': 'git', '/usr/lib/postgresql/15/bin/postgres': 'postgresql' },
  guide: {
    ...hostsOfGuide,
    '/usr/bin/pgbackrest': 'pgbackrest',
  },
};

const [name = '', ...args] = process.argv.slice(2);
const needs = drills[name];
const unshared = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
if (needs === undefined) {
  process.stderr.write(`usage: npm run drill ${Object.keys(drills).join('|')} [ARG…]\n`);
  process.exitCode = 2;
} else {
  const missing = Object.entries(needs).flatMap(([file, of]) => (existsSync(file) ? [] : [of]));
  if (missing.length > 0) {
    process.stderr.write(`missing: apt-get install --no-install-recommends ${missing.join(' ')}\n`);
    process.exitCode = cannotRun;
  } else if (spawnSync('unshare', [...unshared, 'true']).status !== 0) {
    process.stderr.write('this machine gives no namespaces: run it as root, outside of a container\n');
    process.exitCode = cannotRun;
  } else {
    const file = resolve(import.meta.dirname, `${name}.ts`);
    const program = [process.execPath, resolve('scripts/run.mjs'), file, ...args];
    // the first process of a namespace must reap those whose parents are gone: Patroni takes a zombie for a server that runs
    const init = ['bash', '-c', '"$@" & wait $!', 'bash'];
    const home = mkdtempSync(join(tmpdir(), 'datong-drill-'));
    // the users of the services enter it
    chmodSync(home, 0o755);
    const env = { ...process.env, DATONG_DRILL_HOME: home };
    const child = spawn('unshare', [...unshared, ...init, ...program], { stdio: 'inherit', env });
    const [code] = (await once(child, 'exit')) as [number | null];
    process.exitCode = code ?? 1;
    if (code === 0 || code === noRelease) rmSync(home, { recursive: true, force: true });
    else process.stderr.write(`the logs of the hosts are in ${home}\n`);
  }
}
