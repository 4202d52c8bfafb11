/** Requests in a real browser: made from the catalogue, answered stage by stage, and what then leaves. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { runDatong } from '../datong.ts';
import { writeDemoState } from '../demoState.ts';
import { nonEmpty } from '../nonEmpty.ts';
import { openBrowser, type Watched } from './openBrowser.ts';
import { attack, healthy, lookAtPages, namesDataset, picture, shownRefusal, tabTo } from './pages.ts';
import { lookingIn, open, registryCity, textOfAttacker, signedIn } from './registryCity.ts';
import { newYear, validTerm } from '../newYear.ts';

const town = await registryCity();
const folder = mkdtempSync(join(tmpdir(), 'datong-requests-'));
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await town.hub.stop();
  rmSync(folder, { recursive: true, force: true });
});
const ann = await town.person('演示 教育甲', 'steward', 'education');
const bob = await town.person('演示 教育乙', 'steward', 'education');
const dan = await town.person('演示 公安甲', 'steward', 'pub-security');
const stranger = await town.person('演示 生态甲', 'steward', 'ecology');
const office = await town.person('演示 主管甲', 'steward');
const security = await town.person('演示 安全员', 'security');
const file = householdFile(1500, 12);
await town.city.publicSecurity.client.sendFile('pub-security.household', file.bytes, {
  mapping: 'household',
});

const papers = { reason: attack, commitment: createHash('sha256').update('undertaking').digest('hex') };
const wanted = (id: string, fields: object, more: object = {}): object => ({
  kind: 'Agreement',
  id,
  version: 1,
  title: textOfAttacker,
  provider: 'pub-security',
  consumer: 'education',
  purposes: ['school-enrolment'],
  basis: { type: 'statutory', reference: '中华人民共和国义务教育法', clause: '第十二条' },
  valid: validTerm,
  grants: [
    { dataset: 'pub-security.household', schema: 'household@1', lookupBy: ['person_id'], fields, ...more },
  ],
});
const plain = { name: { mask: 'clear' }, region_code: { mask: 'clear' } };
const made = async (id: string, fields: object = plain, more: object = {}): Promise<string> =>
  (await town.staff(ann, 'POST', '/v1/requests', { document: wanted(id, fields, more), papers }))[
    'id'
  ] as string;
const waiting = await made(
  'agr-waiting',
  { ...plain, name: { mask: 'personName' }, person_id: { mask: 'idCard', head: 6, tail: 0 } },
  {
    rows: { all: [{ field: 'region_code', is: 'own-region' }] },
    filterBy: ['region_code'],
    deliveries: ['export'],
    requires: ['on-behalf-of'],
    obligations: [{ id: 'delete-after', period: 'P180D' }],
  },
);
const answered = await made('agr-answered', { ...plain, birth_date: { mask: 'clear' } });
const refused = await made('agr-refused');
for (const id of [answered, refused])
  await town.staff(bob, 'POST', `/v1/requests/${id}/acts`, { act: 'pass' });

const demanded = async (title: string, reason: string): Promise<string> =>
  (
    await town.staff(ann, 'POST', '/v1/demands', {
      consumer: 'education',
      title,
      fields: [attack],
      purpose: 'school-enrolment',
      reason,
    })
  )['id'] as string;
const hostileDemand = await demanded(attack, attack);

const second = await town.person('演示 主管乙', 'steward');
const template = (code: string, title: object): object => ({
  code,
  title,
  days: 200,
  purposes: ['school-enrolment'],
  basis: { type: 'statutory', reference: '中华人民共和国义务教育法', clause: '第十二条' },
  grants: [
    {
      dataset: 'pub-security.household',
      schema: 'household@1',
      lookupBy: ['person_id'],
      fields: plain,
      obligations: [{ id: 'delete-after', period: 'P180D' }],
    },
  ],
});
/** By the second person of the office. */
async function accepted(proposal: unknown): Promise<void> {
  const path = `/v1/proposals/${String(proposal)}`;
  const { digest } = await town.staff(second, 'GET', path);
  await town.staff(second, 'POST', `${path}/acceptance`, { digest });
}
const registered = await town.staff(
  office,
  'POST',
  '/v1/request-templates',
  template('hostile', textOfAttacker),
);
await accepted(registered['proposal']);

const undertaking = { name: '承诺书.pdf', mimeType: 'application/pdf', buffer: Buffer.from('undertaking') };
/** Their request, written by keyboard alone. */
async function fill(page: Page, name = false): Promise<void> {
  const { keyboard } = page;
  // awaited from the beginning: the browser has to deliver it by then
  const chooser = page.waitForEvent('filechooser');
  await tabTo(page, '使用场景');
  for (
    let presses = 0;
    (await page.evaluate('document.activeElement.value')) !== 'school-enrolment';
    presses += 1
  ) {
    assert.ok(presses < 50, 'no such purpose');
    await keyboard.press('ArrowDown');
  }
  for (const [label, text] of [
    ['协议名称', '户籍数据用于入学资格核验'],
    ['法律法规名称', '中华人民共和国义务教育法'],
    ['条款', '第十二条'],
  ] as const) {
    await tabTo(page, label);
    await keyboard.insertText(text);
  }
  if (name) {
    // the masked name: the first choice after «not requested»
    await tabTo(page, '姓名 的提供方式');
    for (
      let presses = 0;
      !/personName/.test(await page.evaluate('document.activeElement.value'));
      presses += 1
    ) {
      assert.ok(presses < 20, 'no such mask');
      await keyboard.press('ArrowDown');
    }
    await tabTo(page, '姓名：为何需要');
    await keyboard.insertText('核对报名人姓名');
  }
  await tabTo(page, '申请理由');
  await keyboard.insertText('核验入学资格');
  await tabTo(page, '承诺书');
  await keyboard.press('Enter');
  await (await chooser).setFiles(undertaking);
}
/** Types the same reason for each chosen field. */
async function giveReasons(page: Page): Promise<void> {
  for (const box of nonEmpty(await page.getByLabel(/：为何需要$/).all())) await box.fill('核对资格');
}
const stateOf = async (id: string): Promise<unknown> =>
  (await town.staff(security, 'GET', `/v1/requests/${id}`))['state'];

const titled = ({ page }: Watched): Promise<void> =>
  namesDataset(page, 'pub-security.household', { zh: '户籍人口', en: 'Household register' });
lookAtPages('requests', {
  ...lookingIn(browser, town, { ann, bob, dan, office, security }),
  made: () => ({ answered, waiting, hostileDemand }),
  before: {
    request: titled,
    'request-asker': titled,
    template: titled,
    'agreement-row': titled,
  },
});

test('asked for from the catalogue with no field preselected, by one button; sent twice it is one; then data leaves', async () => {
  const watched = await signedIn(browser, town, 'zh', ann);
  const { page } = watched;
  await open(page, town, 'requests/new?dataset=pub-security.household');
  const grid = page.getByRole('table', { name: /pub-security\.household/ });
  for (const one of await grid.getByRole('combobox').all()) assert.equal(await one.inputValue(), '');
  assert.equal(await page.getByRole('button', { name: '提交' }).isDisabled(), true);
  await page.getByText('请至少选择一个数据项。').waitFor();
  await picture(page, 'zh-request-new');
  await fill(page, true);
  const before = (await town.staff(security, 'GET', '/v1/requests'))['requests'] as object[];
  await tabTo(page, '提交');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await page.getByText('经过').waitFor();
  const afterwards = (await town.staff(security, 'GET', '/v1/requests'))['requests'] as { id: string }[];
  assert.equal(afterwards.length, before.length + 1);
  const id = afterwards[0]?.id ?? '';
  await page.getByText('核验入学资格').first().waitFor();
  // the reason for the field is with the field, and on the paper
  await page.getByRole('cell', { name: '核对报名人姓名', exact: true }).waitFor();
  assert.match((await page.locator('.print-only').textContent()) ?? '', /姓名：核对报名人姓名/);
  await healthy(watched, 'made');
  const sent: string[] = [];
  page.on('request', (one) => sent.push(`${one.method()} ${one.url()}`));
  await page.getByLabel('要核对的文件').setInputFiles(undertaking);
  await page.getByText('与登记的承诺书一致').waitFor();
  await page.getByLabel('要核对的文件').setInputFiles({ ...undertaking, buffer: Buffer.from('another') });
  await page.getByText('不是本申请登记的任何材料').waitFor();
  assert.equal(await page.getByText('与登记的承诺书一致').count(), 0);
  assert.deepEqual(sent, [], 'the file stays in the browser');
  await healthy(watched, 'held against a paper');
  await watched.context.close();

  // a reviewer of their department agrees within three clicks of the inbox
  const reviewer = await signedIn(browser, town, 'zh', bob);
  let clicks = 0;
  const click = async (role: 'link' | 'button', name: string | RegExp): Promise<void> => {
    clicks += 1;
    await reviewer.page.getByRole(role, { name }).click();
  };
  // they look up who else can decide, and find no one: the other steward of the department made the request
  await reviewer.page.getByRole('button', { name: '查看还有谁可以办理' }).click();
  await reviewer.page.getByRole('listitem').filter({ hasText: id }).getByText('没有别人').waitFor();
  await click('link', new RegExp(`^查看 .*${id}`));
  await reviewer.page.getByText('轮到您办理').waitFor();
  // what it loosens is marked
  await reviewer.page.locator('.loosened').first().waitFor();
  // a double click asks, and confirms nothing though the second button came under it
  clicks += 1;
  await reviewer.page.getByRole('button', { name: '同意', exact: true }).dblclick();
  await click('button', '确认同意');
  await reviewer.page.getByText('现由提供部门办理').waitFor();
  assert.equal(clicks, 3);
  await reviewer.context.close();

  // the provider decides by keyboard alone
  const provider = await signedIn(browser, town, 'zh', dan);
  await open(provider.page, town, `requests/${id}`);
  await tabTo(provider.page, /^同\s?意$/);
  await provider.page.keyboard.press('Enter');
  await provider.page.keyboard.press('Enter');
  await provider.page.getByText('已审定，待签署生效').first().waitFor();
  await healthy(provider, 'approved');
  await provider.context.close();
  const { document } = await town.staff(security, 'GET', `/v1/requests/${id}`);
  writeFileSync(join(folder, 'agreed.yaml'), JSON.stringify(document));
  await town.city.apply(join(folder, 'agreed.yaml'), [town.city.education, town.city.publicSecurity]);
  assert.equal(await stateOf(id), 'granted');
  const [child] = file.good;
  // and the command line of the developer who asked fetches
  const { hub, ca } = town.hub;
  const state = join(folder, 'demo.json');
  writeDemoState(state, { ...hub.origins, ca, keys: { keys: [] } }, {}, [town.city.education]);
  const agreement = (document as { id: string }).id;
  const fetched = await runDatong(
    [
      ...['fetch', 'pub-security.household', '--as', 'education', '--purpose', 'school-enrolment'],
      ...['--agreement', agreement, '--on-behalf-of', 'o', '--filter', `person_id=${child?.id ?? ''}`],
    ],
    { cwd: folder, env: { DATONG_STATE: state } },
  );
  assert.equal(fetched.code, 0, fetched.stderr);
  assert.match((JSON.parse(fetched.stdout) as { name: string }).name, /^.\*+$/u);
});

test('what a refusal expected and received, and what it found place by place, is on the page in both languages', async () => {
  // two asked for one number; the other one was granted it meanwhile
  const [granted, late] = [await made('agr-twice'), await made('agr-twice')];
  for (const id of [granted, late]) await town.staff(bob, 'POST', `/v1/requests/${id}/acts`, { act: 'pass' });
  await town.staff(dan, 'POST', `/v1/requests/${granted}/acts`, { act: 'pass' });
  const reported = {
    zh: [
      '未能完成：共享协议 agr-twice 的版本应为 2',
      {
        错误代码: 'version_not_next',
        应为: '2',
        实为: '1',
        处理建议: '按顺序使用版本号',
        谁能处理: '您本人',
        交换编号: '…',
      },
      [],
      `命令行同样操作\nnpx datong request answer ${late} --help\n复制`,
    ],
    en: [
      'This was not done: the next version of Agreement agr-twice is 2',
      {
        Code: 'version_not_next',
        Expected: '2',
        Received: '1',
        'What next': 'use version numbers in order',
        'Who can correct it': 'you',
        Exchange: '…',
      },
      [],
      `The same by command line\nnpx datong request answer ${late} --help\nCopy`,
    ],
  };
  const acts = { zh: ['同意', /^确认同意：/], en: ['Agree', /^Confirm: /] } as const;
  for (const language of ['zh', 'en'] as const) {
    const watched = await signedIn(browser, town, language, dan);
    const { page } = watched;
    await open(page, town, `requests/${late}`);
    for (const name of acts[language]) await page.getByRole('button', { name, exact: true }).click();
    assert.deepEqual(await shownRefusal(page), reported[language]);
    await healthy(watched, `refused ${language}`, true);
    await open(page, town, 'requests?open=perhaps');
    const [, facts, found] = await shownRefusal(page);
    assert.equal((facts as Record<string, string>)[language === 'zh' ? '位置' : 'Where'], '/query/open');
    assert.deepEqual(found, [
      language === 'zh' ? '/query/open：只能是 true, false' : '/query/open: must be one of true, false',
    ]);
    await watched.context.close();
  }
});

test('returned with one list, supplemented, answered with less, accepted; and printed as a form', async () => {
  const provider = await signedIn(browser, town, 'zh', dan);
  await open(provider.page, town, `requests/${answered}`);
  await provider.page.getByRole('button', { name: '退回补正' }).click();
  const list = provider.page.getByRole('form', { name: '退回补正' });
  await list.getByLabel('缺什么 1').fill(attack);
  await list.getByLabel('说明 1').fill(attack);
  await list.getByRole('button', { name: '再加一项' }).click();
  await list.getByLabel('缺什么 2').fill('依据');
  await list.getByLabel('说明 2').fill('写明条款');
  await list.getByRole('button', { name: '提交' }).click();
  await provider.page.getByText('现由需求部门办理').waitFor();
  await healthy(provider, 'returned');

  const asker = await signedIn(browser, town, 'zh', ann);
  await open(asker.page, town, `requests/${answered}`);
  await asker.page.getByRole('button', { name: '补正', exact: true }).click();
  const supplement = asker.page.getByRole('form', { name: '补正', exact: true });
  await supplement.getByText('写明条款').waitFor();
  await supplement.getByLabel('申请理由').fill('依据第十二条核验入学资格');
  await healthy(asker, 'supplement');
  await supplement.getByRole('button', { name: '提交' }).click();
  await asker.page.getByText('现由提供部门办理').waitFor();

  await open(provider.page, town, `requests/${answered}`);
  await provider.page.getByRole('button', { name: '提出可共享的范围' }).click();
  const offer = provider.page.getByRole('form', { name: '提出可共享的范围' });
  await offer.getByLabel('出生日期 的提供方式').selectOption('');
  await offer.getByLabel('理由').fill('无需出生日期');
  await healthy(provider, 'offer');
  await offer.getByRole('button', { name: '提交' }).click();
  await provider.page.getByText('待接受').first().waitFor();
  await provider.context.close();

  await open(asker.page, town, `requests/${answered}`);
  await asker.page.getByRole('button', { name: '接受' }).click();
  await asker.page.getByRole('button', { name: /^确认接受：/ }).click();
  await asker.page.getByText('已审定，待签署生效').first().waitFor();
  await asker.page.emulateMedia({ media: 'print' });
  assert.ok(await asker.page.getByRole('heading', { name: '政务数据共享申请审批表' }).isVisible());
  assert.ok(!(await asker.page.getByRole('navigation').isVisible()));
  await picture(asker.page, 'zh-request-print');
  await asker.page.emulateMedia({ media: 'screen' });
  await healthy(asker, 'accepted');
  await asker.context.close();
  const { document } = await town.staff(security, 'GET', `/v1/requests/${answered}`);
  const [grant] = (document as { grants: { fields: object }[] }).grants;
  assert.deepEqual(grant?.fields, plain);
});

test('refused with the reason and what would be granted; the requester finds no act of a reviewer', async () => {
  const provider = await signedIn(browser, town, 'zh', dan);
  await open(provider.page, town, `requests/${refused}`);
  await provider.page.getByRole('button', { name: '不予共享' }).click();
  const form = provider.page.getByRole('form', { name: '不予共享' });
  await form.getByLabel('理由').fill(attack);
  await form.getByLabel('可以共享的范围').fill('区划代码');
  await form.getByRole('button', { name: '提交' }).click();
  await provider.page.locator('.facts .state', { hasText: '不予共享' }).waitFor();
  assert.equal(await provider.page.getByRole('button', { name: '同意', exact: true }).count(), 0);
  await healthy(provider, 'refused');
  await provider.context.close();
  const asker = await signedIn(browser, town, 'zh', ann);
  await open(asker.page, town, `requests/${waiting}`);
  assert.equal(await asker.page.getByRole('button', { name: '同意', exact: true }).count(), 0);
  await asker.page.getByRole('button', { name: '撤回申请' }).waitFor();
  await asker.context.close();
});

test('the decider sees all of it: masks with their parameters, which rows, which deliveries, what each call needs', async () => {
  const reviewer = await signedIn(browser, town, 'zh', bob);
  const { page } = reviewer;
  await open(page, town, `requests/${waiting}`);
  const whole = page.getByRole('table', { name: '申请的全部内容' });
  for (const [row, text] of [
    ['数据项与脱敏', /公民身份号码：身份证号（保留前几位 6，保留后几位 0）/],
    ['数据项与脱敏', /姓名：姓名/],
    ['数据范围（行）', '需求部门本辖区'],
    ['可筛选的数据项', /^可筛选的数据项[^a-z]+$/],
    ['凭完整值查找的数据项', '公民身份号码'],
    ['分页查询以外的提供方式', '导出文件'],
    ['每次调用须具备', '经办人'],
    ['个人同意', '不以个人同意为条件'],
    ['义务', /期满删除；期间：180 天/],
  ] as const)
    await whole.getByRole('row').filter({ hasText: row }).filter({ hasText: text }).first().waitFor();
  await page.getByText('脱敏：身份证号（保留前几位 6，保留后几位 0）').waitFor();
  // on paper the same rows
  await page.emulateMedia({ media: 'print' });
  const paper = page.locator('.print-only');
  for (const text of ['需求部门本辖区', '导出文件', '期满删除；期间：180 天'])
    assert.ok(await paper.getByText(text).first().isVisible(), text);
  const printed = await paper.innerText();
  for (const code of ['idCard', 'personName', 'birth_date', '+08:00', 'T00:00', 'delete-after', 'P180D'])
    assert.ok(!printed.includes(code), `${code} on paper`);
  await reviewer.context.close();
});

test('a demand is made once, assigned with a reason, returned, and answered; the requester finds no act of an answerer', async () => {
  const asker = await signedIn(browser, town, 'zh', ann);
  await open(asker.page, town, 'catalogue?q=残疾人证');
  await asker.page.getByRole('link', { name: '没有找到？提出数据需求' }).click();
  const form = asker.page.getByRole('form', { name: '提出需求' });
  await form.getByLabel('使用场景').selectOption('school-enrolment');
  await form.getByLabel('需要什么数据').fill('残疾人证');
  await form.getByLabel(/^需要的数据项/).fill('证件号\n残疾等级\n');
  await form.getByLabel(/^理由/).fill('核验入学照顾资格');
  await form.getByRole('button', { name: '提交' }).dblclick();
  await asker.page.getByRole('heading', { name: /^残疾人证 · dem-/ }).waitFor();
  const id = /dem-\d{9}/.exec(asker.page.url())?.[0] ?? '';
  const { rows } = await town.database.app.query("SELECT FROM demand WHERE title = '残疾人证'");
  assert.equal(rows.length, 1, 'pressed twice, made once');
  await asker.page.getByText('证件号、残疾等级').waitFor();
  await asker.page.getByRole('button', { name: '撤回' }).waitFor();
  assert.equal(await asker.page.getByRole('button', { name: '交办', exact: true }).count(), 0);
  await healthy(asker, 'demanded');
  await asker.context.close();

  const step = async ({ page }: Watched, act: string, sure: string, then: string): Promise<void> => {
    await open(page, town, 'inbox');
    await page.getByRole('link', { name: new RegExp(`^查看 残疾人证 · ${id}`) }).click();
    await page.getByRole('button', { name: act, exact: true }).click();
    const form = page.getByRole('form', { name: act });
    if (act === '交办') await form.getByLabel('交办给').selectOption('pub-security');
    await form.getByLabel(/^理由/).fill('见职责分工');
    await form.getByRole('button', { name: sure }).click();
    await page.locator('.facts .state', { hasText: then }).waitFor();
    await picture(page, `zh-demand-${act}`);
  };
  const deciding = await signedIn(browser, town, 'zh', office);
  const providing = await signedIn(browser, town, 'zh', dan);
  await step(deciding, '交办', '确认交办', '已交办');
  await step(providing, '退回主管部门', '确认退回', '待主管部门办理');
  await healthy(providing, 'handed back');
  await step(deciding, '答复不能满足', '确认答复', '不能满足');
  const { page } = deciding;
  await open(page, town, 'demands');
  await page.getByRole('link', { name: attack }).waitFor();
  assert.equal(await page.getByRole('link', { name: '残疾人证' }).count(), 0, 'ended');
  await page.getByLabel('状态').selectOption('refused');
  await page.getByRole('link', { name: '残疾人证' }).waitFor();
  assert.match(page.url(), /state=refused/);
  await healthy(deciding, 'narrowed');
  // handed back, it is not the department's any more
  await open(providing.page, town, `demands/${id}`);
  await providing.page.getByText('没有这件数据需求，或与您的部门无关。').waitFor();
  await deciding.context.close();
  await providing.context.close();
});

test('a request is stored as a template; another begins with it, and carries what the form does not show', async () => {
  const keeping = await signedIn(browser, town, 'zh', office);
  await open(keeping.page, town, `requests/${waiting}`);
  await keeping.page.getByRole('link', { name: '做成模板' }).click();
  const form = keeping.page.getByRole('form', { name: '新建申请模板' });
  await form.getByLabel('代码').fill('from-request');
  await form.getByRole('button', { name: '提交' }).click();
  await keeping.page.getByRole('link', { name: '查看并办理' }).waitFor();
  await healthy(keeping, 'kept as template');
  const href = await keeping.page.getByRole('link', { name: '查看并办理' }).getAttribute('href');
  await accepted(href?.split('/').at(-1));

  const asking = await signedIn(browser, town, 'zh', ann);
  const { page } = asking;
  await open(page, town, 'requests/new?dataset=pub-security.household');
  await page.getByLabel('按模板填写').selectOption('from-request');
  await page.getByText('随申请一并提出').waitFor();
  await page.getByLabel('按模板填写').selectOption('hostile');
  await page.getByLabel('姓名 的提供方式').waitFor();
  assert.equal(await page.getByLabel('法律法规名称').inputValue(), '中华人民共和国义务教育法');
  await page.getByLabel('申请理由').fill('核验入学资格');
  await page.getByLabel(/^承诺书/).setInputFiles(undertaking);
  await page.getByRole('button', { name: '提交' }).click();
  // the template has no reasons: the browser demands one for each field
  assert.equal(await page.getByLabel('姓名：为何需要').and(page.locator(':invalid')).count(), 1);
  await giveReasons(page);
  await healthy(asking, 'begun');
  await page.getByRole('button', { name: '提交' }).click();
  await page.getByText('经过').waitFor();
  const id = /req-\d{9}/.exec(page.url())?.[0] ?? '';
  const { document } = await town.staff(security, 'GET', `/v1/requests/${id}`);
  const [grant] = (document as { grants: { fields: object; obligations: object[] }[] }).grants;
  assert.deepEqual([grant?.fields, grant?.obligations], [plain, [{ id: 'delete-after', period: 'P180D' }]]);
  await asking.context.close();

  await open(keeping.page, town, 'templates/hostile');
  await keeping.page.getByLabel('理由').fill('不再使用');
  await keeping.page.getByRole('button', { name: '撤回模板' }).click();
  await keeping.page.getByRole('button', { name: '确认撤回' }).click();
  await keeping.page.getByRole('link', { name: '查看并办理' }).waitFor();
  await keeping.context.close();
});

test('an agreement is renewed with the text of its last version, including members that the form does not show', async () => {
  const asking = await signedIn(browser, town, 'zh', ann);
  const { page } = asking;
  await open(page, town, 'requests/new?dataset=pub-security.household&renews=agr-school-enrolment@1');
  await page.getByText('按 agr-school-enrolment@1 逐字起草').waitFor();
  assert.equal(await page.getByLabel('法律法规名称').inputValue(), '中华人民共和国义务教育法');
  await page.getByLabel('申请理由').fill('下一学年入学');
  await giveReasons(page);
  await page.getByLabel(/^承诺书/).setInputFiles(undertaking);
  await healthy(asking, 'renewal');
  await page.getByRole('button', { name: '提交' }).click();
  await page.getByText('经过').waitFor();
  const id = /req-\d{9}/.exec(page.url())?.[0] ?? '';
  const { document } = await town.staff(security, 'GET', `/v1/requests/${id}`);
  const shown = await town.staff(security, 'GET', '/v1/policy/documents/agr-school-enrolment/versions/1');
  const [{ version, valid: _now, ...renewed }, { valid: _before, ...last }] = [
    document as Record<string, unknown>,
    JSON.parse(String(shown['text'])) as Record<string, unknown>,
  ];
  const { version: before, ...same } = last;
  assert.deepEqual([before, version], [1, 2]);
  // of an agreement from before reasons were asked for, only the reasons are new
  const grants = (same['grants'] as { fields: object }[]).map((grant) => ({
    ...grant,
    reasons: Object.fromEntries(Object.keys(grant.fields).map((field) => [field, '核对资格'])),
  }));
  assert.deepEqual(renewed, { ...same, grants });
  await asking.context.close();
});

test('a session that ends in the middle of the form loses nothing of it', async () => {
  const watched = await signedIn(browser, town, 'zh', ann);
  const { page } = watched;
  await open(page, town, 'requests/new?dataset=pub-security.household');
  await fill(page, true);
  await town.database.owner.query(
    'UPDATE staff_session SET ended_at = now(), ended_by = begun_by WHERE ended_at IS NULL',
  );
  await page.getByRole('button', { name: '提交' }).click();
  await page.getByText('登录已失效。').waitFor();
  await page.getByRole('button', { name: ann.name }).click();
  await page.getByText('登录已失效。').waitFor({ state: 'detached' });
  assert.equal(await page.getByLabel('申请理由').inputValue(), '核验入学资格');
  await page.getByRole('button', { name: '提交' }).click();
  await page.getByText('经过').waitFor();
  await watched.context.close();
});

test('an agreement is stopped with a reason by one side, which alone lifts it', async () => {
  const watched = await signedIn(browser, town, 'zh', dan);
  const { page } = watched;
  await open(page, town, 'agreements/agr-school-enrolment/1');
  await page.getByLabel('理由').fill('投诉核查');
  await page.getByRole('button', { name: '暂停', exact: true }).click();
  await page.getByRole('button', { name: '确认暂停' }).click();
  await page.getByText('暂停方：提供部门').waitFor();
  // a resumption lifts all stops that the person may lift: it takes two steps and a reason
  assert.equal(await page.getByRole('button', { name: '撤销', exact: true }).count(), 0);
  await page
    .getByRole('listitem')
    .filter({ hasText: /^提供部门 · .+：投诉核查$/ })
    .waitFor();
  await picture(page, 'zh-agreement-stopped');
  await healthy(watched, 'stopped');
  // items that need no act are marked as read together, and stay so
  await open(page, town, 'inbox');
  const known = page.locator('details.lane-card');
  await known.locator('summary').click();
  await known.getByRole('button', { name: '全部标为已读' }).click();
  await known.locator('summary', { hasText: /（0 项） · 已读 [1-9]/ }).waitFor();
  await picture(page, 'zh-undo');
  await page.getByRole('button', { name: '撤销', exact: true }).click();
  await known.locator('summary', { hasText: /（[1-9]\d* 项）$/ }).waitFor();
  await known.getByRole('button', { name: '全部标为已读' }).click();
  await page.reload();
  await known.locator('summary', { hasText: /（0 项） · 已读 [1-9]/ }).waitFor();
  await known.locator('summary').click();
  await picture(page, 'zh-today-read');
  await healthy(watched, 'read');
  await open(page, town, 'agreements/agr-school-enrolment/1');
  await page.getByLabel('理由').fill('核查完毕');
  await page.getByRole('button', { name: '解除暂停' }).click();
  await page.getByRole('button', { name: '确认解除' }).click();
  await page.getByText('暂停方：提供部门').waitFor({ state: 'detached' });
  const { text } = await town.staff(dan, 'GET', '/v1/policy/documents/agr-school-enrolment/versions/1');
  const valid = { from: newYear(2), until: newYear(3) };
  const document = { ...(JSON.parse(String(text)) as object), version: 2, valid };
  await town.staff(dan, 'POST', '/v1/policy/documents', { document });
  await open(page, town, 'agreements/agr-school-enrolment/2');
  const gap = page.getByRole('alert').filter({
    hasText: new RegExp(`在用的第 1 版即告结束；到 .*${newYear(2).slice(0, 4)}.* 本版开始之前，没有任何应答`),
  });
  await gap.waitFor();
  await picture(page, 'zh-agreement-gap');
  await healthy(watched, 'gap');
  await watched.context.close();
});

test('another department opens a request by its address and is refused', async () => {
  const watched = await signedIn(browser, town, 'zh', stranger);
  await open(watched.page, town, `requests/${waiting}`);
  await watched.page.getByText('not_your_department').waitFor();
  assert.equal(await watched.page.getByText('agr-waiting').count(), 0);
  await watched.context.close();
});
