/** Another root of the authority, as two persons take it in the console. */
import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { pinOf } from '../../certs/authority/identifiers.ts';
import { newAuthority } from '../../machine/newKeyPair.ts';
import { open, signedIn, type Reader, type RegistryCity } from './registryCity.ts';

/**
 * One proposes it, the other compares its pin and accepts; then it is in the inbox with its pin and whose turn it is.
 * @returns the languages in which the inbox shows it
 */
export async function anotherRoot(
  browser: Browser,
  town: RegistryCity,
  { operator, security }: { readonly operator: Reader; readonly security: Reader },
): Promise<string> {
  const made = await newAuthority('yunxi', Date.now() - 3_600_000);
  const pin = pinOf(made.rootCertificate);
  const proposed = await town.staff(operator, 'POST', '/v1/authority', {
    root: made.rootCertificate,
    certificate: made.intermediateCertificate,
    revocationList: made.rootRevocationList,
    reason: '根密钥失窃',
  });
  const watched = await signedIn(browser, town, 'zh', security);
  const { page } = watched;
  await open(page, town, `proposals/${String(proposed['proposal'])}`);
  await page.locator('pre', { hasText: pin }).waitFor();
  await page.getByRole('button', { name: '同意登记' }).click();
  await page.getByRole('button', { name: '确认登记' }).click();
  await page.getByText('已办理：已登记').waitFor();
  const reported: string[] = [];
  for (const [language, root, turn] of [
    ['zh', '两人已接受的新根', '由运维停下全部进程'],
    ['en', 'another root, accepted by two persons', 'the operator stops every process'],
  ] as const) {
    const inbox = await signedIn(browser, town, language, operator);
    await open(inbox.page, town, 'inbox');
    const row = inbox.page.getByRole('listitem').filter({ hasText: root });
    await row.waitFor();
    const text = await row.innerText();
    assert.ok(text.includes(pin) && text.includes(turn), text);
    reported.push(language);
    await inbox.context.close();
  }
  await watched.context.close();
  return reported.join(' ');
}
