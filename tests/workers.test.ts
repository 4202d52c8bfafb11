/** `datong serve --workers 2`: the processes share the ports, and what one of them acknowledged survives when it is killed under load. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { householdFile } from '../clients/cli/demo/files/householdFile.ts';
import { DatongClient } from '../clients/sdk/datongClient.ts';
import { DatongProblem } from '../clients/sdk/datongProblem.ts';
import { Problem } from '../terms/problem.ts';
import { addressUrl } from './addressUrl.ts';
import { testDatabase } from './database.ts';
import { datongBin, datongEnvironment, runDatong } from './datong.ts';
import { sampleCity, testHub } from './hub.ts';

const kills = 4;
const callers = 6;
const dataset = 'pub-security.household';
const context = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};

const database = await testDatabase({ connections: 20 });
const made = await testHub({ database });
const { education, publicSecurity } = await sampleCity(made, 1_000_000_000);
const file = householdFile(2_000, 11);
await publicSecurity.client.sendFile(dataset, file.bytes, { mapping: 'household' });
const people = file.good.filter(({ region }) => region !== '990103');
const { origins, config } = made.hub;
await made.hub.stop();
after(() => made.stop());

const portOf = (origin: string): number => Number(new URL(origin).port);
const place = (origin: string) => ({ host: '127.0.0.1', port: portOf(origin) });
const configFile = join(made.stateDir, '..', `workers-${process.pid}.json`);
const document = {
  name: config.name,
  publicOrigin: origins.exchange,
  stateDir: `${made.stateDir}-workers`,
  keysDir: config.keysDir,
  database: { url: addressUrl(database.address), durable: false },
  listeners: {
    exchange: place(origins.exchange),
    open: place(origins.open),
    staff: place(origins.staff),
    admin: place(origins.admin),
  },
};
writeFileSync(configFile, JSON.stringify(document));

/** Workers that live; the first process may have other children, such as the builder of a checkout. */
const workersOf = ({ pid }: ChildProcess): readonly number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter((child) => child !== '' && readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('--workers'))
    .map(Number);

const supervisor = spawn(
  process.execPath,
  [datongBin, 'serve', '--workers', '2', '--config', configFile, '--json'],
  { env: datongEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] },
);
after(() => supervisor.kill('SIGKILL'));
const logged = text(supervisor.stderr);
await once(supervisor.stdout, 'data');

/** Answers that a worker has counted; 0 while it does not serve. */
async function answersOf(worker: number): Promise<number> {
  const address = `http://127.0.0.1:${portOf(origins.admin) + 100 * (worker - 1)}/metrics`;
  const metrics = await fetch(address).then(
    (reply) => reply.text(),
    () => '',
  );
  return [...metrics.matchAll(/^datong_answers_total\{[^}]*\} (\d+)$/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
}

const acknowledged: string[] = [];
const refused: string[] = [];
let cut = 0;

async function call(until: AbortSignal, nth: number): Promise<void> {
  const client = new DatongClient({
    department: 'education',
    ca: made.ca,
    tls: education.tls,
    signingKey: education.signing,
    hub: { exchange: origins.exchange, open: origins.open },
  });
  for (let i = nth; !until.aborted; i += 1) {
    const value = people[i % people.length]?.id ?? '';
    try {
      const { exchange } = await client.query(
        dataset,
        { filter: [{ field: 'person_id', op: 'eq', value }] },
        context,
      );
      acknowledged.push(exchange);
    } catch (error) {
      if (error instanceof DatongProblem || error instanceof Problem) refused.push(error.code);
      else cut += 1; // the connection of a killed worker
      await sleep(20);
    }
  }
  client.close();
}

test('a killed worker loses nothing that was acknowledged, and comes back', async (t) => {
  const end = new AbortController();
  t.after(() => end.abort());
  const load = Array.from({ length: callers }, (_, nth) => call(end.signal, nth * 50));
  while ((await answersOf(1)) < 20 || (await answersOf(2)) < 20) await sleep(50);
  for (let i = 0; i < kills; i += 1) {
    const workers = workersOf(supervisor);
    assert.equal(workers.length, 2);
    const victim = workers[i % 2] ?? 0;
    const number = Number(/DATONG_WORKER=(\d+)/.exec(readFileSync(`/proc/${victim}/environ`, 'utf8'))?.[1]);
    const before = acknowledged.length;
    process.kill(victim, 'SIGKILL');
    while (acknowledged.length < before + 50) await sleep(20);
    while ((await answersOf(number)) < 20 || workersOf(supervisor).includes(victim)) await sleep(50);
  }
  end.abort();
  await Promise.all(load);
  const { rows } = await database.owner.query<{ id: string }>('SELECT id FROM audit_entry');
  const entries = new Set(rows.map(({ id }) => id));
  assert.deepEqual(
    acknowledged.filter((id) => !entries.has(id)),
    [],
  );
  assert.deepEqual(refused, []);
  assert.ok(acknowledged.length > 200 && cut <= kills * callers, `${acknowledged.length} ${cut}`);
});

test('SIGTERM ends all of them, in one form of log lines', async () => {
  const workers = workersOf(supervisor);
  const exit = once(supervisor, 'exit');
  supervisor.kill('SIGTERM');
  assert.deepEqual(await exit, [0, null]);
  for (const worker of workers) assert.throws(() => process.kill(worker, 0), { code: 'ESRCH' });
  const lines = (await logged).trim().split('\n').filter(Boolean);
  const ended = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    ended.filter(({ msg }) => msg === 'a worker ended').map(({ signal }) => signal),
    Array.from({ length: kills }, () => 'SIGKILL'),
  );
});

test('an admin port of the last worker above 65535 is refused before any worker starts', async () => {
  const admin = { ...document.listeners.admin, port: 65_500 };
  const file = configFile.replace('workers-', 'workers-ports-');
  writeFileSync(file, JSON.stringify({ ...document, listeners: { ...document.listeners, admin } }));
  const { code, stderr } = await runDatong(['serve', '--workers', '2', '--config', file]);
  assert.equal(code, 2);
  assert.match(stderr, /65600/);
});

test('a fault that another start does not change ends all with its exit code', async () => {
  const wrong = join(made.stateDir, '..', `workers-wrong-${process.pid}.json`);
  writeFileSync(wrong, JSON.stringify({ ...document, name: 'another' }));
  const ran = await runDatong(['serve', '--workers', '2', '--config', wrong]);
  assert.ok(ran.code === 4 || ran.code === 5, `${ran.code} ${ran.stderr}`);
  const own = { ...document, database: { durable: false } };
  writeFileSync(wrong, JSON.stringify(own));
  const refusedOwn = await runDatong(['serve', '--workers', '2', '--config', wrong]);
  assert.equal(refusedOwn.code, 2);
  assert.match(refusedOwn.stderr, /--workers needs database\.url/);
});
