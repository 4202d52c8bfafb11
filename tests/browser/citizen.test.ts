/** A person's own page in a real browser, on a phone and a laptop: what they see, accept and refuse; and who else gets in. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { assertionFor } from '../../clients/sdk/subjects.ts';
import { jsonCall } from '../../clients/sdk/jsonCall.ts';
import { appointService } from '../appointService.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, samples, testHub } from '../hub.ts';
import { countActs, took, tookTable } from './journeys.ts';
import { openBrowser, watchedPage, type Watched } from './openBrowser.ts';
import { attack, healthy, picture, type Language } from './pages.ts';
import { consentOf } from '../../policies/consents/readConsent.ts';
import { readBackIsOver, takenOut } from '../takenOut.ts';
import { newestIndexOf } from '../flows/leaves.ts';

const database = await testDatabase();
const hub = await testHub({ database, citizen: true, strangers: { rate: 1_000, burst: 1_000 } });
const folder = mkdtempSync(join(tmpdir(), 'datong-citizen-'));
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await hub.stop();
  rmSync(folder, { recursive: true, force: true });
});
const origin = hub.hub.origins.citizen ?? '';
const city = await sampleCity(hub);
const { client: police } = city.publicSecurity;
const file = householdFile(1500, 12);
const adults = file.good.filter(({ id, region }) => region === '990101' && id.slice(6, 10) < '2000');
const [person, another] = adults;
assert.ok(person && another);
await police.sendFile('pub-security.household', file.bytes, { mapping: 'household' });
await city.apply('school-meals/notice.yaml');
// what a department says that has no part in it, though it says it last
const foreign = await hub.staff(city.operator, 'POST', '/v1/notices', {
  reference: 'notice-of-others',
  owner: 'ecology',
  language: 'zh',
  purposes: ['school-meals'],
  text: '同意后，您的全部信息将提供给生态环境局，用于任何目的，不可撤回。',
});
assert.equal(foreign.status, 201);
// nor are the texts of recipients shown before those of providers, though the person sees them last
const received = await hub.staff(city.operator, 'POST', '/v1/notices', {
  reference: 'notice-of-recipient',
  owner: 'education',
  language: 'zh',
  purposes: ['school-meals'],
  text: '您同意后可享受更多便利，请直接点击同意，详细内容见有关规定，不再逐一列出。',
});
assert.equal(received.status, 201);
// the provider lets the data office ask
writeFileSync(
  join(folder, 'agreement.yaml'),
  readFileSync(join(samples, 'school-meals/agreement.yaml'), 'utf8').replace(
    /consent: \{[^}]*\}/,
    'consent: { required: true, collectors: [data-office] }\n    obligations: [{ id: delete-after, period: P6M }]',
  ),
);
await city.apply(join(folder, 'agreement.yaml'), [city.education, city.publicSecurity]);
await appointService(hub, city, 'pub-security');
const ask = (id: string): Promise<unknown> =>
  city.education.client.query(
    'pub-security.household',
    { filter: [{ field: 'person_id', op: 'eq', value: id }] },
    {
      purpose: 'school-meals',
      agreement: 'agr-school-meals',
      onBehalfOf: 'official-0317',
      matter: 'YC-2026-000017',
    },
  );
const askByLaw = (id: string): Promise<unknown> =>
  city.education.client.query(
    'pub-security.household',
    { filter: [{ field: 'person_id', op: 'eq', value: id }] },
    {
      purpose: 'school-enrolment',
      agreement: 'agr-school-enrolment',
      onBehalfOf: 'official-17',
      matter: 'YX-2026-000123',
    },
  );
const reported = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (error: unknown) => {
      assert.ok(error instanceof DatongProblem, String(error));
      return error.code;
    },
  );
const sent = async (id: string, presentedBy: 'self' | 'guardian' | 'agent' = 'self'): Promise<string> =>
  (
    await police.openOwnPage({
      person: id,
      presentedBy,
      assurance: id === person.id ? 'high' : 'substantial',
    })
  ).json.url;
/** As the artefacts say it that the hub signed, and as the parties see it; one for each consent that was given on the page. */
async function surenessOf(id: string): Promise<unknown> {
  const { consents } = (await police.consents(id)).json;
  const own = consents.filter((one) => one.id.startsWith('own-'));
  const { rows } = await database.owner.query<{ jws: string }>(
    'SELECT jws FROM consent WHERE id = ANY ($1)',
    [own.map((one) => one.id)],
  );
  return [own.map(({ assurance }) => assurance), rows.map(({ jws }) => consentOf(jws).assurance)];
}

const phone = { width: 360, height: 740 };
async function opened(id: string, language: Language = 'zh', viewport = phone): Promise<Watched> {
  const watched = await watchedPage(browser, language, origin, viewport);
  await watched.page.goto(await sent(id));
  await watched.page.getByRole('heading', { name: language === 'zh' ? '查看记录' : 'Looks' }).waitFor();
  await watched.page.waitForLoadState('networkidle');
  return watched;
}
/** The one consent on the page shows how the person was identified; the others, if any, show nothing. */
async function saysHow({ page }: Watched, sentence: string | RegExp): Promise<void> {
  const consents = page.locator('section[aria-labelledby=consents]');
  await consents.getByText(sentence, { exact: true }).waitFor();
  assert.equal(await consents.getByText(/身份核验|You were recognised/).count(), 1);
}
/** As a script of the page would, with the page's own cookie. */
const called = (
  { page }: Watched,
  path: string,
  body: object = {},
): Promise<{ readonly status: number; readonly code?: string; readonly text: string }> =>
  page.evaluate(
    `fetch(${JSON.stringify(path)}, { method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(JSON.stringify(body))} })
      .then(async (r) => { const text = await r.text(); return { status: r.status, code: JSON.parse(text || '{}').code, text }; })`,
  );

test('a person accepts in two steps and refuses in two; what leaves follows at once, and they see every access', async (t) => {
  assert.equal(await reported(ask(person.id)), 'consent_missing');
  assert.equal(await reported(askByLaw(person.id)), 'answered');
  const watched = await opened(person.id);
  const { page } = watched;
  assert.ok(watched.bytes() > 10_000 && watched.bytes() <= 80 * 1024, `${watched.bytes()} bytes`);
  assert.equal(page.url(), `${origin}/own`, 'the code is out of the address');
  await page.getByRole('button', { name: /^同意 / }).click();
  await page.getByText('为办理学校营养餐资助').waitFor();
  await page.getByText('对方收到后保存6 个月，到期删除').waitFor();
  await healthy(watched, 'the notice');
  await page.getByRole('button', { name: '确认同意' }).dblclick();
  await page.getByText('已同意。').waitFor();
  const { rows } = await database.owner.query<{ jws: string }>(
    "SELECT jws FROM consent WHERE id LIKE 'own-%'",
  );
  assert.equal(rows.length, 1, 'pressed twice, given once');
  assert.equal(consentOf(rows[0]?.jws ?? '').retention, 'P6M', 'as it was shown');
  assert.deepEqual(
    await surenessOf(person.id),
    [['high'], ['high']],
    'the assurance that the department stated',
  );
  await saysHow(watched, '表示同意时身份核验：人脸或实体证件');
  assert.equal(await reported(ask(person.id)), 'answered');
  await page.reload();
  await page.getByText('YC-2026-000017').first().waitFor();
  await picture(page, 'zh-citizen-phone');
  await healthy(watched, 'own page');
  assert.ok(
    (await page.evaluate<number>('document.documentElement.scrollWidth')) <= phone.width,
    'no sideways',
  );
  const acts = await countActs(page);
  const begunAt = performance.now();
  await page.getByRole('button', { name: /^撤回 / }).click();
  await page.getByRole('button', { name: '确认撤回' }).click();
  await page.getByText('已撤回。').waitFor();
  took('citizen withdraws a consent', phone.width, await acts(), performance.now() - begunAt);
  for (const line of tookTable()) t.diagnostic(line);
  assert.equal(await reported(ask(person.id)), 'consent_missing');
  await page.getByRole('button', { name: '离开' }).click();
  await page.getByText('已离开').waitFor();
  await watched.context.close();
});

for (const [language, size] of [
  ['zh', { width: 1366, height: 768 }],
  ['en', { width: 1366, height: 768 }],
  ['en', phone],
] as const) {
  test(`the page, ${language}, ${size.width} wide: readable by eye and ear, silent`, async () => {
    const watched = await opened(person.id, language, size);
    assert.equal(
      await watched.page.evaluate('document.documentElement.lang'),
      language === 'zh' ? 'zh-CN' : 'en',
    );
    const how = language === 'zh' ? '表示同意时身份核验：人脸' : 'You were recognised by face';
    await saysHow(watched, new RegExp(`^${how}`, 'u'));
    const duty = language === 'zh' ? '告知义务' : 'Duty to inform you';
    await watched.page.getByText(duty, { exact: true }).waitFor();
    await watched.page.getByText('中华人民共和国个人信息保护法 第三十五条').waitFor();
    await picture(watched.page, `${language}-citizen-${size.width}`);
    await healthy(watched, `${language} ${size.width}`);
    await watched.page.emulateMedia({ colorScheme: 'dark' });
    assert.equal(
      await watched.page.evaluate('getComputedStyle(document.documentElement).backgroundColor'),
      'rgb(20, 20, 20)',
    );
    await picture(watched.page, `${language}-citizen-${size.width}-dark`);
    await healthy(watched, `${language} ${size.width}, dark`);
    await watched.context.close();
  });
}

test('a person objects to an access in their own words; the provider reads it, and the person its answer; no one else takes it back', async () => {
  const watched = await opened(person.id);
  const { page } = watched;
  await page.getByRole('heading', { name: '我的异议' }).waitFor();
  const look = page.getByRole('listitem').filter({ hasText: 'YC-2026-000017' }).filter({ hasText: '已提供' });
  await look
    .first()
    .getByRole('button', { name: /^提出异议/ })
    .click();
  const sure = page.getByRole('button', { name: '确认提出' });
  assert.ok(await sure.isDisabled(), 'said nothing yet');
  await page.getByLabel('哪里不对？').fill(attack);
  await picture(page, 'zh-citizen-objects');
  await healthy(watched, 'the form');
  await sure.dblclick();
  await page.getByText('异议已提出。').waitFor();
  await page.getByText('待答复').waitFor();
  await healthy(watched, 'objected');
  const { rows } = await database.owner.query<{ id: string; provider: string; exchange: string }>(
    "SELECT id, provider, exchange FROM ticket WHERE origin = 'own'",
  );
  assert.equal(rows.length, 1, 'pressed twice, made once');
  const [ticket] = rows;
  assert.equal(ticket?.provider, 'pub-security');
  // the provider finds the person's row by the sealed identifier; its steward takes nothing back
  const { json } = await police.call({
    method: 'GET',
    path: `/v1/tickets/${ticket.id}`,
    receipt: 'required',
  });
  assert.deepEqual([(json as { key: string }).key, (json as { origin: string }).origin], [person.id, 'own']);
  assert.equal(await reported(police.tickets.answer(ticket.id, { act: 'withdraw' })), 'not_found');
  // a record that is missing, and what the hub takes from no one
  await page.getByLabel('我的记录有误或缺失').selectOption('pub-security.household');
  await page.getByRole('button', { name: /^提出异议 .*户籍/ }).click();
  await page.getByLabel('哪里不对？').fill('我的住址已变更 990101201501010015');
  await page.getByRole('button', { name: '确认提出' }).click();
  await page.getByText('text_identity_number').waitFor();
  watched.faults.splice(0);
  // nothing is wrong: the person asks for a copy
  await page.getByLabel('我的请求').selectOption('copy');
  await page.getByRole('button', { name: /^提出请求 .*户籍/ }).click();
  await page.getByLabel('请说明您的请求').fill('请求复制本人户籍信息');
  // a reload loses nothing of it
  await page.reload();
  await page.getByLabel('请说明您的请求').waitFor();
  assert.equal(await page.getByLabel('请说明您的请求').inputValue(), '请求复制本人户籍信息');
  await healthy(watched, 'own requests');
  await page.getByRole('button', { name: '确认提出' }).click();
  await page.getByText('请求已提出。').waitFor();
  await page.getByRole('listitem').filter({ hasText: '复制我的数据' }).first().waitFor();
  const { rows: wished } = await database.owner.query<{ wish: string; dataset: string }>(
    "SELECT wish, dataset FROM ticket WHERE origin = 'own' AND wish <> 'correction'",
  );
  assert.deepEqual(wished, [{ wish: 'copy', dataset: 'pub-security.household' }]);
  const say = (body: object): Promise<{ readonly code?: string; readonly text: string }> =>
    called(watched, '/v1/own/tickets', body);
  assert.equal((await say({ exchange: ticket.exchange, claim: 'again' })).code, 'ticket_open_already');
  const { rows: others } = await database.owner.query<{ id: string }>(
    `SELECT e.id FROM audit_entry AS e WHERE e.decision = 'allow' AND e.id <> $1 AND NOT EXISTS (
       SELECT FROM audit_subject AS s, audit_subject AS own, audit_entry AS seen
        WHERE s.idx = e.idx AND seen.id = $1 AND own.idx = seen.idx AND s.tokens && own.tokens) ORDER BY e.idx DESC LIMIT 1`,
    [ticket.exchange],
  );
  assert.equal((await say({ exchange: others[0]?.id, claim: 'not mine' })).code, 'not_found');
  assert.equal((await say({ dataset: 'pub-security.none', claim: 'no such' })).code, 'dataset_unknown');
  assert.equal((await say({ claim: 'of nothing' })).code, 'ticket_invalid');
  await police.tickets.answer(ticket.id, { act: 'explain', reason: '查询依据充分' });
  await page.reload();
  await page.getByText('查询依据充分').waitFor();
  await page.getByText('已说明').waitFor();
  const retained = JSON.stringify((await database.owner.query('SELECT * FROM own_session')).rows);
  assert.ok(!retained.includes(person.id), 'sealed');
  assert.ok(
    !(await say({ dataset: 'pub-security.household', claim: 'gone from it' })).text.includes(person.id),
  );
  // ten a day and no more
  await database.owner.query(
    `INSERT INTO ticket SELECT (jsonb_populate_record(t, jsonb_build_object('id', 'full-' || n))).*
       FROM ticket t, generate_series(1, 10) n WHERE id = $1`,
    [ticket.id],
  );
  assert.equal(
    (await say({ dataset: 'pub-security.household', claim: 'one too many' })).code,
    'tickets_full',
  );
  await database.owner.query("DELETE FROM ticket WHERE id LIKE 'full-%'");
  // another person sees none of it, in this very window, nor what was typed of data that hold both
  const typed = page.locator('textarea');
  const open = page.locator('section[aria-labelledby=objections]');
  const begin = async (): Promise<void> => {
    await open.getByRole('combobox').first().selectOption('pub-security.household');
    await open
      .getByRole('button', { name: /^提出(?:异议|请求)/ })
      .last()
      .click();
  };
  await begin();
  await typed.fill('只有我知道的事');
  await page.reload();
  await typed.waitFor();
  assert.equal(await typed.inputValue(), '只有我知道的事', 'a reload loses nothing');
  await page.goto('about:blank');
  await page.goto(await sent(another.id));
  await page.getByText('您没有提出过异议。').waitFor();
  await page.waitForLoadState('networkidle');
  assert.equal(await typed.count(), 0, 'typed text is not shown to another person');
  assert.ok(!(await page.evaluate<string>('JSON.stringify(sessionStorage)')).includes('只有我'), 'nor kept');
  await begin();
  assert.equal(await typed.inputValue(), '');
  watched.faults.splice(0);
  await watched.context.close();
});

test('a person is shown missing entries about them by their number, and never as no access', async () => {
  const third = adults[2];
  assert.ok(third);
  await askByLaw(third.id);
  const look = await newestIndexOf(database, 'queryDataset');
  await readBackIsOver();
  await takenOut(database, [look], async () => {
    const { page, context } = await opened(third.id);
    await page.getByRole('alert').getByText('另有 1 条涉及您的记录已不在日志中，被人取走').waitFor();
    assert.equal(await page.getByText('没有部门经由本枢纽查看过您的数据').count(), 0);
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('alert').getByText('1 more entries about you are missing from the log').waitFor();
    await context.close();
  });
});

test('a code works once, in one browser; an assertion too; an assertion of another department opens nothing', async () => {
  const url = await sent(person.id);
  const first = await watchedPage(browser, 'zh', origin, phone);
  await first.page.goto(url);
  await first.page.getByRole('heading', { name: '查看记录' }).waitFor();
  const second = await watchedPage(browser, 'zh', origin, phone);
  await second.page.goto(url);
  await second.page.getByText('本次查看已结束，请从原来的应用重新进入。').waitFor();
  assert.equal(await second.page.getByRole('heading', { name: '查看记录' }).count(), 0);
  const used = await called(second, '/v1/own/session', { code: new URL(url).hash.slice(1) });
  assert.deepEqual([used.status, used.code], [401, 'own_code_invalid']);
  await first.context.close();
  await second.context.close();
  const by = { origin: hub.hub.origins.exchange };
  const requested = { person: person.id, presentedBy: 'self', assurance: 'high' } as const;
  const { jws, opening } = assertionFor(requested, {
    ...by,
    key: city.publicSecurity.signing,
    department: 'pub-security',
  });
  const openSession = (client: typeof police, assertion: string): Promise<string> =>
    reported(client.call(jsonCall('/v1/own-sessions', { assertion, subject: opening }, {}, 'required')));
  assert.equal(await openSession(city.education.client, jws), 'not_person_service');
  const forged = assertionFor(requested, {
    ...by,
    key: city.education.signing,
    department: 'pub-security',
  });
  assert.equal(
    await reported(
      police.call(
        jsonCall('/v1/own-sessions', { assertion: forged.jws, subject: forged.opening }, {}, 'required'),
      ),
    ),
    'assertion_invalid',
  );
  assert.equal(await openSession(police, jws), 'answered');
  assert.equal(await openSession(police, jws), 'assertion_used');
});

test('a withdrawn consent is given again where it stands, and the confirmation is in view; consents come first', async () => {
  const watched = await opened(person.id);
  const { page } = watched;
  assert.deepEqual(
    (await page.locator('main h2').allInnerTexts()).filter((one) => one !== '可以表示同意的事项'),
    ['我的同意', '查看记录', '我的异议'],
  );
  await page
    .getByRole('button', { name: /^再次同意 / })
    .first()
    .click();
  await page.getByText('为办理学校营养餐资助').waitFor();
  await page.getByRole('button', { name: '确认同意' }).click();
  await page.getByText('已同意。').waitFor();
  assert.equal(await reported(ask(person.id)), 'answered');
  const withdraw = page.getByRole('button', { name: /^撤回 / });
  await withdraw.last().scrollIntoViewIfNeeded();
  await withdraw.last().click();
  await page.getByRole('button', { name: '确认撤回' }).click();
  const confirmation = page.getByText('已撤回。', { exact: true });
  await confirmation.waitFor();
  const box = await confirmation.boundingBox();
  assert.ok(box !== null && box.y >= 0 && box.y + box.height <= phone.height, JSON.stringify(box));
  await page.getByRole('button', { name: '大字' }).click();
  await healthy(watched, 'large type');
  assert.ok(
    (await page.evaluate<number>('document.documentElement.scrollWidth')) <= phone.width,
    'no sideways in large type',
  );
  await picture(page, 'zh-citizen-large');
  await page.getByRole('link', { name: '我的异议' }).click();
  assert.equal(await page.evaluate('document.activeElement.id'), 'objections');
  assert.equal(page.url(), `${origin}/own`, 'the address is unchanged');
  await watched.context.close();
});

for (const [presentedBy, title] of [
  ['guardian', '谁查过孩子的数据'],
  ['agent', '谁查过委托人的数据'],
] as const)
  test(`the words of the page are those for a ${presentedBy}, also after a reload`, async () => {
    const watched = await watchedPage(browser, 'zh', origin, phone);
    const { page } = watched;
    await page.goto(await sent(person.id, presentedBy));
    for (let times = 0; times < 2; times += 1) {
      await page.getByRole('heading', { name: title }).waitFor();
      assert.doesNotMatch(await page.locator('main').innerText(), /您的数据|我的数据|我的同意|您本人的同意/);
      assert.equal(await page.getByRole('button', { name: /同意 / }).count(), 0);
      await healthy(watched, presentedBy);
      await picture(page, `zh-citizen-${presentedBy}`);
      await page.reload();
    }
    await watched.context.close();
  });

test('one person’s session reads nothing of another: consents of others are unknown, and a guardian consents to nothing here', async () => {
  const given = await opened(another.id);
  await given.page.getByRole('button', { name: /^同意 / }).click();
  await given.page.getByRole('button', { name: '确认同意' }).click();
  await given.page.getByText('已同意。').waitFor();
  const { rows } = await database.owner.query<{ id: string }>(
    "SELECT id FROM consent WHERE id LIKE 'own-%' ORDER BY exchange DESC LIMIT 1",
  );
  assert.deepEqual(await surenessOf(another.id), [['substantial'], ['substantial']]);
  await saysHow(given, '表示同意时身份核验：两种独立方式');
  const english = await opened(another.id, 'en');
  await saysHow(english, 'You were recognised in two independent ways when you consented');
  await english.context.close();
  const withdrawal = `/v1/own/consents/${rows[0]?.id ?? ''}/withdrawal`;
  const watched = await watchedPage(browser, 'zh', origin, phone);
  await watched.page.goto(await sent(person.id, 'guardian'));
  await watched.page.getByText('网上只能由本人表示同意').waitFor();
  assert.equal((await called(watched, withdrawal)).code, 'consent_unknown');
  const offer = { agreement: 'agr-school-meals', dataset: 'pub-security.household', purpose: 'school-meals' };
  const notice = await database.owner.query<{ digest: string }>(
    "SELECT digest FROM consent_notice ORDER BY owner = 'pub-security' DESC",
  );
  const yes = { ...offer, notice: notice.rows[0]?.digest ?? '', language: 'zh', offer: '0'.repeat(64) };
  assert.equal((await called(watched, '/v1/own/consents', yes)).code, 'own_self_only');
  // a person does not agree to what was not shown
  for (const digest of ['0'.repeat(64), notice.rows[1]?.digest]) {
    const unread = { ...yes, notice: digest };
    assert.equal((await called(given, '/v1/own/consents', unread)).code, 'notice_unknown');
  }
  // nor to the same notice of an offer that was another one when they read it
  assert.equal((await called(given, '/v1/own/consents', yes)).code, 'consent_offer_changed');
  const { text } = await called(watched, '/v1/own/view');
  assert.equal(text.includes(rows[0]?.id ?? 'x'), false);
  assert.equal(text.includes(person.id), false, 'the identifier is not on the page either');
  await given.context.close();
  await watched.context.close();
});

test('no other page calls in the person’s name, frames their page or plants a session; left alone it ends, and its row goes', async () => {
  const watched = await opened(person.id);
  const { page, context } = watched;
  const [cookie] = await context.cookies();
  assert.deepEqual(
    [cookie?.name, cookie?.httpOnly, cookie?.secure, cookie?.path],
    ['__Host-datong-own', true, true, '/'],
  );
  const stored = await database.owner.query('SELECT * FROM own_session');
  const retained = JSON.stringify(stored.rows);
  assert.equal(
    retained.includes(cookie?.value ?? 'x') || retained.includes(person.id),
    false,
    'hashes alone',
  );
  const answer = await page.goto(`${origin}/own`);
  assert.match(
    answer?.headers()['content-security-policy'] ?? '',
    /default-src 'none'.*frame-ancestors 'none'/,
  );
  assert.equal(answer?.headers()['x-frame-options'], 'DENY');
  const foreign = await context.request.post(`${origin}/v1/own/view`, {
    headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    data: {},
    ignoreHTTPSErrors: true,
  });
  assert.match(await foreign.text(), /cross_site_call/);
  const bare = await context.request.post(`${origin}/v1/own/view`, { data: {}, ignoreHTTPSErrors: true });
  assert.match(await bare.text(), /cross_site_call/);
  // a session planted before is not the one that the code begins
  await context.addCookies([
    { name: '__Host-datong-own', value: 'A'.repeat(43), url: origin, secure: true, httpOnly: true },
  ]);
  await page.goto('about:blank');
  await page.goto(await sent(person.id));
  await page.getByRole('heading', { name: '查看记录' }).waitFor();
  const [fresh] = await context.cookies();
  assert.notEqual(fresh?.value, 'A'.repeat(43));
  assert.notEqual(fresh?.value, cookie?.value);
  // staff's addresses do not exist here, nor these there
  assert.equal((await called(watched, '/v1/log/searches')).status, 404);
  await database.owner.query("UPDATE own_session SET idle_until = now() - interval '1 second'");
  assert.equal((await called(watched, '/v1/own/view')).code, 'own_session_ended');
  await sent(person.id);
  const left = await database.owner.query('SELECT 1 FROM own_session');
  assert.equal(left.rows.length, 1, 'those that were over are gone');
  await context.close();
});
