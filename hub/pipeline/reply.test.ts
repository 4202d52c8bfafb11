import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { test } from 'node:test';
import { newKeyPair } from '../../machine/newKeyPair.ts';
import { signNow } from '../../machine/signNow.ts';
import { signingKey, verificationKey, verifyReply } from '../../certs/signatures/index.ts';
import { departmentCode } from '../../terms/ids.ts';
import { authenticate, checkState } from '../identity/authentication/authenticate.ts';
import type { CallHead } from '../identity/authentication/caller.ts';
import type { Directory } from '../identity/directory/directory.ts';
import { mtlsAuth } from './callers/callerAuth.ts';

const now = Date.UTC(2026, 8, 1, 8);
const key = signingKey(newKeyPair().privateKey);
const verification = verificationKey(key.privateKey);
const department = departmentCode('education');

test('the main thread computes neither the signature of a request nor that of its reply', async () => {
  const body = Buffer.alloc(0);
  const target = { method: 'GET', targetUri: 'https://hub.example/v1/datasets' };
  const signed = signNow({ ...target, headers: {}, body, key, created: now / 1000 });
  const head: CallHead = {
    ...target,
    rawHeaders: Object.entries(signed).flat(),
    hasBody: false,
    peer: { serial: 'ab12', department, notAfter: now + 1000 },
    address: '',
    certificate: () => undefined,
  };
  const door = mtlsAuth(
    {
      authenticate: (call, at) => authenticate(call, at.now, { directory, hasNonce: () => false }),
      checkAuthorised: (caller) => checkState(caller, now, directory),
    },
    { key, now: () => now },
  );
  let inPool = 0;
  const watch = createHook({
    init: (_id, type) => {
      if (type === 'SIGNREQUEST') inPool += 1;
    },
  }).enable();
  try {
    const caller = await door.authenticate(head, {
      now,
      exchange: 'x',
      operation: { id: 'queryDataset' },
    });
    assert.deepEqual([caller.keyid, inPool], [key.keyid, 1]);
    const parts = { status: 200, contentType: 'application/json', body, exchange: 'x' };
    const { status, headers } = await door.reply(head, parts);
    assert.equal(inPool, 2);
    const reply = { status, rawHeaders: headers.flat(), body };
    const request = { ...target, rawHeaders: head.rawHeaders, body };
    assert.equal(verifyReply(reply, { request, lookupKey: () => verification }).bound, true);
  } finally {
    watch.disable();
  }
});

const directory: Directory = {
  epoch: 1,
  departments: new Map(),
  keys: new Map([
    [
      key.keyid,
      { department, verification, pem: '', notBefore: now - 1000, revokedAt: null, waiting: false },
    ],
  ]),
  certificates: new Map([
    [
      'ab12',
      {
        serial: 'ab12',
        department,
        pem: '',
        enrolment: '',
        notBefore: now - 1000,
        notAfter: now + 1000,
        issuer: null,
        revoked: undefined,
      },
    ],
  ]),
  tokens: new Map(),
  persons: new Map(),
  standIns: [],
};
