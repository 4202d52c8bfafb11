import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hygieneFindings } from './hygiene.ts';

// put together here, so that this file is clean itself
const scheme = ['https:', '', ''].join('/');
const begin = (kind: string): string => `-----BEGIN ${kind}PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ`;

test('secrets and machine paths are found with their line', () => {
  assert.deepEqual(hygieneFindings('a.ts', `\n\n${begin('')}`), ['a.ts:3: a private key']);
  assert.deepEqual(hygieneFindings('a.pem', begin('EC ')), ['a.pem:1: a private key']);
  assert.deepEqual(hygieneFindings('a.md', ['see ', 'home', 'someone', 'project'].join('/')), [
    'a.md:1: a path of one machine',
  ]);
  assert.deepEqual(hygieneFindings('lock.json', `"resolved": "${scheme}registry.example/x.tgz"`), [
    'lock.json:1: the host of a package registry',
  ]);
  assert.equal(hygieneFindings('a.ts', `ghp_${'a'.repeat(36)}`).length, 1);
});

test('published vectors, words and system paths are no findings', () => {
  assert.deepEqual(hygieneFindings('certs/vectors/b2.ts', begin('')), []);
  assert.deepEqual(
    hygieneFindings('a.ts', '/var/lib/datong ./work/x https://example.com/home/page the PRIVATE KEY'),
    [],
  );
});
