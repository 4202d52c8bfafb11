/** The page Figures in a real browser: for an operator, in both languages and themes, also on a telephone. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { eventually } from '../eventually.ts';
import { openBrowser } from './openBrowser.ts';
import { healthy, picture } from './pages.ts';
import { open, registryCity, signedIn } from './registryCity.ts';

const town = await registryCity(false);
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await town.hub.stop();
});
const operator = await town.person('演示 运维甲', 'operator');
const steward = await town.person('演示 教育甲', 'steward', 'education');
for (const job of ['forgetQuotas', 'recordSizes']) await town.hub.hub.runner.run(job);
await town.city.education.client.exchanges();

const texts = {
  zh: {
    title: '运行数值',
    dark: '深色',
    refresh: '刷新',
    cards: ['排队', '日志', '数据库', '磁盘', '证书', '作业'],
  },
  en: {
    title: 'Figures',
    dark: 'Dark',
    refresh: 'Refresh',
    cards: ['Queues', 'Log', 'Database', 'Disk', 'Certificates', 'Jobs'],
  },
};
for (const language of ['zh', 'en'] as const)
  test(`figures, ${language}: every card, light and dark, and nothing is pushed sideways on a telephone`, async () => {
    const { title, dark, refresh, cards } = texts[language];
    const watched = await signedIn(browser, town, language, operator);
    const { page } = watched;
    await page.getByRole('link', { name: title, exact: true }).click();
    await page.getByRole('heading', { name: title, level: 1 }).waitFor();
    for (const card of cards)
      await page.getByRole('heading', { name: card, exact: true, level: 2 }).waitFor();
    const row = page.getByRole('row', { name: /listExchanges/ });
    const answered = async (): Promise<number> => Number(await row.getByRole('cell').nth(1).innerText());
    await row.waitFor();
    await page.getByRole('row', { name: /forgetQuotas/ }).waitFor();
    await healthy(watched, `figures ${language}`);
    await picture(page, `hub-figures-${language}`);
    const before = await answered();
    await town.city.education.client.exchanges();
    await page.getByRole('button', { name: refresh }).click();
    await eventually(
      async () => (await answered()) === before + 1,
      () => 'the page shows the former number of calls',
    );
    await page.getByRole('button', { name: dark, exact: true }).click();
    await healthy(watched, `dark figures ${language}`);
    await page.setViewportSize({ width: 390, height: 844 });
    assert.equal(await page.evaluate('document.documentElement.scrollWidth <= 390'), true);
    await healthy(watched, `figures on a telephone, ${language}`);
    await picture(page, `hub-figures-${language}-dark-390`);
    await page.close();
  });

test('a steward is not shown the page', async () => {
  const { page } = await signedIn(browser, town, 'en', steward);
  assert.equal(await page.getByRole('link', { name: 'Figures', exact: true }).count(), 0);
  await open(page, town, 'hubFigures');
  await page.getByRole('heading', { name: 'Your roles do not open this page', level: 1 }).waitFor();
  assert.equal(await page.getByRole('heading', { name: 'Queues' }).count(), 0);
  await page.close();
});
