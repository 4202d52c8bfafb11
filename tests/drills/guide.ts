/**
 * `npm run drill guide [zh-CN]`: types the commands of docs/guides/several-hosts.md, in their order, on its hosts: from the start of etcd
 * to the recovery of the database to a moment. Services of systemd are started and ended as its units do; every other command runs as it
 * is written. Fails where a command fails, where its output is not the one that the page shows, or where the recovered log does not have
 * exactly the entries of before the moment.
 */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { datongBin } from '../datong.ts';
import { guideSteps, linePattern, type Command } from '../docs/guideSteps.ts';
import { asSuperuser, dayOfHosts, makeHosts, publicHost, type Day } from './cluster.ts';
import { programs, type Host } from './hosts.ts';
import { clientsOf, context, dataset } from './load.ts';
import { environmentOf, passwordOfHub, type Part } from './parts.ts';

const [language = 'en'] = process.argv.slice(2);
const page = `several-hosts${language === 'en' ? '' : `.${language}`}.md`;
const steps = guideSteps(resolve(import.meta.dirname, '../../docs/guides', page)).filter(
  (step): step is Command => step.kind === 'command',
);
assert.ok(steps.length > 20, `${page} has its commands`);

mkdirSync(programs, { mode: 0o755 });
writeFileSync(`${programs}/datong`, `#!/bin/sh\nexec ${process.execPath} ${datongBin} "$@" --lang en\n`);
chmodSync(`${programs}/datong`, 0o755);

const hosts = makeHosts();
const all: ReadonlyMap<string, Host> = new Map(
  [...hosts.databases, ...hosts.hubs, { host: hosts.balancer }].map(({ host }) => [host.name, host]),
);
/** Services of each host, by the names of their units. */
const services = new Map<string, Readonly<Record<string, Part | undefined>>>([
  ...hosts.databases.map(({ host, etcd, patroni }) => [host.name, { etcd, patroni }] as const),
  ...hosts.hubs.map(({ host, hub, proxy }) => [host.name, { datong: hub, haproxy: proxy }] as const),
  [hosts.balancer.name, { haproxy: hosts.balancing }] as const,
]);
/** Lines by which a shell loads variables: they count for the later lines of the same user. */
const loaded = new Map<string, string>();

/** Hub whose record of the log is the newest: `newest` in the page. */
let newest = '';
/** Entries that `serve --check` names: of the restored log, and signed. */
let gap: { readonly size: number; readonly known: number } | undefined;

/** Moment to which the database is restored, in place of the page's. */
let moment = '';
let before: readonly string[] = [];
let later: readonly string[] = [];
let day: Day | undefined;

for (const step of steps) {
  if (step.command.includes('enable --now haproxy datong')) day = await dayOfHosts(hosts);
  if (step.command === 'systemctl stop datong') await callBeforeAndAfter();
  const [who = '', place] = step.at.includes('@') ? step.at.split('@') : ['root', step.at];
  for (const name of await namesOf(place ?? '')) await typed(step, who, name);
}
await hosts.databasesReady();
await hosts.hubsReady();
assert.ok(day && gap, 'the page accepted a loss');
const entries = await entriesOfLog();
const missing = before.filter((id) => !entries.has(id));
assert.deepEqual(missing, [], 'entries before the moment are restored');
const survived = later.filter((id) => entries.has(id));
assert.deepEqual(survived, [], 'entries after it are not');
assert.ok(gap.known - gap.size >= later.length, 'the gap that the record of the log names');
const again = await calls(3);
const continued = await entriesOfLog();
assert.ok(again.every((id) => continued.has(id)));
process.stdout.write(
  `${steps.length} commands of ${page}; ${before.length} entries before the moment restored, ${gap.known - gap.size} later ones named and accepted, ${again.length} calls answered afterwards\n`,
);
process.exit(0);

/** @param place `db1,db2`, or by role: `primary`, `newest` */
async function namesOf(place: string): Promise<readonly string[]> {
  if (place === 'primary') return [(await hosts.serverOf('leader')).host.name];
  return (place === 'newest' ? newest : place).split(',');
}

async function typed({ command, output }: Command, user: string, name: string): Promise<void> {
  const host = all.get(name);
  assert.ok(host, `${command}: the page says on which host`);
  process.stdout.write(`${name}${user === 'root' ? '#' : '$'} ${command}\n`);
  if (command.startsWith('systemctl ')) return control(command, name);
  const line = command
    .replace(`PASSWORD '…'`, `PASSWORD '${passwordOfHub}'`)
    .replace(/--target='[^']+'/, `--target='${moment}'`)
    .replaceAll('/etc/patroni_env.conf', environmentOf.database);
  if (line.startsWith('set -a;')) {
    loaded.set(`${user}@${name}`, line);
    return;
  }
  // a hub that knows fewer entries than were restored finds no fault
  const expected: readonly (number | null)[] = line.includes('datong serve --check') ? [0, 5] : [0];
  const patterns = output.map((one) => new RegExp(`^${linePattern(one)}$`));
  const script = [loaded.get(`${user}@${name}`), line].filter(Boolean).join('\n');
  for (let nth = 0; ; nth += 1) {
    const ran = await host.run(user, script);
    const lines = ran.output.split('\n');
    const isShown = patterns.every((pattern) => {
      const at = lines.findIndex((one) => pattern.test(one));
      if (at >= 0) lines.splice(at, 1);
      return at >= 0;
    });
    if (expected.includes(ran.code) && isShown) {
      noteGap(name, ran.output, ran.code);
      return;
    }
    // what shows a state is typed until the state is there, as a person does
    assert.ok(output.length > 0 && nth < 90, `${name}: ${line}\nexit ${ran.code}\n${ran.output}`);
    await sleep(1_000);
  }
}

function noteGap(name: string, output: string, code: number | null): void {
  if (code !== 5) return;
  const [, size = '', known = ''] = /\((\d+) entries\)[^]*\((\d+) entries\)/.exec(output) ?? [];
  assert.ok(Number(size) > 0 && Number(known) > Number(size), output);
  if (Number(known) <= (gap?.known ?? 0)) return;
  gap = { size: Number(size), known: Number(known) };
  newest = name;
}

/** `systemctl stop datong`, of the units that the drill has. */
async function control(command: string, name: string): Promise<void> {
  const [, verb, ...units] = command.replace(' --now', '').split(' ');
  for (const unit of units) {
    // at its installation Debian starts one, which a namespace does not
    if (unit === 'postgresql') continue;
    const service = services.get(name)?.[unit];
    assert.ok(service, `${name} has the service ${unit}`);
    if (verb === 'stop' || verb === 'restart') await service.end('SIGTERM');
    if (verb !== 'stop') service.start();
  }
}

async function callBeforeAndAfter(): Promise<void> {
  await hosts.hubsReady();
  before = await calls(20);
  await sleep(1_500);
  moment = await asSuperuser(hosts, async (client) => {
    const { rows } = await client.query<{ now: string }>('SELECT now()::text AS now');
    return rows[0]?.now ?? '';
  });
  await sleep(1_500);
  later = await calls(10);
}

/** Calls of a client that saw nothing of the log before. @returns ids of their entries */
async function calls(count: number): Promise<readonly string[]> {
  assert.ok(day);
  const [client] = clientsOf(day.machine, day.ca, publicHost);
  const exchanges: string[] = [];
  for (const value of day.persons.slice(0, count)) {
    const filter = [{ field: 'person_id', op: 'eq', value }] as const;
    const { exchange } = (await client?.query(dataset, { filter }, context)) ?? { exchange: '' };
    exchanges.push(exchange);
  }
  client?.close();
  return exchanges;
}

function entriesOfLog(): Promise<ReadonlySet<string>> {
  return asSuperuser(
    hosts,
    async (client) => {
      const { rows } = await client.query<{ id: string }>('SELECT id FROM audit_entry');
      return new Set(rows.map(({ id }) => id));
    },
    'datong',
  );
}
