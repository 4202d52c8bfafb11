/** The page of a dataset: its tabs, and what each person sees of its sources and uses. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser } from './openBrowser.ts';
import { healthy } from './pages.ts';
import { open, registryCity, signedIn } from './registryCity.ts';

const town = await registryCity(false);
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await town.hub.stop();
});
const police = await town.person('演示 公安甲', 'steward', 'pub-security');
const teacher = await town.person('演示 教育甲', 'steward', 'education');
const ecologist = await town.person('演示 生态甲', 'steward', 'ecology');

test('each tab of a dataset has its address, Back returns to the one before, and a person has only the tabs that they may use', async () => {
  const tabsOf = ['概况', '数据项', '样例', '质量', '谁在用', '报送', '设置'];
  const household = 'datasets/pub-security.household';
  const watched = await signedIn(browser, town, 'zh', police);
  const { page } = watched;
  const tabs = page.getByRole('navigation', { name: '本资源的各页' });
  await open(page, town, household);
  assert.deepEqual(await tabs.getByRole('link').allInnerTexts(), tabsOf);
  await tabs.getByRole('link', { name: '数据项' }).click();
  await page.getByRole('cell', { name: 'birth_date' }).waitFor();
  for (const [field, type] of [
    ['relation', '所列值之一'],
    ['mobile', '手机号码，可为空'],
  ] as const) {
    const row = page.getByRole('row').filter({ has: page.getByRole('cell', { name: field, exact: true }) });
    await row.getByRole('cell', { name: type, exact: true }).waitFor();
  }
  await tabs.getByRole('link', { name: '设置' }).click();
  await page.getByRole('form', { name: '更改数据资源' }).waitFor();
  assert.equal(await page.getByRole('cell', { name: 'birth_date' }).count(), 0);
  await page.goBack();
  await page.getByRole('cell', { name: 'birth_date' }).waitFor();
  assert.match(page.url(), /\?tab=fields$/);
  assert.equal(await tabs.locator('[aria-current="page"]').innerText(), '数据项');
  await page.goBack();
  await page.getByText('登记时间').waitFor();
  await watched.context.close();
  const other = await signedIn(browser, town, 'zh', teacher);
  await open(other.page, town, `${household}?tab=settings`);
  await other.page.getByText('没有这一页，或者该页不向您开放').waitFor();
  const offered = other.page.getByRole('navigation', { name: '本资源的各页' }).getByRole('link');
  assert.deepEqual(
    await offered.allInnerTexts(),
    tabsOf.filter((name) => !['质量', '报送', '设置'].includes(name)),
  );
  await offered.filter({ hasText: '谁在用' }).click();
  const drawn = other.page.locator('svg.lineage');
  await drawn.getByText('agr-school-enrolment@1', { exact: true }).waitFor();
  await other.context.close();
  // a department that is no party of the agreement
  const stranger = await signedIn(browser, town, 'zh', ecologist);
  await open(stranger.page, town, `${household}?tab=uses`);
  await stranger.page.locator('svg.lineage').getByText('户籍人口', { exact: true }).waitFor();
  assert.equal(await stranger.page.getByText('agr-school-enrolment').count(), 0);
  await healthy(stranger, 'uses of a stranger');
  await stranger.context.close();
});
