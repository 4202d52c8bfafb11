/** What the clerk's guide states of the browser is on its pages: each word in bold is a word of theirs. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { en } from '../../console/src/words/en.ts';
import { zh } from '../../console/src/words/zh.ts';
import { nonEmpty } from '../nonEmpty.ts';

for (const [page, heading, words] of [
  ['docs/guides/clerk.md', '## In the browser', en],
  ['docs/guides/clerk.zh-CN.md', '## 在浏览器中报送', zh],
] as const)
  test(page, () => {
    const [, section = ''] = readFileSync(page, 'utf8').split(heading);
    const named = [...section.matchAll(/\*\*([^*]+)\*\*/g)].map(([, word = '']) =>
      word.replaceAll('\n', ' '),
    );
    for (const word of nonEmpty(named)) assert.ok(Object.values<string>(words).includes(word), word);
  });
