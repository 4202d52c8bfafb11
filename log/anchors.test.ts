import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { newKeyPair, newNotePair, newAuthority } from '../machine/newKeyPair.ts';
import { thumbprint } from '../certs/thumbprint.ts';
import { Problem } from '../terms/problem.ts';
import { parseAnchors, type AnchorsFile } from './anchors.ts';
import { signRotation } from './note/keyRotation.ts';
import { noteSigner } from './note/noteKey.ts';

const schema = JSON.parse(readFileSync(new URL('anchors.schema.json', import.meta.url), 'utf8')) as object;
const ajv = new Ajv2020({ strict: true });
formats.default(ajv);
const fits = ajv.compile(schema);

const jwk = (retired?: string): AnchorsFile['jwks']['keys'][number] => {
  const { publicKey } = newKeyPair();
  return {
    ...publicKey.export({ format: 'jwk' }),
    kid: thumbprint(publicKey),
    ...(retired === undefined ? {} : { retired }),
  };
};
const vkey = (name: string): string => noteSigner(name, newNotePair().privateKey).vkey;
const { rootCertificate } = await newAuthority('yunqi', Date.UTC(2026, 8, 1));
const good: AnchorsFile = {
  v: 1,
  origin: 'datong/yunqi',
  jwks: { keys: [jwk(), jwk('2026-08-01T00:00:00Z')] },
  logKeys: [vkey('datong/yunqi'), vkey('datong/yunqi')],
  rootCertificate,
};

describe('anchors', () => {
  test('are read, retired keys too, and fit their published schema', () => {
    assert.ok(fits(good), JSON.stringify(fits.errors));
    const anchors = parseAnchors(JSON.stringify(good));
    assert.deepEqual(
      anchors.hubKeys.map((key) => key.retired),
      [undefined, '2026-08-01T00:00:00Z'],
    );
    assert.deepEqual(
      anchors.logKeys.map((key) => key.vkey),
      good.logKeys,
    );
  });

  test('bring the chain of the log’s keys: a client that trusts one of it trusts each, to its end', () => {
    const [old, next] = [1, 2].map(() => noteSigner('datong/yunqi', newNotePair().privateKey));
    assert.ok(old && next);
    const rotated = { ...good, logKeys: [old.vkey], logKeyRotations: [signRotation(old, next, 7)] };
    assert.ok(fits(rotated), JSON.stringify(fits.errors));
    const { logKeys } = parseAnchors(JSON.stringify(rotated));
    assert.deepEqual(
      logKeys.map(({ vkey: text, ended }) => [text, ended?.from]),
      [
        [old.vkey, 7],
        [next.vkey, undefined],
      ],
    );
    for (const logKeyRotations of ['x', [1], ['x'], [signRotation(old, next, 7).replace('\n7\n', '\n8\n')]])
      assert.throws(
        () => parseAnchors({ ...rotated, logKeyRotations }),
        (error: unknown) => error instanceof Problem && error.code === 'anchors_malformed',
      );
  });

  test('of another form are refused by both', () => {
    const [key] = good.jwks.keys;
    for (const bad of [
      { ...good, v: 2 },
      { ...good, origin: '' },
      { ...good, jwks: [] },
      { ...good, jwks: { keys: [{ ...key, d: 'secret' }] } },
      { ...good, jwks: { keys: [{ kty: 'EC' }] } },
      { ...good, logKeys: [] },
      { ...good, logKeys: ['datong/yunqi'] },
      { ...good, rootCertificate: 'x' },
      null,
    ]) {
      assert.ok(!fits(bad));
      assert.throws(
        () => parseAnchors(bad),
        (error) => error instanceof Problem && error.code === 'anchors_malformed',
      );
    }
  });

  test('a key that is for something else, or goes by another name, signs no reply', () => {
    const [key] = good.jwks.keys;
    const withKey = (more: object): object => ({ ...good, jwks: { keys: [{ ...key, ...more }] } });
    assert.equal(parseAnchors(withKey({ use: 'sig', key_ops: ['verify'], alg: 'ES256' })).hubKeys.length, 1);
    for (const wrong of [
      { use: 'enc' },
      { key_ops: ['encrypt'] },
      { key_ops: 'verify' },
      { alg: 'EdDSA' },
      { alg: 'none' },
      { kid: good.jwks.keys[1]?.kid },
      { retired: 'some day' },
    ])
      assert.throws(
        () => parseAnchors(withKey(wrong)),
        (error) => error instanceof Problem && error.code === 'anchors_malformed',
        JSON.stringify(wrong),
      );
  });

  test('doubled members are refused, not chosen from', () => {
    const text = JSON.stringify(good);
    assert.throws(() => parseAnchors(text.replace('"logKeys":', '"logKeys":["x"],"logKeys":')), /doubled/);
  });

  test('a log key of another origin, or one that is no key, is refused though its form is right', () => {
    for (const bad of [
      { ...good, logKeys: [vkey('datong/other')] },
      { ...good, logKeys: [good.logKeys[0]?.replace(/\+[0-9a-f]{8}\+/, '+00000000+')] },
    ]) {
      assert.throws(() => parseAnchors(bad), Problem);
    }
    assert.throws(() => parseAnchors('{'), Problem);
  });
});
