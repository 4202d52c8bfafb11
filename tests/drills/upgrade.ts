/**
 * `npm run drill upgrade [REVISION]`: two processes of a former release behind HAProxy are replaced by this release, one after the other,
 * under load: queries, files, rows by call, steps of cases, events, and consents that are given and withdrawn. The revision is one of the
 * repository; default: the newest tag of a release (`v0.2.0`); exit code 76 where there is none. Prints counts of each kind. Fails where a call
 * is refused, something that was answered is lost to its consumer, the log has two histories, the hub finds rows that it did not seal, or no
 * query is answered for too long. A connection that is cut is repeated by its caller: on a busy machine the balancer takes a process for dead
 * whose readiness takes longer than a second.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { signingKey } from '../../certs/signatures/index.ts';
import { openDatabase } from '../../hub/platform/database/database.ts';
import { ensureDatabase } from '../../hub/platform/database/ensureDatabase.ts';
import { openKeys } from '../../hub/platform/keys/openKeys.ts';
import { startPostgres } from '../../hub/platform/postgres/startPostgres.ts';
import { addressUrl } from '../addressUrl.ts';
import { oneHistory } from '../attackers/oneHistory.ts';
import { eventually } from '../eventually.ts';
import type { DatongClient } from '../../clients/sdk/datongClient.ts';
import type { FormerDay, FormerMachine, FormerOrder } from './formerDay.ts';
import { formerFiles, repository } from './formerFiles.ts';
import { home, makeNetwork } from './hosts.ts';
import { clientsOf, Load } from './load.ts';
import { newestRelease, noRelease } from './newestRelease.ts';
import { Part, statusOf } from './parts.ts';
import { kinds, VariedLoad } from './variedLoad.ts';

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const maxGapSeconds = 15;
const revision = process.argv[2] ?? newestRelease(repository);
if (revision === undefined) {
  process.stderr.write('this repository has no tag of a release (v*): npm run drill upgrade REVISION\n');
  process.exit(noRelease);
}
makeNetwork('10.77.0.1');
const former = formerFiles(revision, join(home, 'former'), ['firstDay.ts', 'busyDay.ts', 'formerDay.ts']);
const server = await startPostgres({ stateDir: join(home, 'database') });
const address = { host: server.host, port: server.port, user: server.user, database: 'datong' };
await ensureDatabase({ ...address, database: 'postgres' }, address.database);
const url = addressUrl(address);
const keysDir = join(home, 'keys');
const { ca, persons, machines, busy } = firstDayOf(former, { url, keysDir });
print(`the first day of ${revision} is over after ${Math.round(performance.now() / 1_000)} s`);

const processes = [1, 2].map((nth) => hubProcess(nth));
for (const one of processes) one.former.start();
for (const one of processes) await one.ready();
new Part(() => spawn('/usr/sbin/haproxy', ['-f', balancerFile(), '-db'], { stdio: 'inherit' })).start();
const clients = (of: FormerMachine, count?: number): readonly DatongClient[] =>
  clientsOf({ ...of, signing: signingKey(of.signing) }, ca, 'localhost', count);
const clientOf = (of: FormerMachine): DatongClient => {
  const [client] = clients(of, 1);
  assert.ok(client);
  return client;
};
const load = new Load(clients(machines.education), persons);
const varied = new VariedLoad(
  {
    education: clientOf(machines.education),
    publicSecurity: clientOf(machines.publicSecurity),
    ecology: clientOf(machines.ecology),
  },
  busy,
  persons,
  signingKey(machines.publicSecurity.signing),
);
await load.answers(200);
const from = performance.now();
for (const { name, former: old, latest, ready } of processes) {
  await old.end('SIGTERM');
  const stopped = performance.now();
  latest.start();
  await ready();
  print(
    `${name}: this release is ready ${((performance.now() - stopped) / 1_000).toFixed(1)} s after the former ended`,
  );
  // both releases serve, then this one alone
  await load.answers(400);
  // jobs too
  await sleep(5_000);
}
const database = await openDatabase(address);
const replaced = database.now();
const passed = async (): Promise<boolean> => {
  const { rows } = await database.owner.query<{ passed: boolean }>(
    `SELECT count(*) = 3 AND bool_and(coalesce(succeeded_at > to_timestamp($1::double precision / 1000), false)) AS passed
       FROM job WHERE name IN ('verifyRows', 'verifyDatasets', 'reverifyLog')`,
    [replaced],
  );
  return rows[0]?.passed === true;
};
await eventually(passed, () => 'the hub has not compared its rows', { within: 300_000, every: 1_000 });
const gap = load.longestGap(from);
await Promise.all([load.stop(), varied.stop()]);
const lost = await varied.lost();
const { log } = await openKeys(keysDir, { create: false, hubName: 'yunxi' });
const history = await oneHistory(database.owner, log, [...load.acknowledged, ...varied.acknowledged]);
const { rows: findings } = await database.owner.query('SELECT code, finding FROM log_finding');
const refused = load.failed.flatMap(({ code }) => (code === 'network' ? [] : [code]));
print(
  `query: ${load.acknowledged.length} answered, ${refused.length} refused, ${load.failed.length - refused.length} connections cut, ${history.missing.length} entries lost, longest time without an answer ${gap.toFixed(1)} s`,
);
for (const kind of kinds) {
  const { done, cut, refused: refusals } = varied.tallies[kind];
  print(
    `${kind}: ${done.length} answered, ${refusals.length} refused, ${cut} connections cut, ${lost[kind].length} lost`,
  );
  assert.ok(done.length > 20, kind);
}
for (const kind of kinds) assert.deepEqual([varied.tallies[kind].refused, lost[kind]], [[], []], kind);
assert.deepEqual([load.disbelieved, refused, history.missing, findings], [[], [], [], []]);
assert.ok(gap < maxGapSeconds, `no answer for ${gap} s`);
await database.close();
for (const { latest } of processes) await latest.end('SIGTERM');
await server.destroy();
process.exit(0);

function firstDayOf(folder: string, order: FormerOrder): FormerDay {
  const program = ['scripts/run.mjs', 'tests/drills/formerDay.ts', JSON.stringify(order)];
  const printed = execFileSync(process.execPath, program, { cwd: folder, encoding: 'utf8' });
  return JSON.parse(printed.trim().split('\n').at(-1) ?? '') as FormerDay;
}

/** A process of the hub at 127.0.0.21 or 127.0.0.22, by the former release or by this one; both read the hub.json of the former one. */
function hubProcess(nth: number) {
  const host = `127.0.0.2${nth}`;
  const config = join(home, `hub${nth}.json`);
  const document = JSON.parse(
    readFileSync(join(former, 'deploy/cluster/hub.json'), 'utf8').replaceAll('10.77.0.21', host),
  ) as object;
  const state = { stateDir: join(home, `state${nth}`), keysDir, publicOrigin: 'https://localhost:8443' };
  writeFileSync(
    config,
    JSON.stringify({ ...document, ...state, connections: { proxies: ['127.0.0.1'] }, database: { url } }),
  );
  const of = (files: string): Part =>
    new Part(() =>
      spawn(process.execPath, [join(files, 'bin/datong.mjs'), 'serve', '--config', config, '--lang', 'en'], {
        stdio: 'inherit',
      }),
    );
  return {
    name: `hub ${nth}`,
    former: of(former),
    latest: of(repository),
    ready: () =>
      eventually(
        async () => (await statusOf(`http://${host}:8446/readyz`)) === 200,
        () => `hub ${nth} does not become ready`,
        { within: 120_000, every: 100 },
      ),
  };
}

/** The balancer's file of deploy/cluster, with addresses of this machine. */
function balancerFile(): string {
  const file = join(home, 'haproxy.cfg');
  const text = readFileSync(join(repository, 'deploy/cluster/haproxy-hubs.cfg'), 'utf8');
  writeFileSync(file, text.replaceAll('10.77.0.2', '127.0.0.2').replaceAll('bind :', 'bind 127.0.0.1:'));
  return file;
}
