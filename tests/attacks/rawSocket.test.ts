/**
 * What a hub does with bytes that no client library would send. Every row: the bytes on a socket of a client with a good certificate,
 * the exact status and code of each reply, whether the refusal is an entry; then a good call, on the same hub.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { connect } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { signNow } from '../../machine/signNow.ts';
import { testDatabase } from '../database.ts';
import { testHub } from '../hub.ts';
import { registerDepartment } from '../../hub/identity/enrolment/registerDepartment.ts';
import { leavesWhere } from '../leafTexts.ts';

const database = await testDatabase();
const started = await testHub({ database });
after(() => started.stop());
const { hub, ca } = started;
await hub.services.identity.perform('registerDepartment', { proven: { staff: 'hub' } }, (context) =>
  hub.services.identity.prepare(
    registerDepartment,
    { code: 'education', name: { zh: '教育局', en: 'Education' }, kind: 'government' },
    context,
  ),
);
const machine = await started.enrol('education');
const origin = hub.origins.exchange;
const { host, port } = new URL(origin);

interface Raw {
  readonly method: string;
  readonly path: string;
  readonly version: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

/** A request that is good in every respect: a diagnosis, which takes any body and leaves an entry. */
function good(
  edit: {
    readonly body?: string | Buffer;
    readonly path?: string;
    readonly type?: string;
    readonly method?: string;
  } = {},
): Raw {
  const { path = '/v1/diagnose', method = 'POST', type = 'application/json' } = edit;
  const body = Buffer.from(edit.body ?? '{}');
  const headers = body.length === 0 ? {} : { 'content-type': type };
  const signed = signNow({ method, targetUri: `${origin}${path}`, headers, body, key: machine.signing });
  const length: [string, string][] = body.length === 0 ? [] : [['Content-Length', String(body.length)]];
  return {
    method,
    path,
    version: 'HTTP/1.1',
    headers: [['Host', host], ...Object.entries(signed), ...length],
    body,
  };
}

const bytesOf = ({ method, path, version, headers, body }: Raw): Buffer =>
  Buffer.concat([
    Buffer.from(
      `${method} ${path} ${version}\r\n${headers.map(([n, v]) => `${n}: ${v}\r\n`).join('')}\r\n`,
      'latin1',
    ),
    body,
  ]);

const without = (raw: Raw, name: string): Raw => ({
  ...raw,
  headers: raw.headers.filter(([n]) => n.toLowerCase() !== name),
});
const plus = (raw: Raw, ...more: readonly [string, string][]): Raw => ({
  ...raw,
  headers: [...raw.headers, ...more],
});
const instead = (raw: Raw, name: string, value: string): Raw => plus(without(raw, name), [name, value]);
/** The bytes with a piece of text replaced: what no list of headers can say. */
const patched = (raw: Raw, from: string, to: string): Buffer => {
  const text = bytesOf(raw).toString('latin1');
  assert.ok(text.includes(from), from);
  return Buffer.from(text.replace(from, to), 'latin1');
};
const chunked = (raw: Raw, chunks: string): Buffer =>
  bytesOf({
    ...plus(without(raw, 'content-length'), ['Transfer-Encoding', 'chunked']),
    body: Buffer.from(chunks),
  });

interface Reply {
  readonly status: number;
  readonly code: string | undefined;
  readonly signed: boolean;
  readonly text: string;
}

/** Sends the bytes in one write and reads until the hub closes or `replies` replies are whole. */
function exchange(bytes: Buffer, replies: number): Promise<readonly Reply[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(
      { host: '127.0.0.1', port: Number(port), servername: 'localhost', ca, ...machine.tls },
      () => socket.write(bytes),
    );
    let text = '';
    const done = (): void => {
      socket.destroy();
      resolve(repliesIn(text));
    };
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (repliesIn(text).length >= replies) setImmediate(done);
    });
    socket.on('end', done);
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? done() : reject(error),
    );
  });
}

function repliesIn(text: string): Reply[] {
  const found: Reply[] = [];
  for (let rest = text; ;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0 || !rest.startsWith('HTTP/')) return found;
    const head = rest.slice(0, end);
    const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
    const body = rest.slice(end + 4, end + 4 + length);
    if (body.length < length) return found;
    found.push({
      status: Number(head.split(' ')[1]),
      code: /"code":"([a-z_]+)"/.exec(body)?.[1],
      signed: /^signature: res=:/im.test(head),
      text: rest.slice(0, end + 4 + length),
    });
    rest = rest.slice(end + 4 + length);
  }
}

/** Entries of callers: what the hub sums up about itself comes in its own time. */
const entries = async (): Promise<number> =>
  (await leavesWhere(database)).filter(({ actor }) => actor.staff !== 'hub').length;

/** Refused before the application: no entry and no signature. Refused by the application: both. */
type Where = 'parser' | 'listener' | 'gate';
type Row = readonly [name: string, where: Where, expected: string, bytes: () => Buffer];

const query = '/v1/datasets/education.school/query';
const rows: readonly Row[] = [
  [
    'Content-Length beside Transfer-Encoding',
    'parser',
    '400 malformed_http',
    () => bytesOf(plus(good(), ['Transfer-Encoding', 'chunked'])),
  ],
  [
    'two Content-Length that agree',
    'parser',
    '400 malformed_http',
    () => bytesOf(plus(good(), ['Content-Length', '2'])),
  ],
  [
    'two Content-Length that differ',
    'parser',
    '400 malformed_http',
    () => bytesOf(plus(good(), ['Content-Length', '20'])),
  ],
  [
    'a Content-Length that is no number',
    'parser',
    '400 malformed_http',
    () => bytesOf(instead(good(), 'content-length', '+2')),
  ],
  [
    'Transfer-Encoding with a vertical tab',
    'parser',
    '400 malformed_http',
    () => bytesOf(plus(without(good(), 'content-length'), ['Transfer-Encoding', '\x0bchunked'])),
  ],
  [
    'a chunk whose size is no number',
    'parser',
    '400 malformed_http',
    () => chunked(good(), 'zz\r\n{}\r\n0\r\n\r\n'),
  ],
  [
    'a bare line feed after a header',
    'parser',
    '400 malformed_http',
    () => patched(good(), `Host: ${host}\r\n`, `Host: ${host}\n`),
  ],
  [
    'a bare carriage return in a header',
    'parser',
    '400 malformed_http',
    () => patched(good(), `Host: ${host}`, `Host: ${host}\rx: y`),
  ],
  [
    'a folded header',
    'parser',
    '400 malformed_http',
    () => patched(good(), 'content-digest: ', 'content-digest:\r\n '),
  ],
  [
    'a space before the colon',
    'parser',
    '400 malformed_http',
    () => patched(good(), 'content-type:', 'content-type :'),
  ],
  [
    'a header without a name',
    'parser',
    '400 malformed_http',
    () => patched(good(), 'content-type:', ': x\r\ncontent-type:'),
  ],
  [
    'NUL in a header',
    'parser',
    '400 malformed_http',
    () => patched(good(), 'application/json', 'application/\0json'),
  ],
  [
    'NUL in the path',
    'parser',
    '400 malformed_http',
    () => patched(good(), '/v1/diagnose', '/v1/diag\0nose'),
  ],
  ['a method in lower case', 'parser', '400 malformed_http', () => patched(good(), 'POST ', 'post ')],
  ['an invented method', 'parser', '400 malformed_http', () => patched(good(), 'POST ', 'TAKE ')],
  ['bytes that are no HTTP', 'parser', '400 malformed_http', () => Buffer.from('\x16\x03\x01hello\r\n\r\n')],
  [
    'headers of 20 KB',
    'parser',
    '431 headers_too_large',
    () => bytesOf(plus(good(), ['x-long', 'x'.repeat(20_000)])),
  ],
  [
    'a path of 20 KB',
    'parser',
    '431 headers_too_large',
    () => patched(good(), '/v1/diagnose', `/v1/${'x'.repeat(20_000)}`),
  ],
  [
    '300 header lines',
    'listener',
    '431 headers_too_many',
    () => bytesOf(plus(good(), ...Array.from({ length: 300 }, (_, i): [string, string] => [`x-${i}`, 'y']))),
  ],
  [
    'HTTP/2.0 in the first line',
    'listener',
    '400 malformed_http',
    () => patched(good(), 'HTTP/1.1', 'HTTP/2.0'),
  ],
  ['no Host', 'listener', '421 host_mismatch', () => bytesOf(without(good(), 'host'))],
  ['another Host', 'listener', '421 host_mismatch', () => bytesOf(instead(good(), 'host', 'evil.example'))],
  ['two Hosts', 'listener', '400 header_duplicate', () => bytesOf(plus(good(), ['Host', 'evil.example']))],
  [
    'an absolute target of another host',
    'listener',
    '400 target_malformed',
    () => patched(good(), 'POST /v1', 'POST https://evil.example/v1'),
  ],
  [
    'the target *',
    'listener',
    '400 target_malformed',
    () => patched(good(), 'POST /v1/diagnose', 'OPTIONS *'),
  ],
  [
    'an escaped slash in an id',
    'listener',
    '404 not_found',
    () => bytesOf(good({ path: '/v1/datasets/education%2Fschool/query' })),
  ],
  ['dots in the path', 'listener', '404 not_found', () => bytesOf(good({ path: '/v1/x/../diagnose' }))],
  ['a doubled slash', 'listener', '404 not_found', () => bytesOf(good({ path: '//v1/diagnose' }))],
  [
    'an operation of another listener',
    'listener',
    '404 not_found',
    () => bytesOf(good({ path: '/v1/tokens' })),
  ],
  [
    'a method the address does not take',
    'listener',
    '405 method_not_allowed',
    () => bytesOf(good({ method: 'DELETE' })),
  ],
  ['TRACE', 'listener', '405 method_not_allowed', () => bytesOf(good({ method: 'TRACE', body: '' }))],
  [
    'a body of 1 MiB and a byte',
    'gate',
    '413 body_too_large',
    () => bytesOf(good({ body: Buffer.alloc(1_048_577, 0x20) })),
  ],
  ['no signature', 'gate', '401 signature_missing', () => bytesOf(without(good(), 'signature'))],
  [
    'a signed header without a value',
    'gate',
    '400 header_malformed',
    () => bytesOf(instead(good(), 'content-type', '')),
  ],
  [
    'a doubled signed header',
    'gate',
    '400 header_duplicate',
    () => bytesOf(plus(good(), ['Content-Type', 'text/plain'])),
  ],
  [
    'a datong- header that is not signed',
    'gate',
    '401 component_missing',
    () => bytesOf(plus(good(), ['datong-purpose', 'audit'])),
  ],
  [
    'another body of the same length',
    'gate',
    '400 digest_mismatch',
    () => bytesOf({ ...good(), body: Buffer.from('[]') }),
  ],
  [
    'a query parameter added',
    'gate',
    '401 signature_invalid',
    () => patched(good({ path: query }), query, `${query}?x=1`),
  ],
  [
    'a header in UTF-8',
    'gate',
    '400 header_malformed',
    () => bytesOf(instead(good(), 'content-type', Buffer.from('文本').toString('latin1'))),
  ],
  [
    'an id that is none',
    'gate',
    '400 invalid_request',
    () => bytesOf(good({ path: '/v1/datasets/Education.school/query' })),
  ],
  [
    'a body in another transfer coding',
    'listener',
    '400 malformed_http',
    () => {
      const coded = bytesOf(
        plus(without(good({ body: '' }), 'content-length'), ['Transfer-Encoding', 'gzip, chunked']),
      );
      return Buffer.concat([coded, Buffer.from('0\r\n\r\n')]);
    },
  ],
  [
    'an upload to an invented batch, of whose 8 MiB not a byte was sent',
    'gate',
    '404 batch_unknown',
    () => {
      const path = '/v1/batches/01890000-0000-7000-8000-000000000000/parts/0';
      const whole = good({
        method: 'PUT',
        path,
        type: 'application/octet-stream',
        body: Buffer.alloc(8 << 20),
      });
      return bytesOf({ ...whole, body: Buffer.alloc(0) });
    },
  ],
  [
    'a gzipped body',
    'gate',
    '415 unsupported_media_type',
    () => bytesOf(plus(good({ path: query, body: gzipSync('{}') }), ['Content-Encoding', 'gzip'])),
  ],
  [
    'a body in another charset',
    'gate',
    '415 unsupported_media_type',
    () => bytesOf(good({ path: query, type: 'application/json; charset=gbk' })),
  ],
  [
    'a doubled JSON member',
    'gate',
    '400 malformed_json',
    () => bytesOf(good({ path: query, body: '{"limit":1,"limit":2}' })),
  ],
  [
    'JSON that is not UTF-8',
    'gate',
    '400 malformed_json',
    () => bytesOf(good({ path: query, body: Buffer.from('{"cursor":"\xff"}', 'latin1') })),
  ],
  [
    'JSON with __proto__',
    'gate',
    '400 malformed_json',
    () => bytesOf(good({ path: query, body: '{"__proto__":{"limit":1}}' })),
  ],
];

for (const [name, where, expected, bytes] of rows) {
  test(`${name}: ${expected}`, async () => {
    const before = await entries();
    const [reply, ...more] = await exchange(bytes(), 1);
    assert.ok(reply, 'it got no reply');
    assert.equal(`${reply.status} ${reply.code ?? ''}`.trim(), expected);
    assert.equal(more.length, 0);
    assert.doesNotMatch(reply.text, /<html|\bat .*\.ts:/i);
    assert.equal((await entries()) - before, where === 'gate' ? 1 : 0, 'entries');
    assert.equal(reply.signed, where === 'gate', 'signed');
    await goodCall();
  });
}

async function goodCall(): Promise<void> {
  const [reply] = await exchange(bytesOf(good()), 1);
  assert.equal(reply?.status, 200);
}

test('a request without a signature receives what a signature covers', async () => {
  const [reply] = await exchange(bytesOf(without(good(), 'signature')), 1);
  assert.match(reply?.text ?? '', /^accept-signature: req=\("@method" "@target-uri" "content-digest"\);/im);
});

test('the same bytes twice: the second is a replay, on one socket as on two', async () => {
  const bytes = bytesOf(good());
  const replies = await exchange(Buffer.concat([bytes, bytes]), 2);
  assert.deepEqual(replies.map(({ status, code }) => `${status} ${code ?? ''}`.trim()).sort(), [
    '200',
    '401 nonce_replayed',
  ]);
  const [again] = await exchange(bytes, 1);
  assert.equal(again?.code, 'nonce_replayed');
});

test('the same bytes on eight sockets at once pass exactly once', async () => {
  const bytes = bytesOf(good());
  const replies = (await Promise.all(Array.from({ length: 8 }, () => exchange(bytes, 1)))).flat();
  assert.equal(replies.length, 8);
  assert.equal(replies.filter(({ status }) => status === 200).length, 1);
  assert.equal(replies.filter(({ code }) => code === 'nonce_replayed').length, 7);
});

test('pipelined requests are answered in their order, each bound to its own request', async () => {
  const replies = await exchange(
    Buffer.concat([bytesOf(good()), bytesOf(without(good(), 'signature')), bytesOf(good())]),
    3,
  );
  assert.deepEqual(
    replies.map(({ status }) => status),
    [200, 401, 200],
  );
});

test('a good chunked body and HTTP/1.0 are one more way to write the same request', async () => {
  const [reply] = await exchange(chunked(good(), '1\r\n{\r\n1\r\n}\r\n0\r\n\r\n'), 1);
  assert.equal(reply?.status, 200);
  const [old] = await exchange(bytesOf({ ...good(), version: 'HTTP/1.0' }), 1);
  assert.equal(old?.status, 200);
});

test('a smuggled second request after a short Content-Length is a request of its own, and unsigned', async () => {
  const first = good();
  const hidden = Buffer.from(`POST /v1/diagnose HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\n\r\n`);
  const replies = await exchange(Buffer.concat([bytesOf(first), hidden]), 2);
  assert.deepEqual(
    replies.map(({ status, code }) => `${status} ${code ?? ''}`.trim()),
    ['200', '401 signature_missing'],
  );
});

test('a refused diagnosis reports every stage, and the base by which to find the byte that differs', async () => {
  const signedElsewhere = signNow({
    ...{ method: 'POST', targetUri: 'https://127.0.0.1/v1/diagnose', body: Buffer.alloc(0) },
    headers: {},
    key: machine.signing,
  });
  const wrong: Raw = { ...good({ body: '' }), headers: [['Host', host], ...Object.entries(signedElsewhere)] };
  const [reply] = await exchange(bytesOf(wrong), 1);
  assert.equal(reply?.code, 'signature_invalid');
  const { findings } = JSON.parse(reply.text.slice(reply.text.indexOf('\r\n\r\n'))) as {
    findings: { base: string[]; checks: { check: string; ok?: boolean }[] }[];
  };
  assert.equal(findings[0]?.base[1], `"@target-uri": ${origin}/v1/diagnose`);
  assert.deepEqual(
    findings[0].checks.filter(({ ok }) => ok !== true).map(({ check }) => check),
    ['signature'],
  );
  const [elsewhere] = await exchange(
    bytesOf({ ...wrong, path: '/v1/batches/01a1f82c-6db8-71c6-af2a-6b160a286453' }),
    1,
  );
  assert.equal(elsewhere?.text.includes('"findings"'), false);
});

test('a client that disconnects in the middle of its body leaves no state', async () => {
  const before = await entries();
  const half = bytesOf(good({ body: Buffer.alloc(1000, 0x20) }));
  await new Promise<void>((resolve, reject) => {
    const socket = connect(
      { host: '127.0.0.1', port: Number(port), servername: 'localhost', ca, ...machine.tls },
      () => socket.write(half.subarray(0, half.length - 500), () => socket.destroy()),
    );
    socket.on('close', () => resolve());
    socket.on('error', reject);
  });
  await goodCall();
  assert.equal((await entries()) - before, 1);
});

test('no failure of the hub itself came to light', () => {
  assert.deepEqual(
    started.logged.filter((line) => /"level":[56]0/.test(line)),
    [],
  );
});
