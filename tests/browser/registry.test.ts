/** Pages of the registry in a real browser: catalogue, proposals, schema versions, departments and keys, and what would be. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sealSecret } from '../../hub/features/pulls/secret.ts';
import { sealerOf } from '../../hub/flows/sealer.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { anotherRoot } from './anotherRoot.ts';
import { openBrowser } from './openBrowser.ts';
import { attack, fitsPaper, healthy, lookAtPages, picture } from './pages.ts';
import { lookingIn, open, registryCity, textOfAttacker, signedIn } from './registryCity.ts';

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
const ecologist = await town.person('演示 生态甲', 'steward', 'ecology');
const clerk = await town.person('演示 报送员', 'clerk', 'ecology');

const entry = (id: string, more: object = {}): object => ({
  id,
  title: { zh: '户籍人口信息', en: 'Registered households' },
  abstract: { zh: '本市户籍人口的基本信息', en: 'who is registered in the city' },
  keywords: ['户籍'],
  category: '1/12/3',
  sharing: { type: 'conditional', conditions: '仅限法定职责所需；须载明经办人和办件号', manner: 'interface' },
  openness: 'closed',
  sourceSystem: '人口信息系统',
  updateFrequency: 'daily',
  office: '人口处',
  contact: '0000-12345',
  dataClass: 'general',
  datasets: ['pub-security.household'],
  ...more,
});
const accept = async (proposed: Record<string, unknown>): Promise<void> => {
  const proposal = proposed['proposal'] as string;
  const { digest } = await town.staff(second, 'GET', `/v1/proposals/${proposal}`);
  await town.staff(second, 'POST', `/v1/proposals/${proposal}/acceptance`, { digest });
};
await accept(await town.staff(police, 'POST', '/v1/catalogue', entry('pub-security.people')));
const hostile = {
  title: textOfAttacker,
  abstract: textOfAttacker,
  keywords: [attack.slice(0, 40)],
  datasets: [],
  sourceSystem: attack,
  office: attack,
  contact: attack,
  sharing: { type: 'conditional', conditions: attack, manner: 'file' },
};
await accept(await town.staff(police, 'POST', '/v1/catalogue', entry('pub-security.evil', hostile)));
const revision = await town.staff(
  police,
  'POST',
  '/v1/catalogue',
  entry('pub-security.people', { office: attack, updateFrequency: 'weekly' }),
);
const proposal = revision['proposal'] as string;

const field = (title: object): object => ({
  type: 'string',
  maxLength: 40,
  'x-title': title,
  'x-sensitivity': 'L1',
  'x-personal': 'none',
});
const schema = (version: string, fields: object): Record<string, unknown> => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `urn:datong:lights:${version}`,
  'x-title': textOfAttacker,
  'x-class': 'general',
  'x-primary-key': ['/lamp'],
  type: 'object',
  required: ['lamp'],
  properties: { lamp: field(textOfAttacker), ...fields },
  additionalProperties: false,
});
await town.staff(police, 'POST', '/v1/schemas', {
  document: schema('1.0', { street: field(textOfAttacker) }),
});
await town.staff(police, 'POST', '/v1/schemas', {
  document: schema('1.1', { street: field(textOfAttacker), colour: field(textOfAttacker) }),
});

const personCalled = ({ name }: { readonly name: string }): string =>
  town.hub.hub.services.identity.persons().find((one) => one.name === name)?.id ?? '';
const filled = 'pub-security.household';
const { keys } = town.hub.hub.services;
await town.database.owner.query(
  `INSERT INTO pull (dataset, document, secret, digest, author, approver, exchange, set_at)
     VALUES ($1, $2, $3, $4, $5, $6, '01890000-0000-7000-8000-000000000000', now())`,
  [
    filled,
    JSON.stringify({
      source: { host: attack, port: 5432, database: attack, user: attack },
      query: `SELECT '${attack}' AS id`,
      key: [attack],
      mapping: 'household',
      seconds: 30,
      rows: 1000,
      schedule: { every: 'quarter', on: 60, window: '01:00-05:00' },
    }),
    sealSecret(sealerOf(keys.sealing), filled, 'sesame'),
    ...['a'.repeat(64), personCalled(police), personCalled(second)],
  ],
);
await town.database.owner.query(
  `INSERT INTO pull_run (id, dataset, reading, period, begun_at, ended_at, outcome, complete, rows)
     VALUES (gen_random_uuid(), $1, $2, 'one', now() - interval '30 days', now(), 'read', true, 60),
            (gen_random_uuid(), $1, $2, 'two', now() - interval '29 days', now() - interval '29 days', 'pull_source_refused', false, 0),
            (gen_random_uuid(), $1, $2, 'three', now() - interval '1 day', now(), 'pull_source_refused', false, 0)`,
  [filled, 'a'.repeat(64)],
);
{
  const author = await town.person('演示 主管甲', 'steward');
  const other = await town.person('演示 主管乙', 'steward');
  const body = { element: 'person.name', department: 'pub-security', reason: attack };
  const proposed = await town.staff(author, 'POST', '/v1/element-sources', body);
  const path = `/v1/proposals/${proposed['proposal'] as string}`;
  const { digest } = await town.staff(other, 'GET', path);
  await town.staff(other, 'POST', `${path}/acceptance`, { digest });
}

lookAtPages('registry', {
  ...lookingIn(browser, town, { police, second, teacher, operator, security }),
  made: () => ({ proposal }),
  before: {
    'code-lists': async ({ page }) => {
      const shipped = page.getByText(/^(随产品提供|comes with the product)$/);
      await shipped.first().waitFor();
      assert.equal(await shipped.count(), 5);
      // narrowed in the address: a link to it shows the same
      await open(page, town, 'codes?q=gbt3304');
      await page.locator('td', { hasText: 'gbt3304' }).first().waitFor();
      assert.equal(await page.locator('td', { hasText: 'gbt2260' }).count(), 0);
    },
    'code-list': async ({ page }) => {
      await page.getByText(/(随产品提供|comes with the product)/).waitFor();
      assert.equal(await page.getByText(/没有这张代码表|no list of this name/).count(), 0);
    },
  },
});

test('the users of an element are shown with what each opens, and of a schema on its page', async () => {
  const watched = await signedIn(browser, town, 'zh', second);
  const { page } = watched;
  await open(page, town, 'sources/person.name');
  const card = page.locator('section[aria-label="谁在用"]');
  await card.getByRole('link', { name: 'household 1.0' }).click();
  await card.getByTitle('pub-security.household', { exact: true }).first().waitFor();
  await page.getByRole('link', { name: 'person.name' }).click();
  await card.getByTitle('pub-security.household', { exact: true }).first().click();
  await page.waitForURL(/datasets\/pub-security\.household$/);
  await watched.context.close();
});

test('another root is compared by its pin and accepted; then the inbox says whose turn it is', async () => {
  assert.equal(await anotherRoot(browser, town, { operator, security }), 'zh en');
});

test('uncounted calls are not shown as none', async () => {
  const { context, page } = await signedIn(browser, town, 'zh', operator);
  // as it is while the search index is being made anew
  const impact = await town.staff(operator, 'GET', '/v1/schemas/urn:datong:household:1.0/impact');
  const name = { zh: '云栖市教育局', en: 'Yunqi Education Bureau' };
  const consumers = [{ department: 'education', name, contacts: [] }];
  const touches = { ...(impact['touches'] as object), consumers };
  await page.route('**/v1/schemas/*/impact', (route) => route.fulfill({ json: { ...impact, touches } }));
  await open(page, town, 'schemas/household/1.0');
  assert.match(await page.getByText('检索索引正在重建').innerText(), /^云栖市教育局 · 调用次数暂不可知/);
  await context.close();
});

test('a steward finds data by a word, narrows it, and the address retains what was asked', async () => {
  const watched = await signedIn(browser, town, 'zh', teacher);
  const { page } = watched;
  await open(page, town, 'catalogue');
  await page.getByRole('searchbox').fill('户籍');
  await page.keyboard.press('Enter');
  await page.getByLabel('更新周期').selectOption('daily');
  await page.getByRole('link', { name: '户籍人口信息', exact: true }).waitFor();
  assert.match(decodeURIComponent(page.url()), /q=户籍.*frequency=daily|frequency=daily.*q=户籍/);
  await page.reload();
  assert.equal(await page.getByRole('searchbox').inputValue(), '户籍');
  await page.getByLabel('更新周期').selectOption('yearly');
  await page.getByText('没有符合条件的条目').waitFor();
  await healthy(watched, 'search');
  await watched.context.close();
});

test('a revision is compared with the live entry, and taken by a second person only', async () => {
  const author = await signedIn(browser, town, 'zh', police);
  const live = (url: URL): boolean => url.pathname === '/v1/catalogue/pub-security.people';
  await author.page.route(live, (route) => route.abort());
  await open(author.page, town, `proposals/${proposal}`);
  await author.page.getByRole('alert').first().waitFor();
  assert.equal(await author.page.getByText('这是首次登记').count(), 0, 'the live revision was not read');
  await author.page.unroute(live);
  await open(author.page, town, `proposals/${proposal}`);
  await author.page.getByRole('button', { name: '同意登记' }).click();
  await author.page.getByRole('button', { name: '确认登记' }).click();
  await author.page.getByText('four_eyes').waitFor();
  await author.context.close();
  const watched = await signedIn(browser, town, 'zh', second);
  const { page } = watched;
  await open(page, town, 'catalogue/pub-security.people');
  await page.getByRole('link', { name: '查看并办理' }).click();
  await page.getByRole('row', { name: /更新周期.*每日.*每周/ }).waitFor();
  const changes = page
    .getByRole('table', { name: '与现行修订的不同' })
    .locator('tbody tr.ant-table-row td:first-child');
  assert.deepEqual((await changes.allInnerTexts()).sort(), ['更新周期', '责任处室'], 'only what differs');
  await page.getByRole('button', { name: '同意登记' }).click();
  await page.getByRole('button', { name: '确认登记' }).click();
  await page.getByText('已办理：已登记').waitFor();
  assert.equal((await town.staff(teacher, 'GET', '/v1/catalogue/pub-security.people'))['revision'], 2);
  await healthy(watched, 'accepted');
  await watched.context.close();
});

test('an entry is typed, waits for another person of the department, and a revision begins with it', async () => {
  const watched = await signedIn(browser, town, 'zh', police);
  const { page } = watched;
  await open(page, town, 'catalogue/new?dataset=pub-security.household');
  const form = page.getByRole('form', { name: '编入目录' });
  assert.equal(await form.getByLabel('名称（中文）').inputValue(), '户籍人口', 'as the dataset is called');
  // the label of a choice has its options too
  for (const choice of [/^共享方式/, /^开放属性/, /^更新周期/, /^数据分级/])
    assert.equal(await form.getByLabel(choice).inputValue(), '', 'no choice is made for them');
  for (const [label, text] of [
    [/^代码/, 'pub-security.typed'],
    ['摘要（中文）', '全市户籍人口'],
    ['摘要（英文）', attack],
    [/^关键字/, '户口\n常住'],
    [/^分类/, '1/12'],
    ['来源系统', '人口信息系统'],
    ['责任处室', '人口处'],
    ['联系方式', attack],
    ['与他部门条目并存的理由', '口径不同'],
  ] as const)
    await form.getByLabel(label).fill(text);
  for (const [label, choice] of [
    [/^共享方式/, 'interface'],
    [/^开放属性/, 'closed'],
    [/^更新周期/, 'daily'],
    [/^数据分级/, 'general'],
  ] as const)
    await form.getByLabel(label).selectOption(choice);
  await form.getByRole('button', { name: '提交' }).dblclick();
  const waits = form.getByRole('link', { name: '查看并办理' });
  await waits.waitFor();
  await picture(page, 'zh-catalogue-typed');
  await healthy(watched, 'entry typed');
  const typed = (await waits.getAttribute('href'))?.split('/').at(-1);
  await accept({ proposal: typed });
  const stored = async (): Promise<Record<string, unknown>> =>
    (await town.staff(teacher, 'GET', '/v1/catalogue/pub-security.typed'))['entry'] as Record<
      string,
      unknown
    >;
  assert.deepEqual((await stored())['keywords'], ['户口', '常住']);
  await open(page, town, 'catalogue/pub-security.typed');
  await page.getByRole('link', { name: '修订条目' }).click();
  const revise = page.getByRole('form', { name: '修订条目' });
  assert.equal(await revise.getByLabel('摘要（英文）').inputValue(), attack);
  await revise.getByLabel('责任处室').fill('户政处');
  await revise.getByRole('button', { name: '提交' }).click();
  const again = revise.getByRole('link', { name: '查看并办理' });
  await again.waitFor();
  await accept({ proposal: (await again.getAttribute('href'))?.split('/').at(-1) });
  const { office, ...same } = await stored();
  assert.deepEqual(
    [office, same['contact'], same['datasets']],
    ['户政处', attack, ['pub-security.household']],
  );
  await watched.context.close();
  // another department reads the entry, and revises nothing
  const reader = await signedIn(browser, town, 'zh', teacher);
  await open(reader.page, town, 'catalogue/pub-security.typed');
  assert.equal(await reader.page.getByRole('link', { name: '修订条目' }).count(), 0);
  await open(reader.page, town, 'datasets/pub-security.household');
  await reader.page.locator('main').getByRole('link', { name: '申请', exact: true }).click();
  await reader.page.waitForURL(/requests\/new\?dataset=pub-security\.household$/);
  await reader.context.close();
});

test('a version is checked while it is typed: breaks are shown before anything is saved, and a good one is published by two', async () => {
  const watched = await signedIn(browser, town, 'zh', police);
  const { page } = watched;
  await open(page, town, 'schemas/new?from=lights/1.0&view=json');
  const text = page.getByLabel('标准正文');
  await text.fill('{ not json');
  await page.getByText('正文不是 JSON').waitFor();
  await text.fill(JSON.stringify(schema('1.2', {})));
  await page.getByText('schema_incompatible').waitFor();
  assert.ok(await page.getByRole('button', { name: '提交登记' }).isDisabled());
  // what was typed is there after a reload, and marked as unsent
  await page.reload();
  await page.getByText('未提交').waitFor();
  assert.match(await text.inputValue(), /lights:1\.2/);
  // it is discarded by one press, and put back by another one
  await page.getByRole('button', { name: '放弃草稿' }).click();
  await page.getByText('未提交').waitFor({ state: 'detached' });
  assert.doesNotMatch(await text.inputValue(), /lights:1\.2/);
  await page.getByRole('button', { name: '撤销', exact: true }).click();
  await page.getByText('未提交').waitFor();
  assert.match(await text.inputValue(), /lights:1\.2/);
  await text.fill(
    JSON.stringify(
      schema('1.2', { street: field(textOfAttacker), watts: field({ zh: '功率', en: 'Watts' }) }),
    ),
  );
  await page.getByText('可以登记').waitFor();
  await page.getByRole('button', { name: '提交登记' }).click();
  await page.getByText('已登记：审核中').waitFor();
  await healthy(watched, 'written');
  await watched.context.close();
  const other = await signedIn(browser, town, 'zh', second);
  await open(other.page, town, 'inbox');
  await other.page.getByRole('link', { name: /^查看 .* 1\.2$/ }).click();
  await other.page.getByText('✔ 兼容').first().waitFor();
  await other.page.getByRole('button', { name: '同意发布' }).click();
  await other.page.getByRole('button', { name: '确认发布' }).click();
  await other.page.locator('.facts .state', { hasText: '已发布' }).waitFor();
  const published = await town.staff(teacher, 'GET', '/v1/schemas/urn:datong:lights:1.2');
  assert.equal((published['schema'] as { state: string }).state, 'published');
  await healthy(other, 'published');
  await other.context.close();
});

test('what breaks others knowingly is submitted with a reason, and shown with what stored rows say to it', async () => {
  const watched = await signedIn(browser, town, 'zh', police);
  const { page } = watched;
  await open(page, town, 'schemas/new?from=lights/1.0&view=json');
  await page.getByLabel('标准正文').fill(JSON.stringify(schema('1.3', {})));
  const waiver = page.getByLabel(/^明知不兼容/);
  await waiver.fill(attack);
  await picture(page, 'zh-schema-waiver-asked');
  await page.getByRole('button', { name: '提交登记' }).click();
  await page.getByText('已登记：审核中').waitFor();
  await healthy(watched, 'waiver asked');
  await open(page, town, 'schemas/lights/1.3');
  await page.getByRole('heading', { name: '明知不兼容的豁免' }).waitFor();
  await page.getByRole('table', { name: '不兼容之处' }).getByText('/properties/street').first().waitFor();
  await picture(page, 'zh-schema-waiver');
  await healthy(watched, 'waiver');
  await watched.context.close();
});

test('a failed pull is found, asked to run, and ended with a reason; another department finds nothing', async () => {
  const watched = await signedIn(browser, town, 'zh', police);
  const { page } = watched;
  await open(page, town, 'inbox');
  await page.locator(`a[href="/console/pulls/${filled}"]`).waitFor();
  // what is late comes first and is marked in words, and how much is late is shown above
  await page
    .getByRole('status')
    .getByText(/^▲ 已逾期 \d+ 项$/)
    .waitFor();
  const today = page.getByRole('region', { name: /^今天要办/ });
  assert.match(await today.getByRole('listitem').first().innerText(), /▲ .*（已逾期 \d+ 个工作日）/);
  await open(page, town, 'pulls');
  await page.getByLabel('抽取结果').selectOption('1');
  await page.getByText('该数据库拒绝了登录').waitFor();
  assert.match(page.url(), /failed=1/);
  await page.getByTitle(filled, { exact: true }).click();
  const trouble = page.getByRole('note').filter({ hasText: '的抽取没有成功' });
  await trouble.waitFor();
  await page.getByRole('button', { name: '立即抽取' }).click();
  await page.getByRole('button', { name: '确认立即抽取' }).click();
  await page.getByText('枢纽将在十五秒内开始抽取').waitFor();
  const pause = async (): Promise<void> => {
    await page
      .getByLabel('暂停的最后一天')
      .fill(new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10));
    await page.getByLabel(/^暂停理由/).fill('机房搬迁');
    await page.getByRole('button', { name: '暂停抽取' }).click();
    await page.getByRole('button', { name: '确认暂停' }).click();
    await page.getByText('机房搬迁').waitFor();
  };
  await pause();
  await page.getByRole('button', { name: '撤销', exact: true }).click();
  await page.getByText('已恢复，枢纽将在十五秒内').waitFor();
  await pause();
  await picture(page, 'zh-pull-paused');
  await healthy(watched, 'paused');
  await page.getByRole('button', { name: '恢复抽取' }).click();
  await page.getByRole('button', { name: '确认恢复' }).click();
  await page.getByText('已恢复，枢纽将在十五秒内').waitFor();
  await page.getByLabel(/^终止理由/).fill('改为文件报送');
  await page.getByRole('button', { name: '终止抽取' }).click();
  await page.getByRole('button', { name: '确认终止并销毁密码' }).click();
  await page.getByText('抽取已终止，密码已销毁。').waitFor();
  assert.equal(await trouble.count(), 0, 'no next run is announced');
  await picture(page, 'zh-pull-ended');
  await healthy(watched, 'ended');
  await open(page, town, 'pulls');
  await page.getByText('没有符合条件的定时抽取').waitFor();
  await watched.context.close();
  const { rows } = await town.database.app.query(
    "SELECT FROM pull WHERE ended_by IS NOT NULL AND secret = ''",
  );
  assert.equal(rows.length, 1);
  const stranger = await town.hub.staff(teacher.token, 'GET', `/v1/datasets/${filled}/pull`);
  assert.equal(stranger.json['code'], 'not_your_department');
});

test('a department’s word on where an element comes from waits for the data office', async () => {
  const watched = await signedIn(browser, town, 'zh', police);
  const { page } = watched;
  await open(page, town, 'sources');
  await page.getByRole('cell', { name: 'person.name' }).waitFor();
  const form = page.getByRole('form', { name: '确定数源部门' });
  await form.getByLabel(/^数据元/).fill('cn.nothing');
  await form.getByLabel('数源部门').selectOption('pub-security');
  await form.getByLabel('依据').fill('户籍管理职责');
  await form.getByRole('button', { name: '提出确定' }).click();
  await page.getByText('unknown_reference').waitFor();
  watched.faults.splice(0);
  await form.getByLabel(/^数据元/).fill('cn.resident-id');
  await form.getByRole('button', { name: '提出确定' }).click();
  await page.getByText('已提交，等另一人同意后生效。').waitFor();
  assert.equal(await page.getByRole('cell', { name: 'cn.resident-id' }).count(), 0);
  await healthy(watched, 'proposed');
  await watched.context.close();
});

test('reminders are set by their receivers, in the operator’s domains alone, and ended', async () => {
  const watched = await signedIn(browser, town, 'zh', teacher);
  const { page } = watched;
  await open(page, town, 'reminders');
  const own = page.getByRole('form', { name: '本人的提醒' });
  await own.getByLabel('邮箱').fill('a@elsewhere.example');
  await own.getByRole('button', { name: '保存提醒' }).click();
  await own.getByText('reminder_place_not_allowed').waitFor();
  watched.faults.splice(0);
  await own.getByLabel('邮箱').fill('a@yunxi.example');
  await own.getByRole('button', { name: '保存提醒' }).click();
  await own.getByText('已保存，原来的地址不再使用。').waitFor();
  await page.getByRole('cell', { name: 'yunxi.example' }).waitFor();
  await picture(page, 'zh-reminders-set');
  await healthy(watched, 'set');
  await town.database.owner.query(
    `INSERT INTO reminder (id, kind, owner, way, said, made_at, state, trouble, died_at)
     SELECT '01a20328-0104-7757-9e84-c346bc55b77b', kind, owner, way, '{"counts":{"requests":3},"nearest":"2026-12-01"}',
            now() - interval '1 day', 'dead', 'reminder_unreachable', now() FROM reminder_address`,
  );
  await open(page, town, 'reminders');
  const dead = page.getByRole('table', { name: '未能送达的提醒（死信）' });
  await dead.getByText('reminder_unreachable').waitFor();
  await picture(page, 'zh-reminders-dead');
  await healthy(watched, 'dead letters');
  await dead.getByRole('button', { name: /^重新发送/ }).click();
  await dead.getByText('正在重新发送').waitFor();
  await own.getByRole('button', { name: '停止提醒' }).click();
  await own.getByRole('button', { name: '确认停止提醒' }).click();
  await page.getByText('尚未设置提醒').waitFor();
  await watched.context.close();
});

test('a key of a new machine is confirmed by a person who did not issue its code, having seen its thumbprint', async () => {
  const machine = await town.hub.enrol('ecology');
  const watched = await signedIn(browser, town, 'zh', ecologist);
  const { page } = watched;
  await open(page, town, 'departments/ecology');
  const key = page.getByRole('article', { name: `指纹 ${machine.signing.keyid}` });
  await key.getByText(machine.signing.keyid).first().waitFor();
  await healthy(watched, 'keys');
  await picture(page, 'zh-keys');
  await key.getByRole('button', { name: '指纹相符，确认' }).click();
  await key.getByRole('button', { name: '确认这把密钥' }).click();
  await key.getByText('审批人').waitFor();
  assert.equal(await key.getByRole('button', { name: '指纹相符，确认' }).count(), 0);
  await page.getByRole('button', { name: '吊销' }).first().click();
  await page.getByRole('button', { name: '确认吊销' }).click();
  await page.getByText('已撤销').first().waitFor();
  await watched.context.close();
});

for (const [language, words] of [
  ['zh', { issue: '签发入网码', sheet: '入网码交接单' }],
  ['en', { issue: 'Issue an enrolment code', sheet: 'Enrolment code, handed over' }],
] as const)
  test(`a code is issued and shown once, and goes on paper alone, ${language}`, async () => {
    const watched = await signedIn(browser, town, language, operator);
    const { page } = watched;
    await open(page, town, 'departments/ecology');
    await page.getByRole('button', { name: words.issue }).click();
    const line = page.locator('.command').getByText(/npx datong enrol \S+ --hub/);
    const code = /DT-[\w-]+/.exec(await line.innerText())?.[0] ?? '';
    assert.match(code, /^DT(?:-\w{5}){4}$/);
    await healthy(watched, 'code');
    await fitsPaper(page, `${language}-enrolment-code`);
    await page.emulateMedia({ media: 'print' });
    assert.deepEqual(await page.locator('main h2:visible, main h1:visible').allInnerTexts(), [words.sheet]);
    await page.getByRole('cell', { name: code, exact: true }).waitFor();
    await page.emulateMedia({ media: null });
    await page.reload();
    await page.getByRole('button', { name: words.issue }).waitFor();
    assert.equal(await page.getByText(code).count(), 0);
    await watched.context.close();
  });

test('who sees a field, and what a document would change, without changing it', async () => {
  const households = householdFile(1500, 3);
  const child = households.good.find(({ region }) => region !== '990103')?.id ?? '';
  const { publicSecurity, education } = town.city;
  await publicSecurity.client.sendFile('pub-security.household', households.bytes, { mapping: 'household' });
  await education.client.query(
    'pub-security.household',
    { filter: [{ field: 'person_id', op: 'eq', value: child }] },
    {
      purpose: 'school-enrolment',
      agreement: 'agr-school-enrolment',
      onBehalfOf: 'o',
      matter: 'RX-2026-000451',
    },
  );
  const watched = await signedIn(browser, town, 'zh', security);
  const { page } = watched;
  await open(page, town, 'policy');
  await page.getByLabel('数据资源').selectOption('pub-security.household');
  await page.getByLabel('数据项').selectOption('name');
  await page
    .getByRole('cell', { name: /personName/ })
    .first()
    .waitFor();
  await page.getByLabel('文件正文').fill('{"kind":"Agreement"}');
  await page.getByRole('button', { name: '试算' }).click();
  await page.getByText('policy_invalid').waitFor();
  watched.faults.splice(0);
  await healthy(watched, 'policy');
  const floor = {
    kind: 'Restriction',
    id: 'res-names',
    version: 1,
    when: { field: ['name'] },
    floor: { mask: 'drop' },
  };
  await page.getByLabel('文件正文').fill(JSON.stringify(floor));
  await page.getByLabel('取最近的调用').selectOption('31');
  await page.getByRole('button', { name: '试算' }).click();
  const reported = page.getByRole('region', { name: '试算结果' });
  await reported.getByText(/删除 [1-9]/).waitFor();
  await reported.getByRole('heading', { name: '最近 31 天的调用' }).waitFor();
  await reported.getByRole('row', { name: /数据项或脱敏将不同.*name/ }).waitFor();
  await picture(page, 'zh-policy-simulated');
  await healthy(watched, 'simulated');
  // what a department can see
  await page.getByLabel('需求部门').selectOption('education');
  assert.match(page.url(), /consumer=education/);
  await page
    .getByRole('cell', { name: /personName/ })
    .first()
    .waitFor();
  await watched.context.close();
});

test('a clerk who opens a page by its address finds what they may read, and no act', async () => {
  const watched = await signedIn(browser, town, 'zh', clerk);
  const { page } = watched;
  await open(page, town, 'schemas/lights/1.1');
  assert.equal(await page.getByRole('button', { name: '同意发布' }).count(), 0);
  await open(page, town, 'departments/education');
  assert.equal(await page.getByRole('button', { name: /吊销|签发入网码|确认/ }).count(), 0);
  const refused = await page.evaluate<string>(
    `fetch('/v1/schemas/urn:datong:lights:1.1/decision', { method: 'POST', headers: { 'content-type': 'application/json', 'datong-idempotency-key': crypto.randomUUID() }, body: JSON.stringify({ act: 'return', reason: 'because' }) }).then((r) => r.json()).then((p) => p.code)`,
  );
  assert.ok(['scope_missing', 'not_your_department'].includes(refused), refused);
  await watched.context.close();
});

test('the form that invites an operator shows no department, as none is sent', async () => {
  const { page, context } = await signedIn(browser, town, 'zh', operator);
  await open(page, town, 'persons');
  const form = page.getByRole('form', { name: '邀请人员' });
  const department = form.getByLabel('部门');
  await department.selectOption('education');
  await form.getByLabel('角色').selectOption('operator');
  assert.equal(await department.inputValue(), '');
  await form.getByLabel('角色').selectOption('steward');
  assert.equal(await department.inputValue(), 'education');
  await context.close();
});
