/** A reply is the hub's, unchanged, and the answer to this very request. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../../terms/problem.ts';
import type { ReplyMessage, RequestMessage } from '../message.ts';
import { readAnySignatures } from './anySignature.ts';
import { signBytes } from './key.ts';
import { signNow } from '../../machine/signNow.ts';
import { contentDigest, signingKey, verificationKey, verifyReply } from './index.ts';
import { signReply } from './fixtures/inOneCall.ts';
import { newKeyPair } from '../../machine/newKeyPair.ts';

const department = signingKey(newKeyPair().privateKey);
const hub = signingKey(newKeyPair().privateKey);
const hubKey = verificationKey(hub.privateKey);

const ask = (matter: string): RequestMessage => {
  const request = {
    method: 'POST',
    targetUri: 'https://hub.example/v1/datasets/a.b/query',
    headers: { 'content-type': 'application/json', 'datong-matter': matter },
    body: Buffer.from('{}'),
  };
  return { ...request, rawHeaders: Object.entries(signNow({ ...request, key: department })).flat() };
};
const request = ask('RX-1');
const given = {
  'content-type': 'application/json',
  'datong-exchange-id': '0197f2a1-0000-7000-8000-000000000001',
  'datong-receipt': 'eyJ2IjoxfQ',
};

function answer(to: RequestMessage, status = 200, headers: Record<string, string> = given): ReplyMessage {
  const body = Buffer.from('{"records":[]}');
  const signature = signReply({ status, headers, body, request: to, key: hub, created: 1_790_000_000 });
  return { status, body, rawHeaders: Object.entries({ ...headers, ...signature }).flat() };
}

const verified = (reply: ReplyMessage, to = request) =>
  verifyReply(reply, { request: to, lookupKey: (keyid) => (keyid === hub.keyid ? hubKey : undefined) });

const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
  return 'accepted';
};

const edited = (reply: ReplyMessage, name: string, value: string | undefined): ReplyMessage => {
  const at = reply.rawHeaders.indexOf(name);
  return {
    ...reply,
    rawHeaders: reply.rawHeaders.toSpliced(at, 2, ...(value === undefined ? [] : [name, value])),
  };
};
const inputOf = (reply: ReplyMessage): string =>
  reply.rawHeaders[reply.rawHeaders.indexOf('signature-input') + 1] ?? '';

describe('a reply', () => {
  test('covers its status, type, digest, exchange, receipt and the request it answers', () => {
    assert.equal(
      inputOf(answer(request)),
      'res=("@status" "content-type" "content-digest" "datong-exchange-id" "datong-receipt" "@method";req "@target-uri";req "content-digest";req "signature";req;key="req")' +
        `;created=1790000000;keyid="${hub.keyid}";alg="ecdsa-p256-sha256";tag="datong-res-1"`,
    );
    assert.deepEqual(verified(answer(request)), {
      keyid: hub.keyid,
      created: 1_790_000_000,
      exchange: given['datong-exchange-id'],
      receipt: given['datong-receipt'],
      bound: true,
    });
  });

  test('to another request is refused, though method, address and body are the same', () => {
    assert.equal(
      codeOf(() => verified(answer(ask('RX-2')))),
      'reply_signature_invalid',
    );
  });

  test('with another status, body, receipt, exchange or type is refused', () => {
    const reply = answer(request);
    assert.equal(
      codeOf(() => verified({ ...reply, status: 201 })),
      'reply_signature_invalid',
    );
    const body = Buffer.from('{"records":[1]}');
    assert.equal(
      codeOf(() => verified({ ...reply, body })),
      'reply_signature_invalid',
    );
    const swapped = edited({ ...reply, body }, 'content-digest', contentDigest(body));
    assert.equal(
      codeOf(() => verified(swapped)),
      'reply_signature_invalid',
    );
    for (const name of Object.keys(given)) {
      assert.equal(
        codeOf(() => verified(edited(reply, name, 'x'))),
        'reply_signature_invalid',
        name,
      );
      assert.equal(
        codeOf(() => verified(edited(reply, name, undefined))),
        'reply_signature_invalid',
        name,
      );
    }
  });

  test('without a signature, by an unknown key or with doubled signature headers is refused', () => {
    const reply = answer(request);
    assert.equal(
      codeOf(() => verified(edited(reply, 'signature', undefined))),
      'reply_signature_missing',
    );
    const lookupNone = () => verifyReply(reply, { request, lookupKey: () => undefined });
    assert.equal(codeOf(lookupNone), 'reply_signature_invalid');
    const twice = { ...reply, rawHeaders: [...reply.rawHeaders, 'Signature', 'res=:AAAA:'] };
    assert.equal(
      codeOf(() => verified(twice)),
      'reply_signature_invalid',
    );
  });

  test('signed by the hub for another use, or under the name of another algorithm, is refused', () => {
    const reply = answer(request);
    /** The same reply over an edited Signature-Input, signed again by the hub. */
    const resigned = (from: string, to: string): ReplyMessage => {
      const input = inputOf(reply).replace(from, to);
      const changed = edited(reply, 'signature-input', input);
      const [read] = readAnySignatures({ kind: 'reply', message: changed }, request);
      const signature = signBytes(Buffer.from(read?.base ?? ''), hub).toString('base64');
      return edited(changed, 'signature', `res=:${signature}:`);
    };
    assert.equal(
      codeOf(() => verified(resigned('created', 'created'))),
      'accepted',
    );
    assert.equal(
      codeOf(() => verified(resigned('datong-res-1', 'datong-req-1'))),
      'reply_signature_invalid',
    );
    assert.equal(
      codeOf(() => verified(resigned('ecdsa-p256-sha256', 'ed25519'))),
      'reply_signature_invalid',
    );
    assert.equal(
      codeOf(() => verified(resigned('"@status" ', ''))),
      'reply_signature_invalid',
    );
    assert.equal(
      codeOf(() => verified(resigned(' "datong-receipt"', ''))),
      'reply_signature_invalid',
    );
  });

  test('that leaves out what it should cover is refused, even when it is signed', () => {
    const bare = { ...given, 'datong-receipt': '' };
    const reply = answer(request, 200, { 'content-type': given['content-type'] });
    const smuggled = { ...reply, rawHeaders: [...reply.rawHeaders, 'datong-receipt', 'forged'] };
    assert.equal(
      codeOf(() => verified(smuggled)),
      'reply_signature_invalid',
    );
    assert.equal(
      codeOf(() => verified(answer(request, 200, bare))),
      'accepted',
    );
  });

  test('to a request without a readable signature may only be a refusal', () => {
    const bare: RequestMessage = { ...request, rawHeaders: ['content-type', 'application/json'] };
    const refusal = answer(bare, 401);
    assert.equal(inputOf(refusal).includes('"signature";req'), false);
    assert.equal(verified(refusal, bare).bound, false);
    assert.equal(
      codeOf(() => verified(answer(bare, 200), bare)),
      'reply_not_bound',
    );
    const doubled = { ...request, rawHeaders: [...request.rawHeaders, 'signature', 'req=:AAAA:'] };
    assert.equal(verified(answer(doubled, 400), doubled).bound, false);
  });

  test('with any one byte of its headers changed is refused', () => {
    const reply = answer(request);
    const places = fc.integer({ min: 0, max: reply.rawHeaders.length - 1 }).chain((part) =>
      fc.record({
        part: fc.constant(part),
        at: fc.integer({ min: 0, max: (reply.rawHeaders[part] ?? '').length - 1 }),
        byte: fc.integer({ min: 1, max: 127 }),
      }),
    );
    fc.assert(
      fc.property(places, ({ part, at, byte }) => {
        const before = reply.rawHeaders[part] ?? '';
        const changed =
          before.slice(0, at) + String.fromCharCode(before.charCodeAt(at) ^ byte) + before.slice(at + 1);
        fc.pre(part % 2 === 1 || changed.toLowerCase() !== before);
        assert.notEqual(
          codeOf(() => verified({ ...reply, rawHeaders: reply.rawHeaders.with(part, changed) })),
          'accepted',
        );
      }),
      { numRuns: 500 },
    );
  });
});
