/** Under zh the contract of /docs is in Chinese: every description of openapi.yaml has a translation. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import {
  docsDocument,
  descriptionsInChinese,
  withDescriptions,
} from '../../hub/platform/http/contract/docsDocument.ts';
import { contractFile, type JsonObject } from '../../hub/platform/http/contract/contract.ts';

const source = parse(readFileSync(contractFile, 'utf8')) as JsonObject;
const translations = descriptionsInChinese();
/** The first eight hexadecimal digits of the SHA-256 of a text. */
const textDigest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);
const han = /\p{Script=Han}/u;
/** Descriptions by place, but those with their Chinese in the document itself (`x-description-zh`). */
function writtenIn(document: object): ReadonlyMap<string, string> {
  const { info: _info, servers: _servers, tags: _tags, ...rest } = document as Record<string, unknown>;
  const found = new Map<string, string>();
  withDescriptions(rest, (text, place, zh) => {
    if (zh === undefined) found.set(place, text);
    return undefined;
  });
  return found;
}
/** Names, codes and figures are the same in every language. */
const sameInBoth = (text: string): boolean =>
  !/[a-z]{3,}/i.test(text.replaceAll(/`[^`]*`|\S*[/:@]\S*|RFC \d+|base64url|base64|JWS/g, ''));

test('every description of openapi.yaml has its Chinese, next to it or by place in api/descriptionsInChinese.json, where nothing is left over', () => {
  const written = writtenIn(source);
  assert.ok(written.size > 700, `${written.size}`);
  const missing = [...written].filter(
    ([place, text]) => !Object.hasOwn(translations, place) && !han.test(text) && !sameInBoth(text),
  );
  assert.deepEqual(
    missing,
    [],
    'write the Chinese of these into openapi.yaml, as x-description-zh next to the description',
  );
  assert.deepEqual(
    Object.keys(translations).filter((place) => !written.has(place)),
    [],
    'there is no description at these places any more',
  );
});

test('a Chinese text is of the English one that is there now', () => {
  const written = writtenIn(source);
  const stale = Object.entries(translations).flatMap(([place, { en }]) => {
    const now = textDigest(written.get(place) ?? '');
    return now === en ? [] : [`${place}: the English changed; check the Chinese and set "en" to "${now}"`];
  });
  assert.deepEqual(stale, []);
});

test('a text contains the names of members, codes and headers that it is about', () => {
  const written = writtenIn(source);
  const entries = Object.entries(translations);
  assert.ok(entries.length > 700);
  for (const [place, { zh }] of entries) {
    assert.ok(han.test(zh), place);
    for (const [, name = ''] of (written.get(place) ?? '').matchAll(/`([A-Za-z_-]+)`/g))
      assert.ok(zh.includes(`\`${name}\``), `${place}: ${name}: ${zh}`);
  }
});

test('what /docs is served under zh holds no English description, under en none in Chinese of ours', () => {
  const served = (language: 'zh' | 'en'): JsonObject => {
    const { paths: _paths, ...rest } = docsDocument(source, language);
    return rest;
  };
  const left = [...writtenIn(served('zh')).values()].filter((text) => !han.test(text) && !sameInBoth(text));
  assert.deepEqual(left, []);
  assert.deepEqual(writtenIn(served('en')), writtenIn({ ...source, paths: {} }));
  // operations carry their recorded calls after their texts
  const { paths } = docsDocument(source, 'zh');
  const requested = (paths as Record<string, Record<string, JsonObject>>)['/v1/datasets/{dataset}/query'];
  assert.match(String(requested?.['post']?.['description']), /^使用场景和共享协议只写在签名的请求头中/);
});

test('Chinese next to a description is shown in its place, and goes before one by place', () => {
  const schema = {
    type: 'boolean',
    description: 'lifted or past its end',
    'x-description-zh': '已解除或已到期',
  };
  const document = { ...source, components: { schemas: { Lifted: schema } } };
  const shown = (language: 'zh' | 'en'): JsonObject =>
    docsDocument(document, language)['components'] as JsonObject;
  assert.deepEqual(shown('zh'), { schemas: { Lifted: { ...schema, description: '已解除或已到期' } } });
  assert.deepEqual(shown('en'), { schemas: { Lifted: schema } });
});
