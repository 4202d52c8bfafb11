import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { en } from './en.ts';
import { zh } from './zh.ts';
import { nonEmpty } from '../../../tests/nonEmpty.ts';

const holes = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''));

test('both dictionaries have the same words, none empty, with the same facts to fill in', () => {
  assert.deepEqual(Object.keys(en).sort(), Object.keys(zh).sort());
  for (const [word, text] of Object.entries<string>(zh)) {
    const other: string = en[word as keyof typeof zh];
    assert.ok(text !== '' && other !== '', word);
    assert.deepEqual(holes(other), holes(text), word);
  }
});

test('a word is in one dictionary: the second would be shown where the first is meant', () => {
  const places = new Map<string, string>();
  for (const path of readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })) {
    if (!/zh\.ts$/i.test(path)) continue;
    const text = readFileSync(resolve(import.meta.dirname, path), 'utf8');
    for (const [, word = ''] of text.matchAll(/^ {2}'?([\w-]+)'?:/gm)) {
      assert.equal(places.get(word), undefined, `${word} is in ${path} too`);
      places.set(word, path);
    }
  }
  assert.equal(places.size, Object.keys(zh).length);
});

test('Chinese texts are Chinese, and English ones are not', () => {
  const textsBut = (
    texts: Readonly<Record<string, string>>,
    ...words: readonly string[]
  ): readonly (readonly [string, string])[] =>
    Object.entries(texts).filter(([word]) => !words.includes(word));
  for (const [word, text] of nonEmpty(textsBut(zh, 'language', 'signedInAs')))
    assert.match(text, word.startsWith('point') ? /\S/ : /\p{Script=Han}/u, word);
  for (const [word, text] of nonEmpty(textsBut(en, 'language', 'demoBanner')))
    assert.doesNotMatch(text, /\p{Script=Han}/u, word);
});

test('no page puts words together with the points of one language', () => {
  const root = resolve(import.meta.dirname, '../..');
  const pages = ['src', 'own'].flatMap((folder) =>
    readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.tsx'))
      .map((path) => resolve(root, folder, path)),
  );
  assert.ok(pages.length > 150, `${pages.length} files`);
  for (const path of pages)
    assert.doesNotMatch(readFileSync(path, 'utf8'), /[\u3001\u3002\uff08-\uff1f]/, path);
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
      assert.ok(
        listed.toLowerCase().includes(name.toLowerCase()),
        `${guide}: add a row that begins with «${name}» to the table of pages, for the page ${page}`,
      );
    }
  }
});

test('every word is used: by its name, or by a prefix that a page completes', () => {
  const root = resolve(import.meta.dirname, '../..');
  const texts = ['src', 'own']
    .flatMap((folder) =>
      readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((path) => /\.tsx?$/.test(path) && !/(?:[zZ]h|[eE]n|\.test)\.ts$/.test(path))
        .map((path) => readFileSync(resolve(root, folder, path), 'utf8')),
    )
    .join('\n');
  const names = new Set(texts.match(/[\w-]+/g));
  const prefixes = [...texts.matchAll(/`(\w+)\$\{/g)].map(([, prefix = '']) => prefix);
  const isUsed = (word: string): boolean =>
    names.has(word) || prefixes.some((prefix) => word.startsWith(prefix));
  assert.deepEqual(
    Object.keys(zh).filter((word) => !isUsed(word)),
    [],
  );
});
