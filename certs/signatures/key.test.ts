import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Problem } from '../../terms/problem.ts';
import { signBytes, signInPool, signingKey, verificationKey, verifyBytes, verifyInPool } from './key.ts';
import { newKeyPair, newNotePair } from '../../machine/newKeyPair.ts';

const p256 = newKeyPair();
const ed25519 = newNotePair();
const isMalformed = (error: unknown): boolean => error instanceof Problem && error.code === 'key_malformed';

describe('a JWK that restricts its use', () => {
  test('is accepted for that use', () => {
    const [publicP256, publicEd] = [p256, ed25519].map((pair) => pair.publicKey.export({ format: 'jwk' }));
    for (const more of [{ alg: 'ES256' }, { use: 'sig' }, { key_ops: ['verify', 'sign'] }])
      assert.equal(verificationKey({ ...publicP256, ...more }).alg, 'ecdsa-p256-sha256');
    for (const alg of ['EdDSA', 'Ed25519'])
      assert.equal(verificationKey({ ...publicEd, alg }).alg, 'ed25519');
    const secret = p256.privateKey.export({ format: 'jwk' });
    assert.equal(signingKey({ ...secret, key_ops: ['sign'], use: 'sig' }).alg, 'ecdsa-p256-sha256');
    // its public half verifies what it signed
    assert.equal(verificationKey({ ...secret, key_ops: ['sign'] }).alg, 'ecdsa-p256-sha256');
  });

  test('is refused for every other use', () => {
    const open = p256.publicKey.export({ format: 'jwk' });
    const secret = ed25519.privateKey.export({ format: 'jwk' });
    for (const more of [
      { use: 'enc' },
      { use: '' },
      { key_ops: [] },
      { key_ops: ['deriveKey'] },
      { key_ops: ['sign'] },
      { alg: 'ES384' },
      { alg: 'EdDSA' },
      { alg: 7 },
    ] as object[])
      assert.throws(() => verificationKey({ ...open, ...more }), isMalformed, JSON.stringify(more));
    for (const more of [{ use: 'enc' }, { key_ops: ['verify'] }, { alg: 'ES256' }])
      assert.throws(() => signingKey({ ...secret, ...more }), isMalformed, JSON.stringify(more));
  });
});

describe('the thread pool', () => {
  for (const { privateKey } of [p256, ed25519]) {
    const own = signingKey(privateKey);
    const known = verificationKey(privateKey);
    const bytes = Buffer.from('"@method": POST');

    test(`signs ${own.alg} as the calling thread does`, async () => {
      const signature = await signInPool(bytes, own);
      assert.equal(signature.length, 64);
      assert.equal(verifyBytes(bytes, signature, known), true);
      assert.equal(await verifyInPool(bytes, signBytes(bytes, own), known), true);
    });

    test(`accepts for ${own.alg} exactly the signatures that the calling thread accepts`, async () => {
      const good = signBytes(bytes, own);
      const bad = [
        Buffer.alloc(0),
        Buffer.alloc(64),
        Buffer.alloc(64, 0xff),
        good.subarray(1),
        Buffer.concat([good, Buffer.of(0)]),
        Buffer.concat([good.subarray(0, 32), Buffer.alloc(32)]),
        Buffer.concat([good.subarray(32), good.subarray(0, 32)]),
      ];
      for (const signature of bad) {
        assert.equal(await verifyInPool(bytes, signature, known), false);
        assert.equal(verifyBytes(bytes, signature, known), false);
      }
      assert.equal(await verifyInPool(Buffer.from('"@method": PUT'), good, known), false);
    });
  }
});
