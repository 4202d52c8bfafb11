import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { newKeyPair } from '../../../machine/newKeyPair.ts';
import { signNow } from '../../../machine/signNow.ts';
import { signingKey, verificationKey, type SigningKey } from '../../../certs/signatures/index.ts';
import { readSignature } from '../../../certs/signatures/readSignature.ts';
import { checkDigest } from '../../../certs/signatures/verifyRequest.ts';
import { Problem } from '../../../terms/problem.ts';
import { departmentCode } from '../../../terms/ids.ts';
import { authenticate, type Known, type SignedCall } from './authenticate.ts';
import type { TlsPeer } from './caller.ts';
import { diagnoseCall } from './diagnoseCall.ts';
import { Refusal } from './refusal.ts';
import type { KnownCertificate, KnownKey, Directory } from '../directory/directory.ts';
import { defined } from '../../../terms/defined.ts';

const now = Date.UTC(2026, 8, 1, 8);
const education = departmentCode('education');
const own = signingKey(newKeyPair().privateKey);
const peer: TlsPeer = { serial: 'ab12', department: education, notAfter: now + 1000 };
const certificate: KnownCertificate = {
  serial: 'ab12',
  department: education,
  pem: '',
  enrolment: '',
  notBefore: now - 1000,
  notAfter: now + 1000,
  issuer: null,
  revoked: undefined,
};
const key: KnownKey = {
  department: education,
  verification: verificationKey(own.privateKey),
  pem: '',
  notBefore: now - 1000,
  revokedAt: null,
  waiting: false,
};

function directory(
  change: { key?: Partial<KnownKey>; certificate?: Partial<KnownCertificate> } = {},
): Directory {
  return {
    epoch: 1,
    departments: new Map(),
    keys: new Map([[own.keyid, { ...key, ...change.key }]]),
    certificates: new Map([['ab12', { ...certificate, ...change.certificate }]]),
    tokens: new Map(),
    persons: new Map(),
    standIns: [],
  };
}

function message(change: { signer?: SigningKey; created?: number } = {}): SignedCall {
  const body = Buffer.from('{"fields":["name"]}');
  const targetUri = 'https://hub.example/v1/datasets/pub-security.household/query';
  const headers = signNow({
    method: 'POST',
    targetUri,
    headers: {
      'content-type': 'application/json',
      'datong-purpose': 'school-enrolment',
      'datong-matter': 'YX-1',
    },
    body,
    key: change.signer ?? own,
    created: change.created ?? now / 1000,
  });
  const rawHeaders = Object.entries(headers).flat();
  return {
    method: 'POST',
    targetUri,
    rawHeaders,
    hasBody: true,
    peer,
  };
}

const never = (): boolean => false;
const known = (change?: Parameters<typeof directory>[0]): Known => ({
  directory: directory(change),
  hasNonce: never,
});

async function refusal(...words: Parameters<typeof authenticate>): Promise<Refusal> {
  const error: unknown = await authenticate(...words).catch((refused: unknown) => refused);
  assert.ok(error instanceof Refusal, String(error));
  return error;
}

test('certificate, key and signature of one department make a caller', async () => {
  const caller = await authenticate(message(), now, known());
  assert.equal(caller.department, 'education');
  assert.equal(caller.keyid, own.keyid);
  assert.equal(caller.certificate, 'ab12');
  assert.match(caller.nonce, /^[\w-]{22}$/);
  assert.match(caller.signatureHash, /^[\w-]{43}$/);
  assert.deepEqual(caller.signed, { purpose: 'school-enrolment', matter: 'YX-1' });
});

test('an expired certificate is named with its department and its last moment', async () => {
  const { text } = await refusal(message(), now + 1001, known());
  assert.match(text.en, /^certificate \S+ of the department \S+ expired at \d{4}-\d\d-\d\dT/);
  assert.match(text.zh, /^部门 \S+ 的证书/);
});

test('each thing that is wrong has its own code', async () => {
  const other = departmentCode('ecology');
  const good = message();
  const wrong: readonly [code: string, got: Promise<Refusal>][] = [
    ['certificate_missing', refusal({ ...good, peer: undefined }, now, known())],
    ['certificate_missing', refusal({ ...good, peer: { ...peer, department: undefined } }, now, known())],
    ['certificate_unknown', refusal({ ...good, peer: { ...peer, serial: 'ff' } }, now, known())],
    ['certificate_unknown', refusal(good, now, known({ certificate: { department: other } }))],
    [
      'certificate_revoked',
      refusal(good, now, known({ certificate: { revoked: { at: now, reason: 'unspecified' } } })),
    ],
    ['certificate_expired', refusal(good, now + 1001, known())],
    ['request_expired', refusal(message({ created: now / 1000 - 91 }), now, known())],
    ['request_not_yet_valid', refusal(message({ created: now / 1000 + 31 }), now, known())],
    ['key_unknown', refusal(message({ signer: signingKey(newKeyPair().privateKey) }), now, known())],
    ['key_revoked', refusal(good, now, known({ key: { revokedAt: now - 1 } }))],
    ['key_revoked', refusal(good, now, known({ key: { notBefore: now + 1 } }))],
    ['key_department_mismatch', refusal(good, now, known({ key: { department: other } }))],
    ['signature_invalid', refusal({ ...good, method: 'PUT' }, now, known())],
    ['signature_missing', refusal({ ...good, rawHeaders: [] }, now, known())],
    ['nonce_replayed', refusal(good, now, { directory: directory(), hasNonce: () => true })],
  ];
  for (const [code, got] of wrong) assert.equal((await got).code, code);
});

test('a nonce is claimed only after the signature was verified, so that no one can use up another’s', async () => {
  const requested: string[] = [];
  const watching: Known = {
    directory: directory(),
    hasNonce: (_keyid, nonce) => {
      requested.push(nonce);
      return false;
    },
  };
  await refusal({ ...message(), method: 'PUT' }, now, watching);
  assert.deepEqual(requested, []);
  await authenticate(message(), now, watching);
  assert.equal(requested.length, 1);
});

test('of several faults the first in the order of checks is reported', async () => {
  const revoked = known({
    certificate: { revoked: { at: now, reason: 'unspecified' } },
    key: { revokedAt: now },
  });
  assert.equal((await refusal({ ...message(), rawHeaders: [] }, now, revoked)).code, 'certificate_revoked');
  const late = message({ created: now / 1000 - 400, signer: signingKey(newKeyPair().privateKey) });
  assert.equal((await refusal(late, now, known())).code, 'request_expired');
});

test('a refusal names what was proven, what was only claimed, and the request', async () => {
  const sent = message();
  const bad = await refusal({ ...sent, method: 'PUT' }, now, known());
  assert.deepEqual(bad.actor.proven, { certificate: 'ab12' });
  assert.deepEqual(bad.actor.claimed, { department: 'education', keyid: own.keyid });
  assert.equal(bad.signatureHash, (await authenticate(sent, now, known())).signatureHash);
  const bare = await refusal({ ...sent, rawHeaders: [], peer: undefined }, now, known());
  assert.deepEqual([bare.actor.proven, bare.signatureHash], [{}, undefined]);
});

/** What is wrong with a call, several things at once; absent: nothing of the kind. */
const faults = fc.record(
  {
    created: fc.constantFrom(now / 1000 - 91, now / 1000 - 400, now / 1000 + 31, now / 1000 + 4_000),
    stranger: fc.constant(true),
    key: fc.constantFrom<Partial<KnownKey>>(
      { revokedAt: now - 1 },
      { notBefore: now + 1 },
      { waiting: true },
      { department: departmentCode('ecology') },
    ),
    replayed: fc.constant(true),
    method: fc.constantFrom('PUT', 'post'),
    targetUri: fc.constantFrom(
      'https://127.0.0.1/v1/datasets/pub-security.household/query',
      'https://hub.example/',
    ),
    body: fc.constantFrom('', '{"fields":["name"] }'),
    // of the header of that name: left out, doubled, given another value, its name or a character of its value changed
    headers: fc.array(
      fc.record({
        nth: fc.nat(9),
        what: fc.constantFrom('drop', 'double', 'empty', 'rename', 'flip', 'uncover'),
        at: fc.nat(400),
      }),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: [] },
);
type Faults = typeof faults extends fc.Arbitrary<infer T> ? T : never;

function altered(rawHeaders: readonly string[], { headers = [] }: Faults): readonly string[] {
  const pairs = Array.from({ length: rawHeaders.length / 2 }, (_, i) => rawHeaders.slice(2 * i, 2 * i + 2));
  for (const { nth, what, at } of headers) {
    const pair = pairs[nth % Math.max(1, pairs.length)];
    if (pair === undefined) continue;
    const [name = '', value = ''] = pair;
    const place = at % Math.max(1, value.length);
    if (what === 'drop') pairs.splice(pairs.indexOf(pair), 1);
    else if (what === 'double') pairs.push([name.toUpperCase(), value]);
    else if (what === 'empty') pair[1] = '';
    else if (what === 'rename') pair[0] = `${name}x`;
    else if (what === 'flip')
      pair[1] = `${value.slice(0, place)}${value[place] === 'a' ? 'b' : 'a'}${value.slice(place + 1)}`;
    // of what is signed over, one name less; the signature is that of before
    else pair[1] = value.replace(/ "[^"]+"/, '');
  }
  return pairs.flat();
}

test('a diagnosis and the gate never disagree, whatever is wrong and however much of it', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(faults, async (wrong) => {
      const signer = wrong.stranger === true ? signingKey(newKeyPair().privateKey) : own;
      const sent = message({ signer, ...defined({ created: wrong.created }) });
      const { method = sent.method, targetUri = sent.targetUri } = wrong;
      const call = { ...sent, method, targetUri, rawHeaders: altered(sent.rawHeaders, wrong) };
      const body = Buffer.from(wrong.body ?? '{"fields":["name"]}');
      const about: Known = {
        directory: directory(wrong.key === undefined ? {} : { key: wrong.key }),
        hasNonce: () => wrong.replayed === true,
      };
      const atGate = await authenticate(call, now, about).then(
        () => codeOfDigest(call, body),
        (error: unknown) => {
          assert.ok(error instanceof Refusal, String(error));
          return error.code;
        },
      );
      const { ok, checks } = diagnoseCall(
        { ...call, address: '', certificate: () => undefined },
        body,
        now,
        about,
      );
      const reported = checks.find((check) => check.ok !== true)?.problem?.code;
      assert.deepEqual([ok, reported], [atGate === undefined, atGate]);
      seen.add(atGate ?? 'accepted');
    }),
    {
      numRuns: 300,
      examples: [
        [{}],
        [{ key: { revokedAt: now - 1 }, headers: [{ nth: 4, what: 'flip', at: 221 }] }],
        [{ replayed: true }],
        [{ body: '' }],
        [{ stranger: true }],
        [{ method: 'PUT' }],
      ],
    },
  );
  for (const code of ['accepted', 'nonce_replayed', 'digest_mismatch', 'key_unknown', 'signature_invalid'])
    assert.ok(seen.has(code), code);
});

/** What the gate says of the body once it has come; undefined where it is the one that was signed. */
function codeOfDigest(call: SignedCall, body: Uint8Array): string | undefined {
  try {
    checkDigest(readSignature(call), { body });
    return undefined;
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    return error.code;
  }
}
