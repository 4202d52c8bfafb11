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

/** What would be wrong on the paper: nothing that says what it is, or what can only be pressed. */
const faultsOnPaper = `(() => {
  const main = document.querySelector('main');
  if (main === null) return [];
  const seen = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility() && one.getClientRects().length > 0);
  return [
    ...(seen('main h1, main h2').length > 0 ? [] : ['no heading']),
    ...seen('nav, button').map((one) => one.tagName + ' ' + one.textContent),
  ];
})()`;

/** What does not fit on the paper, beside what is cut off in a box that is pushed sideways on the screen. */
const cutOnPaper = `(() => {
  const cut = [...document.querySelectorAll('main, main *')].filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== 'visible');
  return [
    ...cut.map((one) => one.tagName + '.' + one.className + ' ' + one.scrollWidth + ' > ' + one.clientWidth),
    ...(document.documentElement.scrollWidth > innerWidth ? ['the page is ' + document.documentElement.scrollWidth + ' wide'] : []),
  ];
})()`;

/** A4 upright, less the browser's margins, in its pixels. */
const paper = { width: 718, height: 1046 };

/** The page as it would be printed on A4: whole tables, no menu, nothing to press; and a picture of it. */
export async function fitsPaper(page: Page, name: string): Promise<void> {
  const before = page.viewportSize();
  await page.setViewportSize(paper);
  await page.emulateMedia({ media: 'print' });
  await picture(page, `${name}-paper`);
  const found = await page.evaluate<string[]>(`[...${faultsOnPaper}, ...${cutOnPaper}]`);
  await page.emulateMedia({ media: null });
  if (before !== null) await page.setViewportSize(before);
  assert.deepEqual(found, [], `${name} on paper`);
}

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
  const onPaper = await page.evaluate<string[]>(faultsOnPaper);
  await page.emulateMedia({ media: null });
  assert.deepEqual(onPaper, [], `${what} on paper`);
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
