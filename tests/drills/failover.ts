/**
 * `npm run drill failover [PART-OF-A-NAME…]`: two hubs, three servers of PostgreSQL under Patroni and etcd, and HAProxy, each in a network
 * namespace, as docs/guides/several-hosts.md builds them. Each fault strikes under load. Prints a table. Fails where an acknowledged
 * entry is lost, the log has two histories, or calls are not answered again in time.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { oneHistory } from '../attackers/oneHistory.ts';
import { asSuperuser, dayOfHosts, makeHosts, publicHost } from './cluster.ts';
import { faults, type Fault } from './faults.ts';
import { clientsOf, Load, type Acknowledged } from './load.ts';
import { passwordOfHub } from './parts.ts';

/** Longest time without an answer that is accepted: the lock of a silent primary lasts 10 s, the rest is promotion and new connections. */
const maxGapSeconds = 15;
const wanted = process.argv.slice(2);
const chosen = faults.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
if (chosen.length === 0) throw new Error(`faults: ${faults.map(({ name }) => name).join(', ')}`);

const print = (text: string): void => void process.stdout.write(`${text}\n`);

const hosts = makeHosts();
for (const one of hosts.databases) one.start();
await hosts.databasesReady();
assert.equal((await hosts.primaries()).length, 1, 'the check of primaries sees the one there is');
print(`the servers are whole after ${Math.round(performance.now() / 1_000)} s`);
await asSuperuser(hosts, async (client) => {
  await client.query(`CREATE ROLE hub LOGIN CREATEROLE PASSWORD '${passwordOfHub}'`);
  await client.query('CREATE DATABASE datong OWNER hub');
});
const { logKey, machine, ca, persons } = await dayOfHosts(hosts);
hosts.start();
await hosts.hubsReady();
print(`the hubs are ready after ${Math.round(performance.now() / 1_000)} s`);
const load = new Load(clientsOf(machine, ca, publicHost), persons);
await load.answers(100);
const struck: Struck[] = [];
for (const fault of chosen) struck.push(await strike(fault, load));
await load.stop();
assert.deepEqual(load.disbelieved, []);
const history = await asSuperuser(hosts, (client) => oneHistory(client, logKey, load.acknowledged), 'datong');
print(tableOf(struck, history.missing));
print(`${load.acknowledged.length} answers, ${history.entries} entries, ${history.checkpoints} checkpoints`);
assert.deepEqual(history.missing, [], 'acknowledged entries are lost');
assert.deepEqual(
  struck.filter(({ gap }) => gap > maxGapSeconds).map(({ name }) => name),
  [],
);
// the clients' connections stay open
process.exit(0);

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
  await watchPrimaries(fault);
  heal?.();
  hosts.start();
  await hosts.databasesReady();
  await hosts.hubsReady();
  await load.answers(30);
  const failed = load.failed.slice(failedBefore);
  const codes = [...new Set(failed.map(({ code }) => code))].sort().join(', ');
  const gap = load.longestGap(from);
  const answers = load.acknowledged.length - answersBefore;
  print(`${fault.name}: ${gap.toFixed(1)} s, ${answers} answers, ${failed.length} failed: ${codes}`);
  return { name: fault.name, answers, failed: failed.length, gap, codes, from };
}

/** Looks for two primaries as long as the fault lasts. */
async function watchPrimaries({ name, seconds }: Fault): Promise<void> {
  const end = performance.now() + seconds * 1_000;
  while (performance.now() < end) {
    const primaries = await hosts.primaries();
    assert.ok(primaries.length <= 1, `${name}: ${primaries.join(' and ')} take writes at once`);
    await sleep(Math.min(500, Math.max(0, end - performance.now())));
  }
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
