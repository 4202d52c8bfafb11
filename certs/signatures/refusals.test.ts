/** Every way a request's signature is refused, by its code; and that a change of any one byte is refused. */
import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../../terms/problem.ts';
import type { RequestMessage } from '../message.ts';
import { signNow } from '../../machine/signNow.ts';
import { claimedKeyid, contentDigest, signatureHash, signingKey, verificationKey } from './index.ts';
import { verifyRequest } from './fixtures/inOneCall.ts';
import { readSignature } from './readSignature.ts';
import { requestBase } from './verifyRequest.ts';
import { newKeyPair, newNotePair } from '../../machine/newKeyPair.ts';

const p256 = signingKey(newKeyPair().privateKey);
const ed25519 = signingKey(newNotePair().privateKey);
const registered = new Map([p256, ed25519].map((key) => [key.keyid, verificationKey(key.privateKey)]));

const now = 1_790_000_000_000;
const seconds = now / 1000;
const usual = {
  method: 'POST',
  targetUri: 'https://hub.example:8443/v1/datasets/pub-security.household/query?x=1',
  headers: {
    'content-type': 'application/json',
    accept: '*/*',
    'datong-purpose': 'school-enrolment',
    'datong-agreement': 'agr-school-enrolment',
    'datong-on-behalf-of': 'clerk-0042',
    'datong-matter': 'RX-2026-000123',
  },
  body: Buffer.from('{"limit":1}'),
  key: p256,
  created: seconds,
  nonce: 'AAECAwQFBgcICQoLDA0ODw',
};

type Edit = Partial<Omit<typeof usual, 'headers'>> & { headers?: Record<string, string>; expires?: number };
const message = (edit: Edit = {}): RequestMessage => {
  const request = { ...usual, ...edit };
  const { method, targetUri, body } = request;
  return { method, targetUri, body, rawHeaders: Object.entries(signNow(request)).flat() };
};

const verified = (request: RequestMessage) =>
  verifyRequest(request, { lookupKey: (keyid) => registered.get(keyid), now });

const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
  return 'accepted';
};

/** The same message with header values replaced, added (a name twice) or, by undefined, left out. */
function withHeaders(
  request: RequestMessage,
  edits: Readonly<Record<string, string | undefined>>,
): RequestMessage {
  const headers = new Map<string, string>();
  for (let i = 0; i < request.rawHeaders.length; i += 2)
    headers.set(request.rawHeaders[i] ?? '', request.rawHeaders[i + 1] ?? '');
  for (const [name, value] of Object.entries(edits)) {
    if (value === undefined) headers.delete(name);
    else headers.set(name, value);
  }
  return { ...request, rawHeaders: [...headers].flat() };
}

const headerOf = (request: RequestMessage, name: string): string =>
  request.rawHeaders[request.rawHeaders.indexOf(name) + 1] ?? '';

/** The same message signed again over an edited Signature-Input: what a caller with a key and a wrong idea would send. */
function resigned(request: RequestMessage, edit: (input: string) => string): RequestMessage {
  const input = edit(headerOf(request, 'signature-input'));
  const changed = withHeaders(request, { 'signature-input': input });
  let base: string;
  try {
    base = requestBase(readSignature(changed), changed);
  } catch {
    return changed;
  }
  const signature = sign('sha256', Buffer.from(base), { key: p256.privateKey, dsaEncoding: 'ieee-p1363' });
  return withHeaders(changed, { signature: `req=:${signature.toString('base64')}:` });
}

const doubled = (request: RequestMessage, name: string, value = headerOf(request, name)): RequestMessage => ({
  ...request,
  rawHeaders: [...request.rawHeaders, name.toUpperCase(), value],
});

describe('a good request', () => {
  for (const key of [p256, ed25519]) {
    test(`by ${key.alg} tells who signed what`, () => {
      const request = message({ key });
      const result = verified(request);
      const signature = Buffer.from(headerOf(request, 'signature').slice(5, -1), 'base64');
      assert.deepEqual(result, {
        keyid: key.keyid,
        alg: key.alg,
        nonce: usual.nonce,
        created: seconds,
        expires: seconds + 60,
        signatureHash: signatureHash(signature),
        signed: {
          purpose: 'school-enrolment',
          agreement: 'agr-school-enrolment',
          'on-behalf-of': 'clerk-0042',
          matter: 'RX-2026-000123',
        },
      });
    });
  }

  test('without a body has a digest and no content-type', () => {
    const request = message({ method: 'GET', body: Buffer.alloc(0), headers: {} });
    assert.equal(headerOf(request, 'content-digest'), contentDigest(Buffer.alloc(0)));
    assert.equal(
      codeOf(() => verified(request)),
      'accepted',
    );
  });

  test('may carry headers that are not signed', () => {
    assert.equal(
      codeOf(() => verified(withHeaders(message(), { 'user-agent': 'curl', 'x-anything': '' }))),
      'accepted',
    );
  });

  test('is not signed where no verifier would take it', () => {
    assert.equal(
      codeOf(() => message({ headers: { 'content-type': 'a', 'datong-matter': '办件' } })),
      'header_malformed',
    );
    assert.equal(
      codeOf(() => message({ headers: {} })),
      'component_missing',
    );
  });
});

const good = message();
const withInput = (edit: (input: string) => string) => resigned(good, edit);
const other = (): RequestMessage => message({ key: signingKey(newNotePair().privateKey) });
const der = sign('sha256', Buffer.from('anything'), p256.privateKey).toString('base64');

/** One row an attack or mistake: what is sent, and the code that answers it. */
const attacks: readonly (readonly [string, string, () => RequestMessage])[] = [
  ['no Signature-Input', 'signature_missing', () => withHeaders(good, { 'signature-input': undefined })],
  ['no Signature', 'signature_missing', () => withHeaders(good, { signature: undefined })],
  ['no Content-Digest', 'digest_missing', () => withHeaders(good, { 'content-digest': undefined })],
  ['doubled Content-Digest', 'header_duplicate', () => doubled(good, 'content-digest')],
  ['doubled Signature-Input', 'header_duplicate', () => doubled(good, 'signature-input')],
  ['doubled Signature', 'header_duplicate', () => doubled(good, 'signature')],
  ['doubled Content-Type', 'header_duplicate', () => doubled(good, 'content-type')],
  [
    'doubled datong-purpose with another value',
    'header_duplicate',
    () => doubled(good, 'datong-purpose', 'audit'),
  ],
  ['two Host headers', 'header_duplicate', () => doubled(withHeaders(good, { host: 'a' }), 'host', 'b')],
  [
    '1,100 header lines',
    'headers_too_many',
    () => ({ ...good, rawHeaders: [...good.rawHeaders, ...Array<string>(2200).fill('x')] }),
  ],
  [
    'a datong- header added after signing',
    'component_missing',
    () => withHeaders(good, { 'datong-idempotency-key': 'key-00000001' }),
  ],
  ['an unknown datong- header', 'header_unknown', () => withHeaders(good, { 'datong-purposes': 'x' })],
  [
    'accept added after signing',
    'component_missing',
    () => withHeaders(message({ headers: { 'content-type': 'text/plain' } }), { accept: '*/*' }),
  ],
  ['range added after signing', 'component_missing', () => withHeaders(good, { range: 'bytes=0-1' })],
  [
    'if-none-match added after signing',
    'component_missing',
    () => withHeaders(good, { 'if-none-match': '"x"' }),
  ],
  [
    'an attribute of a CloudEvent added after signing',
    'component_missing',
    () => withHeaders(good, { 'ce-id': 'one' }),
  ],
  [
    'a signed header taken away',
    'component_unexpected',
    () => withHeaders(good, { 'datong-matter': undefined }),
  ],
  ['content-type taken away', 'component_unexpected', () => withHeaders(good, { 'content-type': undefined })],
  ['a signed header emptied', 'header_malformed', () => withHeaders(good, { 'datong-matter': '' })],
  [
    'a signed header in Chinese',
    'header_malformed',
    () => withHeaders(good, { 'datong-matter': '\u00e5\u008a\u009e' }),
  ],
  [
    'a signed header of 600 characters',
    'header_malformed',
    () => withHeaders(good, { 'datong-matter': 'x'.repeat(600) }),
  ],
  ['a signed header changed', 'signature_invalid', () => withHeaders(good, { 'datong-purpose': 'audit' })],
  ['@method not covered', 'component_missing', () => withInput((input) => input.replace('"@method" ', ''))],
  [
    '@target-uri not covered',
    'component_missing',
    () => withInput((input) => input.replace('"@target-uri" ', '')),
  ],
  [
    'content-digest not covered',
    'component_missing',
    () => withInput((input) => input.replace(' "content-digest"', '')),
  ],
  [
    'content-type of a body not covered',
    'component_missing',
    () => withInput((input) => input.replace('"content-type" ', '')),
  ],
  [
    'a body of no type at all',
    'component_missing',
    () =>
      resigned(withHeaders(good, { 'content-type': undefined }), (input) =>
        input.replace('"content-type" ', ''),
      ),
  ],
  [
    'a purpose not covered',
    'component_missing',
    () => withInput((input) => input.replace('"datong-purpose" ', '')),
  ],
  [
    '@authority covered',
    'component_unexpected',
    () => withInput((input) => input.replace('"@method"', '"@method" "@authority"')),
  ],
  [
    'user-agent covered',
    'component_unexpected',
    () => withInput((input) => input.replace('"@method"', '"@method" "user-agent"')),
  ],
  [
    'a component of another request',
    'component_unexpected',
    () => withInput((input) => input.replace('"@method"', '"@method";req')),
  ],
  [
    'a dictionary member instead of the digest',
    'component_unexpected',
    () => withInput((input) => input.replace('"content-digest"', '"content-digest";key="sha-256"')),
  ],
  [
    'a component twice',
    'signature_input_malformed',
    () => withInput((input) => input.replace('"@method"', '"@method" "@method"')),
  ],
  [
    'an unknown derived component',
    'signature_input_malformed',
    () => withInput((input) => input.replace('"@method"', '"@verb"')),
  ],
  [
    '30 components',
    'signature_input_malformed',
    () =>
      withInput((input) =>
        input.replace('"@method"', Array.from({ length: 30 }, (_, i) => `"if-${i}"`).join(' ')),
      ),
  ],
  ['another label', 'signature_input_malformed', () => withInput((input) => input.replace('req=', 'sig1='))],
  [
    'two labels',
    'signature_duplicate',
    () => withHeaders(good, { 'signature-input': `${headerOf(good, 'signature-input')}, sig2=();created=1` }),
  ],
  [
    'two signatures',
    'signature_duplicate',
    () => withHeaders(good, { signature: `${headerOf(good, 'signature')}, sig2=:AAAA:` }),
  ],
  [
    'Signature-Input cut off',
    'signature_input_malformed',
    () => withHeaders(good, { 'signature-input': headerOf(good, 'signature-input').slice(0, 40) }),
  ],
  [
    'Signature-Input of 3,000 characters',
    'signature_input_malformed',
    () => withHeaders(good, { 'signature-input': `req=(${'"a" '.repeat(750)}` }),
  ],
  ['Signature-Input empty', 'signature_input_malformed', () => withHeaders(good, { 'signature-input': '' })],
  [
    'spaces that the canonical form does not have',
    'signature_input_malformed',
    () => withInput((input) => input.replace(';created', '; created')),
  ],
  ['an unknown parameter', 'signature_input_malformed', () => withInput((input) => `${input};context="x"`)],
  [
    'a parameter twice',
    'signature_input_malformed',
    () => withInput((input) => `${input};created=${seconds}`),
  ],
  [
    'another tag',
    'signature_input_malformed',
    () => withInput((input) => input.replace('datong-req-1', 'datong-res-1')),
  ],
  [
    'no tag',
    'signature_input_malformed',
    () => withInput((input) => input.replace(';tag="datong-req-1"', '')),
  ],
  [
    'created as text',
    'signature_input_malformed',
    () => withInput((input) => input.replace(/created=\d+/, 'created="1"')),
  ],
  [
    'created as a decimal',
    'signature_input_malformed',
    () => withInput((input) => input.replace(/created=(\d+)/, 'created=$1.5')),
  ],
  ['no expires', 'signature_input_malformed', () => withInput((input) => input.replace(/;expires=\d+/, ''))],
  [
    'keyid that is no thumbprint',
    'signature_input_malformed',
    () => withInput((input) => input.replace(/keyid="[^"]+"/, 'keyid="https://evil.example/key"')),
  ],
  ['no alg', 'signature_input_malformed', () => withInput((input) => input.replace(/;alg="[^"]+"/, ''))],
  ['a short nonce', 'nonce_malformed', () => withInput((input) => input.replace(usual.nonce, 'AAAA'))],
  ['no nonce', 'nonce_malformed', () => withInput((input) => input.replace(/;nonce="[^"]+"/, ''))],
  [
    'a nonce outside base64url',
    'nonce_malformed',
    () => withInput((input) => input.replace(usual.nonce, 'A'.repeat(21) + '+')),
  ],
  ['a signature in DER', 'signature_malformed', () => withHeaders(good, { signature: `req=:${der}:` })],
  [
    'a signature of 63 bytes',
    'signature_malformed',
    () => withHeaders(good, { signature: `req=:${Buffer.alloc(63).toString('base64')}:` }),
  ],
  [
    'a signature in base64url',
    'signature_malformed',
    () => withHeaders(good, { signature: `req=:${Buffer.alloc(64, 0xff).toString('base64url')}:` }),
  ],
  [
    'a signature with stray bits',
    'signature_malformed',
    () => withHeaders(good, { signature: `req=:${'A'.repeat(85)}B==:` }),
  ],
  [
    'a signature of zeros',
    'signature_invalid',
    () => withHeaders(good, { signature: `req=:${Buffer.alloc(64).toString('base64')}:` }),
  ],
  [
    'a signature under another label',
    'signature_malformed',
    () => withHeaders(good, { signature: headerOf(good, 'signature').replace('req', 'res') }),
  ],
  [
    'a digest by SHA-512',
    'digest_malformed',
    () => withHeaders(good, { 'content-digest': `sha-512=:${'A'.repeat(86)}==:` }),
  ],
  [
    'two digests in one header',
    'digest_malformed',
    () => withHeaders(good, { 'content-digest': `${headerOf(good, 'content-digest')}, sha-512=:AA==:` }),
  ],
  [
    'a digest with stray bits',
    'digest_malformed',
    () => withHeaders(good, { 'content-digest': `sha-256=:${'A'.repeat(42)}B=:` }),
  ],
  ['an unknown key', 'key_unknown', other],
  [
    'the algorithm of another key',
    'algorithm_mismatch',
    () => withInput((input) => input.replace('ecdsa-p256-sha256', 'ed25519')),
  ],
  [
    'an algorithm nobody has',
    'algorithm_mismatch',
    () => withInput((input) => input.replace('ecdsa-p256-sha256', 'hmac-sha256')),
  ],
  [
    'keyid of another registered key',
    'algorithm_mismatch',
    () => withInput((input) => input.replace(p256.keyid, ed25519.keyid)),
  ],
  ['created 31 s ahead', 'request_not_yet_valid', () => message({ created: seconds + 31 })],
  ['expired 31 s ago', 'request_expired', () => message({ created: seconds - 91 })],
  ['a life of 301 s', 'lifetime_too_long', () => message({ expires: seconds + 301 })],
  ['a life of 0 s', 'lifetime_too_long', () => message({ expires: seconds })],
  ['expires before created', 'lifetime_too_long', () => message({ expires: seconds - 5 })],
  ['another method', 'signature_invalid', () => ({ ...good, method: 'PUT' })],
  [
    'another address',
    'signature_invalid',
    () => ({ ...good, targetUri: good.targetUri.replace('household', 'births') }),
  ],
  [
    'another origin',
    'signature_invalid',
    () => ({ ...good, targetUri: good.targetUri.replace('hub.example', 'evil.example') }),
  ],
  ['a query parameter added', 'signature_invalid', () => ({ ...good, targetUri: `${good.targetUri}&y=2` })],
  ['another body', 'digest_mismatch', () => ({ ...good, body: Buffer.from('{"limit":2}') })],
  ['a body cut off', 'digest_mismatch', () => ({ ...good, body: good.body.subarray(1) })],
  ['no body', 'digest_mismatch', () => ({ ...good, body: Buffer.alloc(0) })],
  [
    'another body with its own digest',
    'signature_invalid',
    () =>
      withHeaders(
        { ...good, body: Buffer.from('{}') },
        { 'content-digest': contentDigest(Buffer.from('{}')) },
      ),
  ],
];

describe('the order of the checks', () => {
  /** What fails at every stage, mended stage by stage: each time the next stage answers. */
  const wrong = { key: ed25519, created: seconds + 400, expires: seconds + 460 };
  const everything = { ...message(wrong), body: Buffer.from('{"limit":2}') };
  const future = withHeaders(everything, { 'datong-purpose': 'audit' });

  test('is headers, time, key, signature, digest', () => {
    const absent = withHeaders(future, { 'datong-matter': undefined });
    const none = { lookupKey: () => undefined, now };
    assert.equal(
      codeOf(() => verifyRequest(absent, none)),
      'component_unexpected',
    );
    assert.equal(
      codeOf(() => verifyRequest(future, none)),
      'request_not_yet_valid',
    );
    const later = now + 400_000;
    assert.equal(
      codeOf(() => verifyRequest(future, { ...none, now: later })),
      'key_unknown',
    );
    const known = { lookupKey: (keyid: string) => registered.get(keyid as never), now: later };
    assert.equal(
      codeOf(() => verifyRequest(future, known)),
      'signature_invalid',
    );
    assert.equal(
      codeOf(() => verifyRequest(everything, known)),
      'digest_mismatch',
    );
  });
});

describe('attacks and mistakes', () => {
  for (const [name, code, request] of attacks) {
    test(`${name}: ${code}`, () =>
      assert.equal(
        codeOf(() => verified(request())),
        code,
      ));
  }

  test('skew of 30 s either way and a life of 300 s are taken', () => {
    for (const edit of [{ created: seconds + 30 }, { created: seconds - 90 }, { expires: seconds + 300 }])
      assert.equal(
        codeOf(() => verified(message(edit))),
        'accepted',
      );
  });
});

const problemOf = (request: RequestMessage): Problem => {
  try {
    verified(request);
  } catch (error) {
    if (error instanceof Problem) return error;
  }
  return assert.fail('it was accepted');
};

describe('a refusal helps', () => {
  test('a DER signature is called DER', () => {
    const { extras } = problemOf(withHeaders(good, { signature: `req=:${der}:` }));
    assert.match(extras.received ?? '', /DER/);
    assert.equal(extras.expected, '64 bytes');
  });

  test('expected and received are shown next to each other', () => {
    const moment = (at: number): string => new Date(at * 1000).toISOString().replace('.000Z', 'Z');
    const early = problemOf(message({ created: seconds + 100 }));
    assert.deepEqual(early.extras, {
      check: 'time',
      at: 'signature-input',
      expected: `created ≤ ${moment(seconds + 30)}`,
      received: moment(seconds + 100),
    });
    assert.ok(early.text.zh.includes(moment(seconds + 100)) && early.text.zh.includes(moment(seconds)));
    const late = problemOf(message({ created: seconds - 200 }));
    assert.match(late.text.en, /expired at \d{4}-\d\d-\d\dT[\d:]+Z; the hub's clock says \d{4}-/);
    // a time that no calendar has
    const far = problemOf(message({ created: 9e14 }));
    assert.match(far.text.en, /900000000000000/);
    assert.equal(problemOf({ ...good, body: Buffer.alloc(0) }).extras.received, contentDigest(good.body));
  });

  test('it names the place where Signature-Input leaves the grammar', () => {
    const { extras } = problemOf(withHeaders(good, { 'signature-input': 'req=("@method", "@path")' }));
    assert.equal(extras.expected, '" " at character 15');
  });

  test('it never repeats who is served and in which case', () => {
    for (const [, , request] of attacks) {
      const problem = problemOf(request());
      const reported = JSON.stringify([problem.message, problem.text, problem.next, problem.extras]);
      assert.doesNotMatch(reported, /clerk-0042|RX-2026/);
    }
  });

  test('the keyid that was claimed is found even in a request that cannot be read', () => {
    const request = withHeaders(good, { 'content-digest': undefined });
    assert.equal(claimedKeyid(request.rawHeaders), p256.keyid);
    assert.equal(claimedKeyid(['Signature-Input', 'nonsense;keyid="short"']), undefined);
    assert.equal(claimedKeyid([]), undefined);
  });
});

describe('any one byte changed', () => {
  /** Everything that the signature is meant to hold, as one text: a change anywhere in it must be refused. */
  const parts = (request: RequestMessage) => [request.method, request.targetUri, ...request.rawHeaders];

  const rebuilt = (texts: readonly string[], body: Uint8Array): RequestMessage => {
    const [method = '', targetUri = '', ...rawHeaders] = texts;
    return { method, targetUri, rawHeaders, body };
  };

  for (const key of [p256, ed25519]) {
    const request = message({ key });
    const texts = parts(request);

    test(`of method, address, header names and values is refused (${key.alg})`, () => {
      const places = fc.integer({ min: 0, max: texts.length - 1 }).chain((part) =>
        fc.record({
          part: fc.constant(part),
          at: fc.integer({ min: 0, max: (texts[part] ?? '').length - 1 }),
          byte: fc.integer({ min: 1, max: 255 }),
        }),
      );
      fc.assert(
        fc.property(places, ({ part, at, byte }) => {
          const before = texts[part] ?? '';
          const changed =
            before.slice(0, at) + String.fromCharCode(before.charCodeAt(at) ^ byte) + before.slice(at + 1);
          const isName = part >= 2 && part % 2 === 0;
          // the name of a header has no case; any other change must be noticed
          fc.pre(!isName || changed.toLowerCase() !== before.toLowerCase());
          const result = codeOf(() => verified(rebuilt(texts.with(part, changed), request.body)));
          assert.notEqual(result, 'accepted');
        }),
        { numRuns: 600 },
      );
    });

    test(`of the body is refused as digest_mismatch (${key.alg})`, () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 0, max: request.body.length - 1 }),
          fc.integer({ min: 1, max: 255 }),
          (at, byte) => {
            const body = Buffer.from(request.body);
            body[at] = (body[at] ?? 0) ^ byte;
            assert.equal(
              codeOf(() => verified({ ...request, body })),
              'digest_mismatch',
            );
          },
        ),
        { numRuns: 100 },
      );
    });
  }

  test('no text in Signature-Input or Signature makes the reader throw anything but a refusal', () => {
    const field = fc.string({
      unit: fc.constantFrom(...'req=("@method" ;:,\\)A0-?é'.split('')),
      maxLength: 60,
    });
    fc.assert(
      fc.property(field, field, (input, signature) => {
        assert.notEqual(
          codeOf(() => verified(withHeaders(good, { 'signature-input': input, signature }))),
          'accepted',
        );
      }),
      { numRuns: 1000 },
    );
  });
});
