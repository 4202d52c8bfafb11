/** Today: a request is read and decided in place, next to what it grants. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { waitingRequest } from '../waitingRequest.ts';
import { openBrowser } from './openBrowser.ts';
import { healthy, picture } from './pages.ts';
import { registryCity, signedIn } from './registryCity.ts';

const town = await registryCity(false);
const { hub, database } = town;
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await hub.stop();
});
const asker = await town.person('演示 教育甲', 'steward', 'education');
const second = await town.person('演示 教育乙', 'steward', 'education');
const police = await town.person('演示 公安甲', 'steward', 'pub-security');
const made = (name: string): Promise<string> =>
  waitingRequest({ hub, database, consumer: asker.token, second: second.token }, name, 0);

for (const language of ['zh', 'en'] as const)
  test(`a request is unfolded on Today, and agreed to next to what it grants, ${language}`, async () => {
    const name = `in-place-${language}`;
    const id = await made(name);
    const words = {
      zh: { fold: '看内容并在此处理', agree: '同意', sure: /^确认同意：审定.*1 项数据/ },
      en: { fold: 'Read and decide here', agree: 'Agree', sure: /^Confirm: approve 1 fields/ },
    }[language];
    const watched = await signedIn(browser, town, language, police);
    const { page } = watched;
    const item = page.getByRole('listitem').filter({ hasText: id });
    await item.waitFor();
    assert.match(await page.title(), /^\(\d+\) /);
    assert.equal(await item.getByRole('button', { name: words.agree, exact: true }).count(), 0, 'not unseen');
    await item.getByText(words.fold).click();
    await item.getByRole('table').first().waitFor();
    await item.getByRole('button', { name: words.agree, exact: true }).click();
    await item.getByRole('button', { name: words.sure }).waitFor();
    await picture(page, `${language}-today-in-place`);
    await healthy(watched, `today ${language}`);
    await item.getByRole('button', { name: words.sure }).click();
    await item.waitFor({ state: 'detached' });
    await watched.context.close();
  });
