/** Signing in by an account of an identity provider, in a real browser: there and back, bound first, and in the middle of a form. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
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
import { healthy, picture } from './pages.ts';

const provider = await startProvider();
const folder = mkdtempSync(join(tmpdir(), 'datong-account-'));
const clientSecretFile = join(folder, 'client-secret');
writeFileSync(clientSecretFile, `${provider.clientSecret}\n`, { mode: 0o600 });
const { issuer, clientId } = provider;
const database = await testDatabase();
const hub = await testHub({
  database,
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
const typing = await admitPerson(hub.hub.services.identity, '管理员 乙', [{ role: 'operator' }]);

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
    // the browser itself reports the refused call
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
    assert.equal(await page.locator('.demo-banner').count(), 0, 'signed in by an account');
    assert.deepEqual(own(), []);
    await context.close();
  });
}

/** What an authenticator shows for the secret on the page: RFC 6238 with SHA-1 and six digits, RFC 4648 base 32. */
function shownFor(secret: string, step: number): string {
  const bits = [...secret.replaceAll(' ', '')]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeUInt32BE(step, 4);
  const mac = createHmac('sha1', key).update(counter).digest();
  const number = mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7f_ff_ff_ff;
  return String(number % 1_000_000).padStart(6, '0');
}

test('a token and the code of an authenticator open a session, once a code; neither opens one alone', async () => {
  const watched = await watchedPage(browser, 'en', origin);
  const { page, context } = watched;
  const signIn = page.getByRole('button', { name: 'Sign in', exact: true });
  const refused = async (code: string): Promise<void> => {
    await page.getByRole('alert').getByText(code, { exact: true }).waitFor();
    assert.equal(await page.getByRole('navigation').count(), 0);
  };
  await page.goto(origin);
  await page.getByLabel('Token', { exact: true }).fill(typing.token);
  await page.getByLabel(/^Code/).fill('000000');
  await signIn.click();
  await refused('authenticator_missing');
  await button(page, /^No authenticator yet/).click();
  const secret = await page
    .locator('code')
    .filter({ hasText: /^(?:[A-Z2-7]{4} ?){8}$/ })
    .innerText();
  await picture(page, 'en-authenticator');
  await healthy(watched, 'authenticator', true);
  const step = Math.floor(database.now() / 30_000);
  const right = shownFor(secret, step);
  const type = async (token: string, code: string): Promise<void> => {
    await page.getByLabel('Token', { exact: true }).fill(token);
    await page.getByLabel(/^Code/).fill(code);
    await signIn.click();
  };
  const wrong = ['111111', '222222', '333333', '444444'].find(
    (code) => ![-1, 0, 1].some((offset) => shownFor(secret, step + offset) === code),
  );
  await type(typing.token, wrong ?? '');
  await refused('code_invalid');
  // the code alone, by the form and past it
  await type('', right);
  assert.equal(
    await page.evaluate("document.querySelector('input[type=password]').validity.valueMissing"),
    true,
  );
  const past = (body: object) =>
    page.evaluate<string>(
      `fetch('/v1/sessions/by-code', { method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(JSON.stringify(body))} }).then((r) => r.json()).then(({ code }) => code)`,
    );
  assert.deepEqual(
    [
      await past({ token: '', code: right }),
      await past({ code: right }),
      await past({ token: typing.token }),
    ],
    ['invalid_request', 'invalid_request', 'invalid_request'],
  );
  await type(`${typing.token.slice(0, -4)}AAAA`, right);
  await refused('token_invalid');

  await type(typing.token, right);
  await page
    .getByText(/管理员 乙/)
    .first()
    .waitFor();
  await page.getByRole('navigation').waitFor();
  assert.equal(await page.locator('.demo-banner').count(), 0);
  await button(page, 'Sign out').click();
  await signIn.waitFor();
  // an onlooker has a used code, and binds no authenticator of their own
  await type(typing.token, right);
  await refused('code_invalid');
  await button(page, /^No authenticator yet/).click();
  await refused('authenticator_present');
  await type(typing.token, shownFor(secret, step + 1));
  await page.getByRole('navigation').waitFor();
  await context.close();
});

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

test('a person sent to the way back without having begun is refused', async () => {
  const { page, context } = await watchedPage(browser, 'zh', origin);
  await page.goto(`${origin}/console/sign-in?code=stolen&state=${'A'.repeat(75)}`);
  await page.getByText('challenge_invalid').waitFor();
  assert.equal(new URL(page.url()).search, '');
  await context.close();
});
