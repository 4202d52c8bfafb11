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
  // a full storage gives up its oldest draft, and takes the new text
  await page.evaluate(`{
    const name = Object.keys(localStorage).find((one) => one.startsWith('datong-draft '));
    const old = name.slice(0, name.indexOf(' ', 13)) + ' old';
    localStorage.setItem(old, JSON.stringify({ at: Date.now() - 86400000, value: 'x'.repeat(100000) }));
    for (let length = 4000000; length > 0; length = Math.floor(length / 2))
      try { for (let n = 0; ; n++) localStorage.setItem('full ' + length + n, 'x'.repeat(length)); } catch {}
  }`);
  await open(page, 'demands/new');
  await page.getByLabel('需要什么数据').fill('校车站点'.repeat(10));
  assert.equal(await page.getByLabel('需要什么数据').inputValue(), '校车站点'.repeat(10));
  assert.equal(await page.evaluate(stored), 2, 'the new one instead of the oldest');
  const other = await context.newPage();
  await open(other, 'demands/new');
  await page.getByRole('button', { name: '退出登录' }).click();
  await page.waitForURL(`${town.origin}/`);
  assert.equal(await page.evaluate(stored), 0);
  await other.getByLabel('需要什么数据').fill('另一窗口');
  assert.equal(await page.evaluate(stored), 0, 'a window that stayed open stores nothing after the end');
  await context.close();
});

test('an entry of the catalogue, which names a person to call, is a draft of its window only', async () => {
  const { context, page } = await signedIn(browser, town, 'zh', ann);
  await page.goto(`${town.origin}/console/catalogue/new`);
  await page.getByLabel('联系方式').fill('周老师 0571-00000000');
  const named = `JSON.stringify({ ...localStorage }).includes('0571-00000000')`;
  assert.equal(await page.evaluate(named), false);
  assert.equal(await page.evaluate(named.replace('localStorage', 'sessionStorage')), true);
  await context.close();
});
