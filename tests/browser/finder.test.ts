/** Search over everything: by keyboard alone, in both languages, on a screen and on a phone. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { admitPerson } from '../admitPerson.ts';
import { sampleCity, testHub } from '../hub.ts';
import { openBrowser } from './openBrowser.ts';
import { healthy, picture, signing } from './pages.ts';

const hub = await testHub({
  demo: { port: 0 },
  jobsByTime: false,
  strangers: { rate: 1_000, burst: 1_000 },
});
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await hub.stop();
});
const { identity } = hub.hub.services;
await sampleCity(hub);
const named = { officer: await admitPerson(identity, '演示 安全管理员', [{ role: 'security' }]) };
const { signedIn, open } = signing<keyof typeof named>(browser, hub.hub.console, identity, named);

for (const [language, words] of [
  [
    'zh',
    {
      title: '查找数据资源、申请、协议、校核单和人员',
      none: /没有找到/,
      offline: /本机没有网络连接/,
      agreement: '共享协议',
    },
  ],
  [
    'en',
    {
      title: 'Search datasets, requests, agreements, tickets and persons',
      none: /Nothing found/,
      offline: /This machine is offline/,
      agreement: 'Agreements',
    },
  ],
] as const)
  test(`search opens by Ctrl K, a hit by arrow and Enter, ${language}`, async () => {
    const watched = await signedIn(language, 'officer');
    const { page } = watched;
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 800 });
      await open(page, 'departments');
      await page.keyboard.press('Control+k');
      const dialog = page.getByRole('dialog', { name: words.title });
      await dialog.waitFor();
      await page.keyboard.type('没有这样的东西');
      await dialog.getByText(words.none).waitFor();
      await page.keyboard.press('Control+a');
      await page.keyboard.type('jiaoyu');
      await page.keyboard.press('Control+a');
      await page.keyboard.type('agr-school');
      await dialog.getByRole('heading', { name: words.agreement }).waitFor();
      await healthy(watched, `finder ${language} ${width}`);
      await picture(page, `${language}-finder-${width}`);
      await page.evaluate("document.documentElement.dataset['theme'] = 'dark'");
      await picture(page, `${language}-finder-dark-${width}`);
      await page.evaluate("document.documentElement.dataset['theme'] = 'light'");
      // the check of the page took the focus away
      await dialog.getByRole('searchbox').focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.locator('main h1').waitFor();
      await page.waitForURL(/\/console\/agreements\/agr-school-enrolment\/\d+$/);
      assert.equal(await dialog.count(), 0, 'the search has closed');
      await page.keyboard.press('Control+k');
      await dialog.waitFor();
      await page.keyboard.press('Escape');
      assert.equal(await dialog.count(), 0);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    await open(page, 'views');
    await healthy(watched, `views ${language}`);
    await picture(page, `${language}-views`);
    await watched.context.setOffline(true);
    await page.getByRole('alert').getByText(words.offline).waitFor();
    await watched.context.setOffline(false);
    await page.getByText(words.offline).waitFor({ state: 'detached' });
    await watched.context.close();
  });
