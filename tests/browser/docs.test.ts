/** /docs in a real browser: the labels of the page speak the page's language. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import express from 'express';
import { docs, labelsInChinese } from '../../hub/platform/http/contract/docs.ts';
import { openBrowser, watchedPage } from './openBrowser.ts';

const server = express().use(docs()).listen(0, '127.0.0.1');
await once(server, 'listening');
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const browser = await openBrowser();
after(async () => {
  await browser.close();
  server.close();
});

/** What the page shows of an operation, code and the contract's own texts left out. */
async function textsAt(language: 'zh' | 'en', path: string): Promise<readonly string[]> {
  const { context, page, faults } = await watchedPage(browser, language, origin);
  await page.goto(`${origin}${path}`);
  await page.waitForSelector('.opblock.is-open .responses-wrapper .opblock-section-header');
  const texts: readonly string[] = await page.evaluate(`(() => {
    const found = [];
    const nodes = document.createTreeWalker(document.getElementById('ui'), NodeFilter.SHOW_TEXT);
    const kept = 'pre, code, .markdown, .renderedMarkdown, td .parameter__name, .opblock-tag, option, .json-schema-2020-12__title';
    while (nodes.nextNode())
      if (nodes.currentNode.parentElement.closest(kept) === null) found.push(nodes.currentNode.nodeValue.trim());
    return found;
  })()`);
  // a browser requests an icon, and there is none
  assert.deepEqual(
    faults.filter((fault) => !fault.includes('404')),
    [],
  );
  await context.close();
  return texts;
}

test('Chinese under zh, English under en, and nothing but the labels is touched', async () => {
  const chinese = await textsAt('zh', '/docs#/release/queryDataset');
  assert.deepEqual(
    chinese.filter((text) => Object.hasOwn(labelsInChinese, text)),
    [],
  );
  for (const label of ['参数', '请求正文', '答复', '媒体类型', '示例'])
    assert.ok(chinese.includes(label), label);
  const english = await textsAt('en', '/docs/en#/release/queryDataset');
  for (const label of ['Parameters', 'Request body', 'Responses']) assert.ok(english.includes(label), label);
  assert.ok(!english.includes('参数'));
});
