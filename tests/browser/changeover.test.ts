/** A dataset's last days in a real browser: retired by two persons, and gone over to a new major version. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { mappingOf, schemaOf } from '../flows/householdVersions.ts';
import { amendsDataset } from './amendsDataset.ts';
import { openBrowser } from './openBrowser.ts';
import { attack, healthy, picture } from './pages.ts';
import { open, registryCity, signedIn } from './registryCity.ts';

const town = await registryCity(false);
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await town.hub.stop();
});
const police = await town.person('演示 公安甲', 'steward', 'pub-security');
const second = await town.person('演示 公安乙', 'steward', 'pub-security');
const teacher = await town.person('演示 教育甲', 'steward', 'education');
const operator = await town.person('演示 运维', 'operator');
const security = await town.person('演示 安全员', 'security');
const filled = 'pub-security.household';

test('two persons retire a dataset: the second has seen what goes, and a department that reads it the last day', async () => {
  await town.staff(operator, 'POST', '/v1/datasets', {
    id: 'pub-security.over',
    title: { zh: '已过时', en: 'Over' },
    schema: 'urn:datong:household:1.0',
    mode: 'snapshot',
    sharing: { type: 'unconditional' },
  });
  const first = await signedIn(browser, town, 'zh', police);
  await open(first.page, town, 'datasets/pub-security.over?tab=settings');
  const card = first.page.getByRole('region', { name: '退役' });
  const ask = card.getByRole('button', { name: '提出退役' });
  await ask.waitFor();
  assert.ok(await ask.isDisabled(), 'without a reason');
  await card.getByLabel('理由').fill(attack);
  await ask.click();
  await card.getByRole('button', { name: '确认提出' }).click();
  await card.getByText('可同意的最后一日').waitFor();
  assert.deepEqual(await card.getByRole('button').allInnerTexts(), ['撤回退役提议'], 'one person is not two');
  await picture(first.page, 'zh-retirement');
  await healthy(first, 'retirement asked for');
  // the steward cancels, and then confirms
  await card.getByLabel('理由').fill('尚有部门在用');
  await card.getByRole('button', { name: '撤回退役提议' }).click();
  await card.getByRole('button', { name: '确认撤回' }).click();
  await card.getByText('可同意的最后一日').waitFor({ state: 'detached' });
  const stored = await town.staff(second, 'GET', '/v1/datasets/pub-security.over');
  assert.equal(stored['retirement'], undefined);
  await card.getByLabel('理由').fill(attack);
  await ask.click();
  await card.getByRole('button', { name: '确认提出' }).click();
  await card.getByText('可同意的最后一日').waitFor();
  await first.context.close();
  const requested = { act: 'retire', reason: 'closed' };
  await town.staff(second, 'POST', `/v1/datasets/${filled}/decision`, requested);
  const reader = await signedIn(browser, town, 'en', teacher);
  await open(reader.page, town, `datasets/${filled}`);
  await reader.page.getByText(/^One person wants it retired, and another may agree until/).waitFor();
  assert.equal(await reader.page.getByRole('button', { name: /retire/i }).count(), 0);
  await healthy(reader, 'retirement ahead');
  await reader.context.close();
  const other = await signedIn(browser, town, 'en', second);
  await open(other.page, town, 'datasets/pub-security.over?tab=settings');
  const agree = other.page.getByRole('button', { name: 'Agree, and destroy what is shown' });
  await agree.waitFor();
  await other.page.getByRole('region', { name: 'Retirement' }).getByLabel('Reason').fill('closed');
  await healthy(other, 'retirement');
  await agree.click();
  await other.page.getByRole('button', { name: 'Retire', exact: true }).click();
  await other.page.locator('.facts .state', { hasText: 'retired' }).waitFor();
  await other.context.close();
  const { dataset } = await town.staff(second, 'GET', '/v1/datasets/pub-security.over');
  assert.equal((dataset as { state: string }).state, 'retired');
});

test('a dataset goes over to a new major version: begun, read by a second person with what it stops, and switched', async () => {
  const document = schemaOf(2);
  const office = await town.person('演示 主管丙', 'steward');
  const sent = await town.staff(operator, 'POST', '/v1/schemas', { document });
  for (const reader of [office, security]) {
    const act = { act: 'publish', digest: sent['digest'] };
    const { state } = await town.staff(reader, 'POST', `/v1/schemas/${document.$id}/decision`, act);
    if (state === 'published') break;
  }
  const { client } = town.city.publicSecurity;
  await client.sendFile(filled, householdFile(1500, 12).bytes, { mapping: 'household' });
  const watched = await signedIn(browser, town, 'zh', police);
  const { page } = watched;
  const nothing = {
    id: 'pub-security.later',
    title: { zh: '以后', en: 'Later' },
    schema: 'urn:datong:household:1.0',
  };
  await town.staff(operator, 'POST', '/v1/datasets', {
    ...nothing,
    mode: 'snapshot',
    sharing: { type: 'unconditional' },
  });
  await open(page, town, `datasets/${nothing.id}`);
  await page.getByText('已编目，尚无数据').waitFor();
  await page.getByText('尚无目录条目规定无条件共享').waitFor();
  await page.getByRole('link', { name: '设置', exact: true }).click();
  await amendsDataset(town, watched, police, nothing.id);
  const air = 'ecology.air-quality-hourly';
  await open(page, town, `datasets/${air}`);
  await page.getByText('每小时、大气环境处、内线 0000').waitFor();
  const sharing = (type: string): Promise<unknown> =>
    town.database.owner.query('UPDATE dataset SET sharing = $1 WHERE id = $2', [type, air]);
  await sharing('conditional');
  await open(page, town, `datasets/${air}`);
  await page.getByText('共享属性与该条目（无条件共享）不一致，请修订条目').waitFor();
  await healthy(watched, 'dataset contradicted');
  await sharing('unconditional');
  // the periods of its rows, and the dropped ones
  const hours = { id: 'pub-security.hours', title: { zh: '分期', en: 'Apart' } };
  await town.staff(operator, 'POST', '/v1/datasets', {
    ...hours,
    schema: 'urn:datong:air-quality-hourly:1.0',
    mode: 'upsert',
    sharing: { type: 'none' },
    intake: { periods: { field: 'time', every: 'month', keep: 36 } },
  });
  await town.database.owner.query(
    `INSERT INTO period_destruction (dataset, period, batch, rows, exchange)
     SELECT $1, '2023-10', gen_random_uuid(), n, '01890000-0000-7000-8000-000000000000' FROM unnest(ARRAY[1200, 34]) n`,
    [hours.id],
  );
  await open(page, town, `datasets/${hours.id}?tab=submissions`);
  const card = page.getByRole('region', { name: '数据期间' });
  await card.getByText('1,234').waitFor();
  for (const text of ['36', '2023-10', '01890000-0000-7000-8000-000000000000'])
    assert.equal(await card.getByText(text, { exact: true }).count(), 1, text);
  await healthy(watched, 'periods');
  await open(page, town, `datasets/${filled}`);
  await page.locator('.state', { hasText: '已发布' }).first().waitFor();
  await page.getByRole('link', { name: '换版' }).click();
  await page.getByText('没有正在进行的换版').waitFor();
  await page.getByLabel('换至版本').selectOption(document.$id);
  const mapping = page.getByLabel(/^随换版生效的映射/);
  await mapping.fill('{ mapping: household');
  await page.getByText('映射正文不是 JSON').waitFor();
  assert.ok(await page.getByRole('button', { name: '着手换版' }).isDisabled());
  await mapping.fill(JSON.stringify(mappingOf(2, 2)));
  await page.getByLabel('理由').fill(attack);
  await page.reload();
  await page.getByText('未提交').waitFor();
  assert.match(await mapping.inputValue(), /household@2/);
  await page.getByRole('button', { name: '着手换版' }).click();
  await page.getByText('尚未开始准备').waitFor();
  await healthy(watched, 'changeover begun');
  for (let i = 0; i < 2; i += 1) assert.equal(await town.hub.hub.runner.run('fillChangeovers'), 'ok');
  await open(page, town, `changeovers/${filled}`);
  await page.getByText('已就绪').waitFor();
  // the person who began it approves nothing
  assert.equal(await page.getByRole('button', { name: '同意切换' }).count(), 0);
  await watched.context.close();
  const shown = await town.staff(second, 'GET', `/v1/datasets/${filled}/changeover`);
  const stops = (shown['stops'] as { agreement: string }[]).map(({ agreement }) => agreement);
  assert.ok(stops.length > 0);
  // whose agreement stops reads what is coming, and decides nothing
  const reader = await signedIn(browser, town, 'en', teacher);
  await open(reader.page, town, 'inbox');
  await reader.page.locator(`a[href="/console/datasets/${filled}"]`).first().click();
  await reader.page.getByText('urn:datong:household:2.0').waitFor();
  assert.equal(await reader.page.getByRole('link', { name: 'Change to a new major version' }).count(), 0);
  await open(reader.page, town, `changeovers/${filled}`);
  await reader.page.getByText('ready', { exact: true }).waitFor();
  assert.equal(await reader.page.getByRole('button', { name: /Agree to the switch|Give it up/ }).count(), 0);
  await picture(reader.page, 'en-changeover');
  await healthy(reader, 'changeover read');
  await reader.context.close();
  const other = await signedIn(browser, town, 'zh', second);
  await open(other.page, town, 'inbox');
  await other.page.locator(`a[href="/console/changeovers/${filled}"]`).first().click();
  const agree = other.page.getByRole('button', { name: '同意切换' });
  await agree.waitFor();
  assert.ok(await agree.isDisabled());
  for (const one of await other.page.getByRole('checkbox').all()) await one.check();
  await picture(other.page, 'zh-changeover');
  await healthy(other, 'changeover');
  await agree.click();
  await other.page.getByRole('button', { name: '确认切换' }).click();
  await other.page.locator('.facts .state', { hasText: '已切换' }).waitFor();
  await other.context.close();
  const after = await town.staff(second, 'GET', `/v1/datasets/${filled}`);
  assert.equal((after['dataset'] as { schema: string }).schema, document.$id);
});
