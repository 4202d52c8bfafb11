/** The compliance officer's pages in a real browser: from a finding to a printed evidence form, an incident, the counter. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { writeAnchors } from '../../clients/cli/demo/stage.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { entry } from '../../hub/log/entry.ts';
import { agreementUnread } from '../../terms/duty.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import type { Page } from 'playwright-core';
import { admitPerson } from '../admitPerson.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';
import { openBrowser, watchedPage } from './openBrowser.ts';
import { attack, fitsPaper, healthy, lookAtPages, picture, signing } from './pages.ts';
import { leafTexts } from '../leafTexts.ts';
import { goneOnPages } from './goneOnPages.ts';
import { searchesWhenAsked } from './searchesWhenAsked.ts';
import { newYear } from '../newYear.ts';
import { withinOneDay } from '../withinOneDay.ts';
await withinOneDay();
const database = await testDatabase();
const hub = await testHub({
  database,
  demo: { port: 0 },
  strangers: { rate: 1_000, burst: 1_000 },
  jobsByTime: false,
  config: { findings: { denials: 5, readers: 3, answerDays: 2 } },
});
const folder = mkdtempSync(join(tmpdir(), 'datong-officer-'));
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await hub.stop();
  rmSync(folder, { recursive: true, force: true });
});
const origin = hub.hub.console;
const { identity } = hub.hub.services;
const city = await sampleCity(hub);
const named = {
  auditor: await admitPerson(identity, '演示 审计员', [{ role: 'auditor' }]),
  second: await admitPerson(identity, '演示 第二审计员', [{ role: 'auditor' }]),
  security: await admitPerson(identity, '演示 安全员', [{ role: 'security' }]),
  other: await admitPerson(identity, '演示 第二安全员', [{ role: 'security' }]),
  local: await admitPerson(identity, '演示 教育审计员', [{ role: 'auditor', department: 'education' }]),
  strange: await admitPerson(identity, '演示 环保审计员', [{ role: 'auditor', department: 'ecology' }]),
  clerk: await admitPerson(identity, '演示 窗口', [{ role: 'clerk', department: 'pub-security' }]),
  steward: await admitPerson(identity, '演示 教育管理员', [{ role: 'steward', department: 'education' }]),
};
const file = householdFile(1500, 11);
const families = file.good.filter(
  ({ guardian, id, region }) => guardian !== '' && region === '990101' && id.slice(6, 10) >= '2016',
);
const [family] = families;
assert.ok(family);
await city.publicSecurity.client.sendFile('pub-security.household', file.bytes, { mapping: 'household' });
await city.apply('school-meals/notice.yaml');
await city.apply('school-meals/agreement.yaml', [city.education, city.publicSecurity]);
// an appointed department has a counter: one person proposes, another accepts
{
  const body = { department: 'pub-security', appointed: true };
  const { json } = await hub.staff(city.operator, 'POST', '/v1/person-services', body);
  const proposal = `/v1/proposals/${String(json['proposal'])}`;
  const { json: shown } = await hub.staff(city.security, 'GET', proposal);
  const accepted = await hub.staff(city.security, 'POST', `${proposal}/acceptance`, {
    digest: shown['digest'],
  });
  assert.equal(accepted.status, 201, JSON.stringify(accepted.json));
}
const held = async (path: string, body: object): Promise<void> => {
  const { json } = await hub.staff(named.security.token, 'POST', path, body);
  const proposal = `/v1/proposals/${String(json['proposal'])}`;
  const { digest } = (await hub.staff(named.other.token, 'GET', proposal)).json;
  const accepted = await hub.staff(named.other.token, 'POST', `${proposal}/acceptance`, { digest });
  assert.equal(accepted.status, 201, JSON.stringify([json, accepted.json]));
};
await held('/v1/legal-holds', {
  on: { entries: { first: 0, last: 0 } },
  reason: attack,
  case: attack,
  until: newYear(2),
});
await held('/v1/log/retention', { class: 'reading', years: 10, reason: attack });
const notice = await database.app.query<{ digest: string }>('SELECT digest FROM consent_notice');
await city.publicSecurity.client.giveConsent({
  id: 'meals-1',
  person: family.id,
  guardian: family.guardian,
  recipient: 'education',
  dataset: 'pub-security.household',
  purposes: ['school-meals'],
  fields: ['name', 'income'],
  notBefore: '2026-01-01T00:00:00+08:00',
  expires: '2099-01-01T00:00:00+08:00',
  method: 'app',
  notice: { digest: notice.rows[0]?.digest ?? '', language: 'zh' },
});
await city.education.client.query(
  'pub-security.household',
  { filter: [{ field: 'person_id', op: 'eq', value: family.id }] },
  {
    purpose: 'school-meals',
    agreement: 'agr-school-meals',
    onBehalfOf: 'official-0317',
    matter: 'YC-2026-000017',
  },
);
// a burst of denials by an official whose id, and whose case, are an attack
for (let nth = 0; nth < 6; nth += 1) {
  const now = database.now();
  await hub.hub.audit.append(
    entry({
      exchange: uuid7(now),
      now,
      operation: 'queryDataset',
      kind: 'release',
      code: 'consent_missing',
      actor: { proven: { department: 'education' } },
      facts: {
        consumer: 'education',
        provider: 'pub-security',
        dataset: 'pub-security.household',
        onBehalfOf: attack,
        matter: attack,
      },
      carried: undefined,
    }),
  );
}
// one witness cosigned, another one reports that its log is longer
await database.owner.query(
  "INSERT INTO audit_witness (name, size, cosigned_at, trouble, trouble_since) VALUES ('audit-office', 3, now(), NULL, NULL), ('archive', 2, NULL, 'witness_ahead', now())",
);
for (const job of ['watchLog', 'reverifyLog', 'readEntries', 'followUpDuties'])
  assert.equal(await hub.hub.runner.run(job), 'ok', job);

// of an answer whose entry was altered
await database.owner.query(
  `INSERT INTO duty (obligation, consumer, provider, dataset, agreement, purpose, received_from, received_until, due, exchanges, consent, named)
   VALUES ('delete-withdrawn', 'education', 'pub-security', 'pub-security.household', $1, 'school-meals', current_date, current_date,
           current_date + 15, 1, 'meals-1', ARRAY[gen_random_uuid()])`,
  [agreementUnread],
);

type Who = keyof typeof named;
const { signedIn, open, nameOf } = signing<Who>(browser, origin, identity, named);
const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
const { json: risks } = await hub.staff(named.auditor.token, 'GET', '/v1/risks');
const { status: given, json: requested } = await hub.staff(named.auditor.token, 'POST', '/v1/log/evidence', {
  reason: '信访投诉',
  case: 'XF-2026-0000',
  question: { consumer: 'education' },
});
assert.equal(given, 201, JSON.stringify(requested));
lookAtPages('officer', {
  signedIn,
  open,
  made: () => ({
    today,
    month: today.slice(0, 7),
    risk: (risks['risks'] as { id: string }[])[0]?.id ?? '',
    evidence: String(requested['id']),
  }),
  before: {
    'officer-report': ({ page }) => page.getByText(/^(由第 .* 条算出|Counted from entries)/).waitFor(),
    'officer-duties': async ({ page }) => {
      await page.getByRole('cell', { name: /^(协议不明|agreement unknown)$/ }).waitFor();
      await page.getByText(/^(协议不明：|Agreement unknown: )/).waitFor();
    },
  },
});

test('a call that is not answered delays the rest of the page for some seconds only, is reported, and can be repeated', async () => {
  const watched = await signedIn('zh', 'auditor');
  const { page } = watched;
  let requested = 0;
  let release: (() => void) | undefined;
  await page.route('**/v1/log/state', async (route) => {
    requested += 1;
    // the first one is held as long as the test likes
    if (requested === 1) await new Promise<void>((resolve) => (release = resolve));
    await route.continue().catch(() => undefined);
  });
  await page.goto(`${origin}/console/audit`);
  await page.getByRole('heading', { name: '审计与回执', exact: true }).waitFor();
  const search = page.getByRole('button', { name: '查找', exact: true });
  assert.equal(await search.isVisible(), false, 'what would be moved is not shown yet');
  await search.waitFor();
  const reported = page.getByRole('status').filter({ hasText: '本页还有 1 项没有答复，其余已显示。' });
  await reported.waitFor();
  await picture(page, 'zh-unanswered');
  await healthy(watched, 'unanswered');
  await reported.getByRole('button', { name: '重试' }).click();
  await page.getByText('外部见证').waitFor();
  await reported.waitFor({ state: 'detached' });
  assert.equal(requested, 2);
  // the first answer, come at last, changes nothing any more
  release?.();
  await page.waitForLoadState('networkidle');
  assert.equal(await page.getByText('外部见证').count(), 1);
  await watched.context.close();
});

test('from a finding to a printed evidence form: acknowledged, searched, asked for, verified here', async () => {
  const watched = await signedIn('zh', 'auditor');
  const { page } = watched;
  await open(page, 'risks');
  await page
    .getByRole('row', { name: /待处理/ })
    .getByRole('link')
    .first()
    .click();
  await page.getByRole('heading', { name: /所涉条目/ }).waitFor();
  await picture(page, 'zh-officer-risk');
  await healthy(watched, 'a finding');
  await page.getByLabel('事由（记入日志，不写个人）').fill(`开学集中办理 ${attack}`);
  await page.getByRole('button', { name: '确认', exact: true }).click();
  await page.getByText('已确认', { exact: true }).waitFor();
  await page.getByRole('link', { name: '申请证据' }).click();
  await page.getByLabel('事由（记入日志）').fill('信访投诉');
  await page.getByLabel('案件编号（记入日志）').fill('XF-2026-0001');
  await page.getByRole('button', { name: '申请证据' }).dblclick();
  await page.getByRole('button', { name: '取出并核验' }).waitFor();
  const { rows } = await database.owner.query("SELECT id FROM evidence WHERE case_number = 'XF-2026-0001'");
  assert.equal(rows.length, 1, 'pressed twice, asked once');
  await page.getByRole('button', { name: '取出并核验' }).click();
  await page.getByText('证据成立', { exact: true }).waitFor();
  await picture(page, 'zh-officer-evidence-one');
  await healthy(watched, 'evidence');
  const anchors = readFileSync(writeAnchors(folder, hub.hub));
  await page
    .getByLabel('用另一渠道取得的 anchors.json 核对')
    .setInputFiles({ name: 'anchors.json', mimeType: 'application/json', buffer: anchors });
  await page.getByText('证据成立', { exact: true }).waitFor();
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: '保存文件' }).click(),
  ]);
  const retained = readFileSync(await saved.path(), 'utf8');
  assert.match(retained, /"case":"XF-2026-0001"/);
  // the paper has names, each with its id small after it: no code in the place of a dataset, a department or a moment
  const paper = page.locator('.paper');
  const row = paper.getByRole('row').filter({ hasText: '请求数据' }).first();
  const cells = (await row.getByRole('cell').allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));
  assert.match(cells[2] ?? '', /教育局 education$/);
  assert.match(cells[6] ?? '', /^户籍人口 pub-security\.household$/);
  const ids = await paper.locator('small').allTextContents();
  const named = ids.reduce((text, id) => text.replace(` ${id}`, ''), (await paper.textContent()) ?? '');
  assert.match(named, /教育局.*请求数据.*户籍人口/s);
  assert.doesNotMatch(named, /pub-security|queryDataset|\d{4}-\d\d-\d\d \d\d:/);
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.getByRole('navigation').first().isVisible(), false);
  assert.ok((await page.getByText(/SHA-256 [0-9a-f]{64}/).count()) >= 4, 'its digest stands on each page');
  assert.ok((await page.pdf()).length > 10_000);
  await page.emulateMedia({ media: null });
  await fitsPaper(page, 'zh-officer-evidence-one');
  await page.getByRole('button', { name: 'English', exact: true }).click();
  const english = paper.getByRole('row').filter({ hasText: 'requested data' }).first();
  await english.getByText('Household register pub-security.household').waitFor();
  await fitsPaper(page, 'en-officer-evidence-one');
  await page.setViewportSize({ width: 390, height: 844 });
  await picture(page, 'en-officer-evidence-one-390');
  await watched.context.close();
});

test('a person is searched for with reason and case; their number is in no address, no storage and no entry', async () => {
  const watched = await signedIn('zh', 'auditor');
  const { page } = watched;
  const seen: string[] = [];
  page.on('request', (request) => seen.push(request.url()));
  await open(page, 'audit');
  // what most searches have not is folded
  for (const folded of ['身份证件号码', '工作人员编号'])
    assert.equal(await page.getByLabel(folded).isVisible(), false, folded);
  await page.getByText('涉及某个人', { exact: true }).click();
  await page.getByLabel('身份证件号码').fill(family.id);
  await page.getByLabel('以此号码登记该人的数据资源').fill('pub-security.household');
  await page.getByLabel('事由（记入日志）').fill('信访投诉');
  await page.getByLabel('案件编号（记入日志）').fill('XF-2026-0001');
  await page.getByRole('button', { name: '查找', exact: true }).click();
  await page.getByText(/以下是涉及所填之人的条目，案件 XF-2026-0001/).waitFor();
  // of what was released, and by one press of every kind
  assert.match(page.url(), /kind=release/);
  await page.getByRole('button', { name: '全部类别' }).click();
  // as sentences with names; the table has each column
  await page
    .getByRole('listitem')
    .filter({ hasText: /局 登记个人同意或撤回.*户籍人口/ })
    .first()
    .waitFor();
  await picture(page, 'zh-officer-stories');
  await page.getByText('表格', { exact: true }).click();
  await page.locator('tr [title="giveConsent"]').first().waitFor();
  await page.getByText('句子', { exact: true }).click();
  assert.equal(await page.getByLabel('身份证件号码').inputValue(), '');
  assert.equal(await page.getByLabel('身份证件号码').isVisible(), false, 'folded again after the search');
  const stored = await page.evaluate<string>(
    'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, document.cookie])',
  );
  assert.equal(
    [stored, ...seen].some((text) => text.includes(family.id)),
    false,
  );
  const reported = (await leafTexts(database)).at(-1) ?? '';
  assert.match(reported, /searchEntries.*XF-2026-0001|XF-2026-0001.*searchEntries/);
  assert.equal(reported.includes(family.id), false);
  await healthy(watched, 'about a person');
  await watched.context.close();
});

searchesWhenAsked({ signedIn, open });

test('a search is stored under a name, repeated and dropped', async () => {
  const watched = await signedIn('en', 'auditor');
  const { page } = watched;
  await open(page, `audit?decision=deny&from=${today}`);
  await page.getByLabel('Name', { exact: true }).fill('Denials');
  await page.getByRole('button', { name: 'Keep' }).click();
  await page.getByRole('link', { name: 'Denials' }).waitFor();
  await open(page, 'audit');
  await page.getByRole('link', { name: 'Denials' }).click();
  await page.waitForURL(/decision=deny/);
  assert.match(page.url(), new RegExp(`from=${today}`));
  await page.getByRole('button', { name: 'Remove Denials' }).click();
  await page.getByRole('link', { name: 'Denials' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByRole('link', { name: 'Denials' }).waitFor();
  await page.getByRole('button', { name: 'Remove Denials' }).click();
  await page.getByRole('link', { name: 'Denials' }).waitFor({ state: 'detached' });
  await watched.context.close();
});

test('evidence about a person waits for another one, who releases it', async () => {
  const asking = await signedIn('zh', 'auditor');
  await open(asking.page, 'evidence?ask=1&dataset=pub-security.household');
  await asking.page.getByLabel('事由（记入日志）').fill('信访投诉');
  await asking.page.getByLabel('案件编号（记入日志）').fill('XF-2026-0002');
  await asking.page.getByText('涉及某个人', { exact: true }).click();
  await asking.page.getByLabel('身份证件号码').fill(family.id);
  await asking.page.getByLabel('以此号码登记该人的数据资源').fill('pub-security.household');
  await asking.page.getByRole('button', { name: '申请证据' }).click();
  await asking.page.getByText('您是申请人，须由另一人放行。').waitFor();
  assert.equal(asking.page.url().includes(family.id), false);
  const releasing = await signedIn('zh', 'second');
  await open(releasing.page, 'evidence?state=waiting');
  await releasing.page.getByRole('link', { name: /XF-2026-0002/ }).click();
  // what is released is on the page before the first click, and in the second button
  const asked = releasing.page.locator('.facts').filter({ hasText: '将交出' });
  for (const text of ['户籍人口', '个人（标识所在数据资源）', '不限，日志开始至今', /[1-9]\d* 条日志条目/])
    await asked.getByText(text).first().waitFor();
  await picture(releasing.page, 'zh-officer-evidence-release');
  await releasing.page.getByRole('button', { name: '放行' }).click();
  assert.equal(
    await releasing.page.getByText('已放行', { exact: true }).count(),
    0,
    'one click releases nothing',
  );
  await releasing.page
    .getByRole('button', { name: /^确认放行：[1-9]\d* 条日志条目，用于 XF-2026-0002$/ })
    .click();
  await releasing.page.getByText('已放行', { exact: true }).waitFor();
  await asking.page.reload();
  await asking.page.getByRole('button', { name: '取出并核验' }).click();
  await asking.page.getByText('证据成立', { exact: true }).waitFor();
  await asking.context.close();
  await releasing.context.close();
});

test('an incident: who got what, how many persons, what to stop, and two drafts', async () => {
  const watched = await signedIn('zh', 'security');
  const { page } = watched;
  await open(page, 'incidents');
  await page.getByLabel('起始日').fill(today);
  await page.getByLabel('截止日（含）').fill(today);
  await page.getByLabel('事由（记入日志）').fill('密钥遗失');
  await page.getByLabel('事件编号（记入日志）').fill('AQ-2026-1');
  await page.getByLabel('数据资源', { exact: true }).fill('pub-security.household');
  const batches = await database.app.query<{ id: string }>(
    "SELECT id FROM batch WHERE dataset = 'pub-security.household' AND state = 'published'",
  );
  await page.getByLabel('报送批次', { exact: true }).fill(batches.rows[0]?.id ?? '');
  await page.getByRole('button', { name: '评估影响' }).click();
  await page.getByText(/在用时间.+至今/).waitFor();
  await page.getByText(/涉及 1 个主体/).waitFor();
  await page.getByRole('link', { name: 'agr-school-meals' }).waitFor();
  await page.getByRole('heading', { name: '告知本人（草稿）' }).waitFor();
  const drafts = await page.locator('pre').allInnerTexts();
  assert.match(drafts.join('\n'), /可能被不当取得：[^a-z]*姓名[^a-z]*。/);
  assert.doesNotMatch(drafts.join('\n'), /birth_date|personName|clear/);
  await picture(page, 'zh-officer-incident-found');
  await healthy(watched, 'incident');
  // the subjects: sealed, released by another, opened by one of the two
  await page.getByRole('button', { name: '生成封存名单' }).click();
  await page.getByText('须由另一人放行后才能打开。').waitFor();
  assert.equal(await page.getByRole('button', { name: '放行' }).count(), 0, 'not by who made it');
  assert.equal(await page.getByRole('button', { name: '打开名单' }).count(), 0);
  await healthy(watched, 'sealed');
  const address = new URL(page.url()).pathname.replace('/console/', '');
  const releasing = await signedIn('zh', 'auditor');
  await open(releasing.page, address);
  await releasing.page.getByRole('button', { name: '放行' }).click();
  await releasing.page.getByRole('button', { name: '确认放行封存名单' }).click();
  await releasing.page.getByRole('button', { name: '打开名单' }).waitFor();
  await releasing.context.close();
  const third = await signedIn('zh', 'second');
  await open(third.page, address);
  await third.page.getByText('只有生成者和放行者可以打开。').waitFor();
  assert.equal(await third.page.getByRole('button', { name: '打开名单' }).count(), 0);
  await third.context.close();
  await page.reload();
  await page.getByLabel('事由（记入日志）').fill('告知本人');
  await page.getByRole('button', { name: '打开名单' }).click();
  await page.getByText('名单共 1 个主体，以日志令牌表示').waitFor();
  await page.getByLabel(/^与提供部门的标识对照/).fill(`990101199003078893\n${family.id}\n`);
  await page.getByLabel('标识所属的数据资源').fill('pub-security.household');
  await page.getByRole('button', { name: '打开名单' }).click();
  await page.getByText('所给 2 个标识中有 1 个在名单上；名单共 1 个主体。').waitFor();
  await picture(page, 'zh-officer-list-opened');
  await healthy(watched, 'list opened');
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: '保存文件' }).click(),
  ]);
  assert.equal(readFileSync(await saved.path(), 'utf8'), `${family.id}\n`);
  await page.reload();
  await page.getByRole('button', { name: '打开名单' }).waitFor();
  assert.equal(await page.getByLabel(/^与提供部门的标识对照/).inputValue(), '', 'nothing of it stays');
  await watched.context.close();
});

test('at the counter a person sees the accesses, and withdraws; nothing of them remains in the page', async () => {
  await city.education.client.query(
    'pub-security.household',
    { filter: [{ field: 'person_id', op: 'eq', value: family.id }] },
    {
      purpose: 'school-enrolment',
      agreement: 'agr-school-enrolment',
      onBehalfOf: 'official-17',
      matter: 'YX-2026-000123',
    },
  );
  const watched = await signedIn('zh', 'clerk');
  const { page } = watched;
  await open(page, 'counter');
  await page.getByLabel('身份证件号码').fill(family.id);
  await page.getByLabel('申请表编号（记入日志）').fill('CK-2026-0031');
  await page.getByLabel('由谁提出').selectOption('guardian');
  await page.getByRole('button', { name: '查询' }).click();
  await page.getByRole('heading', { name: '谁查过我的数据' }).waitFor();
  await page.getByText('YC-2026-000017').waitFor();
  await page.getByText('告知义务： 中华人民共和国个人信息保护法 第三十五条').waitFor();
  await picture(page, 'zh-officer-counter-shown');
  await healthy(watched, 'counter');
  await fitsPaper(page, 'zh-officer-counter');
  await page.getByRole('button', { name: /^撤回 / }).click();
  await page.getByRole('button', { name: '确认撤回' }).click();
  await page.getByText('已撤回').first().waitFor();
  const { rows } = await database.owner.query("SELECT 1 FROM consent_event WHERE type = 'withdrawn'");
  assert.equal(rows.length, 1);
  await page.getByRole('button', { name: '清台' }).click();
  await page.getByText('YC-2026-000017').waitFor({ state: 'detached' });
  const left = await page.evaluate<string>(
    'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, history.state]) + document.body.innerHTML',
  );
  assert.equal(left.includes(family.id), false);
  await healthy(watched, 'cleared');
  await watched.context.close();
  const elsewhere = await signedIn('zh', 'steward');
  await open(elsewhere.page, 'counter');
  await elsewhere.page.getByLabel('身份证件号码').fill(family.id);
  await elsewhere.page.getByLabel('申请表编号（记入日志）').fill('CK-2026-0032');
  await elsewhere.page.getByRole('button', { name: '查询' }).click();
  await elsewhere.page.getByText('not_person_service').waitFor();
  await elsewhere.context.close();
});

test('a delay is asked for by one, accepted by another, and ended with a reason', async () => {
  const asking = await signedIn('zh', 'security');
  await open(asking.page, 'delays');
  await asking.page.getByLabel('身份证件号码').fill(families[1]?.id ?? '');
  await asking.page.getByRole('combobox', { name: /^不告知哪个部门的查询/ }).selectOption('education');
  await asking.page.getByLabel('依据（法律或决定）').fill(`监察法 ${attack}`);
  await asking.page.getByLabel('条款').fill('第四十五条');
  const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  await asking.page.getByLabel('至（不含）').fill(until);
  await asking.page.getByRole('button', { name: '提交，由另一人同意' }).click();
  await asking.page.getByText('已提交，等待主管部门另一人同意。').waitFor();
  const accepting = await signedIn('zh', 'other');
  await open(accepting.page, 'delays');
  await accepting.page.getByRole('button', { name: /^同意 delay-/ }).click();
  await accepting.page.getByRole('button', { name: /^恢复告知 delay-/ }).click();
  await healthy(accepting, 'a delay');
  await accepting.page.getByLabel('事由（记入日志，不写个人）').fill('办结');
  await accepting.page.getByRole('button', { name: '恢复告知', exact: true }).click();
  await accepting.page.getByText('目前没有暂缓告知的事项。').waitFor();
  await asking.context.close();
  await accepting.context.close();
});

test('under a hold no one is erased; lifted by two persons, the tokens go by two persons, and nothing of the person remains', async () => {
  // a second after all that was set up, and not a whole minute: the browser would write it without seconds; waited for until it is past
  const end = new Date(Date.now() + 1_000 + 8 * 3_600_000);
  const before = end.toISOString().slice(0, 19).replace(/:00$/, ':01');
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const accepted = async (shown: Pick<Page, 'getByRole'>, by: Who): Promise<void> => {
    const address = await shown.getByRole('link', { name: '查看并办理' }).getAttribute('href');
    const path = `/v1/proposals/${address?.split('/').at(-1) ?? ''}`;
    const { digest } = (await hub.staff(named[by].token, 'GET', path)).json;
    const reply = await hub.staff(named[by].token, 'POST', `${path}/acceptance`, { digest });
    assert.equal(reply.status, 201, JSON.stringify(reply.json));
  };
  const holding = await signedIn('zh', 'auditor');
  const { page: holds } = holding;
  await open(holds, 'holds');
  const asking = holds.getByRole('form', { name: '提出法律保全' });
  await asking.getByLabel('保全对象').selectOption('agreement');
  await asking.getByLabel('共享协议编号（不写版本）').fill('agr-school-meals');
  await asking.getByLabel('案件编号').fill('SS-2026-0007');
  await asking.getByLabel('保全至').fill(newYear(2).slice(0, 10));
  await asking.getByLabel('事由').fill('诉讼');
  await asking.getByRole('button', { name: '提出保全' }).dblclick();
  await holds.getByText('已提交，等另一人同意后生效。').waitFor();
  await healthy(holding, 'hold asked for');
  await accepted(holds, 'security');

  const erasing = await signedIn('zh', 'security');
  const { page } = erasing;
  await open(page, 'erasures');
  const form = page.getByRole('form', { name: '提出标识销毁' });
  await form.getByLabel('证件号码所在的数据资源编号').fill('pub-security.household');
  await form.getByLabel('身份证件号码', { exact: true }).fill(family.id);
  await form.getByLabel(/^此前的条目/).fill(before);
  await form.getByLabel('案件编号').fill('XC-2026-0001');
  await form.getByLabel('事由').fill('本人申请');
  await form.getByRole('button', { name: '提出销毁标识' }).click();
  await page.getByText('erasure_invalid').waitFor();
  await form.getByLabel(/^决定文书/).fill('决定〔2026〕1号');
  await form.getByRole('button', { name: '提出销毁标识' }).click();
  await page.getByText('under_legal_hold').waitFor();
  await picture(page, 'zh-officer-erasure-refused');
  erasing.faults.splice(0);

  await holds.getByLabel('保全对象').first().selectOption('agreement');
  await holds.getByText('SS-2026-0007').waitFor();
  assert.match(holds.url(), /kind=agreement/);
  await holds.getByRole('button', { name: /^提前解除 hold-/ }).click();
  const lifting = holds.getByRole('form', { name: /^提前解除 hold-/ });
  await lifting.getByLabel('事由').fill('结案');
  await lifting.getByRole('button', { name: '提前解除' }).click();
  await lifting.getByText('已提交，等另一人同意后生效。').waitFor();
  await picture(holds, 'zh-officer-hold-lifting');
  await healthy(holding, 'lifting asked for');
  await accepted(lifting, 'other');
  await holding.context.close();

  // what was typed is still there after a reload, except its subject, and is removed now
  await page.reload();
  await form.getByLabel(/^决定文书/).waitFor();
  assert.equal(await form.getByLabel(/^决定文书/).inputValue(), '决定〔2026〕1号');
  assert.equal(await form.getByLabel('身份证件号码', { exact: true }).inputValue(), '');
  await form.getByLabel('身份证件号码', { exact: true }).fill(family.id);
  await form.getByRole('button', { name: '提出销毁标识' }).click();
  await page.getByText('已提交，等另一人同意后生效。').waitFor();
  assert.equal(await form.getByLabel('身份证件号码', { exact: true }).inputValue(), '');
  assert.ok(!(await page.evaluate<string>('JSON.stringify({ ...sessionStorage })')).includes(family.id));
  await healthy(erasing, 'erasure asked for');
  await erasing.context.close();
  const second = await signedIn('zh', 'other');
  await open(second.page, 'inbox');
  await second.page.getByRole('link', { name: /^查看 主体标识销毁 / }).click();
  await second.page.getByRole('button', { name: '同意登记' }).click();
  assert.equal(await second.page.getByText(family.id).count(), 0);
  await second.page.getByRole('button', { name: '确认登记' }).click();
  await second.page.getByText('已办理：已登记').waitFor();
  await second.context.close();
  const { rows } = await database.app.query('SELECT FROM subject_erasure');
  assert.equal(rows.length, 1);

  // a department's steward finds none of the three in their menu, and nothing at their addresses
  const local = await signedIn('zh', 'steward');
  await open(local.page, 'erasures');
  await local.page.getByRole('heading', { name: '您的角色不能查看此页' }).waitFor();
  for (const name of ['法律保全', '留存与销毁', '标识销毁'])
    assert.equal(await local.page.getByRole('link', { name, exact: true }).count(), 0, name);
  await local.context.close();
});

test('an auditor of a department sees what it gave or got, and nothing of another; the office’s pages are closed to them', async () => {
  const watched = await signedIn('zh', 'strange');
  const { page } = watched;
  const seen = (await leafTexts(database)).findIndex((text) => text.includes('YC-2026-000017'));
  assert.ok(seen >= 0);
  await open(page, `audit/${seen}`);
  await page.getByText('没有这一条，或不在您可查看的范围内。').waitFor();
  await open(page, 'audit?matter=YC-2026-000017');
  await page.getByText('没有符合条件的条目。').waitFor();
  await open(page, 'evidence');
  await page.getByText('not_your_department').waitFor();
  await open(page, 'risks?all=1');
  await page.getByText(/没有待处理的预警/).waitFor();
  await watched.context.close();
  const own = await signedIn('zh', 'local');
  await open(own.page, 'audit?matter=YC-2026-000017');
  await own.page.getByText('YC-2026-000017').first().waitFor();
  await own.context.close();
});

test('a session that ends in the middle retains the question and the reason that were typed', async () => {
  const watched = await signedIn('zh', 'auditor');
  const { page } = watched;
  await open(page, 'evidence?ask=1&matter=YC-2026-000017');
  await page.getByLabel('事由（记入日志）').fill('信访投诉');
  await page.getByLabel('案件编号（记入日志）').fill('XF-2026-0009');
  await database.owner.query(
    'UPDATE staff_session SET ended_at = now(), ended_by = begun_by WHERE ended_at IS NULL',
  );
  await page.getByRole('button', { name: '申请证据' }).click();
  await page.getByText('登录已失效。').waitFor();
  await page.getByRole('button', { name: nameOf('auditor') }).click();
  await page.getByText('登录已失效。').waitFor({ state: 'detached' });
  assert.equal(await page.getByLabel('案件编号（记入日志）').inputValue(), 'XF-2026-0009');
  await page.getByRole('button', { name: '申请证据' }).click();
  await page.getByRole('button', { name: '取出并核验' }).waitFor();
  await watched.context.close();
});

goneOnPages({ hub, database, city, signedIn, open, today, person: families[1]?.id ?? '' });

test('the first load of the staff’s page stays small: the officer’s pages come when they are opened', async () => {
  const watched = await watchedPage(browser, 'zh', origin);
  await watched.page.goto(origin);
  await watched.page.getByRole('button', { name: nameOf('auditor') }).waitFor();
  await watched.page.waitForLoadState('networkidle');
  assert.ok(watched.bytes() <= 400 * 1024, `${watched.bytes()} bytes`);
  await watched.context.close();
});
