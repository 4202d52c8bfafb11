/** docs/api.md says what the product does: its generated parts are current and its example verifies. (examples.test.ts runs the examples in other languages.) */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { signingKey, verificationKey, verifyReply } from '../../certs/signatures/index.ts';
import { verifyRequest } from '../../certs/signatures/fixtures/inOneCall.ts';
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import { newKeyPair } from '../../machine/newKeyPair.ts';
import { apiDocuments, exampleKeys, exampleReply, exampleRequest } from '../../scripts/apiDocument.ts';
import { root } from '../../scripts/generated.ts';
import { isProblemCode } from '../../terms/problemCatalogue.ts';
import { nonEmpty } from '../nonEmpty.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const english = read('docs/api.md');

test('the generated parts are current (npm run generate)', async () => {
  for (const [path, text] of nonEmpty(await apiDocuments(root))) assert.equal(read(path), text, path);
});

test('the worked example verifies, request and reply', () => {
  const request = exampleRequest();
  const hub = verificationKey({ ...exampleKeys.hub });
  const lookupKey = () => verificationKey({ ...exampleKeys.department });
  assert.equal(
    verifyRequest(request, { lookupKey, now: 1_790_000_010_000 }).signed['matter'],
    'RX-2026-000123',
  );
  assert.equal(verifyReply(exampleReply(), { request, lookupKey: () => hub }).bound, true);
});

test('every problem code that the pages name exists', () => {
  for (const page of [english, read('docs/api.zh-CN.md')]) {
    const section = page.slice(
      page.lastIndexOf('## Limits') > 0 ? page.lastIndexOf('## Limits') : page.lastIndexOf('## 限制'),
    );
    const codes = [...section.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, code = '']) => code);
    assert.ok(codes.length >= 7);
    for (const code of codes) assert.ok(isProblemCode(code), code);
  }
});

test('the client has every method that the pages name, in both languages the same', () => {
  const origin = 'https://hub.example:8443';
  const client = new DatongClient({
    department: 'education',
    hub: { exchange: origin, open: origin },
    ca: '',
    tls: { cert: '', key: '' },
    signingKey: signingKey(newKeyPair().privateKey),
  });
  const [en = [], zh = []] = [english, read('docs/api.zh-CN.md')].map((page) => {
    const [, list = ''] = /(?:Methods: |方法：)((?:`[\w.]+`(?:, |、)?)+)/.exec(page) ?? [];
    return [...list.matchAll(/`([\w.]+)`/g)].map(([, name = '']) => name);
  });
  assert.deepEqual(zh, en);
  for (const path of nonEmpty(en)) {
    const found = path
      .split('.')
      .reduce<unknown>((of, name) => (of as Record<string, unknown>)[name], client);
    assert.equal(typeof found, 'function', path);
  }
  client.close();
});
