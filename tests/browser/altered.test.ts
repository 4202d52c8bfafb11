/** Changes past the hub in a real browser: the list, a row, and the act of two persons who see the same content and digest. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import { admitPerson } from '../admitPerson.ts';
import { administratorSession } from '../administratorSession.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';
import { openBrowser } from './openBrowser.ts';
import { attack, healthy, lookAtPages, picture, signing } from './pages.ts';

const database = await testDatabase();
const hub = await testHub({ database, demo: { port: 0 }, jobsByTime: false });
const browser = await openBrowser();
/** A session of the superuser, past the hub: triggers do not run. */
const administrator = await administratorSession(database, '-c session_replication_role=replica');
after(async () => {
  await browser.close();
  await hub.stop();
});
const { identity } = hub.hub.services;
await sampleCity(hub);
const named = {
  auditor: await admitPerson(identity, '演示 审计员', [{ role: 'auditor' }]),
  security: await admitPerson(identity, '演示 安全员', [{ role: 'security' }]),
};

/** A purpose of the administrator. */
const insertPurpose = (code: string): Promise<unknown> =>
  administrator.query(
    `INSERT INTO purpose (code, title_zh, title_en, registered_by, author, approver) VALUES ($1, $2, $2, gen_random_uuid(), $3, $4)`,
    [code, attack, named.auditor.person, named.security.person],
  );
await insertPurpose('evil');
await insertPurpose('evil-two');
await administrator.query('CREATE VIEW evil_view AS SELECT 1 AS one');
await administrator.query('ALTER VIEW evil_view OWNER TO datong_owner');
assert.equal(await hub.hub.runner.run('verifyRows'), 'ok');

const about = 'purpose evil';
const rows = (of: string): string => `/v1/log/findings/rows?${new URLSearchParams({ about: of }).toString()}`;
const { json: shown } = await hub.staff(named.auditor.token, 'GET', rows('purpose evil-two'));
const { json: proposed } = await hub.staff(named.auditor.token, 'POST', '/v1/log/findings/restorations', {
  about: 'purpose evil-two',
  act: 'seal',
  digest: shown['digest'],
  reason: attack,
  case: 'AQ-2026-0003',
});
assert.equal(typeof proposed['proposal'], 'string', JSON.stringify([shown, proposed]));

const { signedIn, open } = signing<keyof typeof named>(browser, hub.hub.console, identity, named);
const phone = { width: 390, height: 844 };
const desk = { width: 1440, height: 900 };

lookAtPages('altered', {
  signedIn,
  open,
  made: () => ({ restoration: String(proposed['proposal']) }),
  before: Object.fromEntries(
    ['altered', 'altered-row', 'altered-accept'].map((name) => [
      name,
      async ({ page }: { readonly page: Page }) => {
        const language = (await page.locator('html').getAttribute('lang'))?.slice(0, 2) ?? '';
        for (const size of [desk, phone]) {
          await page.setViewportSize(size);
          assert.ok(Number(await page.evaluate('document.documentElement.scrollWidth')) <= size.width, name);
          await picture(page, `${language}-${name}-${size.width}`);
        }
        await page.setViewportSize(desk);
      },
    ]),
  ),
});

test('both persons see the same content and digest; what changes in between cannot be accepted', async () => {
  const first = await signedIn('zh', 'auditor');
  // their first page says so
  const note = first.page.getByRole('alert').filter({ hasText: /^有 \d+ 处绕过枢纽的改动/ });
  await note.waitFor();
  await picture(first.page, 'zh-altered-home');
  await healthy(first, 'first page with findings');
  await note.getByRole('link').click();
  await first.page
    .getByRole('row', { name: /view evil_view/ })
    .getByText('恢复该对象或备份')
    .waitFor();
  await first.page.getByRole('link', { name: `查看 ${about}`, exact: true }).click();
  await first.page.getByRole('cell', { name: attack }).first().waitFor();
  const digest = (await hub.staff(named.auditor.token, 'GET', rows(about))).json['digest'];
  await first.page.getByText(String(digest), { exact: true }).waitFor();
  const form = first.page.getByRole('form', { name: '提出处理' });
  await form.getByLabel('处理方式').selectOption('remove');
  await form.getByLabel('案件编号').fill('AQ-2026-0004');
  await form.getByLabel('事由').fill('并非枢纽所设');
  await form.getByRole('button', { name: '提出', exact: true }).dblclick();
  await first.page.getByText('已提交，等另一人同意后生效。').waitFor();
  await healthy(first, 'proposed');

  const second = await signedIn('zh', 'security');
  const { page } = second;
  const { json } = await hub.staff(named.security.token, 'GET', '/v1/inbox?kind=proposals&limit=200');
  const waiting = (json['proposals'] as { proposal: string; kind: string }[])
    .filter(({ kind }) => kind === 'Restoration')
    .map(({ proposal }) => proposal);
  assert.equal(waiting.length, 2);
  const mine = waiting.find((id) => id !== proposed['proposal']) ?? '';

  await administrator.query(`UPDATE purpose SET title_en = 'other' WHERE code = 'evil'`);
  await open(page, `proposals/${mine}`);
  await page.getByText('提出之后又有变化').waitFor();
  assert.equal(await page.getByRole('button', { name: '同意登记' }).isDisabled(), true);
  await administrator.query(`UPDATE purpose SET title_en = $1 WHERE code = 'evil'`, [attack]);
  await open(page, `proposals/${mine}`);
  await page.getByText('与提出人所见一致').waitFor();
  await page.getByText(String(digest), { exact: true }).first().waitFor();
  await page.getByRole('cell', { name: attack }).first().waitFor();
  await page.getByRole('button', { name: '同意登记' }).click();
  await page.getByRole('button', { name: '确认登记' }).click();
  await page.getByText('已办理：已登记').waitFor();
  await healthy(second, 'accepted');
  const { rows: left } = await administrator.query(`SELECT FROM purpose WHERE code = 'evil'`);
  assert.equal(left.length, 0, 'the row is removed');
  await open(page, 'altered');
  await page.getByRole('row', { name: /purpose evil-two/ }).waitFor();
  assert.equal(await page.getByRole('link', { name: `查看 ${about}`, exact: true }).count(), 0);
  await first.context.close();
  await second.context.close();
});
