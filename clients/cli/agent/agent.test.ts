/** The agent before a whole hub: what an application without keys gets, and who gets nothing. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync, chmodSync } from 'node:fs';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Problem } from '../../../terms/problem.ts';
import { testDatabase } from '../../../tests/database.ts';
import { runDatong } from '../../../tests/datong.ts';
import { sampleCity, testHub } from '../../../tests/hub.ts';
import { applyGrant } from '../../../tests/policyWith.ts';
import { DatongProblem } from '../../sdk/datongProblem.ts';
import type { KeptExchange } from '../../sdk/keptExchange.ts';
import { householdFile } from '../demo/files/householdFile.ts';
import { VerbFailure } from '../verb.ts';
import { agentServer } from './agentServer.ts';
import { readApplications } from './applications.ts';
import { tokenDigest } from './refuseStrangers.ts';

const hub = await testHub({ database: await testDatabase() });
const city = await sampleCity(hub);
const home = mkdtempSync(join(tmpdir(), 'datong-agent-'));
const file = householdFile(1500, 7);
const child = file.good.find(({ region, guardian }) => region === '990101' && guardian !== '');
assert.ok(child);

const token = 'a'.repeat(40);
const kept: KeptExchange[] = [];
const lines: string[] = [];
const server = agentServer({
  client: city.education.client,
  applications: new Map([[tokenDigest(token), 'portal']]),
  keep: async (one) => {
    await Promise.resolve();
    kept.push(one);
  },
  told: (line) => lines.push(JSON.stringify(line)),
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
after(async () => {
  server.close();
  server.closeAllConnections();
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
before(() =>
  city.publicSecurity.client.sendFile('pub-security.household', file.bytes, { mapping: 'household' }),
);

interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly json: Readonly<Record<string, unknown>>;
}

/** As any program would call it: plain HTTP. Header text beyond ASCII goes as UTF-8, as curl sends it. */
function plain(
  path: string,
  body: object | undefined,
  headers: Readonly<Record<string, string>> = {},
  to = port,
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: to,
        path,
        method: body === undefined ? 'GET' : 'POST',
        agent: false,
        headers: { authorization: `Bearer ${token}`, ...headers },
      },
      (reply) => {
        const chunks: Buffer[] = [];
        reply.on('data', (chunk: Buffer) => chunks.push(chunk));
        reply.on('end', () =>
          resolve({
            status: reply.statusCode ?? 0,
            headers: reply.headers,
            json: JSON.parse(Buffer.concat(chunks).toString('utf8')) as Got['json'],
          }),
        );
      },
    );
    sent.on('error', reject);
    // bytes: a text would be joined with the head, and its header encoded twice
    sent.end(body === undefined ? undefined : Buffer.from(JSON.stringify(body), 'utf8'));
  });
}

const query = '/v1/datasets/pub-security.household/query';
const about = { filter: [{ field: 'person_id', op: 'eq', value: child.id }] };
const context = {
  'content-type': 'application/json',
  'datong-purpose': 'school-enrolment',
  'datong-agreement': 'agr-school-enrolment',
  'datong-on-behalf-of': 'official-17',
  'datong-matter': 'YX-2026-000123',
};

test('plain HTTP in, a verified answer with its receipt out; the exchange is kept', async () => {
  const got = await plain(query, about, context);
  assert.equal(got.status, 200, JSON.stringify(got.json));
  assert.deepEqual(got.json['rows'], { delivered: 1, withheld: 0 });
  assert.equal(typeof got.headers['datong-receipt'], 'string');
  assert.match(String(got.headers['ratelimit']), /"calls";r=\d+/);
  assert.equal(kept.at(-1)?.exchange, got.headers['datong-exchange-id']);
  assert.doesNotMatch(lines.join(), new RegExp(child.id), 'nothing of a body is told');
});

test('a case number in Chinese goes as curl sends it', async () => {
  const matter = Buffer.from('京教〔2026〕1号', 'utf8').toString('latin1');
  const got = await plain(query, about, { ...context, 'datong-matter': matter });
  assert.equal(got.status, 200, JSON.stringify(got.json));
});

test('a refusal of the hub is passed on as it is, and kept', async () => {
  const got = await plain(query, about, { ...context, 'datong-purpose': 'statistics' });
  assert.deepEqual([got.status, got.json['code']], [403, 'purpose_not_agreed']);
  assert.equal(kept.at(-1)?.exchange, got.headers['datong-exchange-id']);
});

test('a page in a browser, a rebound name, a stranger and other addresses get nothing', async () => {
  const before = kept.length;
  const cases: readonly [Record<string, string>, number, string][] = [
    [{ origin: 'https://evil.example' }, 403, 'agent_browser_refused'],
    [{ origin: 'null' }, 403, 'agent_browser_refused'],
    [{ 'sec-fetch-site': 'same-origin' }, 403, 'agent_browser_refused'],
    [{ referer: 'http://127.0.0.1/' }, 403, 'agent_browser_refused'],
    [{ host: 'evil.example' }, 421, 'agent_host_refused'],
    [{ host: `evil.example:${port}` }, 421, 'agent_host_refused'],
    [{ authorization: '' }, 401, 'agent_token_refused'],
    [{ authorization: `Bearer ${'b'.repeat(40)}` }, 401, 'agent_token_refused'],
    [{ authorization: `Basic ${token}` }, 401, 'agent_token_refused'],
  ];
  for (const [headers, status, code] of cases) {
    const got = await plain(query, about, { ...context, ...headers });
    assert.deepEqual([got.status, got.json['code']], [status, code], JSON.stringify(headers));
  }
  assert.equal((await plain('/healthz', undefined)).json['code'], 'agent_address_unknown');
  assert.equal((await plain(`http://127.0.0.1:${port}${query}`, about, context)).status, 404);
  assert.equal(kept.length, before, 'none reached the hub');
});

test('a reply that does not hold is not passed on, and a hub that is away is told', async () => {
  const failing = async (error: Error): Promise<Got> => {
    const other = agentServer({
      client: { call: () => Promise.reject(error), openStream: () => Promise.reject(error) },
      applications: new Map([[tokenDigest(token), 'portal']]),
      keep: () => Promise.resolve(),
      told: () => undefined,
    });
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    try {
      return await plain(query, about, context, (other.address() as AddressInfo).port);
    } finally {
      other.close();
      other.closeAllConnections();
    }
  };
  const untrusted = await failing(new Problem('reply_receipt_missing'));
  assert.deepEqual([untrusted.status, untrusted.json['code']], [502, 'agent_reply_untrusted']);
  const before = { status: 503, rawHeaders: [], body: Buffer.from('{"code":"hub_busy"}') };
  const unsigned = await failing(new DatongProblem(before, undefined));
  assert.deepEqual([unsigned.status, unsigned.json['code']], [502, 'agent_reply_unsigned']);
  const away = await failing(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
  assert.deepEqual([away.status, away.json['code']], [504, 'agent_hub_unreachable']);
});

test('tokens: made for their user alone; a file that others read, or that holds short ones, is refused', async () => {
  const path = join(home, 'tokens.json');
  assert.deepEqual([...readApplications(path).values()], ['default']);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  chmodSync(path, 0o644);
  assert.throws(() => readApplications(path), VerbFailure);
  for (const text of ['{"portal":"short"}', '{}', '[', '"x"']) {
    writeFileSync(path, text);
    chmodSync(path, 0o600);
    assert.throws(() => readApplications(path), VerbFailure, text);
  }
  const told = await runDatong(['agent', '--listen', '0.0.0.0'], { cwd: home });
  assert.equal(told.code, 2);
  assert.match(told.stderr, /--beyond-loopback/);
});

test('a stream passes part by part, verified; a refusal of one goes on as it is', async () => {
  const headers = {
    'content-type': 'application/json',
    'datong-purpose': 'school-enrolment',
    'datong-agreement': 'agr-school-enrolment',
    'datong-on-behalf-of': 'official-17',
    'datong-matter': 'YX-2026-000123',
  };
  const path = '/v1/datasets/pub-security.household/stream';
  const body = { filter: [{ field: 'region_code', op: 'eq', value: '990101' }] };
  const refused = await plain(path, body, headers);
  assert.deepEqual([refused.status, refused.json['code']], [403, 'delivery_not_agreed']);
  await applyGrant(hub, city, 'household/agreement.yaml', 2, (grant) => ({
    ...grant,
    requires: ['on-behalf-of', 'matter'],
    deliveries: ['batch', 'stream'],
  }));
  const lines = await new Promise<string[]>((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, ...headers },
      },
      (reply) => {
        let text = '';
        reply.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        reply.on('end', () => resolve(text.trimEnd().split('\n')));
        reply.on('error', reject);
      },
    );
    sent.on('error', reject).end(JSON.stringify(body));
  });
  assert.equal(lines.length, file.good.filter(({ region }) => region === '990101').length);
  assert.deepEqual(Object.keys(JSON.parse(lines[0] ?? '') as object).includes('birth_date'), true);
});
