/** Figures of cases on the page of their dataset, in a real browser: for the provider, and its own steps for a contributor, also on a telephone. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { row, rules, streetCases } from '../flows/streetCases.ts';
import { openBrowser } from './openBrowser.ts';
import { fitsPaper, healthy, picture } from './pages.ts';
import { open, registryCity, signedIn } from './registryCity.ts';

const town = await registryCity(false);
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await town.hub.stop();
});
const leader = await town.person('演示 生态甲', 'leader', 'ecology');
const contractor = await town.person('演示 教育甲', 'steward', 'education');
const { dataset, push, change, age } = await streetCases(town.hub, town.city);
const id = await dataset(rules);
await push(id, [row('a', 'education'), row('b', 'pub-security'), row('c', 'education')]);
await age(id, 90 * 60_000);
await change(town.city.education.client, id, 'a', { version: 1, set: { status: 'accepted' } });
await change(town.city.publicSecurity.client, id, 'b', { version: 1, set: { status: 'accepted' } });
await change(town.city.education.client, id, 'a', { version: 2, set: { status: 'done' } });
await change(town.city.ecology.client, id, 'a', { version: 3, set: { status: 'checked' } });
await age(id, 30 * 24 * 3_600_000);
await town.hub.hub.runner.run('noticeDeadlines');

const texts = {
  zh: {
    title: '办件统计',
    whole: '新到 3 件，其中办结 1 件；共办结 1 件。',
    missed: '时限届满未“受理” 1 件',
  },
  en: {
    title: 'Cases',
    whole: 'Arrived: 3, of these closed: 1. Closed in all: 1.',
    missed: 'Deadlines passed without “Accept”: 1',
  },
};
for (const language of ['zh', 'en'] as const)
  test(`figures of cases, ${language}`, async () => {
    const { title, whole, missed } = texts[language];
    for (const [who, steps] of [
      [leader, 4],
      [contractor, 2],
    ] as const) {
      const watched = await signedIn(browser, town, language, who);
      const { page } = watched;
      await open(page, town, `datasets/${id}`);
      const card = page.locator('section.card', {
        has: page.getByRole('heading', { name: title, exact: true }),
      });
      await card.getByText(missed).waitFor();
      const shown = await card.locator('tbody tr.ant-table-row').count();
      assert.equal(shown, steps);
      assert.equal((await card.innerText()).includes(whole), who === leader);
      await card.getByText(language === 'zh' ? '近 7 天' : '7 days').click();
      await page.waitForURL(/days=7/);
      await card.getByText(missed).waitFor();
      await healthy(watched, `${who.name} ${language}`);
      await picture(page, `case-figures-${language}-${steps}`);
      await page.setViewportSize({ width: 390, height: 844 });
      assert.equal(await page.evaluate('document.documentElement.scrollWidth <= 390'), true);
      await picture(page, `case-figures-${language}-${steps}-390`);
      if (who === leader) await fitsPaper(page, `case-figures-${language}`);
      await page.close();
    }
  });
