/** Processes of one hub whose machines' clocks differ by four minutes: the database's clock decides, and nothing goes back. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { staffClient } from '../../clients/cli/apply/staffCall.ts';
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { bundleTests } from '../bundleTests.mjs';
import { startTestCluster } from '../cluster.ts';
import { testDatabase } from '../database.ts';
import { freePorts } from '../freePorts.ts';
import { sampleCity, testHub, type Machine } from '../hub.ts';
import { nonEmpty } from '../nonEmpty.ts';
import { newestLeaves } from './leaves.ts';

const database = await testDatabase({ connections: 20 });
/** The one address of the hub: connections go to the process that `target` names. */
const [address, own] = [await freePorts(), await freePorts()];
let target = own;
const balancer = createServer((from) => {
  const to = connect(target, '127.0.0.1');
  for (const socket of [from, to]) socket.on('error', () => void [from, to].map((one) => one.destroy()));
  from.pipe(to).pipe(from);
}).listen(address, '127.0.0.1');
const origin = `https://localhost:${address}`;
const first = await testHub({ database, behind: { origin, port: own } });
const city = await sampleCity(first);
const [program = ''] = await bundleTests([resolve(import.meta.dirname, '../attackers/hubProcess.ts')]);
const folder = mkdtempSync(join(tmpdir(), 'datong-skewed-'));
const children: ChildProcess[] = [];
after(async () => {
  for (const child of children) child.kill('SIGKILL');
  await first.stop();
  balancer.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A process of the same hub on a machine whose clock differs. */
async function processWith(skewMs: number, from: 'start' | 'later' = 'later') {
  const port = await freePorts(4);
  const listener = (nth: number) => ({ host: '127.0.0.1', port: port + nth });
  const { host, port: of, user } = (await startTestCluster()).address;
  const { rows } = await database.app.query<{ name: string }>('SELECT current_database() AS name');
  const config = {
    name: first.hub.config.name,
    publicOrigin: origin,
    stateDir: join(folder, String(skewMs)),
    keysDir: first.hub.config.keysDir,
    listeners: { exchange: listener(0), open: listener(1), staff: listener(2), admin: listener(3) },
    database: {
      url: `postgres:///${rows[0]?.name ?? ''}?host=${encodeURIComponent(host)}&port=${of}&user=${user}`,
      durable: false,
    },
  };
  const preload = resolve(import.meta.dirname, 'skewedClock.mjs');
  const child = spawn(process.execPath, ['--import', preload, program, JSON.stringify(config)], {
    stdio: ['ignore', 'pipe', from === 'start' ? 'pipe' : 'ignore'],
    env: { ...process.env, CLOCK_SKEW_MS: String(skewMs), CLOCK_SKEWED: from },
  });
  children.push(child);
  if (from === 'start') return { child };
  const nextLine = async (): Promise<string> => {
    const ended = once(child, 'exit').then(() => ['it has ended']);
    const [line = ''] = (await Promise.race([
      once(child.stdout ?? assert.fail(), 'data'),
      ended,
    ])) as unknown[];
    return String(line);
  };
  assert.match(await nextLine(), /serving/);
  const answer = nextLine();
  child.kill('SIGUSR2');
  const set = Date.parse((await answer).replace('set to ', '').trim());
  assert.ok(Math.abs(set - Date.now() - skewMs) < 5_000, 'its clock is set');
  const at = (nth: number): string => `https://localhost:${port + nth}`;
  return { child, serving: { exchange: port, staff: at(2) } };
}

const serving = async (skewMs: number) => (await processWith(skewMs)).serving ?? assert.fail();
const ahead = await serving(120_000);
const behind = await serving(-120_000);
const file = householdFile(1_500, 11);
await city.publicSecurity.client.sendFile('pub-security.household', file.bytes, { mapping: 'household' });
const person = file.good.find(({ region }) => region === '990101')?.id ?? '';
const context = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};
/** A call that the process at this port answers. */
async function at<T>(
  port: number,
  call: (client: DatongClient) => Promise<T>,
  of: Machine = city.education,
): Promise<T> {
  target = port;
  const { department, tls, signing: signingKey } = of;
  const hub = { exchange: origin, open: first.hub.origins.open };
  const client = new DatongClient({ department, hub, ca: first.ca, tls, signingKey });
  try {
    return await call(client);
  } finally {
    client.close();
  }
}
const query = (client: DatongClient) =>
  client.query(
    'pub-security.household',
    { filter: [{ field: 'person_id', op: 'eq', value: person }] },
    context,
  );
const processes = [own, ahead.exchange, behind.exchange];

test('a process whose clock differs already when it starts does not serve', async () => {
  const { child } = await processWith(120_000, 'start');
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const [code] = (await once(child, 'exit')) as [number];
  assert.notEqual(code, 0);
  assert.match(stderr, /clock_skew/);
});

test('calls at each in turn are answered; times of entries and of checkpoints never go back', async () => {
  const checkpoints: number[] = [];
  for (let round = 0; round < 4; round += 1)
    for (const port of processes) {
      const { json, check } = await at(port, query);
      assert.equal(json.records.length, 1);
      const time = /^time (\d+)$/m.exec(check?.receipt?.proof.checkpoint ?? '')?.[1];
      checkpoints.push(Number(time));
    }
  const times = (await newestLeaves(database, 12)).map(({ at }) => Date.parse(at));
  assert.equal(times.length, 12);
  const sorted = (list: readonly number[]): readonly number[] => list.toSorted((a, b) => a - b);
  assert.ok(
    nonEmpty(times).every((at) => Math.abs(at - Date.now()) < 60_000),
    'none has the time of a skewed machine',
  );
  assert.deepEqual(times.toReversed(), sorted(times));
  assert.ok(nonEmpty(checkpoints).every(Number.isFinite));
  assert.deepEqual(checkpoints, sorted(checkpoints));
  assert.ok(nonEmpty(checkpoints).every((at) => Math.abs(at * 1_000 - Date.now()) < 60_000));
});

/** Sends a request once more, byte by byte, to another process. @returns the code of the refusal */
async function again(
  port: number,
  sent: { rawHeaders: readonly string[]; body: Uint8Array; targetUri: string },
) {
  const headers = sent.rawHeaders.reduce<Record<string, string>>(
    (all, text, at) => (at % 2 === 0 ? { ...all, [text]: sent.rawHeaders[at + 1] ?? '' } : all),
    {},
  );
  target = port;
  const { pathname } = new URL(sent.targetUri);
  return new Promise<unknown>((answered, reject) => {
    const call = request(
      `${origin}${pathname}`,
      { method: 'POST', ca: first.ca, ...city.education.tls, headers, agent: false },
      (reply) => {
        const chunks: Buffer[] = [];
        reply.on('data', (chunk: Buffer) => chunks.push(chunk));
        reply.on('end', () =>
          answered((JSON.parse(Buffer.concat(chunks).toString('utf8')) as { code?: unknown }).code),
        );
      },
    );
    call.on('error', reject);
    call.end(sent.body);
  });
}

test('a request that one process answered is refused by the others', async () => {
  const refused = await at(own, (client) =>
    client.query('pub-security.household', { limit: 1 }, context),
  ).then(
    () => assert.fail(),
    (error: unknown) => error,
  );
  assert.ok(refused instanceof DatongProblem && refused.kept !== undefined);
  for (const { exchange } of [ahead, behind])
    assert.equal(await again(exchange, refused.kept.request), 'nonce_replayed');
});

test('a token and a certificate that one revokes end at the others; one that expires ends at the same time', async () => {
  const token = await first.token('skewed', ['auditor']);
  const read = async (origin: string): Promise<unknown> => {
    const client = staffClient({ origin, ca: first.ca, token });
    try {
      const { status, body } = await client.get('/v1/log/entries?limit=1');
      return status === 200 ? 200 : body['code'];
    } finally {
      client.close();
    }
  };
  const everywhere = () => Promise.all([ahead.staff, behind.staff].map(read));
  assert.deepEqual(await everywhere(), [200, 200]);
  const [, id = ''] = token.split('_');
  // valid for one more minute by the database: a clock that is two minutes ahead does not end it
  await database.owner.query(`UPDATE credential SET expires_at = now() + interval '1 minute' WHERE id = $1`, [
    id,
  ]);
  // after any change each process reads persons and tokens again
  await first.token('another', ['auditor']);
  assert.deepEqual(await everywhere(), [200, 200]);
  const { status } = await first.staff(city.operator, 'POST', `/v1/tokens/${id}/revocation`, {
    reason: 'key-compromise',
  });
  assert.equal(status, 200);
  assert.deepEqual(await everywhere(), ['token_revoked', 'token_revoked']);
});

test('a consent that is over is over everywhere, and one that is not yet over nowhere', async () => {
  await city.apply('school-meals/notice.yaml');
  await city.apply('school-meals/agreement.yaml', [city.education, city.publicSecurity]);
  const { rows } = await database.app.query<{ digest: string }>('SELECT digest FROM consent_notice');
  const family = file.good.find(
    ({ guardian, id, region }) => guardian !== '' && region === '990101' && id.slice(6, 10) >= '2016',
  );
  const meals = {
    ...context,
    purpose: 'school-meals',
    agreement: 'agr-school-meals',
    matter: 'YC-2026-000017',
  };
  if (family === undefined) assert.fail('the file has a family');
  const value = family.id;
  const ask = (client: DatongClient): Promise<number | string> =>
    client.query('pub-security.household', { filter: [{ field: 'person_id', op: 'eq', value }] }, meals).then(
      ({ json }) => json.records.length,
      (error: unknown) => (error as DatongProblem).code,
    );
  const askAll = async (): Promise<unknown[]> => {
    const answers: unknown[] = [];
    for (const port of processes) answers.push(await at(port, ask));
    return answers;
  };
  const give = (id: string, seconds: number) =>
    at(
      own,
      (client) =>
        client.giveConsent({
          id,
          person: value,
          guardian: family.guardian,
          recipient: 'education',
          dataset: 'pub-security.household',
          purposes: ['school-meals'],
          fields: ['name', 'income'],
          notBefore: '2026-01-01T00:00:00+08:00',
          expires: new Date(Date.now() + seconds * 1_000).toISOString(),
          notice: { digest: rows[0]?.digest ?? '', language: 'zh' as const },
          method: 'app' as const,
        }),
      city.publicSecurity,
    );
  await give('skewed-0', 60);
  assert.deepEqual(await askAll(), [1, 1, 1], 'it ends in a minute');
  await give('skewed-1', 3);
  await new Promise((over) => setTimeout(over, 3_500));
  const missing = 'consent_missing';
  assert.deepEqual(await askAll(), [missing, missing, missing]);
});
