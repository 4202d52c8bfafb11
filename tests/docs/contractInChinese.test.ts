/** Under zh the contract of /docs speaks Chinese: every description that openapi.yaml has is told in it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { descriptionsInChinese, withDescriptions } from '../../hub/http/contract/descriptionsIn.ts';
import { docsDocument } from '../../hub/http/contract/docsDocument.ts';
import { contractFile, type JsonObject } from '../../hub/http/contract/contract.ts';

const source = parse(readFileSync(contractFile, 'utf8')) as JsonObject;
const told = descriptionsInChinese();
const han = /\p{Script=Han}/u;
/** Descriptions that have no Chinese of their own beside them (`x-description-zh`). */
function writtenIn(document: object): ReadonlySet<string> {
  const { info: _info, servers: _servers, tags: _tags, ...rest } = document as Record<string, unknown>;
  const found = new Set<string>();
  withDescriptions(rest, (text) => {
    found.add(text);
    return undefined;
  });
  return found;
}
/** Names, codes and figures are the same in every language. */
const sameInBoth = (text: string): boolean =>
  !/[a-z]{3,}/i.test(text.replaceAll(/`[^`]*`|\S*[/:@]\S*|RFC \d+|base64url|base64|JWS/g, ''));

test('every description of openapi.yaml has its Chinese in api/descriptionsInChinese.json, and nothing there is left over', () => {
  const written = writtenIn(source);
  assert.ok(written.size > 700, `${written.size}`);
  const missing = [...written].filter(
    (text) => !Object.hasOwn(told, text) && !han.test(text) && !sameInBoth(text),
  );
  assert.deepEqual(missing, [], 'write the Chinese of these');
  assert.deepEqual(
    Object.keys(told).filter((text) => !written.has(text)),
    [],
    'no description says this any more',
  );
});

test('a text keeps the names of members, codes and headers that it speaks of', () => {
  const entries = Object.entries(told);
  assert.ok(entries.length > 700);
  for (const [english, chinese] of entries) {
    assert.ok(han.test(chinese), english);
    for (const [, name = ''] of english.matchAll(/`([A-Za-z_-]+)`/g))
      assert.ok(chinese.includes(`\`${name}\``), `${name}: ${chinese}`);
  }
});

test('what /docs is served under zh holds no English description, under en none in Chinese of ours', () => {
  const served = (language: 'zh' | 'en'): JsonObject => {
    const { paths: _paths, ...rest } = docsDocument(source, language);
    return rest;
  };
  const left = [...writtenIn(served('zh'))].filter((text) => !han.test(text) && !sameInBoth(text));
  assert.deepEqual(left, []);
  assert.deepEqual(writtenIn(served('en')), writtenIn({ ...source, paths: {} }));
  // operations carry their recorded calls behind their texts
  const { paths } = docsDocument(source, 'zh');
  const asked = (paths as Record<string, Record<string, JsonObject>>)['/v1/datasets/{dataset}/query'];
  assert.match(String(asked?.['post']?.['description']), /^使用场景和共享协议只写在签名的请求头中/);
});
