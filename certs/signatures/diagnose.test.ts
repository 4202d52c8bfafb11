import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Problem } from '../../terms/problem.ts';
import type { RequestMessage } from '../message.ts';
import { compareBases } from './compareBases.ts';
import { diagnoseRequest } from './diagnose.ts';
import { parseHttpMessage, replyBytes, requestBytes } from './httpMessage.ts';
import { signNow } from '../../machine/signNow.ts';
import { signingKey, verificationKey } from './index.ts';
import { newKeyPair } from '../../machine/newKeyPair.ts';

const key = signingKey(newKeyPair().privateKey);
const known = verificationKey(key.privateKey);
const now = 1_790_000_000_000;
const request = {
  method: 'POST',
  targetUri: 'https://hub.example/v1/diagnose',
  headers: { 'content-type': 'application/json' },
  body: Buffer.from('{}'),
  created: now / 1000,
};
const send = (edit: Partial<typeof request> = {}, extra: readonly string[] = []): RequestMessage => {
  const { method, targetUri, body } = request;
  const rawHeaders = [...Object.entries(signNow({ ...request, ...edit, key })).flat(), ...extra];
  return { method, targetUri, body, rawHeaders };
};
const options = { lookupKey: () => known, now };
const outcomes = (message: RequestMessage, more: Partial<Parameters<typeof diagnoseRequest>[1]> = {}) =>
  diagnoseRequest(message, { ...options, ...more }).checks.map(
    ({ check, ok, problem }) => `${check}: ${problem?.code ?? (ok === true ? 'ok' : '–')}`,
  );

describe('a diagnosis', () => {
  test('of a good request passes every check and shows the base', () => {
    const diagnosis = diagnoseRequest(send(), options);
    assert.equal(diagnosis.ok, true);
    assert.deepEqual(diagnosis.base?.slice(0, 3), [
      '"@method": POST',
      '"@target-uri": https://hub.example/v1/diagnose',
      '"content-type": application/json',
    ]);
  });

  test('continues after a failed check and reports every one that fails', () => {
    assert.deepEqual(
      outcomes(send({ created: request.created + 400, targetUri: 'https://127.0.0.1/v1/diagnose' })),
      [
        'headers: ok',
        'time: request_not_yet_valid',
        'key: ok',
        'department: ok',
        'signature: signature_invalid',
        'nonce: ok',
        'digest: ok',
      ],
    );
  });

  test('says what could not be checked', () => {
    assert.deepEqual(outcomes({ ...send(), rawHeaders: [] }), [
      'headers: signature_missing',
      'time: –',
      'key: –',
      'department: –',
      'signature: –',
      'nonce: –',
      'digest: –',
    ]);
    assert.equal(outcomes(send(), { lookupKey: () => undefined })[2], 'key: key_unknown');
  });

  test('asks the hub whether key and certificate belong together and whether the nonce is new', () => {
    const refuse = (code: 'key_department_mismatch' | 'nonce_replayed') => () => {
      throw new Problem(code);
    };
    const reported = outcomes(send(), {
      checkDepartment: refuse('key_department_mismatch'),
      checkNonce: refuse('nonce_replayed'),
    });
    assert.deepEqual(reported.slice(3, 6), [
      'department: key_department_mismatch',
      'signature: ok',
      'nonce: nonce_replayed',
    ]);
  });

  test("shows the first byte at which the caller's own base differs", () => {
    const good = diagnoseRequest(send(), options).base?.join('\n') ?? '';
    const own = good.replace('hub.example', '127.0.0.1');
    const header = Buffer.from(own).toString('base64url');
    // the caller signed another base: the same message, signed for another origin
    const { difference } = diagnoseRequest(send({}, ['signature-base', header]), options);
    assert.equal(difference?.line, 2);
    assert.equal(difference.column, '"@target-uri": https://'.length + 1);
    assert.match(difference.hint.en, /origin/);
  });
});

describe('two bases compared', () => {
  const base = '"@method": POST\n"@target-uri": https://h/p\n"@signature-params": ("@method");created=1';
  const hints: readonly (readonly [string, string, RegExp])[] = [
    ['line feed at the end', `${base}\n`, /no line feed/],
    ['CRLF between lines', base.replaceAll('\n', '\r\n'), /CRLF/],
    ['lower-case method', base.replace('POST', 'post'), /upper case/],
    ['lines in another order', base.split('\n').toReversed().join('\n'), /order of the components/],
    ['an early end', '"@method": POST', /too early|order/],
    ['another parameter', base.replace('created=1', 'created=2'), /without "req="/],
  ];
  for (const [name, own, hint] of hints) {
    test(`${name} is reported`, () => assert.match(compareBases(base, own)?.hint.en ?? '', hint));
  }
  test('the same base has no difference', () => assert.equal(compareBases(base, base), undefined));
});

describe('a message in a file', () => {
  test('is written and read back as the same message', () => {
    const message = send();
    const read = parseHttpMessage(requestBytes(message));
    assert.equal(read.kind, 'request');
    assert.deepEqual({ ...read.message, rawHeaders: [] }, { ...message, rawHeaders: [] });
    assert.deepEqual(outcomes(read.message), outcomes(message));
    const reply = {
      status: 404,
      rawHeaders: ['Content-Type', 'application/problem+json'],
      body: Buffer.from('{}'),
    };
    const back = parseHttpMessage(replyBytes(reply));
    assert.equal(back.kind, 'reply');
    assert.deepEqual(back.message.rawHeaders, [...reply.rawHeaders, 'content-length', '2']);
  });

  test('retains what followed the path of the address', () => {
    const message = { ...send(), targetUri: 'https://hub.example:8443/v1/x?a=%E5%8A%9E&b=' };
    assert.equal(
      (parseHttpMessage(requestBytes(message)).message as RequestMessage).targetUri,
      message.targetUri,
    );
  });

  test('with line feeds only, or an editor’s last line feed, is read too', () => {
    const text = 'POST /x HTTP/1.1\nHost: h.example\ncontent-length: 2\n\n{}\n';
    const { message } = parseHttpMessage(Buffer.from(text));
    assert.equal(Buffer.from(message.body).toString(), '{}');
  });

  test('that is none is refused with a reason', () => {
    const wrong = [
      '',
      'hello\n\n',
      'GET http://evil.example/ HTTP/1.1\nHost: h\n\n',
      'GET / HTTP/1.1\n\n',
      'GET / HTTP/1.1\nHost h\n\n',
      'POST / HTTP/1.1\nHost: h\nContent-Length: 9\n\nshort',
      'HTTP/1.1 many\n\n',
    ];
    for (const text of wrong)
      assert.throws(() => parseHttpMessage(Buffer.from(text)), { code: 'message_malformed' }, text);
  });
});
