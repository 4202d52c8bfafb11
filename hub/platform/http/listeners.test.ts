/** The listeners over real sockets: which address answers where, what never reaches an operation, and how they close. */
import { newKeyPair, newSerial } from '../../../machine/newKeyPair.ts';
import assert from 'node:assert/strict';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { once } from 'node:events';
import { connect as netConnect } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test } from 'node:test';
import { issueDepartmentCertificate } from '../../../certs/authority/issueLeaf.ts';
import { privateKeyPem } from '../../../certs/authority/keyPair.ts';
import { answerFault } from '../../../tests/contractAnswers.ts';
import { startStaffHub } from '../../../tests/staffHub.ts';
import type { Answering } from '../../pipeline/pipeline.ts';
import type { GateRequest } from '../../pipeline/passage.ts';
import { Problem } from '../../../terms/problem.ts';
import { problemReply } from './replies/reply.ts';
import { readContract, type Listener } from './contract/contract.ts';
import { nonEmpty } from '../../../tests/nonEmpty.ts';
import { sideBySide } from '../../../tests/sideBySide.ts';

const seen: (GateRequest & { readonly body: Uint8Array })[] = [];
/** Called by every request that reaches the gate; a test may hold it open. */
let held: Promise<void> = Promise.resolve();
const answering: Answering = async (request) => {
  try {
    const query = request.checkHead();
    const body = await request.readBody();
    seen.push({ ...request, body });
    await held;
    const answer = { params: request.params, query, body: request.checkBody(body) ?? null };
    return {
      status: 200,
      headers: [['content-type', 'application/json']],
      body: Buffer.from(JSON.stringify(answer)),
    };
  } catch (error) {
    assert.ok(error instanceof Problem);
    return problemReply(error);
  }
};

// more strangers than any office has: what is tested is their shape, not their number
const hub = await startStaffHub({ exchange: answering, strangers: { rate: 1_000, burst: 1_000 } });
const pair = newKeyPair();
const issued = await issueDepartmentCertificate(hub.services.keys.authority, {
  serial: newSerial(),
  department: 'education',
  publicKey: pair.publicKey,
  now: Date.now(),
});
const client = { cert: issued.chain, key: privateKeyPem(pair.privateKey), ca: hub.ca };

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly json: Record<string, unknown>;
}

function call(
  listener: Exclude<Listener, 'citizen'>,
  options: RequestOptions,
  body?: string | Buffer,
): Promise<Answer> {
  const common: RequestOptions = { host: 'localhost', port: hub.ports[listener], agent: false, ...options };
  return new Promise((resolve, reject) => {
    const answered = (reply: IncomingMessage): void => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        let json: Record<string, unknown> = {};
        try {
          json = JSON.parse(text) as Record<string, unknown>;
        } catch {
          // a text that is no JSON
        }
        resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text, json });
      });
    };
    const sent =
      listener === 'admin'
        ? httpRequest(common, answered)
        : httpsRequest(
            { ...common, ...(listener === 'exchange' ? client : { ca: hub.ca }), ...options },
            answered,
          );
    sent.on('error', reject);
    sent.end(body);
  });
}

const sample: Readonly<Record<string, string>> = {
  dataset: 'pub-security.household',
  department: 'education',
  batch: '01890000-0000-7000-8000-000000000000',
  exchange: '01890000-0000-7000-8000-000000000000',
  offset: '0',
  serial: 'abcd',
  document: 'agr-1',
  version: '1',
  token: 'abcdefghij',
  authority: 'root',
};
const pathOf = (template: string): string =>
  template.replaceAll(/\{([^}]+)\}/g, (_all, name: string) => sample[name] ?? name);
/** Addresses that a template takes: a fixed one may be a place of another's. */
const shapeOf = (template: string): RegExp => new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`);
const everywhere = ['exchange', 'open', 'staff', 'admin'] as const;
/** A connection for each listener that stays open: requests of all operations do not shake hands a thousand times. */
const lasting = {
  exchange: new TlsAgent({ keepAlive: true }),
  open: new TlsAgent({ keepAlive: true }),
  staff: new TlsAgent({ keepAlive: true }),
  admin: new Agent({ keepAlive: true }),
};

test('each operation answers on its own listener and is unknown on every other one', async () => {
  const { operations } = readContract();
  await sideBySide(nonEmpty(operations), async ({ operationId, method, path, listeners: on }) => {
    for (const other of everywhere) {
      const { status, json, headers } = await call(other, {
        method,
        path: pathOf(path),
        agent: lasting[other],
      });
      if (on.includes(other)) {
        assert.notEqual(status, 404, `${operationId} on ${other}`);
        assert.notEqual(status, 405, `${operationId} on ${other}`);
      } else {
        // where the address is another operation's too, only its own methods are known
        const shared = operations.some(
          (one) => one.listeners.includes(other) && shapeOf(one.path).test(pathOf(path)),
        );
        const unknown = shared ? [405, 'method_not_allowed'] : [404, 'not_found'];
        assert.deepEqual([status, json['code']], unknown, `${operationId} on ${other}`);
        assert.equal(headers['content-type'], 'application/problem+json');
        assert.equal(headers['datong-exchange-id'], undefined, 'no operation, no entry');
      }
    }
  });
});

test('unknown methods, escaped, doubled and trailing slashes are no second way to an operation', async () => {
  for (const listener of everywhere) {
    const { operations } = readContract();
    const operation = operations.find((one) => one.listeners.includes(listener) && !one.path.includes('{'));
    assert.ok(operation);
    const { path, method } = operation;
    const wrong = await call(listener, { method: 'PATCH', path });
    assert.deepEqual([wrong.status, wrong.json['code']], [405, 'method_not_allowed'], listener);
    assert.equal(wrong.headers['allow'], method);
    for (const other of [
      `${path}/`,
      `/${path}`,
      path.toUpperCase(),
      path.replace('/', '/%2e%2e/'),
      `${path}%00`,
    ]) {
      const { status } = await call(listener, { method, path: other });
      assert.equal(status, 404, `${listener} ${other}`);
    }
    const escaped = path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
    assert.equal((await call(listener, { method, path: escaped })).status, 404, `${listener} ${escaped}`);
  }
});

test('every operation with a body is closed on its own listener: unknown members and query parameters are refused', async () => {
  // three different persons
  const tokens = {
    operator: await hub.token(['operator', 'steward', 'leader']),
    security: await hub.token(['security']),
    auditor: await hub.token(['auditor']),
  };
  const all = readContract().operations.flatMap((one) =>
    one.listeners.flatMap((listener) => (listener === 'citizen' ? [] : [{ ...one, listener }])),
  );
  const closed = all.filter(({ anyBody, listener }) => !anyBody && listener !== 'admin');
  await sideBySide(nonEmpty(closed), async ({ operationId, method, path, listener, body, scopes }) => {
    const who = (['security', 'auditor'] as const).find((role) => scopes.includes(role)) ?? 'operator';
    const headers = {
      authorization: `Bearer ${tokens[who]}`,
      'content-type': 'application/json',
      'sec-fetch-site': 'same-origin',
    };
    // rows are validated against the schema of their dataset, which is looked up before the body is read
    const byDataset = operationId === 'pushRows' || (operationId === 'changeRow' && listener === 'staff');
    const json = !byDataset && body?.content.has('application/json') === true;
    const agent = lasting[listener];
    if (json) {
      const reply = await call(listener, { method, path: pathOf(path), headers, agent }, '{"zzUnknown":1}');
      assert.deepEqual(
        [reply.status, reply.json['code']],
        [400, 'invalid_request'],
        `${operationId} ${reply.text}`,
      );
    }
    const reply = await call(
      listener,
      { method, path: `${pathOf(path)}?zzUnknown=1`, headers, agent },
      json ? '{}' : undefined,
    );
    assert.deepEqual(
      [reply.status, reply.json['code']],
      [400, 'invalid_request'],
      `${operationId}?zzUnknown=1 ${reply.text}`,
    );
  });
});

test('the staff listener answers its own host and loopback, and refuses a second or foreign Host before any page', async () => {
  const sent = (path: string, host: string[]) =>
    raw(`GET ${path} HTTP/1.1\r\n${host.map((name) => `Host: ${name}\r\n`).join('')}\r\n`, 'staff');
  for (const path of ['/', '/console', '/v1/catalogue', '/nowhere']) {
    assert.match(await sent(path, ['evil.example']), /^HTTP\/1\.1 421 .*"code":"host_mismatch"/s, path);
    assert.match(await sent(path, []), /^HTTP\/1\.1 421 /, path);
    const doubled = await sent(path, ['localhost', 'localhost']);
    assert.match(doubled, /^HTTP\/1\.1 400 .*"code":"header_duplicate"/s, path);
    for (const host of ['localhost', `127.0.0.1:${hub.ports.staff}`])
      assert.doesNotMatch(await sent(path, [host]), /^HTTP\/1\.1 4(?:00|21) /, `${path} of ${host}`);
  }
});

test('an address with raw Chinese is refused with what is wrong', async () => {
  for (const listener of ['exchange', 'staff'] as const) {
    const reply = await raw(
      `GET /v1/datasets?department=京 HTTP/1.1\r\nHost: localhost:${hub.ports[listener]}\r\n\r\n`,
      listener,
    );
    assert.match(reply, /^HTTP\/1\.1 400 .*"code":"target_malformed"/s, listener);
  }
});

describe('the exchange listener', () => {
  test('passes the pipeline the bytes on the wire, with the configured origin', async () => {
    seen.length = 0;
    const body = '{"fields":["name"]}';
    const path = '/v1/datasets/pub-security.household/query';
    const reply = await call(
      'exchange',
      { method: 'POST', path, headers: { 'Content-Type': 'application/json' } },
      body,
    );
    assert.equal(reply.status, 200, reply.text);
    const [input] = seen;
    assert.equal(input?.head.targetUri, `https://localhost:${hub.ports.exchange}${path}`);
    assert.ok(input.head.rawHeaders.includes('Content-Type'), 'names keep their case');
    assert.equal(Buffer.from(input.body).toString(), body);
    assert.equal(input.head.peer?.department, 'education');
    assert.equal(input.head.peer.serial, issued.serial);
    assert.deepEqual(reply.json['params'], { dataset: 'pub-security.household' });
  });

  test('leaves every check of the request to the gate, which logs it', async () => {
    const bad = [
      { method: 'POST', path: '/v1/datasets/NOT-A-SLUG/query', body: '{}', at: '/path/dataset' },
      {
        method: 'GET',
        path: `/v1/batches/${sample['batch'] ?? ''}?page=2`,
        body: undefined,
        at: '/query/page',
      },
      { method: 'POST', path: '/v1/datasets/a-b.c-d/query', body: '{"张三":1}', at: '/body' },
    ] as const;
    for (const { method, path, body, at } of bad) {
      const headers = { 'content-type': 'application/json' };
      const { status, json, text } = await call('exchange', { method, path: encodeURI(path), headers }, body);
      assert.deepEqual([status, json['code'], json['at']], [400, 'invalid_request', at]);
      assert.ok(!text.includes('张三'));
    }
  });

  test('takes parts of 8 MiB and refuses a byte more, announced or not', async () => {
    const path = `/v1/batches/${sample['batch'] ?? ''}/parts/0`;
    const headers = { 'content-type': 'application/octet-stream' };
    const full = await call('exchange', { method: 'PUT', path, headers }, Buffer.alloc(8 << 20));
    assert.equal(full.status, 200);
    const announced = await call(
      'exchange',
      { method: 'PUT', path, headers: { ...headers, 'content-length': String((8 << 20) + 1) } },
      Buffer.alloc(1),
    );
    assert.deepEqual([announced.status, announced.json['code']], [413, 'body_too_large']);
    assert.equal(announced.headers['connection'], 'close');
    const query = await call(
      'exchange',
      { method: 'POST', path: '/v1/datasets/a-b.c-d/query', headers: { 'transfer-encoding': 'chunked' } },
      Buffer.alloc((1 << 20) + 1, 0x20),
    ).catch((error: unknown) => error as Error);
    if (!(query instanceof Error)) assert.equal(query.status, 413);
  });

  test('refuses before the gate what could be read in two ways', async () => {
    seen.length = 0;
    const host = `Host: localhost:${hub.ports.exchange}\r\n`;
    const many = Array.from({ length: 101 }, (_, i) => `x-${i}: 1\r\n`).join('');
    const path = `/v1/batches/${sample['batch'] ?? ''}`;
    const cases: readonly (readonly [string, number, string])[] = [
      [`GET ${path} HTTP/1.1\r\n${host}${host}\r\n`, 400, 'header_duplicate'],
      [`GET ${path} HTTP/1.1\r\nHost: evil.example\r\n\r\n`, 421, 'host_mismatch'],
      [`GET https://evil.example${path} HTTP/1.1\r\n${host}\r\n`, 400, 'target_malformed'],
      [`GET ${path} HTTP/1.1\r\n${host}${many}\r\n`, 431, 'headers_too_many'],
      [`GET ${path} HTTP/1.1\r\n${host}x: ${'y'.repeat(17_000)}\r\n\r\n`, 431, 'headers_too_large'],
      [`GET ${path} HTTP/1.1\r\n${host}x : 1\r\n\r\n`, 400, 'malformed_http'],
      [
        `POST ${path} HTTP/1.1\r\n${host}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
        400,
        'malformed_http',
      ],
      ['\u0016\u0003\u0001\u0000', 400, 'malformed_http'],
    ];
    for (const [text, status, code] of cases) {
      const reply = await raw(text);
      assert.match(reply, new RegExp(`^HTTP/1\\.1 ${status} `), text.slice(0, 60));
      assert.ok(reply.includes(`"code":"${code}"`), `${code} in ${reply.slice(0, 300)}`);
      assert.ok(!/<html|\bat .*\.ts:/i.test(reply), 'neither HTML nor a stack');
    }
    assert.equal(seen.length, 0);
    assert.equal((await call('exchange', { path })).status, 200, 'and a good request right after');
  });

  test('closes the open sockets of a certificate that is revoked, and of no other', async () => {
    const agent = new TlsAgent({ keepAlive: true, ...client });
    const path = `/v1/batches/${sample['batch'] ?? ''}`;
    await call('exchange', { path, agent });
    const [socket] = Object.values(agent.freeSockets).flat();
    assert.ok(socket);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    hub.listeners.closeSerial('ffff');
    assert.equal(socket.destroyed, false);
    hub.listeners.closeSerial(issued.serial);
    await closed;
    agent.destroy();
  });
});

/** Sends bytes over mutual TLS and reads until the other side closes, or has answered. */
function raw(text: string, listener: 'exchange' | 'staff' = 'exchange'): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({ host: 'localhost', port: hub.ports[listener], ...client }, () =>
      socket.write(text),
    );
    let reply = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      reply += chunk;
      if (reply.includes('"who"') || reply.endsWith('}') || reply.includes('</html>')) socket.destroy();
    });
    socket
      .on('close', () => resolve(reply))
      .on('error', (error: NodeJS.ErrnoException) => {
        if (reply === '') reject(error);
      });
  });
}

test('public answers and health are what the contract says they are', async () => {
  const judged: string[] = [];
  for (const { operationId, listeners: on, method, path } of nonEmpty(readContract().operations)) {
    const listener = on.find((one) => one === 'open' || one === 'admin');
    if (method !== 'GET' || listener === undefined) continue;
    const { status, json, headers } = await call(listener, { path: pathOf(path) });
    if (headers['content-type'] !== 'application/json') continue;
    assert.equal(answerFault(operationId, status, json), '');
    judged.push(operationId);
  }
  assert.deepEqual(judged.sort(), [
    'diagnoseHandshake',
    'getAnchors',
    'getJwks',
    'getSigningProfile',
    'healthz',
    'readyz',
  ]);
});

test('public material needs no certificate, and the documentation comes from this host alone', async () => {
  const keys = await call('open', { path: '/.well-known/jwks.json' });
  assert.equal((keys.json['keys'] as unknown[]).length, 1);
  assert.match((await call('open', { path: '/v1/log/checkpoint' })).text, /^datong\/test\n\d+\n/);
  assert.equal((await call('open', { path: '/v1/log/anchors' })).json['origin'], 'datong/test');
  assert.equal((await call('open', { path: '/v1/handshake' })).json['code'], 'certificate_missing');
  const shown = await call('open', { path: '/v1/handshake', ...client });
  assert.equal((shown.json['certificate'] as Record<string, unknown>)['serial'], issued.serial);
  assert.equal((await call('open', { path: '/.well-known/datong-signing' })).json['profile'], 'datong-sig-1');
  assert.equal(
    (await call('open', { path: '/v1/crl/intermediate' })).headers['content-type'],
    'application/pkix-crl',
  );
  const page = await call('open', { path: '/docs' });
  assert.ok(!/https?:\/\//.test(page.text));
  assert.match(String(page.headers['content-security-policy']), /script-src 'self'/);
  assert.match((await call('open', { path: '/openapi.yaml' })).text, /^openapi: 3\.1\.0/);
  for (const [address, language] of [
    ['/docs', 'zh'],
    ['/docs/en', 'en'],
  ] as const) {
    assert.match((await call('open', { path: address })).text, new RegExp(`/docs/start\\.${language}\\.js`));
    const { text } = await call('open', { path: `/docs/start.${language}.js` });
    assert.match(text, /deepLinking: true/);
    const [document = ''] = /\/docs\/openapi\.\w+\.json/.exec(text) ?? [];
    assert.equal((await call('open', { path: document })).json['openapi'], '3.1.0');
  }
  assert.equal((await call('open', { path: '/docs/swagger-ui.css' })).status, 200);
  assert.equal((await call('open', { path: '/docs/../package.json' })).status, 404);
});

test('a reader of /docs who leaves in the middle leaves no file open', async () => {
  const open = (): readonly string[] =>
    readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        const name = readlinkSync(`/proc/self/fd/${fd}`);
        return name.endsWith('swagger-ui-bundle.js') ? [name] : [];
      } catch {
        return []; // closed meanwhile
      }
    });
  const readers = Array.from({ length: 4 }, async () => {
    const socket = connect({ host: 'localhost', port: hub.ports.open, ca: hub.ca });
    await once(socket, 'secureConnect');
    socket.pause();
    socket.write('GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: localhost\r\n\r\n');
    return socket;
  });
  const sockets = await Promise.all(readers);
  while (open().length < sockets.length) await sleep(5);
  for (const socket of sockets) socket.destroy();
  for (let tries = 0; open().length > 0; tries += 1) {
    assert.ok(tries < 500, `${open().length} files stay open`);
    await sleep(10);
  }
});

test('a browser is instructed with every answer to guess nothing and to allow no frames, refused or not', async () => {
  for (const [listener, path] of [
    ['open', '/.well-known/jwks.json'],
    ['open', '/docs'],
    ['staff', '/v1/log/entries'],
    ['staff', '/nowhere'],
    ['admin', '/healthz'],
  ] as const) {
    const { headers } = await call(listener, { path });
    assert.equal(headers['x-content-type-options'], 'nosniff', path);
    assert.equal(headers['x-frame-options'], 'DENY', path);
    assert.match(
      String(headers['content-security-policy']),
      /default-src 'none'.*frame-ancestors 'none'/,
      path,
    );
    assert.equal(headers['strict-transport-security'] !== undefined, listener !== 'admin', path);
  }
});

test('health and metrics reveal to no one who requested what', async () => {
  assert.deepEqual((await call('admin', { path: '/healthz' })).json, { status: 'ok', checks: {} });
  const ready = await call('admin', { path: '/readyz' });
  assert.deepEqual([ready.status, ready.json['status']], [200, 'ok'], ready.text);
  const metrics = await call('admin', { path: '/metrics' });
  assert.match(metrics.text, /datong_answers_total\{operation="getBatch",status="200"\} \d+/);
  assert.ok(!metrics.text.includes('education') && !metrics.text.includes('household'));
});

test('draining lets a call in flight finish, then closes', async () => {
  let release = (): void => undefined;
  held = new Promise((resolve) => (release = resolve));
  const before = seen.length;
  const agent = new TlsAgent({ keepAlive: true, ...client });
  const flying = call('exchange', { path: `/v1/batches/${sample['batch'] ?? ''}`, agent });
  while (seen.length === before) await new Promise((resolve) => setTimeout(resolve, 5));
  // an attacker's leftovers: a bare connection, and a handshake that was done and asked nothing
  const bare = netConnect(hub.ports.exchange, 'localhost').on('error', () => undefined);
  const silent = connect({ host: 'localhost', port: hub.ports.exchange, ...client }).on(
    'error',
    () => undefined,
  );
  await Promise.all([once(bare, 'connect'), once(silent, 'secureConnect')]);
  const drained = hub.listeners.drain(600_000);
  await assert.rejects(call('exchange', { path: '/v1/batches/x' }), { code: 'ECONNREFUSED' });
  release();
  const reply = await flying;
  assert.equal(reply.status, 200);
  assert.equal(reply.headers['connection'], 'close');
  await drained;
  agent.destroy();
});
