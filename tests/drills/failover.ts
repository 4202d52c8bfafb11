/**
 * `npm run drill failover [PART-OF-A-NAME…]`: two hubs, three servers of PostgreSQL under Patroni and etcd, and HAProxy, each in a network
 * namespace, as docs/guides/several-hosts.md builds them. Each fault strikes under load. Prints a table. Fails where an acknowledged
 * entry is lost, the log has two histories, or calls are not answered again in time.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { oneHistory } from '../attackers/oneHistory.ts';
import { faults, type Fault } from './faults.ts';
import { firstDay } from './firstDay.ts';
import { home, makeNetwork } from './hosts.ts';
import { clientsOf, Load, type Acknowledged } from './load.ts';
import { Hosts, passwordOfHub, passwordOfSuperuser } from './parts.ts';

/** Longest time without an answer that is accepted: the lock of a silent primary lasts 10 s, the rest is promotion on a busy machine. */
const maxGapSeconds = 30;
const publicHost = 'hub.yunxi.example';
const wanted = process.argv.slice(2);
const chosen = faults.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
if (chosen.length === 0) throw new Error(`faults: ${faults.map(({ name }) => name).join(', ')}`);

const nameFile = join(home, 'hosts');
const namedAt = (address: string): void =>
  writeFileSync(nameFile, `127.0.0.1 localhost\n${address} ${publicHost}\n`);
const said = (text: string): void => void process.stdout.write(`${text}\n`);

makeNetwork('10.77.0.1');
namedAt('127.0.0.1');
execFileSync('mount', ['--bind', nameFile, '/etc/hosts']);
const hosts = new Hosts();
for (const one of hosts.databases) one.start();
await hosts.databasesWhole();
said(`the servers are whole after ${Math.round(performance.now() / 1_000)} s`);
await asSuperuser(async (client) => {
  await client.query(`CREATE ROLE hub LOGIN CREATEROLE PASSWORD '${passwordOfHub}'`);
  await client.query('CREATE DATABASE datong OWNER hub');
});
const { logKey, machine, ca, persons } = await dayOfHosts();
namedAt(hosts.balancer.address);
hosts.start();
await hosts.hubsReady();
said(`the hubs are ready after ${Math.round(performance.now() / 1_000)} s`);
const load = new Load(clientsOf(machine, ca, publicHost), persons);
await load.answers(100);
const struck: Struck[] = [];
for (const fault of chosen) struck.push(await strike(fault, load));
await load.stop();
assert.deepEqual(load.disbelieved, []);
const history = await asSuperuser((client) => oneHistory(client, logKey, load.acknowledged), 'datong');
said(tableOf(struck, history.missing));
said(`${load.acknowledged.length} answers, ${history.entries} entries, ${history.checkpoints} checkpoints`);
assert.deepEqual(history.missing, [], 'acknowledged entries are lost');
assert.deepEqual(
  struck.filter(({ gap }) => gap > maxGapSeconds).map(({ name }) => name),
  [],
);
// the clients' connections stay open
process.exit(0);

/** Departments, an agreement and rows, by a hub on this host that is then stopped; its keys go to both hubs. */
async function dayOfHosts() {
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
  }
  rmSync(made.stateDir, { recursive: true, force: true });
  return { logKey, machine: city.education, ca: made.ca, persons };
}

interface Struck {
  readonly name: string;
  readonly answers: number;
  readonly failed: number;
  /** longest time in seconds without an answer */
  readonly gap: number;
  readonly codes: string;
  readonly from: number;
}

/** Strikes, makes the part whole again, and waits until everything is. */
async function strike(fault: Fault, load: Load): Promise<Struck> {
  const from = performance.now();
  const answersBefore = load.acknowledged.length;
  const failedBefore = load.failed.length;
  const heal = await fault.strike(hosts);
  await sleep(fault.seconds * 1_000);
  heal?.();
  hosts.start();
  await hosts.databasesWhole();
  await hosts.hubsReady();
  await load.answers(30);
  const failed = load.failed.slice(failedBefore);
  const codes = [...new Set(failed.map(({ code }) => code))].sort().join(', ');
  const gap = load.longestGap(from);
  const answers = load.acknowledged.length - answersBefore;
  said(`${fault.name}: ${gap.toFixed(1)} s, ${answers} answers, ${failed.length} failed: ${codes}`);
  return { name: fault.name, answers, failed: failed.length, gap, codes, from };
}

function tableOf(struck: readonly Struck[], missing: readonly Acknowledged[]): string {
  const lost = ({ from }: Struck, nth: number): number => {
    const end = struck[nth + 1]?.from ?? Infinity;
    return missing.filter(({ at }) => at >= from && at < end).length;
  };
  const lines = struck.map(
    (one, nth) =>
      `| ${one.name} | ${lost(one, nth)} | ${one.gap.toFixed(1)} | ${one.answers} | ${one.failed} |`,
  );
  const head = '| Fault | Entries lost | Longest time without an answer, s | Answers | Failed calls |';
  return [head, '|---|---|---|---|---|', ...lines].join('\n');
}

async function asSuperuser<T>(use: (client: pg.Client) => Promise<T>, database = 'postgres'): Promise<T> {
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
