/** A reader who has only the demo's address: each role signs in there and finishes something by what they see, on a laptop. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import { faultsSeen, openBrowser, watchedPage, type Watched } from './openBrowser.ts';
import { picture, type Language } from './pages.ts';

const folder = mkdtempSync(join(tmpdir(), 'datong-viewer-'));
const demo = spawn(process.execPath, [resolve(import.meta.dirname, '../../bin/datong.mjs'), 'demo'], {
  env: { ...process.env, LANG: 'en_GB.UTF-8', DATONG_DEBUG: '1', DATONG_STATE: join(folder, 'demo.json') },
  stdio: ['ignore', 'pipe', 'pipe'],
});
const ended = new Promise<void>((done) => demo.once('exit', () => done()));
const browser = await openBrowser();
after(async () => {
  await browser.close();
  demo.kill('SIGINT');
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

/** How long a whole hub in the same process may take, on a machine ten times slower. */
const longest = 180_000;

/** The one address that the demo prints. */
const url = await new Promise<string>((found, failed) => {
  let reported = '';
  const late = setTimeout(() => {
    demo.kill('SIGKILL');
    failed(new Error(`no address after ${longest} ms:\n${reported}`));
  }, longest);
  const listen = (text: Buffer): void => {
    reported += text.toString();
    const [, address] = /See it in a browser: (\S+)/.exec(reported) ?? [];
    if (address === undefined) return;
    clearTimeout(late);
    found(address);
  };
  demo.stdout.on('data', listen);
  demo.stderr.on('data', listen);
  demo.once('exit', () => {
    clearTimeout(late);
    failed(new Error(reported));
  });
});

/** A person with their own browser, who waits as long as the hub takes. */
async function visitor(language: Language): Promise<Watched> {
  const watched = await watchedPage(browser, language, url);
  watched.context.setDefaultTimeout(longest);
  return watched;
}

/** The banner is there, and nothing has to be scrolled sideways. */
async function seen(page: Page, name: string): Promise<void> {
  await page.getByRole('note').getByText('演示身份').first().waitFor();
  const width = await page.evaluate<number>('document.documentElement.scrollWidth');
  assert.ok(width <= 1366, `${name}: ${width} wide`);
  await picture(page, `demo-${name}`);
  assert.deepEqual(await faultsSeen(page), [], name);
}

/** Begins at the address alone, and picks the one of that name. */
async function signedIn(language: Language, name: string): Promise<Watched> {
  const watched = await visitor(language);
  const { page } = watched;
  await page.goto(url);
  await page.getByRole('button', { name: new RegExp(`${name}$`) }).click();
  await page.getByRole('navigation').first().waitFor();
  return watched;
}

/** By the menu, as it is written there. */
async function choose(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

/** Continues in the other language, and has the page checked in it too. */
async function goesOnIn(page: Page, language: Language, name: string): Promise<void> {
  await page.getByRole('button', { name: language === 'zh' ? '中文' : 'English', exact: true }).click();
  assert.equal(await page.evaluate('document.documentElement.lang'), language === 'zh' ? 'zh-CN' : 'en');
  await seen(page, `${name}-${language}`);
}

/** @param others origins other than the console's that received expected requests */
async function done(watched: Watched, name: string, others: readonly string[] = []): Promise<void> {
  const { page, context, faults } = watched;
  await seen(page, name);
  const unwanted = faults.filter(
    (fault) => !others.some((origin) => fault.startsWith(`outside request ${origin}/`)),
  );
  assert.deepEqual(unwanted, [], name);
  await context.close();
}

test('the address alone shows who may be picked, in both languages, and the way of a citizen', async () => {
  const watched = await visitor('zh');
  const { page } = watched;
  await page.goto(url);
  const people = page.getByRole('region', { name: '选择一个演示身份' });
  await people.getByText('云栖市生态环境局 · 报送员').waitFor();
  await seen(page, 'front-zh');
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('heading', { name: 'For citizens' }).waitFor();
  await done(watched, 'front-en');
});

test('a steward publishes the schema that waits for them', async () => {
  const watched = await signedIn('zh', 'demo steward');
  const { page } = watched;
  await page.getByRole('link', { name: /^查看 交通事件 1\.1/ }).click();
  await page
    .getByRole('cell', { name: /diversion/ })
    .first()
    .waitFor();
  await seen(page, 'steward-review');
  await goesOnIn(page, 'en', 'steward-review');
  await page.getByRole('button', { name: 'Agree to publish' }).click();
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.locator('.facts .state', { hasText: 'published' }).waitFor();
  await done(watched, 'steward');
});

for (const [language, words] of [
  ['zh', { open: /^查看 .*req-/, turn: '轮到您办理', agree: '同意', sure: '确认同意' }],
  ['en', { open: /^Open .*req-/, turn: 'It is your turn.', agree: 'Agree', sure: 'Confirm' }],
] as const)
  test(`a request waits for a reviewer without any hint, and they agree in three clicks, ${language}`, async () => {
    const watched = await signedIn(language, 'demo reviewer');
    const { page } = watched;
    await page.getByRole('link', { name: words.open }).first().click();
    await page.getByText(words.turn).waitFor();
    await seen(page, `reviewer-${language}`);
    // one request waits, and two languages read it: the second presses
    if (language === 'en') {
      await page.getByRole('button', { name: words.agree, exact: true }).click();
      await page.getByRole('button', { name: words.sure }).click();
      await page.getByText(words.turn).waitFor({ state: 'detached' });
    }
    await done(watched, `reviewed-${language}`);
  });

test('a developer finds data and requests it; a reviewer of their department agrees in three clicks', async () => {
  const watched = await signedIn('en', 'demo asker');
  const { page } = watched;
  await choose(page, 'Catalogue');
  await page.getByRole('link', { name: 'Household register', exact: true }).click();
  await page.getByRole('link', { name: 'Request', exact: true }).click();
  await page.getByLabel('Purpose').selectOption('school-enrolment');
  await page.getByLabel('Title of the agreement').fill('Households for library cards');
  await page.getByLabel('Law or regulation').fill('中华人民共和国义务教育法');
  await page.getByLabel('Article').fill('第十二条');
  await page.getByLabel('Reason', { exact: true }).fill('library cards without paper');
  // nothing is requested unless it is chosen
  await page
    .getByRole('combobox', { name: /^How .*Name/ })
    .first()
    .selectOption({ index: 1 });
  await page.getByLabel(/: why needed$/).fill('the card names its holder');
  await page
    .getByLabel(/^Signed undertaking/)
    .setInputFiles({ name: 'undertaking.txt', mimeType: 'text/plain', buffer: Buffer.from('we will') });
  await seen(page, 'developer-asks');
  // what was typed stays
  await goesOnIn(page, 'zh', 'developer-asks');
  await page.getByRole('button', { name: '提交', exact: true }).click();
  await page.getByRole('heading', { name: /req-\d+/ }).waitFor();
  const [id = ''] = /req-\d+/.exec(page.url()) ?? [];
  await done(watched, 'developer');

  const reviewer = await signedIn('zh', 'demo reviewer');
  await reviewer.page.getByRole('link', { name: new RegExp(`^查看 .*${id}`) }).click();
  await reviewer.page.getByText('轮到您办理').waitFor();
  await reviewer.page.getByRole('button', { name: '同意', exact: true }).click();
  await reviewer.page.getByRole('button', { name: '确认同意' }).click();
  await reviewer.page.getByText('轮到您办理').waitFor({ state: 'detached' });
  await done(reviewer, 'reviewer');
});

test('a clerk mends the rows of a held batch, and it is published', async () => {
  const watched = await signedIn('en', 'demo clerk');
  const { page } = watched;
  await choose(page, 'Submissions');
  await page.getByRole('link', { name: 'Aotizhongxin-2016-10.csv' }).click();
  const cells = page.getByLabel(/^Line \d+ PM2\.5/);
  await cells.first().waitFor();
  await seen(page, 'clerk-held');
  for (const cell of await cells.all()) await cell.fill('42');
  await goesOnIn(page, 'zh', 'clerk-held');
  await page.getByRole('button', { name: /^报送/ }).click();
  await page.getByText('已发布').first().waitFor();
  await done(watched, 'clerk');
});

test('an officer answers a finding with a reason and has its entries in view', async () => {
  const watched = await signedIn('en', 'demo auditor');
  const { page } = watched;
  await page.getByRole('link', { name: /^Open .*refused many times/ }).click();
  await page.getByRole('heading', { name: /Entries it names/ }).waitFor();
  await seen(page, 'officer-finding');
  await page.getByLabel('Reason (recorded in the log; must not name a person)').fill('asked the department');
  await goesOnIn(page, 'zh', 'officer-finding');
  await page.getByRole('button', { name: '确认', exact: true }).click();
  await page.getByText('已确认', { exact: true }).waitFor();
  await page.getByRole('link', { name: '查找当日相关条目' }).click();
  await page.getByText('no_agreement').first().waitFor();
  await done(watched, 'officer');
});

test('a leader opens a number of the board and has its rows', async () => {
  const watched = await signedIn('zh', 'demo leader');
  const { page } = watched;
  await choose(page, '看板');
  const answered = page.getByRole('link', { name: /放行的调用/ });
  await answered.waitFor();
  assert.match((await answered.textContent()) ?? '', /^\d{2}/);
  await seen(page, 'leader-board');
  await goesOnIn(page, 'en', 'leader-board');
  await page.getByRole('link', { name: /Calls answered/ }).click();
  await page.getByRole('cell').getByTitle('pub-security.household', { exact: true }).first().waitFor();
  await done(watched, 'leader');
});

test('a citizen comes by the invented app, sees the accesses, withdraws their consent and objects', async () => {
  const watched = await visitor('zh');
  const { page } = watched;
  await page.goto(url);
  await page.getByRole('link', { name: '打开虚构的政务应用' }).click();
  const enter = page.getByRole('button', { name: '以家长本人进入' });
  await enter.waitFor();
  await seen(page, 'citizen-app');
  const app = new URL(page.url()).origin;
  await enter.click();
  await page.getByText('YC-2026-000017').first().waitFor();
  const own = new URL(page.url()).origin;
  assert.equal(new Set([own, app, new URL(url).origin]).size, 3, 'an origin of its own');
  assert.equal(page.url(), `${own}/own`, 'the code is out of the address');
  await seen(page, 'citizen');
  await page.getByRole('button', { name: /^撤回 / }).click();
  await page.getByRole('button', { name: '确认撤回' }).click();
  await page.getByText('已撤回。').waitFor();
  const look = page.getByRole('listitem').filter({ hasText: 'YC-2026-000017' }).filter({ hasText: '已提供' });
  await look
    .first()
    .getByRole('button', { name: /^提出异议/ })
    .click();
  await page.getByLabel('哪里不对？').fill('我没有申请过');
  await page.getByRole('button', { name: '确认提出' }).click();
  await page.getByText('异议已提出。').waitFor();
  await done(watched, 'citizen-objected', [app, own]);
});

test('the invented app vouches for no one whom another page sends there', async () => {
  const { page, context } = await visitor('en');
  await page.goto(url);
  await page.getByRole('link', { name: 'Open the invented city’s app' }).click();
  const enter = page.getByRole('button', { name: 'Log in as the parent, for themselves' });
  await enter.waitFor();
  const { origin } = new URL(page.url());
  const foreign = await context.request.post(`${origin}/persons/0`, { headers: { origin: url } });
  assert.equal(foreign.status(), 403);
  const framed = await context.request.get(origin);
  assert.match(framed.headers()['content-security-policy'] ?? '', /frame-ancestors 'none'/);
  const named = await context.request.get(origin, { headers: { host: 'evil.example' } });
  assert.equal(named.status(), 421);
  await context.close();
});
