/** The product's signature primitive against RFC 9421's own vectors and against an independent library. */
import assert from 'node:assert/strict';
import { sign, verify } from 'node:crypto';
import { describe, test } from 'node:test';
import { httpbis } from 'http-message-signatures';
import { readAnySignatures, verifyAnySignature } from './anySignature.ts';
import { parseHttpMessage } from './httpMessage.ts';
import { signNow } from '../../machine/signNow.ts';
import { type SigningKey, signingKey, verificationKey, verifyReply } from './index.ts';
import { signReply, verifyRequest } from './fixtures/inOneCall.ts';
import { newKeyPair, newNotePair } from '../../machine/newKeyPair.ts';

const keys = {
  /** RFC 9421 B.1.3 */
  p256: `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf
w0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==
-----END PUBLIC KEY-----`,
  /** RFC 9421 B.1.4 */
  ed25519: `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----`,
};

/** RFC 9421 B.2.4: a response signed with ecdsa-p256-sha256. */
const b24 = `HTTP/1.1 200 OK
Date: Tue, 20 Apr 2021 02:07:56 GMT
Content-Type: application/json
Content-Digest: sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:
Content-Length: 23
Signature-Input: sig-b24=("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256"
Signature: sig-b24=:wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==:

{"message": "good dog"}`;

/** RFC 9421 B.2.6: a request signed with ed25519. */
const b26 = `POST /foo?param=Value&Pet=dog HTTP/1.1
Host: example.com
Date: Tue, 20 Apr 2021 02:07:55 GMT
Content-Type: application/json
Content-Digest: sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:
Content-Length: 18
Signature-Input: sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"
Signature: sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:

{"hello": "world"}`;

function verdict(text: string, key: string): boolean {
  const [signature] = readAnySignatures(parseHttpMessage(Buffer.from(text)));
  assert.ok(signature);
  return verifyAnySignature(signature, verificationKey(key));
}

describe('vectors of RFC 9421', () => {
  test('B.2.4, a response by P-256, verifies; with one character changed it does not', () => {
    assert.equal(verdict(b24, keys.p256), true);
    assert.equal(verdict(b24.replace('200 OK', '201 OK'), keys.p256), false);
    assert.equal(verdict(b24.replace('=:wNmS', '=:wNmT'), keys.p256), false);
    assert.equal(verdict(b24, keys.ed25519), false);
  });

  test('B.2.6, a request by Ed25519, verifies; with one character changed it does not', () => {
    assert.equal(verdict(b26, keys.ed25519), true);
    assert.equal(verdict(b26.replace('POST /foo', 'POST /fop'), keys.ed25519), false);
    assert.equal(verdict(b26.replace('=:wqcA', '=:wqcB'), keys.ed25519), false);
  });

  test('the signature base of B.2.6 is the text printed in the RFC', () => {
    const [signature] = readAnySignatures(parseHttpMessage(Buffer.from(b26)));
    assert.equal(
      signature?.base,
      [
        '"date": Tue, 20 Apr 2021 02:07:55 GMT',
        '"@method": POST',
        '"@path": /foo',
        '"@authority": example.com',
        '"content-type": application/json',
        '"content-length": 18',
        '"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
      ].join('\n'),
    );
  });
});

const generated = [signingKey(newKeyPair().privateKey), signingKey(newNotePair().privateKey)];

/** The same key as the library wants it: bytes in, bytes out. */
const librarySigner = ({ privateKey, keyid, alg }: SigningKey) => ({
  id: keyid,
  alg,
  sign: (bytes: Buffer) =>
    Promise.resolve(
      alg === 'ed25519'
        ? sign(null, bytes, privateKey)
        : sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
    ),
});

const libraryVerifier = (key: SigningKey) => {
  const { publicKey } = verificationKey(key.privateKey);
  return {
    id: key.keyid,
    algs: [key.alg],
    verify: (bytes: Buffer, signature: Buffer) =>
      Promise.resolve(
        key.alg === 'ed25519'
          ? verify(null, bytes, publicKey, signature)
          : verify('sha256', bytes, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature),
      ),
  };
};

const url = 'https://hub.example:8443/v1/datasets/pub-security.household/query';
const body = Buffer.from('{"limit":1}');
const headers = { 'content-type': 'application/json', accept: '*/*', 'datong-purpose': 'school-enrolment' };
const lower = (found: Record<string, string | string[]>): string[] =>
  Object.entries(found).flatMap(([name, value]) => [name.toLowerCase(), String(value)]);

for (const key of generated) {
  describe(`compared with an independent library, ${key.alg}`, () => {
    test('it verifies a request signed here', async () => {
      const signed = signNow({ method: 'POST', targetUri: url, headers, body, key });
      const passed = await httpbis.verifyMessage(
        { keyLookup: () => Promise.resolve(libraryVerifier(key)) },
        { method: 'POST', url, headers: signed },
      );
      assert.equal(passed, true);
    });

    test('a request it signed verifies here, whatever the order of its components', async () => {
      const created = new Date(Math.floor(Date.now() / 1000) * 1000);
      const { 'content-digest': digest = '' } = signNow({
        method: 'POST',
        targetUri: url,
        headers,
        body,
        key,
      });
      const request = { method: 'POST', url, headers: { ...headers, 'content-digest': digest } };
      const signed = await httpbis.signMessage(
        {
          key: librarySigner(key),
          name: 'req',
          fields: ['datong-purpose', 'accept', '@target-uri', 'content-digest', '@method', 'content-type'],
          params: ['tag', 'nonce', 'created', 'expires', 'alg', 'keyid'],
          paramValues: {
            created,
            expires: new Date(created.getTime() + 60_000),
            nonce: 'A'.repeat(22),
            tag: 'datong-req-1',
          },
        },
        request,
      );
      const verified = verifyRequest(
        { method: 'POST', targetUri: url, rawHeaders: lower(signed.headers), body },
        { lookupKey: () => verificationKey(key.privateKey), now: Date.now() },
      );
      assert.equal(verified.keyid, key.keyid);
      assert.deepEqual(verified.signed, { purpose: 'school-enrolment' });
    });

    test('it verifies a reply signed here, bound to its request, and not to another one', async () => {
      const request = signNow({ method: 'POST', targetUri: url, headers, body, key });
      const message = { method: 'POST', targetUri: url, rawHeaders: Object.entries(request).flat(), body };
      const given = { 'content-type': 'application/json', 'datong-exchange-id': 'x', 'datong-receipt': 'y' };
      const signature = signReply({
        status: 200,
        headers: given,
        body,
        request: message,
        key,
        created: Math.floor(Date.now() / 1000),
      });
      const reply = { status: 200, headers: { ...given, ...signature } };
      const config = { keyLookup: () => Promise.resolve(libraryVerifier(key)) };
      assert.equal(
        await httpbis.verifyMessage(config, reply, { method: 'POST', url, headers: request }),
        true,
      );
      const other = signNow({ method: 'POST', targetUri: url, headers, body, key });
      assert.equal(
        await httpbis.verifyMessage(config, reply, { method: 'POST', url, headers: other }),
        false,
      );
      const rawHeaders = Object.entries(reply.headers).flat();
      const verified = verifyReply(
        { status: 200, rawHeaders, body },
        { request: message, lookupKey: () => verificationKey(key.privateKey) },
      );
      assert.equal(verified.bound, true);
    });
  });
}
