/** Input that describes data outlives its window, for the person who typed it; at the end of the session it is deleted. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import { openBrowser } from './openBrowser.ts';
import { registryCity, signedIn } from './registryCity.ts';

const town = await registryCity(false);
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await town.hub.stop();
});
const ann = await town.person('演示 教育甲', 'steward', 'education');
const stored = `Object.keys(localStorage).filter((name) => name.startsWith('datong-draft ')).length`;

test('a demand and a request that were begun are there in a new window, with a notice, and gone after signing out', async () => {
  const { context, page: first } = await signedIn(browser, town, 'zh', ann);
  const open = async (page: Page, path: string): Promise<void> => {
    await page.goto(`${town.origin}/console/${path}`);
    await page.locator('main[aria-busy="false"] h1').waitFor();
  };
  await open(first, 'demands/new');
  await first.getByLabel('需要什么数据').fill('学区内新建住宅');
  await open(first, 'requests/new?dataset=pub-security.household');
  await first.getByLabel('协议名称').fill('户籍核验');
  await first.close();
  const page = await context.newPage();
  await open(page, 'demands/new');
  assert.equal(await page.getByLabel('需要什么数据').inputValue(), '学区内新建住宅');
  await page.getByRole('status').filter({ hasText: '上次' }).waitFor();
  await open(page, 'requests/new?dataset=pub-security.household');
  assert.equal(await page.getByLabel('协议名称').inputValue(), '户籍核验');
  // what is too old is deleted when the person comes back
  await page.evaluate(`for (const name of Object.keys(localStorage))
    if (name.startsWith('datong-draft ') && name.endsWith(' demand'))
      localStorage.setItem(name, JSON.stringify({ at: Date.now() - 31 * 86400000, value: { title: 'old' } }))`);
  await open(page, 'demands/new');
  assert.equal(await page.getByLabel('需要什么数据').inputValue(), '');
  assert.equal(await page.evaluate(stored), 1);
  await page.getByRole('button', { name: '退出登录' }).click();
  await page.waitForURL(`${town.origin}/`);
  assert.equal(await page.evaluate(stored), 0);
  await context.close();
});
