/** The leader's board in a real browser: a number opened down to its rows, in both languages. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { dayInChina } from '../../terms/civilDate.ts';
import { admitPerson } from '../admitPerson.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';
import { waitingRequest } from '../waitingRequest.ts';
import { openBrowser } from './openBrowser.ts';
import { healthy, lookAtPages, picture, signing } from './pages.ts';
import { withinOneDay } from '../withinOneDay.ts';

await withinOneDay();

const database = await testDatabase();
const hub = await testHub({
  database,
  demo: { port: 0 },
  jobsByTime: false,
  strangers: { rate: 1_000, burst: 1_000 },
});
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await hub.stop();
});
const origin = hub.hub.console;
const { identity } = hub.hub.services;
const city = await sampleCity(hub);
const household = 'pub-security.household';
const named = {
  leader: await admitPerson(identity, '演示 市领导', [{ role: 'leader' }]),
  ecology: await admitPerson(identity, '演示 生态局领导', [{ role: 'leader', department: 'ecology' }]),
  auditor: await admitPerson(identity, '演示 审计员', [{ role: 'auditor' }]),
  police: await admitPerson(identity, '演示 公安局甲', [{ role: 'steward', department: 'pub-security' }]),
};
const file = householdFile(1500, 12);
await city.publicSecurity.client.sendFile(household, file.bytes, { mapping: 'household' });
for (const [index, { id }] of file.good
  .filter(({ region }) => region === '990101')
  .slice(0, 7)
  .entries())
  await city.education.client.query(
    household,
    { filter: [{ field: 'person_id', op: 'eq', value: id }] },
    {
      purpose: 'school-enrolment',
      agreement: 'agr-school-enrolment',
      onBehalfOf: 'o',
      matter: `RX-2026-00020${index}`,
    },
  );
await city.publicSecurity.client
  .sendFile(household, householdFile(40, 3).bytes, { mapping: 'household' })
  .catch(() => undefined);
await hub.hub.runner.run('readEntries');

const { signedIn, open } = signing<keyof typeof named>(browser, origin, identity, named);
lookAtPages('board', { signedIn, open });

for (const [language, words] of [
  [
    'zh',
    {
      board: '看板',
      answered: '放行的调用',
      saved: '免提交材料（份）',
      material: '户口簿',
      few: '不足 5 次，不显示',
      linking: '目录挂接率',
    },
  ],
  [
    'en',
    {
      board: 'Board',
      answered: 'Calls answered',
      saved: 'Papers not needed',
      material: 'household register',
      few: 'under 5, not shown',
      linking: 'Catalogue entries linked',
    },
  ],
] as const)
  test(`a leader opens a number down to its rows, ${language}`, async () => {
    const watched = await signedIn(language, 'leader');
    const { page } = watched;
    await page.getByRole('link', { name: words.board, exact: true }).click();
    const answered = page.getByRole('link', { name: new RegExp(words.answered) });
    await answered.waitFor();
    assert.match((await answered.textContent()) ?? '', /^7/);
    assert.equal(await page.getByText(words.few).count(), 2, 'refusals and deadlines have too few samples');
    await answered.click();
    await page.getByRole('cell').getByTitle(household, { exact: true }).waitFor();
    await page.goBack();
    await page.getByRole('link', { name: new RegExp(words.saved.replace(/[（）]/g, '.')) }).click();
    await page.getByText(words.material).first().waitFor();
    await page.goBack();
    const linking = page.getByRole('link', { name: new RegExp(words.linking) });
    await linking.waitFor();
    assert.match((await linking.textContent()) ?? '', /^0 %/, 'the entry of the sample has no rows yet');
    await linking.click();
    await page.getByRole('heading', { name: words.linking }).waitFor();
    await page.getByRole('link', { name: words.board, exact: true }).click();
    await watched.context.close();
  });

interface Written {
  readonly text: string;
  readonly left: number;
  readonly right: number;
}

/** The weeks at the axis that can be seen, each with where its text begins and ends. */
const writtenWeeks = `[...document.querySelectorAll('.trend-weeks span')]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }))
  .map((one) => {
    const range = document.createRange();
    range.selectNodeContents(one);
    const { left, right } = range.getBoundingClientRect();
    return { text: one.textContent, left, right };
  })`;

for (const [language, texts] of [
  ['zh', { trend: '最近十二周的调用', week: /^\d{1,2}月\d{1,2}日$/ }],
  ['en', { trend: 'Calls of the last twelve weeks', week: /^\d{1,2} [A-Z][a-z]+$/ }],
] as const)
  test(`the weeks and values of the trend are written at its axes, wide and narrow, ${language}`, async () => {
    const watched = await signedIn(language, 'leader');
    const { page } = watched;
    await open(page, 'board');
    const trend = page.getByRole('img', { name: texts.trend });
    await trend.waitFor();
    const values = (await trend.locator('.trend-values span').allInnerTexts()).map(Number);
    assert.deepEqual(values, [10, 5, 0], 'seven calls of this week');
    for (const [width, named] of [
      [1440, 12],
      [390, 4],
    ] as const) {
      await page.setViewportSize({ width, height: 844 });
      const seen = await page.evaluate<readonly Written[]>(writtenWeeks);
      assert.equal(seen.length, named, `${width} wide`);
      for (const { text } of seen) assert.match(text, texts.week);
      for (const [at, { right, text }] of seen.entries())
        assert.ok(right < (seen[at + 1]?.left ?? width), `${text} covers no other text, ${width} wide`);
      await trend.scrollIntoViewIfNeeded();
      await picture(page, `${language}-board-trend-${width}`);
    }
    await watched.context.close();
  });

test('a week with too few calls for a number is outlined, and not drawn as none', async () => {
  const watched = await signedIn('en', 'leader');
  const { page } = watched;
  await page.route(
    (url) => url.pathname === '/v1/board',
    async (route) => {
      const headers = { ...(await route.request().allHeaders()), 'sec-fetch-site': 'same-origin' };
      const response = await route.fetch({ headers });
      const body = (await response.json()) as { readonly weeks: readonly object[] };
      const weeks = body.weeks.map((one, at) =>
        at === 0 ? { ...one, answered: undefined, refused: 0 } : one,
      );
      await route.fulfill({ response, json: { ...body, weeks } });
    },
  );
  await open(page, 'board');
  const trend = page.getByRole('img', { name: 'Calls of the last twelve weeks' });
  await trend.waitFor();
  assert.equal(await trend.locator('.trend-few').count(), 1);
  assert.ok(Number(await trend.locator('.trend-few').first().getAttribute('height')) > 0);
  await watched.context.close();
});

for (const [language, texts] of [
  ['zh', { map: '各数据资源的质量（按周）', tab: '质量' }],
  ['en', { map: 'Quality of datasets by week', tab: 'Quality' }],
] as const)
  test(`the heat map has the grade of this week, and leads a steward to the quality tab, ${language}`, async () => {
    for (const who of ['leader', 'police'] as const) {
      const watched = await signedIn(language, who);
      const { page } = watched;
      await open(page, 'board');
      const row = page
        .getByRole('table', { name: texts.map })
        .getByRole('row')
        .filter({ has: page.getByTitle(household, { exact: true }) });
      await row.waitFor();
      const cells = await row.getByRole('cell').allInnerTexts();
      assert.equal(cells.length, 12);
      assert.match(cells.at(-1) ?? '', /^[AB] \d+$/);
      await row.getByRole('link').click();
      await page.waitForURL(
        who === 'leader' ? /\/datasets\/pub-security\.household$/ : /household\?tab=quality$/,
      );
      const tab = page.getByRole('link', { name: texts.tab, exact: true });
      await page.locator('.tabs').waitFor();
      assert.equal(await tab.count(), who === 'leader' ? 0 : 1);
      await watched.context.close();
    }
  });

for (const [language, texts] of [
  ['zh', { papers: '免提交材料', paper: '户口簿', sum: /^7 件办件共免提交材料 7 份/ }],
  [
    'en',
    { papers: 'Papers not needed', paper: 'household register', sum: /^7 papers were not needed in 7 cases/ },
  ],
] as const)
  test(`the monthly report of an auditor has the papers that were not needed, ${language}`, async () => {
    const watched = await signedIn(language, 'auditor');
    const { page } = watched;
    await open(page, `audit/report?month=${dayInChina(Date.now()).slice(0, 7)}`);
    await page.getByText(texts.sum).waitFor();
    const row = page
      .getByRole('table', { name: texts.papers })
      .getByRole('row')
      .filter({ hasText: texts.paper });
    assert.equal(await row.getByRole('cell', { name: '7', exact: true }).count(), 2, 'papers, and cases');
    await picture(page, `report-papers-${language}`);
    await healthy(watched, `report ${language}`);
    await watched.context.close();
  });

for (const [language, texts] of [
  ['zh', { board: '看板', urge: '督办', times: '已督办 1 次' }],
  ['en', { board: 'Board', urge: 'Urge', times: 'Urged 1×' }],
] as const)
  test(`a leader urges an overdue item, and the department sees it in its inbox, ${language}`, async () => {
    const [consumer, second] = await Promise.all([
      hub.token(`urging ${language}`, ['steward'], 'education'),
      hub.token(`urging second ${language}`, ['steward'], 'education'),
    ]);
    const request = await waitingRequest({ hub, database, consumer, second }, `urged-${language}`, 60);
    const leading = await signedIn(language, 'leader');
    await open(leading.page, 'board');
    const button = leading.page.getByRole('button', { name: `${texts.urge} ${request}` });
    // named, with a page that a leader may open
    const row = leading.page.getByRole('row').filter({ has: button });
    assert.match(
      (await row.getByRole('link').getAttribute('href')) ?? '',
      /\/datasets\/pub-security\.household$/,
    );
    await button.click();
    await leading.page.getByText(texts.times).first().waitFor();
    await picture(leading.page, `board-urged-${language}-1440`);
    await button.click();
    await leading.page.getByRole('alert').first().waitFor();
    await leading.page.setViewportSize({ width: 390, height: 844 });
    await picture(leading.page, `board-urged-${language}-390`);
    await leading.context.close();
    const police = await signedIn(language, 'police');
    await open(police.page, 'inbox');
    await police.page.getByText(texts.times).first().waitFor();
    await picture(police.page, `inbox-urged-${language}-1440`);
    await police.page.setViewportSize({ width: 390, height: 844 });
    await picture(police.page, `inbox-urged-${language}-390`);
    await healthy(police, `urged inbox ${language}`);
    await police.context.close();
  });

test('a leader of another department sees no number of it, and their menu has nothing that they may not open', async () => {
  const watched = await signedIn('zh', 'ecology');
  const { page } = watched;
  for (const link of await page.getByRole('navigation').getByRole('link').all()) {
    await link.click();
    await page.locator('main h1').waitFor();
    await page.waitForLoadState('networkidle');
  }
  assert.equal(await page.getByText('留存与销毁').count(), 0, 'no group without a page for this role');
  await page.getByRole('link', { name: '看板', exact: true }).click();
  await page.getByText('没有积压。').waitFor();
  assert.equal(await page.getByText('教育局').count(), 0);
  await page.waitForLoadState('networkidle');
  await picture(page, 'zh-board-ecology');
  await healthy(watched, 'zh-board-ecology');
  await watched.context.close();
});
