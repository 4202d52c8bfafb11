/** A person reads the state of what they reported on their own page, on a phone and in both languages. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { row, rules, streetCases } from '../flows/streetCases.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';
import { appointService } from '../appointService.ts';
import { openBrowser, watchedPage } from './openBrowser.ts';
import { healthy, picture } from './pages.ts';

const hub = await testHub({ database: await testDatabase(), citizen: true });
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await hub.stop();
});
const origin = hub.hub.origins.citizen ?? '';
const city = await sampleCity(hub);
await appointService(hub, city, 'pub-security');
const { dataset, push, change } = await streetCases(hub, city);
const id = await dataset({ ...rules, subjectFields: ['case', 'place'] });
await push(id, [
  row('AJ-1', 'education', { reporter: 'resident-1' }),
  row('AJ-2', 'education', { reporter: 'resident-2' }),
]);
await change(city.education.client, id, 'AJ-1', {
  version: 1,
  set: { status: 'accepted', note: 'crew 3' },
});

const visited = async (person: string, language: 'zh' | 'en') => {
  const watched = await watchedPage(browser, language, origin, { width: 360, height: 740 });
  const { json } = await city.publicSecurity.client.openOwnPage({
    person,
    presentedBy: 'self',
    assurance: 'high',
  });
  await watched.page.goto(json.url);
  await watched.page.locator('#looks').waitFor();
  await watched.page.waitForLoadState('networkidle');
  return watched;
};

for (const language of ['zh', 'en'] as const)
  test(`a person sees their case and its state, ${language}; another person's case and the note are not there`, async () => {
    const watched = await visited('resident-1', language);
    const { page } = watched;
    const cases = page.locator('section[aria-labelledby=cases]');
    await cases.getByText('AJ-1', { exact: true }).waitFor();
    await cases.getByText('accepted', { exact: true }).waitFor();
    await cases.getByText('荷塘街 1 号', { exact: true }).waitFor();
    const text = await page.locator('main').innerText();
    assert.ok(!/AJ-2|crew 3|13800009999/.test(text), text);
    await picture(page, `own-cases-${language}-360`);
    await healthy(watched, `own cases ${language}`);
    await page.getByRole('link', { name: language === 'zh' ? '反映和申请的事项' : 'Reported cases' }).click();
    await page.close();
  });

test('a person who reported nothing has no section of cases', async () => {
  const { page } = await visited('resident-3', 'zh');
  assert.equal(await page.locator('#cases').count(), 0);
  assert.equal(await page.getByRole('link', { name: '反映和申请的事项' }).count(), 0);
  await page.close();
});
