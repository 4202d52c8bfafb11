/** Tickets, disputes, matters and paper consents in a real browser: found, sent, answered, taken further; and who gets nowhere. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { openBrowser, type Watched } from './openBrowser.ts';
import { attack, fitsPaper, healthy, lookAtPages, namesDataset, picture } from './pages.ts';
import { lookingIn, open, registryCity, textOfAttacker, signedIn } from './registryCity.ts';
import { consentOf } from '../../policies/consents/readConsent.ts';

const town = await registryCity();
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await town.hub.stop();
});
const ann = await town.person('演示 教育甲', 'steward', 'education');
const dan = await town.person('演示 公安甲', 'steward', 'pub-security');
const eve = await town.person('演示 公安乙', 'steward', 'pub-security');
const office = await town.person('演示 主管甲', 'steward');
const officeToo = await town.person('演示 主管乙', 'steward');
const stranger = await town.person('演示 生态甲', 'steward', 'ecology');
const auditor = await town.person('演示 审计员', 'auditor');
const dataset = 'pub-security.household';
const file = householdFile(1500, 12);
const children = file.good.filter(
  ({ guardian, id, region }) => guardian !== '' && region === '990101' && id.slice(6, 10) >= '2016',
);
const [child, other, third] = children;
assert.ok(child && other && third);
const { client: police } = town.city.publicSecurity;
await police.sendFile(dataset, file.bytes, { mapping: 'household' });
await town.city.apply('school-meals/notice.yaml');
await town.city.apply('school-meals/agreement.yaml', [town.city.education, town.city.publicSecurity]);
const notice = (await town.database.app.query<{ digest: string }>('SELECT digest FROM consent_notice'))
  .rows[0];
const ticket = async (key: string, claim: string): Promise<string> =>
  (await town.city.education.client.tickets.open({ dataset, key, claim, field: 'name' })).json.id;
const hostile = await ticket(child.id, attack);
const plain = await ticket(other.id, '姓名写错了一个字');
const document = 'a'.repeat(64);
const disputed = (await town.staff(ann, 'POST', '/v1/disputes', { about: hostile, said: attack, document }))[
  'id'
] as string;
const matter = {
  code: 'evil-matter',
  implementationCode: '11990100MB00000000999',
  title: textOfAttacker,
  basis: { reference: attack, clause: attack },
  departments: ['education'],
  materials: [{ title: textOfAttacker, fields: [] }],
};
const proposed = await town.staff(office, 'POST', '/v1/matters', matter);
const proposal = `/v1/proposals/${proposed['proposal'] as string}`;
const { digest } = await town.staff(officeToo, 'GET', proposal);
await town.staff(officeToo, 'POST', `${proposal}/acceptance`, { digest });

const titled = ({ page }: Watched): Promise<void> =>
  namesDataset(page, 'pub-security.household', { zh: '户籍人口', en: 'Household register' });
lookAtPages('cases', {
  ...lookingIn(browser, town, { ann, dan, office, auditor }),
  made: () => ({ hostile, disputed, plain }),
  before: {
    'ticket-provider': titled,
    'ticket-opener': titled,
  },
});

test('a ticket is opened once, found in the inbox, and answered with the batch that mended it', async () => {
  const asker = await signedIn(browser, town, 'zh', ann);
  await open(asker.page, town, `tickets/new?dataset=${dataset}`);
  const form = asker.page.getByRole('form', { name: '提出校核或异议' });
  await form.getByLabel('主体标识').fill(third.id);
  await form.getByLabel(/^问题/).fill('本人已迁入，登记中没有');
  // a reload retains the text, and nothing of its subject
  await asker.page.reload();
  await asker.page.getByText('未提交').waitFor();
  assert.equal(await form.getByLabel('主体标识').inputValue(), '');
  assert.ok(!(await asker.page.evaluate<string>('JSON.stringify({ ...sessionStorage })')).includes(third.id));
  await form.getByLabel('主体标识').fill(third.id);
  await form.getByRole('button', { name: '提交' }).dblclick();
  await asker.page.getByRole('heading', { name: /^校核申请 tkt-/ }).waitFor();
  const id = asker.page.url().split('/').at(-1) ?? '';
  const { rows } = await town.database.app.query('SELECT FROM ticket WHERE field IS NULL');
  assert.equal(rows.length, 1, 'pressed twice, opened once');
  await healthy(asker, 'opened');
  await asker.context.close();

  const provider = await signedIn(browser, town, 'zh', dan);
  const { page } = provider;
  await open(page, town, 'inbox');
  await page.getByRole('link', { name: new RegExp(`查看 ${id}`) }).click();
  await page.getByText(third.id).waitFor();
  await page.getByRole('button', { name: '已改正' }).click();
  await page.getByText('提出之后还没有已发布的批次').waitFor();
  assert.ok(await page.getByRole('form', { name: '已改正' }).getByRole('button').isDisabled());
  const { json: sent } = await police.sendFile(dataset, householdFile(1501, 12).bytes, {
    mapping: 'household',
  });
  await page.reload();
  await page.getByRole('button', { name: '已改正' }).click();
  const mending = page.getByRole('form', { name: '已改正' });
  await mending.getByLabel('改正批次').selectOption(sent.batch);
  await picture(page, 'zh-ticket-mending');
  await healthy(provider, 'mending');
  await mending.getByRole('button', { name: '提交' }).click();
  await page.locator('.state.good', { hasText: '已改正' }).waitFor();
  await page.getByRole('link', { name: sent.batch }).waitFor();
  await healthy(provider, 'mended');
  await provider.context.close();
});

test('the list is narrowed by the hub, the address retains it; what is explained may become a dispute', async () => {
  const watched = await signedIn(browser, town, 'zh', dan);
  const { page } = watched;
  await open(page, town, 'tickets');
  await page.getByRole('link', { name: plain }).click();
  await page.getByRole('button', { name: '数据无误，说明理由' }).click();
  const form = page.getByRole('form', { name: '数据无误，说明理由' });
  await form.getByLabel(/^说明/).fill('身份证 990101201501010015');
  await form.getByRole('button', { name: '提交' }).click();
  await page.getByText('reason_identifies').waitFor();
  assert.match(await form.getByLabel(/^说明/).inputValue(), /身份证/, 'nothing that was typed is lost');
  watched.faults.splice(0);
  await form.getByLabel(/^说明/).fill('与户口簿一致');
  await form.getByRole('button', { name: '提交' }).click();
  await page.locator('.state', { hasText: '已说明' }).waitFor();
  await open(page, town, 'tickets');
  await page.getByRole('link', { name: hostile }).waitFor();
  assert.equal(await page.getByRole('link', { name: plain }).count(), 0, 'answered');
  await page.getByLabel('状态').selectOption('explained');
  await page.getByRole('link', { name: plain }).waitFor();
  assert.match(page.url(), /state=explained/);
  await page.reload();
  await page.getByRole('link', { name: plain }).waitFor();
  await page.getByLabel('本部门的身份').selectOption('opener');
  await page.getByText('没有符合条件的校核或异议').waitFor();
  await healthy(watched, 'narrowed');
  await watched.context.close();

  const asker = await signedIn(browser, town, 'zh', ann);
  await open(asker.page, town, `tickets/${plain}`);
  await asker.page.getByRole('link', { name: '不接受这一答复：提出争议' }).click();
  const disputeForm = asker.page.getByRole('form', { name: '提出争议' });
  await disputeForm.getByLabel(/^说明/).fill('我们持有的户口簿不同');
  await disputeForm.getByLabel(/^本环节文件/).setInputFiles({
    name: '函.pdf',
    mimeType: 'application/pdf',
    buffer: Buffer.from('letter'),
  });
  await disputeForm.getByRole('button', { name: '提交' }).click();
  await asker.page.getByRole('heading', { name: /^共享争议 dsp-/ }).waitFor();
  await healthy(asker, 'raised');
  await asker.context.close();
});

test('a dispute goes up the three levels, each step by its side; no one settles their own', async () => {
  const step = async (who: typeof dan, label: string, then: string): Promise<void> => {
    const watched = await signedIn(browser, town, 'zh', who);
    const { page } = watched;
    await open(page, town, `disputes/${disputed}`);
    await page.getByRole('button', { name: label, exact: true }).click();
    const form = page.getByRole('form', { name: label, exact: true });
    await form.getByLabel(/^说明/).fill('见所附文件');
    const paper = { name: '文件.pdf', mimeType: 'application/pdf', buffer: Buffer.from(label) };
    await form.getByLabel(/^本环节文件/).setInputFiles(paper);
    await form.getByRole('button', { name: '提交' }).click();
    await page.locator('.facts .state', { hasText: then }).waitFor();
    await healthy(watched, label);
    await watched.context.close();
  };
  const raiser = await signedIn(browser, town, 'zh', ann);
  await open(raiser.page, town, `disputes/${disputed}`);
  await raiser.page.getByRole('button', { name: '提交主管部门' }).waitFor();
  assert.equal(await raiser.page.getByRole('button', { name: '同意对方主张' }).count(), 0);
  await raiser.context.close();
  await step(ann, '提交主管部门', '待主管部门裁定');
  await step(office, '裁定', '已裁定');
  await step(dan, '提请政府决定', '已提请政府');
  const decided = await signedIn(browser, town, 'zh', office);
  await open(decided.page, town, `disputes/${disputed}`);
  assert.equal(
    await decided.page.getByRole('button', { name: '记录政府决定' }).count(),
    0,
    'their own decision',
  );
  await decided.context.close();
  await step(officeToo, '记录政府决定', '政府已决定');
});

test('a matter is typed, proposed by one and agreed to by another; its papers are found by a word', async () => {
  const author = await signedIn(browser, town, 'zh', office);
  const { page } = author;
  await open(page, town, 'matters/new');
  const form = page.getByRole('form', { name: '登记事项' });
  await form.getByLabel('代码', { exact: true }).fill('meal-aid');
  await form.getByLabel('实施编码').fill('11990100MB00000000777');
  await form.getByLabel('名称（中文）').first().fill('学校营养餐资助');
  await form.getByLabel('名称（英文）').first().fill('School meals');
  await form.getByLabel('设定依据').fill('中华人民共和国义务教育法');
  await form.getByRole('group', { name: '办理部门' }).getByLabel('教育局').check();
  const paper = form.getByRole('group', { name: '材料 1' });
  await paper.getByLabel('名称（中文）').fill('户口簿');
  await paper.getByLabel('名称（英文）').fill('household register');
  await paper.getByLabel(/^替代的数据项/).fill(`${dataset}.none`);
  await form.getByRole('button', { name: '提交' }).click();
  await page.getByText('unknown_reference').waitFor();
  author.faults.splice(0);
  await paper.getByLabel(/^替代的数据项/).fill(`${dataset}.name`);
  await form.getByRole('button', { name: '提交' }).click();
  await page.getByText('已提交，等另一人同意后生效').waitFor();
  await healthy(author, 'proposed');
  const address = await page.getByRole('link', { name: '查看并办理' }).getAttribute('href');
  await author.context.close();

  const second = await signedIn(browser, town, 'zh', officeToo);
  await second.page.goto(`${town.origin}${address ?? ''}`);
  await second.page.getByRole('button', { name: '同意登记' }).click();
  await second.page.getByRole('button', { name: '确认登记' }).click();
  await second.page.getByText('已办理：已登记').waitFor();
  await open(second.page, town, 'matters');
  await second.page.getByRole('searchbox').fill('营养餐');
  await second.page.keyboard.press('Enter');
  await second.page.getByRole('link', { name: '学校营养餐资助' }).click();
  await second.page.getByText(`${dataset}.name`).waitFor();
  await second.page.getByLabel('理由').fill('并入一件事');
  await second.page.getByRole('button', { name: '终止事项' }).click();
  await second.page.getByRole('button', { name: '确认提议终止' }).click();
  await second.page.getByText('已提交，等另一人同意后生效').waitFor();
  await healthy(second, 'matter');
  await second.context.close();
});

test('a consent on paper is entered by one and confirmed against the scan by another of the department', async () => {
  const clerk = await signedIn(browser, town, 'zh', dan);
  const { page } = clerk;
  await open(page, town, 'papers');
  const form = page.getByRole('form', { name: '纸质同意' });
  const scan = { name: '扫描.pdf', mimeType: 'application/pdf', buffer: Buffer.from('scan') };
  await form.getByLabel('表单编号').fill('ZZ-2026-1');
  await form.getByLabel('签署日期').fill('2026-03-01');
  await form.getByLabel('本人证件号码').fill(child.id);
  await form.getByLabel(/^监护人证件号码/).fill(child.guardian);
  await form.getByLabel(/^扫描件/).setInputFiles(scan);
  await form.getByLabel('同意编号').fill('paper-1');
  await form.getByLabel('数据接收部门').selectOption('education');
  await form.getByLabel('数据资源').selectOption(dataset);
  await form.getByLabel('使用场景').selectOption('school-meals');
  await form.getByLabel('有效期至').fill('2098-12-31');
  await form.getByLabel(/^保存期限/).fill('P6M');
  await form.getByRole('group', { name: '数据项' }).getByLabel('姓名').check();
  await form.getByLabel(/^告知书摘要/).fill(notice?.digest ?? '');
  await form.getByRole('button', { name: '提交' }).click();
  await page.getByText('已提交，等另一人同意后生效').waitFor();
  assert.equal(await form.getByLabel('本人证件号码').inputValue(), '');
  assert.ok(!(await page.evaluate<string>('JSON.stringify({ ...sessionStorage })')).includes(child.id));
  await healthy(clerk, 'entered');
  // the sheet for the file shows what was entered, and no person's number
  await fitsPaper(page, 'zh-paper-consent');
  await page.emulateMedia({ media: 'print' });
  assert.deepEqual(await page.locator('main h2:visible, main h1:visible').allInnerTexts(), [
    '纸质同意录入单',
  ]);
  await page.getByRole('row', { name: '表单编号 ZZ-2026-1' }).waitFor();
  await page.getByRole('row', { name: '签署日期 2026年3月1日' }).waitFor();
  const sheet = await page.locator('main').innerText();
  assert.ok(!sheet.includes(child.id) && !sheet.includes(child.guardian));
  await page.emulateMedia({ media: null });
  await page.getByRole('button', { name: 'English' }).click();
  await fitsPaper(page, 'en-paper-consent');
  await page.getByRole('button', { name: '中文' }).click();
  const address = await page.getByRole('link', { name: '查看并办理' }).getAttribute('href');
  await clerk.context.close();

  const second = await signedIn(browser, town, 'zh', eve);
  await second.page.goto(`${town.origin}${address ?? ''}`);
  const agree = second.page.getByRole('button', { name: '同意登记' });
  const held = second.page.getByLabel(/^对照扫描件/);
  await held.setInputFiles({ ...scan, buffer: Buffer.from('another') });
  await second.page.getByText('不是录入的那份扫描件').waitFor();
  assert.ok(await agree.isDisabled());
  await held.setInputFiles(scan);
  await second.page.getByText('与录入的扫描件一致').waitFor();
  await picture(second.page, 'zh-paper-confirm');
  await agree.click();
  await second.page.getByRole('button', { name: '确认登记' }).click();
  await second.page.getByText('已办理：已登记').waitFor();
  const { rows } = await town.database.app.query<{ jws: string }>(
    "SELECT jws FROM consent WHERE id = 'paper-1'",
  );
  assert.equal(consentOf(rows[0]?.jws ?? '').retention, 'P6M');
  await healthy(second, 'confirmed');
  await second.context.close();
});

test('a stranger with the addresses finds nothing on them', async () => {
  const watched = await signedIn(browser, town, 'zh', stranger);
  const { page } = watched;
  for (const path of [`tickets/${hostile}`, `disputes/${disputed}`]) {
    await open(page, town, path);
    await page.getByText('not_found').waitFor();
    assert.equal(await page.getByRole('main').getByText(child.id).count(), 0, path);
  }
  const refused = await page.evaluate<string[]>(
    `Promise.all([['/v1/tickets/${hostile}/answer', { act: 'withdraw' }], ['/v1/disputes/${disputed}/acts', { act: 'accept', said: 'mine', document: '${document}' }]].map(([path, body]) =>
      fetch(path, { method: 'POST', headers: { 'content-type': 'application/json', 'datong-idempotency-key': crypto.randomUUID() }, body: JSON.stringify(body) }).then((r) => r.json()).then((p) => p.code)))`,
  );
  assert.equal(refused[0], 'not_found');
  assert.ok(['not_your_department', 'transition_not_allowed'].includes(refused[1] ?? ''), refused[1]);
  await watched.context.close();
});
