/** The agent before a whole hub: what an application without keys gets, and who gets nothing. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync, chmodSync, chownSync } from 'node:fs';
import { type IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Problem } from '../../../terms/problem.ts';
import { runDatong } from '../../../tests/datong.ts';
import { applyGrant } from '../../../tests/policyWith.ts';
import { DatongProblem } from '../../sdk/datongProblem.ts';
import type { RecordStream } from '../../sdk/recordStream.ts';
import type { StoredExchange } from '../../sdk/storedExchange.ts';
import { householdFile } from '../demo/files/householdFile.ts';
import { VerbFailure } from '../verb.ts';
import { agentServer } from './agentServer.ts';
import { readApplications } from './applications.ts';
import { refuseStrangers, tokenDigest } from './agentLimits.ts';
import { cityHub } from '../../../tests/cityHub.ts';

const { hub, city } = await cityHub();
const home = mkdtempSync(join(tmpdir(), 'datong-agent-'));
const file = householdFile(1500, 7);
const child = file.good.find(({ region, guardian }) => region === '990101' && guardian !== '');
assert.ok(child);

const token = 'a'.repeat(40);
const stored: StoredExchange[] = [];
const lines: string[] = [];
const services = {
  client: city.education.client,
  applications: () => new Map([[tokenDigest(token), 'portal']]),
  keep: async (one: StoredExchange) => {
    await Promise.resolve();
    stored.push(one);
  },
  onCall: (line: object) => lines.push(JSON.stringify(line)),
};
async function listening(at: string): Promise<{ readonly server: Server; readonly to: number }> {
  const server = agentServer(services);
  server.listen(0, at);
  await once(server, 'listening');
  return { server, to: (server.address() as AddressInfo).port };
}
const { server, to: port } = await listening('127.0.0.1');
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
  at = '127.0.0.1',
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: at,
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

test('plain HTTP in, a verified answer with its receipt out; the exchange is stored', async () => {
  const got = await plain(query, about, context);
  assert.equal(got.status, 200, JSON.stringify(got.json));
  assert.deepEqual(got.json['rows'], { delivered: 1, withheld: 0 });
  assert.equal(typeof got.headers['datong-receipt'], 'string');
  assert.match(String(got.headers['ratelimit']), /"calls";r=\d+/);
  assert.equal(stored.at(-1)?.exchange, got.headers['datong-exchange-id']);
  assert.doesNotMatch(lines.join(), new RegExp(child.id), 'nothing of a body is told');
});

test('a case number in Chinese goes as curl sends it', async () => {
  const matter = Buffer.from('京教〔2026〕1号', 'utf8').toString('latin1');
  const got = await plain(query, about, { ...context, 'datong-matter': matter });
  assert.equal(got.status, 200, JSON.stringify(got.json));
});

test('a refusal of the hub is passed on as it is, and stored', async () => {
  const got = await plain(query, about, { ...context, 'datong-purpose': 'statistics' });
  assert.deepEqual([got.status, got.json['code']], [403, 'purpose_not_agreed']);
  assert.equal(stored.at(-1)?.exchange, got.headers['datong-exchange-id']);
});

test('a page in a browser, a rebound name, a stranger and other addresses get nothing', async () => {
  const before = stored.length;
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
  assert.equal(stored.length, before, 'none reached the hub');
});

test('a mistyped address, a doubled or trailing slash and a wrong method are answered as the hub would', async () => {
  for (const path of ['/v1/dataset', '/v1//datasets', `${query}/`])
    assert.deepEqual((await plain(path, about, context)).json['code'], 'not_found', path);
  const wrong = await plain(query, undefined, context);
  assert.deepEqual([wrong.status, wrong.json['code']], [405, 'method_not_allowed']);
});

test('an address with raw Chinese is refused with what is wrong', async () => {
  const socket = connect(port, '127.0.0.1');
  let reply = '';
  socket.setEncoding('utf8').on('data', (text: string) => (reply += text));
  socket.write('GET /v1/datasets?department=京 HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(socket, 'close');
  assert.match(reply, /^HTTP\/1\.1 400 Bad Request\r\n.*"code":"target_malformed"/s);
});

/** What an agent answers whose hub fails, and the range that it asked for. */
async function failing(
  error: Error,
  headers: Readonly<Record<string, string>> = {},
): Promise<Got & { readonly range: string | undefined }> {
  let range: string | undefined;
  const other = agentServer({
    client: {
      call: (input) => {
        range = input.headers?.['range'];
        return Promise.reject(error);
      },
      openStream: () => Promise.reject(error),
    },
    applications: () => new Map([[tokenDigest(token), 'portal']]),
    keep: () => Promise.resolve(),
    onCall: () => undefined,
  });
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  try {
    const to = (other.address() as AddressInfo).port;
    const got = await plain(query, about, { ...context, ...headers }, to);
    return { ...got, range };
  } finally {
    other.close();
    other.closeAllConnections();
  }
}

test('a range is sent on, but not under If-Range, whose condition the hub cannot fulfil', async () => {
  const range = 'bytes=0-9';
  const error = new Problem('reply_receipt_missing');
  assert.equal((await failing(error, { range })).range, range);
  assert.equal((await failing(error, { range, 'if-range': '"x"' })).range, undefined);
});

test('a reply that does not verify is not passed on, and an unreachable hub is reported', async () => {
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
  const reported = await runDatong(['agent', '--listen', '0.0.0.0'], { cwd: home });
  assert.equal(reported.code, 2);
  assert.match(reported.stderr, /--beyond-loopback/);
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

/** Bytes as they are, and every byte that comes back until the agent closes. */
function raw(lines: readonly string[], body = '', to = port, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: to }, () =>
      socket.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1')),
    );
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject).on('close', () => resolve(text));
  });
}
const own = `host: 127.0.0.1:${port}`;
const bearer = `authorization: Bearer ${token}`;
const ask = Object.entries(context).map(([name, value]) => `${name}: ${value}`);
const question = JSON.stringify(about);
const post = (...more: readonly string[]): readonly string[] => [
  `POST ${query} HTTP/1.1`,
  ...more,
  ...ask,
  'connection: close',
];

test('bytes that no honest program sends get nothing, and no one of them brings a second request in', async () => {
  const length = `content-length: ${question.length}`;
  const good = await raw(post(own, bearer, length), question);
  assert.match(good, /^HTTP\/1\.1 200 /);
  const before = stored.length;
  const chunked = `${question.length.toString(16)}\r\n${question}\r\n0\r\n\r\n`;
  const smuggled = `GET /v1/exchanges HTTP/1.1\r\n${own}\r\n${bearer}\r\n\r\n`;
  const get = (target: string): readonly string[] => [
    `GET ${target} HTTP/1.1`,
    own,
    bearer,
    'connection: close',
  ];
  const cases: readonly [string, readonly string[], string, RegExp][] = [
    ['no Host', post(bearer, length), question, /^HTTP\/1\.1 400 /],
    ['no Host in HTTP/1.0', ['POST /v1/x HTTP/1.0', bearer], '', /agent_host_refused/],
    ['an empty Host', post('host:', bearer, length), question, /agent_host_refused/],
    [
      'two of Host, the good one first',
      post(own, 'host: evil.example', bearer, length),
      question,
      /agent_host_refused/,
    ],
    ['the same Host twice', post(own, own, bearer, length), question, /agent_host_refused/],
    ['a list of Host', post(`${own}, evil.example`, bearer, length), question, /agent_host_refused/],
    ['another port', post('host: 127.0.0.1:1', bearer, length), question, /agent_host_refused/],
    ['no port', post('host: 127.0.0.1', bearer, length), question, /agent_host_refused/],
    [
      'a name that ends alike',
      post(`host: evil.localhost:${port}`, bearer, length),
      question,
      /agent_host_refused/,
    ],
    ['a huge Host', post(`host: ${'a'.repeat(20_000)}`, bearer, length), question, /^HTTP\/1\.1 431 /],
    [
      'two tokens, the good one first',
      post(own, bearer, `authorization: Bearer ${'b'.repeat(40)}`, length),
      question,
      /agent_token_refused/,
    ],
    ['the same token twice', post(own, bearer, bearer, length), question, /agent_token_refused/],
    ['a token with a tail', post(own, `${bearer} x`, length), question, /agent_token_refused/],
    ['an Origin without a text', post(own, bearer, 'origin:', length), question, /agent_browser_refused/],
    [
      'length and chunks',
      post(own, bearer, length, 'transfer-encoding: chunked'),
      chunked,
      /^HTTP\/1\.1 400 /,
    ],
    ['two lengths', post(own, bearer, length, 'content-length: 1'), question, /^HTTP\/1\.1 400 /],
    ['a coding of its own', post(own, bearer, 'transfer-encoding: gzip, chunked'), chunked, /malformed_http/],
    [
      'chunked twice',
      post(own, bearer, 'transfer-encoding: chunked, chunked'),
      chunked,
      /malformed_http|^HTTP\/1\.1 400 /,
    ],
    [
      'a request in the body of one that is refused',
      post(own, bearer, 'transfer-encoding: gzip, chunked').filter((line) => line !== 'connection: close'),
      smuggled,
      /^HTTP\/1\.1 400 /,
    ],
    ['a length cut short', post(own, bearer, 'content-length: 2'), `{}${smuggled}`, /^HTTP\/1\.1 4/],
    ['a folded header', [...post(own, bearer, length), ' folded: yes'], question, /^HTTP\/1\.1 (?!200)/],
    [
      'a header doubled',
      post(own, bearer, length, 'datong-purpose: statistics'),
      question,
      /header_duplicate/,
    ],
    ['CONNECT', [`CONNECT 127.0.0.1:${port} HTTP/1.1`, own, bearer], '', /^$/],
    ['another host by its whole address', get(`http://evil.example${query}`), '', /agent_address_unknown/],
    [
      'this one by its whole address',
      get(`http://127.0.0.1:${port}/v1/exchanges`),
      '',
      /agent_address_unknown/,
    ],
    ['a path of an authority', get('//evil.example/v1/exchanges'), '', /agent_address_unknown/],
    ['a step out', get('/v1/../metrics'), '', /agent_address_unknown/],
    ['a part of its own', get('/v1/certificates/renewals#x'), '', /agent_address_unknown/],
    ['another way round', get('/v1/certificates\\renewals'), '', /agent_address_unknown/],
    ['a step out, escaped', get('/v1/%2e%2E/metrics'), '', /agent_address_unknown/],
    ['a step that stays', get('/v1/./exchanges'), '', /agent_address_unknown/],
    ['a step at the end', get('/v1/exchanges/..?a=1'), '', /agent_address_unknown/],
    ['bytes beyond ASCII', get('/v1/\u009b31m'), '', /agent_address_unknown|^HTTP\/1\.1 400 /],
    [
      'OPTIONS',
      ['OPTIONS /v1/exchanges HTTP/1.1', own, bearer, 'connection: close'],
      '',
      /agent_address_unknown/,
    ],
    [
      'DELETE',
      ['DELETE /v1/exchanges HTTP/1.1', own, bearer, 'connection: close'],
      '',
      /agent_address_unknown/,
    ],
    [
      'a body without end',
      post(own, bearer, 'content-length: 99999999999'),
      'x'.repeat(9_000_000),
      /body_too_large/,
    ],
  ];
  for (const [name, lines, body, wanted] of cases) {
    const got = await raw(lines, body);
    assert.match(got, wanted, `${name}: ${got.slice(0, 300)}`);
    assert.ok((got.match(/HTTP\/1\.1 \d{3} /g) ?? []).length <= 1, `${name}: one answer at most: ${got}`);
    assert.doesNotMatch(got, /access-control-|set-cookie/i, name);
  }
  const reached = stored.slice(before).map(({ request }) => Buffer.from(request.body).toString('utf8'));
  assert.deepEqual(reached, ['{}'], 'the one that is whole by its own length, and nothing behind it');
});

test('an application gets no certificate of the department, and opens no connector in its name', async () => {
  const before = stored.length;
  const renewal = await plain(
    '/v1/certificates/renewals',
    { csr: 'x' },
    { 'content-type': 'application/json' },
  );
  assert.deepEqual([renewal.status, renewal.json['code']], [403, 'agent_own_call']);
  for (const path of ['/v1/connector', '/v1/connector?x=1'])
    assert.equal((await plain(path, undefined)).json['code'], 'agent_own_call', path);
  assert.equal(stored.length, before, 'none reached the hub');
  for (const path of [
    '/v1/certificates/renewal%73',
    '/v1/certificates//renewals',
    '/v1/certificates/renewals/',
  ])
    assert.equal((await plain(path, { csr: 'x' }, { 'content-type': 'application/json' })).status, 404, path);
});

test('an answer without its receipt is refused, with any text after the path; what cannot be stored is not passed on', async () => {
  const wanted: unknown[] = [];
  const other = agentServer({
    client: {
      call: (input) => {
        wanted.push([input.path, input.receipt]);
        return city.education.client.call(input);
      },
      openStream: () => Promise.reject(new Error('no')),
    },
    applications: () => new Map([[tokenDigest(token), 'portal']]),
    keep: () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' })),
    onCall: () => undefined,
  });
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  try {
    const to = (other.address() as AddressInfo).port;
    const full = await plain(`${query}?`, about, context, to);
    assert.deepEqual([full.status, full.json['code']], [507, 'agent_not_kept']);
    const refused = await plain(query, about, { ...context, 'datong-purpose': 'statistics' }, to);
    assert.equal(refused.json['code'], 'agent_not_kept', 'a refusal is kept like an answer');
    assert.deepEqual(wanted, [
      [`${query}?`, 'required'],
      [query, 'required'],
    ]);
  } finally {
    other.close();
    other.closeAllConnections();
  }
});

test('a file of tokens is its user’s own, and each application has another one', () => {
  const path = join(home, 'others.json');
  writeFileSync(path, JSON.stringify({ a: token, b: token }), { mode: 0o600 });
  assert.throws(() => readApplications(path), VerbFailure, 'which application it was could not be told');
  if (process.getuid?.() !== 0) return;
  writeFileSync(path, JSON.stringify({ a: token }), { mode: 0o600 });
  assert.equal(readApplications(path).size, 1);
  chownSync(path, 65_534, 65_534);
  assert.throws(() => readApplications(path), VerbFailure, 'whose it is, holds a token of the department');
});

test('an address of IPv6 and the port that is not said are the agent’s own too', async () => {
  const { server: six, to } = await listening('::1');
  try {
    for (const host of [`[::1]:${to}`, `localhost:${to}`])
      assert.equal((await plain('/v1/exchanges', undefined, { host }, to, '::1')).status, 200, host);
    assert.equal((await plain('/v1/exchanges', undefined, { host: `::1:${to}` }, to, '::1')).status, 421);
  } finally {
    six.close();
    six.closeAllConnections();
  }
  const socket = { localPort: 80, localAddress: '127.0.0.1' };
  const requested = (host: string): unknown => {
    const headers = { authorization: `Bearer ${token}` };
    const headersDistinct = { host: [host], authorization: [headers.authorization] };
    return refuseStrangers(
      { headers, headersDistinct, socket } as unknown as IncomingMessage,
      new Map([[tokenDigest(token), 'portal']]),
    );
  };
  assert.equal(requested('127.0.0.1'), 'portal');
  assert.throws(() => requested('127.0.0.2'), Problem);
});

test('a stream that cannot be stored does not stay open at the hub', async () => {
  let opened: RecordStream | undefined;
  let closed = 0;
  const streaming = agentServer({
    ...services,
    keepStream: (stream) => {
      opened = stream;
      const close = stream.close.bind(stream);
      stream.close = () => {
        closed += 1;
        close();
      };
      return Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
    },
  });
  streaming.listen(0, '127.0.0.1');
  await once(streaming, 'listening');
  try {
    await new Promise<void>((done) => {
      const { port: to } = streaming.address() as AddressInfo;
      const path = '/v1/datasets/pub-security.household/stream';
      const headers = { authorization: `Bearer ${token}`, ...context };
      request({ host: '127.0.0.1', port: to, path, method: 'POST', headers }, (reply) => {
        reply
          .resume()
          .on('end', done)
          .on('error', () => done());
      })
        .on('error', () => done())
        .end(JSON.stringify({ filter: [{ field: 'region_code', op: 'eq', value: '990101' }] }));
    });
    assert.ok(opened !== undefined);
    assert.equal(closed, 1);
    // its bytes are gone: nothing can be read any more
    await assert.rejects(
      async () => {
        const received = [];
        for await (const part of opened ?? []) received.push(part);
        assert.deepEqual(received, [], 'no part is left');
      },
      { code: 'reply_stream_truncated' },
    );
  } finally {
    streaming.close();
    streaming.closeAllConnections();
  }
});

test('a stream breaks off where its token is withdrawn', async () => {
  let allowed: ReadonlyMap<string, string> = services.applications();
  let parts = 0;
  const streaming = agentServer({
    ...services,
    applications: () => allowed,
    keepStream: async (stream, reported) => {
      for await (const part of stream) {
        await reported(part);
        parts += 1;
        allowed = new Map();
        await reported(part);
        parts += 1;
      }
    },
  });
  streaming.listen(0, '127.0.0.1');
  await once(streaming, 'listening');
  try {
    const outcome = await new Promise<string>((done) => {
      const { port: to } = streaming.address() as AddressInfo;
      const path = '/v1/datasets/pub-security.household/stream';
      const headers = { authorization: `Bearer ${token}`, ...context };
      request({ host: '127.0.0.1', port: to, path, method: 'POST', headers }, (reply) => {
        reply
          .resume()
          .on('end', () => done('whole'))
          .on('error', () => done('broken'));
      })
        .on('error', () => done('broken'))
        .end(JSON.stringify({ filter: [{ field: 'region_code', op: 'eq', value: '990101' }] }));
    });
    assert.deepEqual([outcome, parts], ['broken', 1]);
  } finally {
    streaming.close();
    streaming.closeAllConnections();
  }
});
