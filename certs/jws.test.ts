import assert from 'node:assert/strict';
// eslint-disable-next-line no-restricted-imports -- a curve that is refused before anything exports it
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { calculateJwkThumbprint, compactVerify, CompactSign, exportJWK } from 'jose';
import { newKeyPair, newNotePair, newRsaPair } from '../machine/newKeyPair.ts';
import { canonicalJson } from '../terms/canonicalJson.ts';
import { nonEmpty } from '../tests/nonEmpty.ts';
import { Problem } from '../terms/problem.ts';
import { signDetached, verifyDetached } from './detachedJws.ts';
import { signJws, verifyJws, verifyWrittenJws } from './jws.ts';
import { signingKey, verificationKey } from './signatures/key.ts';
import { thumbprint } from './thumbprint.ts';

const p256 = signingKey(newKeyPair().privateKey);
const ed25519 = signingKey(newNotePair().privateKey);
const isInvalid = (error: unknown): boolean => error instanceof Problem && error.code === 'jws_invalid';

for (const key of [p256, ed25519]) {
  const known = verificationKey(key.privateKey);
  const resolve = ({ kid }: { kid?: string }) => (kid === key.keyid ? known : undefined);

  describe(`compact JWS by ${key.alg}`, () => {
    test('is read by jose and here, with payload and header', async () => {
      const token = signJws({ purpose: '入学' }, key, { typ: 'datong-test' });
      const byJose = await compactVerify(token, known.publicKey);
      assert.deepEqual(JSON.parse(Buffer.from(byJose.payload).toString()), { purpose: '入学' });
      const { payload, header } = await verifyJws(token, resolve);
      assert.deepEqual(payload, byJose.payload);
      assert.deepEqual(header, {
        typ: 'datong-test',
        alg: key.alg === 'ed25519' ? 'EdDSA' : 'ES256',
        kid: key.keyid,
      });
    });

    test('by jose is read here', async () => {
      const alg = key.alg === 'ed25519' ? 'EdDSA' : 'ES256';
      const token = await new CompactSign(Buffer.from('x'))
        .setProtectedHeader({ alg, kid: key.keyid })
        .sign(key.privateKey);
      assert.equal(Buffer.from((await verifyJws(token, resolve)).payload).toString(), 'x');
    });

    test('with one part changed, another key, no key or no signature is refused', async () => {
      const token = signJws('text', key);
      const [header = '', payload = '', signature = ''] = token.split('.');
      const none = Buffer.from(JSON.stringify({ alg: 'none', kid: key.keyid })).toString('base64url');
      const hmac = Buffer.from(JSON.stringify({ alg: 'HS256', kid: key.keyid })).toString('base64url');
      const bad = [
        `${header}.${payload.replace('d', 'e')}.${signature}`,
        `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
        `${none}.${payload}.`,
        `${hmac}.${payload}.${signature}`,
        `${header}.${payload}`,
        'nonsense',
      ];
      for (const wrong of bad) await assert.rejects(verifyJws(wrong, resolve), isInvalid, wrong);
      await assert.rejects(
        verifyJws(token, () => undefined),
        isInvalid,
      );
      const another = key === p256 ? ed25519 : p256;
      await assert.rejects(
        verifyJws(token, () => verificationKey(another.privateKey)),
        isInvalid,
      );
    });

    test('in another form of base64url than an encoder writes is refused', async () => {
      const token = signJws({ purpose: '入学' }, key);
      for (const at of nonEmpty([...token.split('').keys()])) {
        const [before, sign, after] = [token.slice(0, at), token[at] ?? '', token.slice(at + 1)];
        for (const other of [sign === 'A' ? 'B' : 'A', '', ` ${sign}`, `${sign}\n`, `${sign}=`, `${sign}.`])
          await assert.rejects(
            verifyJws(before + other + after, resolve),
            isInvalid,
            `${JSON.stringify(other)} at ${at}`,
          );
      }
    });

    test('detached is `header..signature` and nothing else', async () => {
      const value = { purpose: '入学' };
      const signature = signDetached(value, key, { typ: 'datong-test' });
      await verifyDetached(value, signature, resolve);
      const [header = '', , signed = ''] = signature.split('.');
      const payload = Buffer.from(canonicalJson(value)).toString('base64url');
      for (const other of [
        `${header}.ZZZ.${signed}`,
        `${header}.${payload}.${signed}`,
        `${signature}.`,
        `${signature}.junk`,
        `${header}.${signed}`,
        `${signature}=`,
        `${signature}\n`,
        `${header}..!${signed}`,
        header,
        '',
      ])
        await assert.rejects(verifyDetached(value, other, resolve), isInvalid, other);
    });

    test('is read in the calling thread as it was written, and as nothing else', async () => {
      const typ = 'datong-test';
      const token = signJws({ purpose: '入学' }, key, { typ });
      const written = (text: string): Buffer | undefined => {
        try {
          const { payload } = verifyWrittenJws(text, (header) =>
            header.typ === typ && header.kid === key.keyid ? known : undefined,
          );
          return Buffer.from(payload);
        } catch (error) {
          assert.ok(isInvalid(error), String(error));
          return undefined;
        }
      };
      assert.deepEqual(written(token), Buffer.from((await verifyJws(token, resolve)).payload));
      // each sign another one, left out, and doubled: in each case the text is not the one that was signed
      for (const at of token.split('').keys()) {
        const [before, sign, after] = [token.slice(0, at), token[at] ?? '', token.slice(at + 1)];
        for (const other of [sign === 'A' ? 'B' : 'A', '', sign + sign, '.', '=', '+', '\n', '\u0141'])
          if (other !== sign) assert.equal(written(before + other + after), undefined, `${other} at ${at}`);
      }
      const [header = '', payload = '', signature = ''] = token.split('.');
      const headers: readonly object[] = [
        { typ, alg: 'none', kid: key.keyid },
        { typ, alg: 'HS256', kid: key.keyid },
        { typ, alg: key.alg === 'ed25519' ? 'ES256' : 'EdDSA', kid: key.keyid },
        { typ, kid: key.keyid },
        { alg: key.alg === 'ed25519' ? 'EdDSA' : 'ES256', kid: key.keyid },
        [],
      ];
      for (const one of headers)
        assert.equal(written(`${encoded(one)}.${payload}.${signature}`), undefined, JSON.stringify(one));
      for (const more of [`${token}.`, `.${token}`, `${header}.${payload}`, '', '..', `${token}\n`])
        assert.equal(written(more), undefined, more);
    });

    test('is not read there where its header says more', () => {
      for (const more of [{ crit: 'b64' }, { b64: 'false' }, { jwk: 'x' }, { x5u: 'https://localhost' }]) {
        const token = signJws({ purpose: '入学' }, key, { typ: 'datong-test', ...more });
        assert.throws(() => verifyWrittenJws(token, () => known), isInvalid, JSON.stringify(more));
      }
    });
  });
}

const encoded = (header: object): string => Buffer.from(JSON.stringify(header)).toString('base64url');

describe('thumbprint', () => {
  test('of the example of RFC 7638 §3.1', () => {
    const example = {
      kty: 'RSA',
      n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
      e: 'AQAB',
      alg: 'RS256',
      kid: '2011-04-29',
    };
    assert.equal(thumbprint(example), 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs');
  });

  test('is the same for the key, its public half and its JWK, and the same as by jose', async () => {
    for (const { privateKey, keyid } of [p256, ed25519]) {
      const publicKey = createPublicKey(privateKey);
      assert.equal(thumbprint(publicKey), keyid);
      assert.equal(thumbprint(privateKey.export({ format: 'jwk' })), keyid);
      assert.equal(await calculateJwkThumbprint(await exportJWK(publicKey)), keyid);
    }
  });

  test('of anything else is refused', () => {
    for (const wrong of [{}, { kty: 'oct', k: 'AA' }, { kty: 'EC', crv: 'P-256', x: 'AA' }])
      assert.throws(() => thumbprint(wrong), { code: 'key_malformed' });
    assert.throws(() => signingKey(newRsaPair(1024).privateKey), {
      code: 'key_malformed',
    });
    assert.throws(() => signingKey(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey), {
      code: 'key_malformed',
    });
    assert.throws(() => verificationKey('-----BEGIN nothing'), { code: 'key_malformed' });
  });
});
