import assert from 'node:assert/strict';
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
