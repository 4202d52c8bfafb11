/** What every test of pages does: sign somebody in, open a page, look whether anything is wrong with it. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { Identity } from '../../hub/identity/openIdentity.ts';
import { faultsSeen, watchedPage, type Watched } from './openBrowser.ts';

export type Language = 'zh' | 'en';

/** Pictures of pages: kept for people to look at, in a folder that is not committed. */
const shots = resolve(import.meta.dirname, '../../console/shots');
mkdirSync(shots, { recursive: true });
export const picture = async (page: Page, name: string): Promise<void> => {
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
};

/** What somebody would write into every text to have it run. */
export const attack = '<img src=x onerror="window.hacked=1"><svg onload="window.hacked=1">';

/** Whether a heading of the content would be on the paper. */
const isHeadedOnPaper =
  "document.querySelector('main') === null || [...document.querySelectorAll('main h1, main h2')].some((one) => one.checkVisibility())";

/** Days that stand on the page as a machine writes them; values of rows, codes, what was typed and commands are told as they are. */
const rawDays = `(() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    if (/(?<![\\w-])(?:19|20)\\d\\d-\\d\\d-\\d\\d(?![\\w-])/.test(data) && parentElement.closest('code, pre, textarea, script, style, .raw') === null)
      found.push(data.trim());
  }
  return found;
})()`;

/** Days stand on the page as the country writes them. */
export async function daysAreWritten(page: Page, what: string): Promise<void> {
  assert.deepEqual(await page.evaluate(rawDays), [], what);
}

/** No rule of WCAG A or AA broken, nothing blocked or asked elsewhere, no text became code, and what is printed says what it is. */
export async function healthy({ page, faults }: Watched, what: string): Promise<void> {
  assert.deepEqual(await faultsSeen(page), [], what);
  assert.equal(await page.evaluate('window.hacked'), undefined, what);
  await page.emulateMedia({ media: 'print' });
  const headed = await page.evaluate<boolean>(isHeadedOnPaper);
  await page.emulateMedia({ media: null });
  assert.ok(headed, `${what}: nothing on the paper says what it is`);
  assert.deepEqual(faults.splice(0), [], what);
}

/** Signs in on the page itself, by picking the person of that name. */
export async function signInAs(
  browser: Browser,
  origin: string,
  language: Language,
  name: string,
): Promise<Watched> {
  const watched = await watchedPage(browser, language, origin);
  await watched.page.goto(origin);
  await watched.page.getByRole('button', { name }).click();
  await watched.page.getByRole('navigation').first().waitFor();
  return watched;
}

/** Opens one of the console's pages, and waits until it says what it has to say. */
export async function openPage(page: Page, origin: string, path: string): Promise<void> {
  await page.goto(`${origin}/console/${path}`);
  await page.locator('main h1').waitFor();
  await page.waitForLoadState('networkidle');
}

export interface Signing<Who extends string> {
  readonly signedIn: (language: Language, who: Who) => Promise<Watched>;
  readonly nameOf: (who: Who) => string;
  readonly open: (page: Page, path: string) => Promise<void>;
}

/** @param named persons of a demo, by what the test calls them */
export function signing<Who extends string>(
  browser: Browser,
  origin: string,
  identity: Pick<Identity, 'persons'>,
  named: Readonly<Record<Who, { readonly person: string }>>,
): Signing<Who> {
  const nameOf = (who: Who): string =>
    identity.persons().find(({ id }) => id === named[who].person)?.name ?? '';
  return {
    nameOf,
    signedIn: (language, who) => signInAs(browser, origin, language, nameOf(who)),
    open: (page, path) => openPage(page, origin, path),
  };
}
