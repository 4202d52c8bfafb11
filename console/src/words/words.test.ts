import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { en } from './en.ts';
import { zh } from './zh.ts';
import { nonEmpty } from '../../../tests/nonEmpty.ts';

const holes = (text: string): string[] =>
  [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();

test('both dictionaries have the same words, none empty, with the same facts to fill in', () => {
  assert.deepEqual(Object.keys(en).sort(), Object.keys(zh).sort());
  for (const [word, text] of Object.entries<string>(zh)) {
    const other: string = en[word as keyof typeof zh];
    assert.ok(text !== '' && other !== '', word);
    assert.deepEqual(holes(other), holes(text), word);
  }
});

test('Chinese texts are Chinese, and English ones are not', () => {
  for (const [word, text] of nonEmpty(Object.entries<string>(zh))) {
    if (!['language', 'signedInAs'].includes(word)) assert.match(text, /\p{Script=Han}/u, word);
    const other: string = en[word as keyof typeof zh];
    if (word !== 'language' && word !== 'demoBanner') assert.doesNotMatch(other, /\p{Script=Han}/u, word);
  }
});

test('the guide of the console lists every page that the console has, by the name it has there', () => {
  const at = (path: string): string => readFileSync(resolve(import.meta.dirname, '../../..', path), 'utf8');
  const pages = [...at('console/src/Shell.tsx').matchAll(/ page: '(\w+)'/g)].map(([, page]) => page ?? '');
  assert.ok(pages.length > 35, `${pages.length} pages`);
  for (const [guide, words] of [
    ['docs/guides/console.md', en],
    ['docs/guides/console.zh-CN.md', zh],
  ] as const) {
    const listed = [...at(guide).matchAll(/^\| ([^|]+) \|/gm)].map(([, first]) => first).join('\n');
    for (const page of pages) {
      const name: string = (words as Readonly<Record<string, string>>)[page] ?? '';
      assert.ok(listed.toLowerCase().includes(name.toLowerCase()), `${guide}: ${page} (${name})`);
    }
  }
});
