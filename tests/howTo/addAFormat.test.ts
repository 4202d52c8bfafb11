/** docs/how-to/add-a-format.md, applied to a copy: the new format reads its file, and its option tables are made. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import '../../scripts/typescript.mjs';
import { appliedPage } from './appliedPage.ts';

const page = appliedPage('add-a-format.md', [
  'adapters',
  'certs',
  'docs',
  'log',
  'machine',
  'schemas',
  'terms',
]);

test('the format that the page adds reads records, bad ones and lines', async () => {
  assert.equal(page.files.length, 5);
  await page.test('adapters/blocks/blocks.test.ts');
});

test('its option tables are made between the marks of both pages', async () => {
  const { withOptionTables } = (await import(`${page.root}/scripts/adaptersDocs.ts`)) as {
    readonly withOptionTables: (text: string, language: 'en' | 'zh') => string;
  };
  for (const [path, language] of [
    ['docs/adapters.md', 'en'],
    ['docs/adapters.zh-CN.md', 'zh'],
  ] as const) {
    const text = withOptionTables(page.read(path), language);
    assert.match(text, /<!-- options:blocks -->\n\n\| [^]*?\| `encoding` \|/);
    page.write(path, text);
  }
  await page.test('adapters/docs.test.ts');
});
