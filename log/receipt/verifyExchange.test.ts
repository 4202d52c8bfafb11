/** A stored exchange, altered in every way that a person with the files but not the keys could alter it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ReplyMessage, RequestMessage } from '../../certs/message.ts';
import { signNow } from '../../machine/signNow.ts';
import {
  contentDigest,
  readSignature,
  signatureHash,
  signingKey,
  verificationKey,
  type VerificationKey,
} from '../../certs/signatures/index.ts';
import { signReply } from '../../certs/signatures/fixtures/inOneCall.ts';
import { publicJwk } from '../../certs/thumbprint.ts';
import type { AnchorKey } from '../anchors.ts';
import { signCheckpoint } from '../checkpoint.ts';
import { replyCommitment } from '../commitment.ts';
import { newKeyPair, newNotePair, newSalt } from '../../machine/newKeyPair.ts';
import { leafHash, sha256 } from '../hash.ts';
import type { Leaf } from '../leaf.ts';
import { prepareLeaf } from '../leafBytes.ts';
import { noteSigner } from '../note/noteKey.ts';
import { LeafTree } from '../tree/leafTree.ts';
import { receiptText } from './receipt.ts';
import { verifyExchange, type ExchangeEvidence } from './verifyExchange.ts';

const pair = () => newKeyPair().privateKey;
const [department, stranger, hub] = [signingKey(pair()), signingKey(pair()), signingKey(pair())];
const publicOf = (key: typeof department): VerificationKey => verificationKey(publicJwk(key.privateKey));
const log = noteSigner('datong/yunqi', newNotePair().privateKey);
const hubKey: AnchorKey = { ...publicOf(hub), jwk: publicJwk(hub.privateKey) };
const anchors = { logKeys: [log], hubKeys: [hubKey] };
const exchange = '0192e4a0-0000-7000-8000-000000000001';
const created = 1_790_000_000;
const path = '/v1/datasets/pub-security.household/query';

interface Exchange {
  readonly request: RequestMessage;
  readonly reply: ReplyMessage;
  readonly receipt: string;
}

type Facts = { readonly [Member in keyof Leaf]?: Leaf[Member] | undefined };
/** An exchange as client and hub make it. @param facts what the entry says otherwise */
function exchanged(facts: Facts = {}, matter = 'RX-2026-000123'): Exchange {
  const body = Buffer.from('{"filter":[{"field":"person_id","op":"eq","value":"990101201805060012"}]}');
  const targetUri = `https://hub.example:8443${path}`;
  const headers = signNow({
    method: 'POST',
    targetUri,
    headers: {
      'content-type': 'application/json',
      'datong-purpose': 'school-enrolment',
      'datong-agreement': 'agr-school-enrolment',
      'datong-on-behalf-of': 'clerk-0042',
      'datong-matter': matter,
    },
    body,
    key: department,
    created,
  });
  const request = { method: 'POST', targetUri, rawHeaders: Object.entries(headers).flat(), body };
  const answer = Buffer.from('{"records":[]}');
  const salt = newSalt();
  const { bytes } = prepareLeaf({
    v: 1,
    id: exchange,
    at: '2026-09-21T14:13:20.000Z',
    kind: 'release',
    operation: 'queryDataset',
    decision: 'allow',
    actor: { department: 'education', keyid: department.keyid },
    dataset: 'pub-security.household',
    purpose: 'school-enrolment',
    agreement: 'agr-school-enrolment',
    onBehalfOf: 'clerk-0042',
    matter: 'RX-2026-000123',
    request: signatureHash(readSignature(request).signature),
    reply: replyCommitment(sha256(answer), salt),
    status: 200,
    ...facts,
  } as Leaf);
  const tree = new LeafTree([leafHash(bytes), leafHash(Buffer.from('another'))]);
  const receipt = receiptText({
    exchange,
    leaf: bytes,
    openings: { reply: salt },
    proof: { index: 0, path: tree.inclusionProof(0), checkpoint: signCheckpoint(2, tree.root(), log) },
  });
  const sent = {
    'content-type': 'application/json',
    'datong-exchange-id': exchange,
    'datong-receipt': receipt,
  };
  const signed = signReply({ status: 200, headers: sent, body: answer, request, key: hub, created });
  const reply = { status: 200, rawHeaders: Object.entries({ ...sent, ...signed }).flat(), body: answer };
  return { request, reply, receipt };
}

const original = exchanged();
const withHeader = <T extends RequestMessage | ReplyMessage>(message: T, name: string, value: string): T => ({
  ...message,
  rawHeaders: message.rawHeaders.map((text, i) => (message.rawHeaders[i - 1] === name ? value : text)),
});
function codes(
  { request, reply, receipt }: Partial<Exchange>,
  more: Partial<ExchangeEvidence> = {},
): readonly string[] {
  const check = verifyExchange(receipt ?? original.receipt, {
    anchors,
    signingKeys: [publicOf(stranger), publicOf(department)],
    operationOf: (method, target) =>
      method === 'POST' && target === path
        ? { operation: 'queryDataset', dataset: 'pub-security.household' }
        : target.endsWith('/explain')
          ? { operation: 'explainDecision' }
          : undefined,
    request: request ?? original.request,
    reply: reply ?? original.reply,
    ...more,
  });
  assert.equal(check.ok, check.findings.length === 0);
  return check.findings.map(({ code }) => code);
}
const parts = (evidence: Partial<ExchangeEvidence>) =>
  verifyExchange(original.receipt, { anchors, ...evidence }).parts;

describe('a stored exchange', () => {
  test('is valid, and reports for each part how far it was checked', () => {
    assert.deepEqual(codes({}), []);
    const { request, reply } = original;
    const signingKeys = [publicOf(department)];
    assert.deepEqual(parts({ request, reply, signingKeys }), {
      request: 'verified',
      reply: 'verified',
      receipt: 'verified',
    });
    assert.deepEqual(parts({}), { request: 'absent', reply: 'absent', receipt: 'verified' });
    // a stranger's key is not the one that the entry names
    assert.equal(parts({ request, signingKeys: [publicOf(stranger)] }).request, 'unsigned');
    assert.equal(parts({ reply }).reply, 'unsigned');
    assert.equal(parts({ reply: { body: reply.body } }).reply, 'body');
    assert.equal(parts({ request, reply, anchors: { logKeys: [log] } }).reply, 'unsigned');
  });

  test('a matter that is not ASCII travels percent-encoded and is decoded in the entry', () => {
    const chinese = exchanged({ matter: '京教〔2026〕1号' }, encodeURIComponent('京教〔2026〕1号'));
    assert.deepEqual(codes(chinese), []);
    assert.deepEqual(codes(exchanged({ matter: '京教〔2026〕1号' }, encodeURIComponent('京教〔2026〕2号'))), [
      'request_header_differs',
    ]);
  });
});

describe('an altered request is found', () => {
  const { request } = original;
  const body = Buffer.from(
    Buffer.from(request.body).toString().replace('990101201805060012', '990101201805060098'),
  );

  test('another person in its body', () => {
    assert.deepEqual(codes({ request: { ...request, body } }), ['request_body_altered']);
  });

  test('another person, with the digest made to fit: by the signatures of both sides', () => {
    const fitted = withHeader({ ...request, body }, 'content-digest', contentDigest(body));
    assert.deepEqual(codes({ request: fitted }), ['request_signature_invalid', 'reply_signature_invalid']);
    // without the department's key the hub's signature over the reply still reveals it
    assert.deepEqual(codes({ request: fitted }, { signingKeys: [] }), ['reply_signature_invalid']);
  });

  test('another official, case, purpose or agreement: without any key, by the entry', () => {
    for (const name of ['datong-on-behalf-of', 'datong-matter', 'datong-purpose', 'datong-agreement']) {
      const altered = withHeader(request, name, 'other-0001');
      assert.deepEqual(codes({ request: altered }, { signingKeys: [], anchors: { logKeys: [log] } }), [
        'request_header_differs',
      ]);
      assert.deepEqual(codes({ request: altered }), ['request_header_differs', 'request_signature_invalid']);
    }
  });

  test('a header taken away or added', () => {
    const at = request.rawHeaders.indexOf('datong-matter');
    const without = { ...request, rawHeaders: request.rawHeaders.toSpliced(at, 2) };
    assert.deepEqual(codes({ request: without }), ['request_malformed']);
    const added = exchanged({ matter: undefined });
    assert.deepEqual(codes(added), ['request_header_differs']);
  });

  test('another operation, dataset or method', () => {
    const requested = (target: string, method = 'POST'): RequestMessage => ({
      ...request,
      method,
      targetUri: `https://hub.example:8443${target}`,
    });
    for (const altered of [
      requested('/v1/datasets/pub-security.household/explain'),
      requested('/v1/unknown'),
      requested(path, 'GET'),
    ])
      assert.deepEqual(codes({ request: altered }, { signingKeys: [], anchors: { logKeys: [log] } }), [
        'request_header_differs',
      ]);
    assert.deepEqual(codes(exchanged({ dataset: 'pub-security.vehicle' })), ['request_header_differs']);
  });

  test('signed by another key, or with another request’s signature', () => {
    assert.deepEqual(codes(exchanged({ actor: { department: 'education', keyid: stranger.keyid } })), [
      'request_key_differs',
      'request_signature_invalid',
    ]);
    assert.ok(codes({ request: exchanged().request }).includes('request_differs'));
    assert.ok(codes({ request: { ...request, rawHeaders: [] } }).includes('request_malformed'));
  });
});

describe('an altered reply is found', () => {
  const { reply } = original;

  test('another status', () => {
    const altered = { ...reply, status: 404 };
    assert.deepEqual(codes({ reply: altered }), ['reply_header_differs', 'reply_signature_invalid']);
    assert.deepEqual(codes({ reply: altered }, { anchors: { logKeys: [log] } }), ['reply_header_differs']);
  });

  test('another body, with or without a digest that fits', () => {
    const body = Buffer.from('{"records":[1]}');
    const bare = { anchors: { logKeys: [log] } };
    assert.deepEqual(codes({ reply: { ...reply, body } }, bare), ['reply_differs', 'reply_body_altered']);
    const fitted = withHeader({ ...reply, body }, 'content-digest', contentDigest(body));
    assert.deepEqual(codes({ reply: fitted }, bare), ['reply_differs']);
    assert.deepEqual(codes({ reply: fitted }), ['reply_differs', 'reply_signature_invalid']);
  });

  test('the reply, receipt or exchange id of another call', () => {
    const other = exchanged({
      status: 200,
      purpose: 'school-enrolment',
      rows: { delivered: 1, withheld: 0 },
    });
    assert.deepEqual(codes({ reply: withHeader(reply, 'datong-receipt', other.receipt) }), [
      'reply_header_differs',
      'reply_signature_invalid',
    ]);
    assert.deepEqual(codes({ reply: withHeader(reply, 'datong-exchange-id', exchange.replace('1', '2')) }), [
      'reply_header_differs',
      'reply_signature_invalid',
    ]);
  });

  test('signed by no key of the hub, or by one that was retired by then', () => {
    assert.deepEqual(codes({}, { anchors: { logKeys: [log], hubKeys: [] } }), ['reply_signature_invalid']);
    const retired = (at: string) => ({ anchors: { logKeys: [log], hubKeys: [{ ...hubKey, retired: at }] } });
    assert.deepEqual(codes({}, retired('2026-09-21T00:00:00Z')), ['reply_signature_invalid']);
    assert.deepEqual(codes({}, retired('2026-09-22T00:00:00Z')), []);
  });
});

test('a request that the hub refused unread is compared with the hash of its signature, not with unproven headers', () => {
  const refused = exchanged({
    decision: 'deny',
    code: 'signature_invalid',
    actor: {},
    purpose: undefined,
    agreement: undefined,
    onBehalfOf: undefined,
    matter: undefined,
  });
  assert.deepEqual(codes(refused), []);
  const check = verifyExchange(refused.receipt, { anchors, request: refused.request });
  assert.equal(check.parts.request, 'unsigned');
});
