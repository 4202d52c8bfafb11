import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newKeyPair } from '../../certs/authority/keyPair.ts';
import type { RequestMessage } from '../../certs/message.ts';
import { signingKey, signRequest, verificationKey, type SigningKey } from '../../certs/signatures/index.ts';
import { departmentCode } from '../../terms/ids.ts';
import { authenticate, type Known } from './authenticate.ts';
import type { TlsPeer } from './caller.ts';
import { Refusal } from './refusal.ts';
import type { KnownCertificate, KnownKey, Registry } from './registry.ts';

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
  revoked: undefined,
};
const key: KnownKey = {
  department: education,
  verification: verificationKey(own.privateKey),
  pem: '',
  notBefore: now - 1000,
  revokedAt: null,
};

function registry(
  change: { key?: Partial<KnownKey>; certificate?: Partial<KnownCertificate> } = {},
): Registry {
  return {
    epoch: 1,
    departments: new Map(),
    keys: new Map([[own.keyid, { ...key, ...change.key }]]),
    certificates: new Map([['ab12', { ...certificate, ...change.certificate }]]),
    tokens: new Map(),
  };
}

function message(change: { signer?: SigningKey; created?: number; body?: string } = {}): RequestMessage {
  const body = Buffer.from('{"fields":["name"]}');
  const targetUri = 'https://hub.example/v1/datasets/pub-security.household/query';
  const headers = signRequest({
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
    body: change.body === undefined ? body : Buffer.from(change.body),
  };
}

const never = (): boolean => false;
const known = (change?: Parameters<typeof registry>[0]): Known => ({
  registry: registry(change),
  hasNonce: never,
});

function refusal(...words: Parameters<typeof authenticate>): Refusal {
  try {
    authenticate(...words);
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return error;
  }
  return assert.fail('authenticated');
}

test('certificate, key and signature of one department make a caller', () => {
  const caller = authenticate(message(), peer, now, known());
  assert.equal(caller.department, 'education');
  assert.equal(caller.keyid, own.keyid);
  assert.equal(caller.certificate, 'ab12');
  assert.match(caller.nonce, /^[\w-]{22}$/);
  assert.match(caller.signatureHash, /^[\w-]{43}$/);
  assert.deepEqual(caller.signed, { purpose: 'school-enrolment', matter: 'YX-1' });
});

test('each thing that is wrong has its own code', () => {
  const other = departmentCode('ecology');
  const good = message();
  const wrong: readonly [code: string, got: Refusal][] = [
    ['certificate_missing', refusal(good, undefined, now, known())],
    ['certificate_missing', refusal(good, { ...peer, department: undefined }, now, known())],
    ['certificate_unknown', refusal(good, { ...peer, serial: 'ff' }, now, known())],
    ['certificate_unknown', refusal(good, peer, now, known({ certificate: { department: other } }))],
    [
      'certificate_revoked',
      refusal(good, peer, now, known({ certificate: { revoked: { at: now, reason: 'unspecified' } } })),
    ],
    ['certificate_expired', refusal(good, peer, now + 1001, known())],
    ['request_expired', refusal(message({ created: now / 1000 - 91 }), peer, now, known())],
    ['request_not_yet_valid', refusal(message({ created: now / 1000 + 31 }), peer, now, known())],
    ['key_unknown', refusal(message({ signer: signingKey(newKeyPair().privateKey) }), peer, now, known())],
    ['key_revoked', refusal(good, peer, now, known({ key: { revokedAt: now - 1 } }))],
    ['key_revoked', refusal(good, peer, now, known({ key: { notBefore: now + 1 } }))],
    ['key_department_mismatch', refusal(good, peer, now, known({ key: { department: other } }))],
    ['signature_invalid', refusal({ ...good, method: 'PUT' }, peer, now, known())],
    ['signature_missing', refusal({ ...good, rawHeaders: [] }, peer, now, known())],
    ['nonce_replayed', refusal(good, peer, now, { registry: registry(), hasNonce: () => true })],
    ['digest_mismatch', refusal(message({ body: '{}' }), peer, now, known())],
  ];
  for (const [code, got] of wrong) assert.equal(got.code, code);
});

test('a nonce is asked for only after the signature stood, so nobody can burn another’s', () => {
  const asked: string[] = [];
  const watching: Known = {
    registry: registry(),
    hasNonce: (_keyid, nonce) => {
      asked.push(nonce);
      return false;
    },
  };
  refusal({ ...message(), method: 'PUT' }, peer, now, watching);
  assert.deepEqual(asked, []);
  authenticate(message(), peer, now, watching);
  assert.equal(asked.length, 1);
});

test('of several faults the first in the order of checks is told', () => {
  const revoked = known({
    certificate: { revoked: { at: now, reason: 'unspecified' } },
    key: { revokedAt: now },
  });
  assert.equal(refusal({ ...message(), rawHeaders: [] }, peer, now, revoked).code, 'certificate_revoked');
  const late = message({ created: now / 1000 - 400, signer: signingKey(newKeyPair().privateKey) });
  assert.equal(refusal(late, peer, now, known()).code, 'request_expired');
});

test('a refusal names what was proven and what was merely said, and the very request', () => {
  const sent = message();
  const bad = refusal({ ...sent, method: 'PUT' }, peer, now, known());
  assert.deepEqual(bad.proven, { certificate: 'ab12' });
  assert.deepEqual(bad.claimed, { department: 'education', keyid: own.keyid });
  assert.equal(bad.signatureHash, authenticate(sent, peer, now, known()).signatureHash);
  const bare = refusal({ ...sent, rawHeaders: [] }, undefined, now, known());
  assert.deepEqual([bare.proven, bare.claimed, bare.signatureHash], [{}, {}, undefined]);
});
