/** Try it: a person of the consumer queries invented rows on the page of the agreement and on the sample of a dataset. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser } from './openBrowser.ts';
import { healthy, picture } from './pages.ts';
import { open, registryCity, signedIn } from './registryCity.ts';

const town = await registryCity(false);
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await town.hub.stop();
});
const teacher = await town.person('演示 教育甲', 'steward', 'education');
const ecologist = await town.person('演示 生态甲', 'steward', 'ecology');
const police = await town.person('演示 公安甲', 'steward', 'pub-security');

for (const [language, words] of [
  [
    'zh',
    {
      title: '试一试（虚构数据）',
      begin: '试一试',
      id: /^公民身份号码（/,
      matter: /^办件号/,
      ask: '查询',
      rows: '虚构的行',
    },
  ],
  [
    'en',
    {
      title: 'Try it (invented rows)',
      begin: 'Try it',
      id: /full value/,
      matter: /^Case number/,
      ask: 'Query',
      rows: 'Invented rows',
    },
  ],
] as const) {
  test(`the row of an agreement is masked as it will be, and a call that will be refused is refused, ${language}`, async () => {
    const watched = await signedIn(browser, town, language, teacher);
    const { page } = watched;
    const calls: string[] = [];
    page.on('request', (request) => calls.push(`${request.method()} ${new URL(request.url()).pathname}`));
    const trials = (): number => calls.filter((call) => call.endsWith('/sandbox-trials')).length;
    await open(page, town, 'agreements/agr-school-enrolment/1');
    const card = page.getByRole('region', { name: words.title });
    const begin = card.getByRole('button', { name: words.begin, exact: true });
    await begin.waitFor();
    await page.waitForLoadState('networkidle');
    assert.equal(trials(), 0, 'a page that is only opened tries nothing');
    await begin.click();
    await card.getByLabel(words.matter).fill('YX-2026-000123');
    await card.getByRole('button', { name: words.ask }).click();
    await card.getByText('lookup_missing').waitFor();
    await card.getByLabel(words.id).selectOption({ index: 1 });
    const value = await card.getByLabel(words.id).locator('option:checked').innerText();
    assert.match(value, /^99\d{15}[\dX]$/);
    await card.getByRole('button', { name: words.ask }).click();
    const table = card.getByRole('table', { name: words.rows });
    await table.getByText(`${value.slice(0, 6)}************`).waitFor();
    assert.equal(await card.getByRole('alert').count(), 0, 'the refusal is gone');
    const inboxes = calls.filter((call) => call === 'GET /v1/inbox').length;
    assert.equal(inboxes, 1, 'a trial changes nothing that waits');
    await picture(page, `${language}-try-agreement`);
    await healthy(watched, `try ${language}`, true);
    await page.setViewportSize({ width: 390, height: 844 });
    await picture(page, `${language}-try-agreement-390`);
    await watched.context.close();
  });

  test(`a department without an agreement tries on the sample, page by page, ${language}`, async () => {
    const watched = await signedIn(browser, town, language, ecologist);
    const { page } = watched;
    await open(page, town, 'datasets/pub-security.household?tab=sample');
    const card = page.getByRole('region', { name: words.title });
    await card.getByRole('button', { name: words.begin, exact: true }).click();
    await card.getByRole('button', { name: words.ask }).click();
    const first = card.getByRole('table', { name: words.rows }).locator('tbody tr:not([aria-hidden])');
    await first.nth(9).waitFor();
    const before = await first.first().innerText();
    const answered = page.waitForResponse((response) => response.url().includes('/sandbox-trials'));
    await card.getByRole('button', { name: language === 'zh' ? '下一页' : 'Next page' }).click();
    await answered;
    await first.nth(9).waitFor();
    assert.notEqual(await first.first().innerText(), before);
    await picture(page, `${language}-try-sample`);
    await healthy(watched, `try sample ${language}`);
    await watched.context.close();
  });
}

test('the provider has no trial of its own dataset, nor of the agreement of another department', async () => {
  const { page, context } = await signedIn(browser, town, 'zh', police);
  for (const path of ['agreements/agr-school-enrolment/1', 'datasets/pub-security.household?tab=sample']) {
    await open(page, town, path);
    await page.waitForLoadState('networkidle');
    assert.equal(await page.getByText('试一试（虚构数据）').count(), 0, path);
  }
  await context.close();
});
