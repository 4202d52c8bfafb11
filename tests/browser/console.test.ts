/** The console in a real browser: every page in both languages, whole journeys, and what a department could write into it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { applyDocuments } from '../../clients/cli/apply/applyDocuments.ts';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { staffClient } from '../../clients/cli/apply/staffCall.ts';
import { signRotation } from '../../log/note/keyRotation.ts';
import { noteSigner } from '../../log/note/noteKey.ts';
import { writeAnchors } from '../../clients/cli/demo/stage.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { admitPerson } from '../admitPerson.ts';
import { mandateFor, signedMandate } from '../mandated.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, samples, testHub } from '../hub.ts';
import { openBrowser, watchedPage, type Watched } from './openBrowser.ts';
import { attack, healthy, lookAtPages, picture, shownRefusal, signing, tabTo } from './pages.ts';
import { demoCookie } from '../../hub/pipeline/callers/cookie.ts';
import { confirmPerson } from '../../hub/identity/persons/personLifeCycle.ts';
import { invitePerson } from '../../hub/identity/persons/invitePerson.ts';
import { newNotePair } from '../../machine/newKeyPair.ts';
import { leavesWhere } from '../leafTexts.ts';

const database = await testDatabase();
const hub = await testHub({ database, demo: { port: 0 }, strangers: { rate: 1_000, burst: 1_000 } });
const folder = mkdtempSync(join(tmpdir(), 'datong-browser-'));
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
  operator: await admitPerson(identity, '演示 运维', [{ role: 'operator' }]),
  security: await admitPerson(identity, '演示 安全员', [{ role: 'security' }]),
  steward: await admitPerson(identity, '演示 公安管理员', [{ role: 'steward', department: 'education' }]),
  auditor: await admitPerson(identity, '演示 审计员', [{ role: 'auditor' }]),
  signer: await admitPerson(identity, '演示 公安签署人', [{ role: 'steward', department: 'pub-security' }]),
};
// what a department may write: its name, titles of datasets and agreements, names of files
const hostileText = { zh: attack, en: attack };
for (const [path, body] of [
  ['/v1/departments', { code: 'evil', name: hostileText, kind: 'government' }],
  [
    '/v1/datasets',
    {
      id: 'evil.set',
      title: hostileText,
      schema: 'urn:datong:household:1.0',
      mode: 'snapshot',
      sharing: { type: 'conditional', conditions: attack },
    },
  ],
] as const) {
  const { status, json } = await hub.staff(city.operator, 'POST', path, body);
  assert.ok(status < 300, JSON.stringify(json));
}
const file = householdFile(1500, 12);
await city.publicSecurity.client.sendFile('pub-security.household', file.bytes, {
  mapping: 'household',
  fileName: attack.replaceAll('/', ''),
});
const agreement = readFileSync(join(samples, 'household/agreement.yaml'), 'utf8')
  .replace('id: agr-school-enrolment', 'id: agr-waiting')
  .replace(/title: \{ zh: 户籍[^\n]*/, `title: { zh: '${attack}', en: '${attack}' }`);
writeFileSync(join(folder, 'waiting.yaml'), agreement);
{
  const client = staffClient({ origin: hub.hub.origins.staff, ca: hub.ca, token: city.operator });
  const signers = [city.education, city.publicSecurity].map(({ department, signing }) => ({
    department,
    key: signing,
  }));
  const applied = await applyDocuments(readDocuments(join(folder, 'waiting.yaml')), { client, signers });
  client.close();
  assert.deepEqual(
    applied.map(({ outcome }) => outcome),
    ['submitted'],
    JSON.stringify(applied),
  );
}
const [child] = file.good.filter(({ region }) => region === '990101');
const requested = await city.education.client.query(
  'pub-security.household',
  { filter: [{ field: 'person_id', op: 'eq', value: child?.id ?? '' }] },
  {
    purpose: 'school-enrolment',
    agreement: 'agr-school-enrolment',
    onBehalfOf: 'o',
    matter: 'RX-2026-000001',
  },
);
await city.education.client
  .query(
    'pub-security.household',
    {},
    { purpose: 'school-enrolment', agreement: 'agr-nothing', onBehalfOf: 'o' },
  )
  .catch(() => undefined);

type Who = keyof typeof named;
const { signedIn, nameOf, open } = signing<Who>(browser, origin, identity, named);

for (const language of ['zh', 'en'] as const) {
  test(`signing in, ${language}: small, readable, and silent`, async () => {
    const watched = await watchedPage(browser, language, origin);
    const { page } = watched;
    await page.goto(origin);
    await page.getByRole('button', { name: nameOf('auditor') }).waitFor();
    await page.waitForLoadState('networkidle');
    await picture(page, `${language}-sign-in`);
    assert.equal(await page.evaluate('document.documentElement.lang'), language === 'zh' ? 'zh-CN' : 'en');
    await healthy(watched, 'sign-in');
    assert.ok(
      watched.bytes() > 100_000 && watched.bytes() <= 400 * 1024,
      `${watched.bytes()} bytes of the first load`,
    );
    await watched.context.close();
  });
}

lookAtPages('console', {
  signedIn,
  open,
  before: {
    exchanges: async ({ page }) => {
      // the newest call is the one under an unknown agreement: its checks in their order, up to the one that failed
      await page
        .getByRole('button', { name: /^(查看|Open) / })
        .first()
        .click();
      const checks = page.getByRole('region', { name: /^(日志条目|Entry)$/ }).locator('.steps li');
      await checks.first().waitFor();
      const reported = await checks.allInnerTexts();
      assert.deepEqual(reported.map((text) => text[0]).join(''), '✔✔✔✔✔✔✔✔✘·');
      assert.match(reported[8] ?? '', /^✘ (授权决策|decision) — (未通过：|failed: )agreement_unknown$/);
    },
    dataset: ({ page }) =>
      page.getByText('npx datong rows sandbox show pub-security.household', { exact: true }).waitFor(),
    // a page about what does not exist states so, and the browser reports the refusal
    refused: async ({ page, faults }) => {
      const zh = (await page.evaluate('document.documentElement.lang')) === 'zh-CN';
      const line = 'npx datong dataset show none.none';
      assert.deepEqual(
        await shownRefusal(page),
        zh
          ? [
              '未能完成：没有这个数据资源',
              {
                错误代码: 'dataset_unknown',
                处理建议: '在目录中核对数据资源编号',
                谁能处理: '您本人',
                交换编号: '…',
              },
              [],
              `命令行同样操作\n${line}\n复制`,
            ]
          : [
              'This was not done: there is no such dataset',
              {
                Code: 'dataset_unknown',
                'What next': 'check its id in the catalogue',
                'Who can correct it': 'you',
                Exchange: '…',
              },
              [],
              `The same by command line\n${line}\nCopy`,
            ],
      );
      faults.splice(0);
    },
  },
});

test('an unknown address is reported as unknown, Back undoes a filter, and the first page has its sections and its count', async () => {
  const watched = await signedIn('zh', 'security');
  const { page } = watched;
  await open(page, 'nothing-of-this-name');
  await page.getByRole('heading', { name: '没有这个页面', level: 1 }).waitFor();
  await page.getByText('/console/nothing-of-this-name').waitFor();
  await healthy(watched, 'unknown address');
  await page.getByRole('link', { name: '回到今日' }).click();
  await page.getByRole('heading', { name: '今日', level: 1 }).waitFor();
  await page.getByRole('region', { name: /^今天要办/ }).waitFor();
  // named by its title, also where that contains markup
  const link = page.locator('a[href="/console/agreements/agr-waiting/1"]');
  assert.ok((await link.getAttribute('aria-label'))?.includes(attack));
  await page
    .getByRole('listitem')
    .filter({ has: link })
    .getByText(/还剩 \d+ 个工作日|今天到期|已逾期/)
    .waitFor();
  const count = Number(await page.locator('.menu-count').innerText());
  assert.ok(count > 0);
  assert.ok((await page.title()).startsWith(`(${count}) 今日`), await page.title());
  await open(page, 'datasets');
  await page.getByLabel('共享类型').selectOption('none');
  await page.waitForURL(/sharing=none/);
  await page.goBack();
  await page.waitForURL(/\/datasets$/);
  assert.equal(await page.getByLabel('共享类型').inputValue(), '');
  await watched.context.close();
});

test('the language is switched on the page, and stays', async () => {
  const watched = await signedIn('zh', 'auditor');
  const { page } = watched;
  await page.getByRole('button', { name: 'English' }).click();
  assert.equal(await page.evaluate('document.documentElement.lang'), 'en');
  await page.reload();
  await page.getByRole('heading', { name: 'Today', level: 1 }).waitFor();
  await watched.context.close();
});

test('a reviewer approves within three clicks of their first page, having seen what it loosens', async () => {
  const watched = await signedIn('zh', 'security');
  const { page } = watched;
  let clicks = 0;
  const click = async (name: string): Promise<void> => {
    clicks += 1;
    await page.getByRole('button', { name, exact: true }).click();
  };
  clicks += 1;
  await page.locator('a[href="/console/agreements/agr-waiting/1"]').click();
  await page.getByRole('heading', { name: '放宽' }).waitFor();
  assert.ok((await page.locator('.loosened').count()) > 0);
  await click('同意');
  await click('确认同意');
  await page.getByText('已同意并生效。').waitFor();
  assert.equal(clicks, 3);
  const row = await database.owner.query<{ state: string }>(
    "SELECT state FROM policy_document WHERE id = 'agr-waiting' AND version = 1",
  );
  assert.equal(row.rows[0]?.state, 'active');
  await healthy(watched, 'approved');
  await watched.context.close();
});

test('an officer verifies a receipt in the browser, and one that was altered does not hold', async () => {
  const watched = await signedIn('zh', 'auditor');
  const { page } = watched;
  await open(page, 'audit');
  const receipt = requested.receipt ?? '';
  const anchors = readFileSync(writeAnchors(folder, hub.hub));
  const give = (label: string, name: string, buffer: Buffer) =>
    page.getByLabel(label).setInputFiles({ name, mimeType: 'application/json', buffer });
  await give('信任锚文件', 'anchors.json', anchors);
  await give('回执文件', 'receipt.json', Buffer.from(receipt));
  await page.getByText(/回执成立：日志第 \d+ 条，按共享协议查询数据资源的行，放行，/).waitFor();
  const altered = JSON.parse(Buffer.from(receipt, 'base64url').toString()) as { leaf: string };
  altered.leaf = Buffer.from(
    Buffer.from(altered.leaf, 'base64').toString().replace('"education"', '"ecology"'),
  ).toString('base64');
  await give('回执文件', 'receipt.json', Buffer.from(JSON.stringify(altered)));
  await page.getByText('leaf_not_included').waitFor();
  await healthy(watched, 'receipt');
  // the same receipt, had another key taken over before its entry: the old key's signature counts for nothing any more
  const { log } = hub.hub.keys;
  const next = noteSigner(log.name, newNotePair().privateKey);
  const rotated = (from: number): Buffer =>
    Buffer.from(
      JSON.stringify({
        ...(JSON.parse(String(anchors)) as object),
        logKeyRotations: [signRotation(log, next, from)],
      }),
    );
  await give('回执文件', 'receipt.json', Buffer.from(receipt));
  await give('信任锚文件', 'anchors.json', rotated(1));
  await page.getByText('checkpoint_invalid').waitFor();
  await give('信任锚文件', 'anchors.json', rotated(1_000_000));
  await page.getByText(/回执成立：日志第 \d+ 条，按共享协议查询数据资源的行，放行，/).waitFor();
  await watched.context.close();
});

test('a real double click: one session, none that was planted, and one person', async () => {
  const watched = await watchedPage(browser, 'zh', origin);
  const { page, context } = watched;
  const counted = async (sql: string, ...values: string[]): Promise<number> =>
    (await database.owner.query(sql, values)).rowCount ?? 0;
  const sessions = (): Promise<number> =>
    counted('SELECT FROM staff_session WHERE person = $1', named.operator.person);
  const before = await sessions();
  // a planted session is not the one that the person gets
  const planted = 'A'.repeat(43);
  await page.goto(origin);
  await context.addCookies([{ name: demoCookie.name, value: planted, url: origin, httpOnly: true }]);
  await page.getByRole('button', { name: nameOf('operator') }).dblclick();
  await page.getByRole('navigation').waitFor();
  assert.equal(await sessions(), before + 1, 'pressed twice, signed in once');
  const own = (await context.cookies()).filter(({ name }) => name === demoCookie.name);
  assert.deepEqual([own.length, own[0]?.value === planted], [1, false]);
  await open(page, 'persons');
  await page.getByLabel('姓名').fill('按了两下的人');
  let posted = 0;
  page.on('request', (one) => {
    if (one.method() === 'POST' && new URL(one.url()).pathname === '/v1/persons') posted += 1;
  });
  await page.getByRole('button', { name: '邀请', exact: true }).dblclick();
  await page.getByText(/邀请码前半段/).waitFor();
  assert.equal(posted, 1);
  assert.equal(await counted("SELECT FROM person WHERE name = '按了两下的人'"), 1);
  await healthy(watched, 'pressed twice');
  await context.close();
});

/** A page of a stranger, at two addresses: another site, and another port of this very host, where the session's cookie travels. */
async function strangePage(): Promise<{ readonly near: string; readonly far: string }> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>evil</title>');
  }).listen(0);
  after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    near: `http://localhost:${port}`,
    far: `http://127.0.0.1:${port}`,
  };
}

test('a page of another origin does nothing in the person’s name, signs no one in and frames nothing', async () => {
  const watched = await signedIn('zh', 'operator');
  const { page, context } = watched;
  const evil = await strangePage();
  const body = '{"name":"别处来的","roles":[{"role":"operator"}],"x":"="}';
  const acts = [
    ['/v1/persons', body],
    ['/v1/sessions/by-picking', `{"person":"${named.security.person}","x":"="}`],
  ] as const;
  for (const [place, refusedAs] of [
    [evil.near, 'cross_site_call'],
    // no cookie comes along, and so no person
    [evil.far, 'token_missing'],
  ] as const) {
    await page.goto(place);
    for (const [path, text] of acts) {
      const call = JSON.stringify({ method: 'POST', credentials: 'include', body: text });
      const url = JSON.stringify(origin + path);
      const blind = `fetch(${url}, { ...${call}, mode: 'no-cors' })`;
      assert.equal(await page.evaluate(`${blind}.then(() => 'told', () => 'not told')`), 'not told');
      const requested = `fetch(${url}, { ...${call}, headers: { 'content-type': 'application/json' } })`;
      assert.equal(await page.evaluate(`${requested}.then(() => 'sent', () => 'not sent')`), 'not sent');
    }
    // a form that sends itself; its text is JSON, as a form can be made to write it
    for (const [path, text] of acts) {
      await page.goto(place);
      const [name, value] = text.split('=');
      await page.evaluate(`(() => {
        const form = Object.assign(document.createElement('form'), { method: 'post', enctype: 'text/plain', action: ${JSON.stringify(origin + path)} });
        form.append(Object.assign(document.createElement('input'), { name: ${JSON.stringify(name)}, value: ${JSON.stringify(value)} }));
        document.body.append(form);
        form.submit();
      })()`);
      await page.waitForURL(`${origin}${path}`);
      const reported = JSON.parse(await page.locator('body').innerText()) as { code: string };
      assert.equal(reported.code, path === '/v1/persons' ? refusedAs : 'cross_site_call', place + path);
    }
    await page.goto(place);
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('iframe'), { src: '${origin}/console/inbox', id: 'framed' }))`,
    );
    const framed = await (await page.waitForSelector('#framed')).contentFrame();
    await framed?.waitForURL(/^chrome-error:/);
  }
  const made = await database.owner.query("SELECT FROM person WHERE name = '别处来的'");
  assert.equal(made.rowCount, 0);
  const logged = (await leavesWhere(database)).filter(({ code }) => code === 'cross_site_call');
  assert.ok(logged.length >= 4, 'each stands in the log');
  // and the person is still signed in
  await open(page, 'sessions');
  await page.getByText(nameOf('operator')).first().waitFor();
  await context.close();
});

test('a steward sees the row as their department would receive it, and not another department’s', async () => {
  const watched = await signedIn('zh', 'steward');
  const { page } = watched;
  await page.getByRole('link', { name: '目录' }).click();
  await page
    .getByRole('navigation', { name: '数据的两份清单' })
    .getByRole('link', { name: '数据资源' })
    .click();
  await page.locator('td', { hasText: 'pub-security.household' }).waitFor();
  await page
    .getByRole('row', { name: /pub-security\.household/ })
    .getByRole('link')
    .click();
  await page.getByRole('link', { name: '样例', exact: true }).click();
  await page.getByText('agr-school-enrolment', { exact: true }).first().waitFor();
  assert.ok((await page.getByText('不提供', { exact: true }).count()) > 0);
  await page.getByLabel('接收部门').selectOption('ecology');
  await page.getByText('not_your_department').waitFor();
  await watched.context.close();
});

test('what was typed survives a session that ends in the middle', async () => {
  const watched = await signedIn('zh', 'operator');
  const { page } = watched;
  await open(page, 'persons');
  await page.getByLabel('姓名').fill('新来的同事');
  await database.owner.query(
    'UPDATE staff_session SET ended_at = now(), ended_by = begun_by WHERE ended_at IS NULL',
  );
  await page.getByRole('button', { name: '邀请', exact: true }).click();
  await page.getByText('登录已失效。').waitFor();
  await page.getByRole('button', { name: nameOf('operator') }).click();
  await page.getByText('登录已失效。').waitFor({ state: 'detached' });
  assert.equal(await page.getByLabel('姓名').inputValue(), '新来的同事');
  await page.getByRole('button', { name: '邀请', exact: true }).click();
  await page.getByText(/邀请码前半段/).waitFor();
  await page.getByText('新来的同事').waitFor();

  // another person who signs in at the same window finds nothing of it
  await page.getByLabel('姓名').fill('还没有邀请的人');
  await database.owner.query(
    'UPDATE staff_session SET ended_at = now(), ended_by = begun_by WHERE ended_at IS NULL',
  );
  await page.getByRole('button', { name: '邀请', exact: true }).click();
  await page.getByText('登录已失效。').waitFor();
  await page.getByRole('button', { name: nameOf('security') }).click();
  await page.getByText('登录已失效。').waitFor({ state: 'detached' });
  await page.locator('main h1').waitFor();
  const typed = await page.evaluate<string>(
    "[...document.querySelectorAll('input')].map(({ value }) => value).join()",
  );
  assert.ok(!typed.includes('还没有邀请的人'), typed);
  await watched.context.close();
});

async function holdPasskeys({ page, context }: Watched): Promise<void> {
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
    },
  });
}

test('an invited person is admitted with both codes and a passkey, and with one code is not', async () => {
  const roles = [{ role: 'auditor' as const }];
  const invited = await identity.perform('invitePerson', { proven: { staff: 'hub' } }, (context) =>
    identity.prepare(invitePerson, { name: '新审计员', roles }, named.operator.person, context),
  );
  const confirmed = await identity.perform('confirmPerson', { proven: { staff: 'hub' } }, () =>
    identity.prepare(
      confirmPerson,
      { person: invited.person, roles },
      { person: named.security.person, actingPersons: [named.security.person] },
    ),
  );
  const watched = await watchedPage(browser, 'zh', origin);
  const { page, context } = watched;
  await holdPasskeys(watched);
  await page.goto(origin);
  await page.getByLabel('邀请码前半段').fill(invited.code);
  await page.getByLabel('邀请码后半段').fill(invited.code);
  await page.getByRole('button', { name: '接受邀请' }).click();
  await page.getByText('invitation_invalid').waitFor();
  await page.getByLabel('邀请码后半段').fill(confirmed.code ?? '');
  await page.getByRole('button', { name: '接受邀请' }).click();
  await page.getByRole('button', { name: '登记通行密钥并登录' }).click();
  await page.getByRole('navigation').waitFor();
  await page.getByText('新审计员').waitFor();
  await context.close();
});

test('a passkey is registered on the page, and opens the next session', async () => {
  const watched = await signedIn('zh', 'steward');
  const { page, context } = watched;
  await holdPasskeys(watched);
  await open(page, 'sessions');
  await page.getByLabel(/给它起个名字/).fill('办公电脑');
  await page.getByRole('button', { name: '登记通行密钥' }).click();
  await page.getByText('已登记。').waitFor();
  await page.getByRole('button', { name: '退出登录' }).click();
  await page.getByRole('button', { name: '用通行密钥登录' }).click();
  await page.getByRole('navigation').waitFor();
  await page.getByText(`${nameOf('steward')}（`).waitFor();
  assert.equal(await page.locator('.demo-banner').count(), 0);
  await context.close();
});

test('a steward signs by mandate and approves with one press and their passkey, no key of their department in the hub', async () => {
  const text = agreement.replace('id: agr-waiting', 'id: agr-by-mandate');
  writeFileSync(join(folder, 'by-mandate.yaml'), text);
  const client = staffClient({ origin: hub.hub.origins.staff, ca: hub.ca, token: city.operator });
  const signers = [{ department: city.education.department, key: city.education.signing }];
  await applyDocuments(readDocuments(join(folder, 'by-mandate.yaml')), { client, signers });
  client.close();
  const watched = await signedIn('zh', 'signer');
  const { page, context } = watched;
  await holdPasskeys(watched);
  await open(page, 'agreements/agr-by-mandate/1');
  // the approval is offered once every party has signed
  await page.getByText(/^还缺.*公安局的签名/).waitFor();
  assert.equal(await page.getByRole('button', { name: '同意', exact: true }).count(), 0);
  assert.equal(await page.getByRole('button', { name: /用通行密钥/ }).count(), 0, 'no mandate');
  await open(page, 'sessions');
  await page.getByLabel(/给它起个名字/).fill('办公电脑');
  await page.getByRole('button', { name: '登记通行密钥' }).click();
  const { person } = named.signer;
  const row = page.getByRole('row', { name: /办公电脑/ });
  const passkey = await row.locator('code').innerText();
  const mandate = mandateFor({ person, passkey, console: origin }, 'pub-security', database.now());
  const colleague = await hub.token('同事', ['steward'], 'pub-security');
  const jws = signedMandate(mandate, city.publicSecurity.signing);
  assert.equal((await hub.staff(colleague, 'POST', '/v1/mandates', { mandate: jws })).status, 201);
  await open(page, 'inbox');
  const waits = page.getByRole('listitem').filter({
    has: page.locator('a[href="/console/agreements/agr-by-mandate/1"]'),
    hasText: /提供部门.*您可凭授权书用通行密钥签署，也可审批/s,
  });
  await waits.waitFor();
  // the inboxes of others are read on request only, not before
  const column = waits.getByText(/^还有谁可以办理：/);
  assert.equal(await column.count(), 0);
  await page.getByRole('button', { name: '查看还有谁可以办理' }).click();
  await column.waitFor();
  await waits.waitFor();
  await healthy(watched, 'inbox-signable');
  await waits.getByRole('link').click();
  // what it would change, before the approval
  await page.getByRole('button', { name: '试算', exact: true }).click();
  const reported = page.getByRole('region', { name: '试算结果' });
  await reported.getByRole('heading', { name: 'agr-by-mandate@1' }).waitFor();
  await reported.getByText(/放宽 \d+，新增 [1-9]/).waitFor();
  await reported.getByText('重新决策的调用').waitFor();
  await picture(page, 'zh-simulated');
  await healthy(watched, 'simulated');
  const sign = page.getByRole('button', { name: /用通行密钥代表.*签署并同意/ });
  await sign.waitFor();
  await picture(page, 'zh-by-mandate');
  await sign.click();
  await page.getByText('已同意并生效。').waitFor();
  await page.getByText(/凭签署授权书/).waitFor();
  await healthy(watched, 'by-mandate');
  await context.close();
});

test('the keyboard alone signs in, finds a page and leaves', async () => {
  const watched = await watchedPage(browser, 'zh', origin);
  const { page } = watched;
  await page.goto(origin);
  await page.getByRole('button', { name: nameOf('auditor') }).waitFor();
  const press = async (wanted: string): Promise<void> => {
    await tabTo(page, wanted);
    await page.keyboard.press('Enter');
  };
  await press(nameOf('auditor'));
  await page.getByRole('navigation').waitFor();
  await press('交换日志');
  await page.getByRole('heading', { name: '交换日志' }).waitFor();
  // a group closes by keyboard, stays closed over a reload, and opens with one of its pages
  const menu = page.getByRole('navigation');
  const group = menu.locator('details', { hasText: '部门与人员' });
  await group.getByRole('link', { name: '人员', exact: true }).waitFor();
  await group.locator('summary').focus();
  await page.keyboard.press('Enter');
  await group.getByRole('link', { name: '人员', exact: true }).waitFor({ state: 'hidden' });
  await page.reload();
  await menu.getByText('审计与安全').waitFor();
  await group.getByRole('link', { name: '人员', exact: true }).waitFor({ state: 'hidden' });
  await page.goto(`${origin}/console/persons`);
  await group.getByRole('link', { name: '人员', exact: true }).waitFor();
  await healthy(watched, 'menu');
  await press('退出登录');
  await page.getByRole('heading', { name: /登录/ }).first().waitFor();
  await watched.context.close();
});

test('a page frames nothing and is never framed, and a role is not widened by calling past the menu', async () => {
  const watched = await signedIn('zh', 'auditor');
  const { page } = watched;
  const answer = await page.goto(`${origin}/console/inbox`);
  assert.match(
    answer?.headers()['content-security-policy'] ?? '',
    /default-src 'none'.*frame-ancestors 'none'/,
  );
  assert.equal(answer?.headers()['x-frame-options'], 'DENY');
  const body = JSON.stringify({ name: '我自己', roles: [{ role: 'operator' }] });
  const code = await page.evaluate<string>(
    `fetch('/v1/persons', { method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(body)} }).then((r) => r.json()).then((p) => p.code)`,
  );
  assert.equal(code, 'scope_missing');
  await watched.context.close();
});

test('in the dark theme and on a phone pages are readable, and nothing is pushed sideways', async () => {
  const watched = await signedIn('en', 'security');
  const { page } = watched;
  await page.getByRole('button', { name: 'Dark', exact: true }).click();
  assert.equal(await page.evaluate('document.documentElement.dataset.theme'), 'dark');
  for (const path of ['inbox', 'datasets', 'agreements/agr-waiting/1', 'batches', 'catalogue', 'requests']) {
    await page.setViewportSize({ width: 1440, height: 900 });
    await open(page, path);
    await picture(page, `dark-${path.replaceAll('/', '-')}`);
    await healthy(watched, `dark ${path}`);
    await page.setViewportSize({ width: 390, height: 844 });
    await picture(page, `phone-${path.replaceAll('/', '-')}`);
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    assert.ok(width <= 390, `${path}: ${width} wide`);
    await healthy(watched, `phone ${path}`);
  }
  const menu = page.getByRole('button', { name: /Menu: / });
  assert.equal(await menu.getAttribute('aria-expanded'), 'false');
  await menu.click();
  await page.getByRole('navigation').getByRole('link', { name: 'Persons', exact: true }).click();
  await page.getByRole('heading', { name: 'Persons', level: 1 }).waitFor();
  assert.equal(await menu.getAttribute('aria-expanded'), 'false', 'the menu closes behind a choice');
  await page.reload();
  assert.equal(await page.evaluate('document.documentElement.dataset.theme'), 'dark');
  await watched.context.close();
});
