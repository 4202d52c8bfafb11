/** Signing in by an account of an identity provider, in a real browser: there and back, bound first, and in the middle of a form. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import { admitPerson } from '../admitPerson.ts';
import { testDatabase } from '../database.ts';
import { testHub } from '../hub.ts';
import { startProvider } from '../identityProvider.ts';
import { faultsSeen, openBrowser, watchedPage } from './openBrowser.ts';
import { picture } from './pages.ts';

const provider = await startProvider();
const folder = mkdtempSync(join(tmpdir(), 'datong-account-'));
const clientSecretFile = join(folder, 'client-secret');
writeFileSync(clientSecretFile, `${provider.clientSecret}\n`, { mode: 0o600 });
const { issuer, clientId } = provider;
const hub = await testHub({
  database: await testDatabase(),
  demo: { port: 0 },
  strangers: { rate: 1_000, burst: 1_000 },
  config: { signIn: { issuer, clientId, clientSecretFile } },
});
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await hub.stop();
  rmSync(folder, { recursive: true, force: true });
});
const origin = hub.hub.console;
await admitPerson(hub.hub.services.identity, '管理员 甲', [{ role: 'operator' }]);

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first();

for (const language of ['zh', 'en'] as const) {
  test(`there and back (${language}): unknown first, then bound, then a way in`, async () => {
    const words = {
      zh: { by: '用统一身份认证登录', bind: /绑定统一身份认证账号/, bound: '账号已绑定。', out: '退出登录' },
      en: {
        by: 'Sign in with the identity provider',
        bind: /Bind an account of the identity provider/,
        bound: 'The account is bound.',
        out: 'Sign out',
      },
    }[language];
    const { page, context, faults } = await watchedPage(browser, language, origin);
    const own = (): string[] =>
      faults.splice(0).filter((fault) => !fault.startsWith(`outside request ${issuer}/authorize`));
    provider.present(`subject of ${language}`);
    await page.goto(origin);
    await button(page, words.by).click();
    await page.getByText('account_unknown').waitFor();
    assert.equal(new URL(page.url()).search, '', 'the code does not stay in the address');
    assert.deepEqual(await faultsSeen(page), []);
    await picture(page, `account-unknown-${language}`);
    // the browser itself tells of the refused call
    assert.deepEqual(
      own().filter((fault) => !fault.includes('401')),
      [],
    );

    await button(page, /管理员 甲/).click();
    await page.getByRole('navigation').waitFor();
    await page.goto(`${origin}/console/sessions`);
    await button(page, words.bind).click();
    await page.getByText(words.bound).waitFor();
    await picture(page, `account-bound-${language}`);
    assert.deepEqual(await faultsSeen(page), []);
    await button(page, words.out).click();
    await button(page, words.by).click();
    await page.getByRole('navigation').waitFor();
    assert.equal(await page.locator('.demo-banner').count(), 0, 'she came in by her account');
    assert.deepEqual(own(), []);
    await context.close();
  });
}

test('a session that ended in the middle of a form goes on in another window, with what was typed', async () => {
  const { page, context } = await watchedPage(browser, 'zh', origin);
  provider.present('subject of zh');
  await page.goto(origin);
  await button(page, '用统一身份认证登录').click();
  await page.getByRole('navigation').waitFor();
  await page.goto(`${origin}/console/sessions`);
  await page.getByLabel(/给它起个名字/).fill('写了一半');
  await hub.hub.database.owner.query('UPDATE staff_session SET expires_at = now()');
  const opened = context.waitForEvent('page');
  await page.getByRole('link', { name: '人员' }).first().waitFor();
  await page.evaluate("window.dispatchEvent(new Event('focus'))");
  await button(page, '登记通行密钥').click();
  await page.getByRole('heading', { name: '登录' }).first().waitFor();
  await button(page, '用统一身份认证登录').click();
  await (await opened).getByRole('navigation').waitFor();
  await page.locator('.sign-in.again').waitFor({ state: 'detached' });
  assert.equal(await page.getByLabel(/给它起个名字/).inputValue(), '写了一半');
  await context.close();
});

test('whoever is sent to the way back without having begun is refused', async () => {
  const { page, context } = await watchedPage(browser, 'zh', origin);
  await page.goto(`${origin}/console/sign-in?code=stolen&state=${'A'.repeat(75)}`);
  await page.getByText('challenge_invalid').waitFor();
  assert.equal(new URL(page.url()).search, '');
  await context.close();
});
