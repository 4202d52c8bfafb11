/** What every test of pages does: sign a person in, open a page, check whether anything is wrong with it. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { Bilingual } from '../../terms/bilingual.ts';
import type { Identity } from '../../hub/identity/openIdentity.ts';
import { lookedAt, type Group, type LookedAt, type ReaderOf } from './lookedAt.ts';
import { faultsSeen, watchedPage, type Watched } from './openBrowser.ts';

export type Language = 'zh' | 'en';

/** Pictures of pages: stored for people to look at, in a folder that is not committed. */
const shots = resolve(import.meta.dirname, '../../console/shots');
mkdirSync(shots, { recursive: true });
export const picture = async (page: Page, name: string): Promise<void> => {
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
};

/** What an attacker would write into every text to have it run. */
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

/** What does not fit on the paper, in addition to what is cut off in a box that is scrolled sideways on the screen. */
const cutOnPaper = `(() => {
  const cut = [...document.querySelectorAll('main, main *')].filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== 'visible');
  return [
    ...cut.map((one) => one.tagName + '.' + one.className + ' ' + one.scrollWidth + ' > ' + one.clientWidth),
    ...(document.documentElement.scrollWidth > innerWidth ? ['the page is ' + document.documentElement.scrollWidth + ' wide'] : []),
  ];
})()`;

/** Texts that are printed over each other, line by line. Boxes of a picture and of what is hidden are none. */
const overlapsOnPaper = `(() => {
  const lines = [];
  const walker = document.createTreeWalker(document.querySelector('main') ?? document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    if (data.trim() === '' || !parentElement.checkVisibility() || parentElement.closest('svg, select, textarea, [aria-hidden="true"], .ant-table-measure-row') !== null) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    for (const { left, right, top, bottom } of range.getClientRects())
      if (right - left > 1 && bottom - top > 1) lines.push({ text: data.trim().slice(0, 40), left, right, top, bottom });
  }
  lines.sort((one, other) => one.top - other.top);
  const found = [];
  lines.forEach((one, at) => {
    for (let next = at + 1; next < lines.length && lines[next].top < one.bottom - 4; next += 1) {
      const other = lines[next];
      if (Math.min(one.right, other.right) - Math.max(one.left, other.left) > 4 && Math.min(one.bottom, other.bottom) - other.top > 4)
        found.push('«' + one.text + '» over «' + other.text + '»');
    }
  });
  return found.slice(0, 5);
})()`;

/** A4 upright, less the browser's margins, in its pixels. */
const paper = { width: 718, height: 1046 };

/** The page as it would be printed on A4: whole tables, no menu, nothing to press; and a picture of it. */
export async function fitsPaper(page: Page, name: string): Promise<void> {
  const before = page.viewportSize();
  await page.setViewportSize(paper);
  await page.emulateMedia({ media: 'print' });
  await picture(page, `${name}-paper`);
  const found = await page.evaluate<string[]>(
    `[...${faultsOnPaper}, ...${cutOnPaper}, ...${overlapsOnPaper}]`,
  );
  await page.emulateMedia({ media: null });
  if (before !== null) await page.setViewportSize(before);
  assert.deepEqual(found, [], `${name} on paper`);
}

/**
 * Days that are on the page as a machine writes them; values of rows, codes, what was typed, commands, and official papers are shown as they
 * are.
 */
const rawDays = `(() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    if (/(?<![\\w-])(?:19|20)\\d\\d-\\d\\d-\\d\\d(?![\\w-])/.test(data) && parentElement.closest('code, pre, textarea, script, style, .raw, .approval-form') === null)
      found.push(data.trim());
  }
  return found;
})()`;

/**
 * No rule of WCAG A or AA broken, nothing blocked or requested elsewhere, no text became code, days are written as the country writes them, and what is
 * printed says what it is.
 * @param refused a request was refused, which the browser reports too
 */
export async function healthy({ page, faults }: Watched, what: string, refused = false): Promise<void> {
  assert.deepEqual(await faultsSeen(page), [], what);
  assert.equal(await page.evaluate('window.hacked'), undefined, what);
  assert.deepEqual(await page.evaluate(rawDays), [], `${what}: days`);
  await page.emulateMedia({ media: 'print' });
  const onPaper = await page.evaluate<string[]>(faultsOnPaper);
  await page.emulateMedia({ media: null });
  assert.deepEqual(onPaper, [], `${what} on paper`);
  const found = faults.splice(0).filter((one) => !refused || !one.startsWith('Failed to load resource'));
  assert.deepEqual(found, [], what);
}

/** What a refusal shows: its sentence, its facts by their names (an exchange as `…`), what it finds place by place, and the line. */
export async function shownRefusal(page: Page): Promise<readonly unknown[]> {
  const alert = page
    .locator('main')
    .getByRole('alert')
    .filter({ has: page.locator('dl') });
  await alert.waitFor();
  const names = await alert.locator('dt').allInnerTexts();
  const values = await alert.locator('dd').allInnerTexts();
  const known = values.map((value) => value.replace(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}$/, '…'));
  return [
    (await alert.innerText()).split('\n')[0],
    Object.fromEntries(names.map((name, at) => [name, known[at]])),
    await alert.locator('li').allInnerTexts(),
    await alert.locator('.command').innerText(),
  ];
}

/** Goes on by the Tab key alone until what has the focus is called so. @param wanted a part of a name, or what fits a whole one */
export async function tabTo(page: Page, wanted: string | RegExp): Promise<void> {
  for (let presses = 0; presses < 200; presses += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate<string[]>(`(() => {
      const one = document.activeElement;
      if (one === null || !one.matches('a, button, input, select, textarea, summary')) return [];
      const labels = [...(one.labels ?? [])].map((label) => label.textContent);
      return [one.getAttribute('aria-label') ?? '', ...labels, one.matches('a, button, summary') ? one.textContent : ''];
    })()`);
    if (focused.some((name) => (typeof wanted === 'string' ? name.includes(wanted) : wanted.test(name))))
      return;
  }
  assert.fail(`${String(wanted)} is not reached`);
}

export interface Looking<Who extends string> {
  readonly signedIn: (language: Language, who: Who) => Promise<Watched>;
  readonly open: (page: Page, path: string) => Promise<void>;
  /** the value of `{…}` in an address */
  readonly made?: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** by a page's name: what is done on it before it is checked */
  readonly before?: Readonly<Record<string, (watched: Watched) => Promise<unknown>>>;
}

/** The theme that a page does not have. */
const otherTheme = /^(?:深色|浅色|Dark|Light)$/;

/** Where a page is wider than its window: its width, and the elements that reach beyond the window. */
const tooWide = `document.documentElement.scrollWidth <= innerWidth ? [] : [
  'the page is ' + document.documentElement.scrollWidth + ' wide',
  ...[...document.querySelectorAll('body *')]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => one.tagName + '.' + one.className + ' ' + Math.round(one.getBoundingClientRect().right)),
]`;

/** The same page in the dark theme and on a phone: no rule of WCAG broken, and nothing pushed sideways. */
async function darkAndNarrow({ page, faults }: Watched, what: string): Promise<void> {
  const before = page.viewportSize();
  await page.getByRole('button', { name: otherTheme }).click();
  await picture(page, `${what}-dark`);
  assert.deepEqual(await faultsSeen(page), [], `${what}, dark`);
  await page.setViewportSize({ width: 390, height: 844 });
  await picture(page, `${what}-dark-390`);
  assert.deepEqual(await faultsSeen(page), [], `${what}, dark, 390 wide`);
  assert.deepEqual(await page.evaluate(tooWide), [], `${what}: sideways`);
  await page.getByRole('button', { name: otherTheme }).click();
  if (before !== null) await page.setViewportSize(before);
  assert.deepEqual(faults.splice(0), [], `${what}, dark`);
}

/**
 * Opens every page of a group (lookedAt.ts) in both languages as those who read it, checks each and stores a picture. Each is also checked in
 * the dark theme and on a phone, in one language.
 */
export function lookAtPages<G extends Group>(group: G, checks: Looking<ReaderOf<G>>): void {
  const { signedIn, open, before = {} } = checks;
  const pages = lookedAt[group] as readonly LookedAt<ReaderOf<G>>[];
  for (const language of ['zh', 'en'] as const)
    test(`pages of ${group}, ${language}: readable, silent, and no text became code`, async () => {
      const made = (await checks.made?.()) ?? {};
      const at = (path: string): string =>
        path.replace(/\{(\w+)\}/g, (_hole, name: string) => made[name] ?? assert.fail(`${name} in ${path}`));
      let seen = 0;
      for (const who of new Set(pages.map(([, , reader]) => reader))) {
        const watched = await signedIn(language, who);
        for (const [name, path, , printed] of pages.filter(([, , reader]) => reader === who)) {
          await open(watched.page, at(path));
          await before[name]?.(watched);
          await picture(watched.page, `${language}-${name}`);
          await healthy(watched, `${name} ${language}`);
          if (language === 'zh') await darkAndNarrow(watched, `${language}-${name}`);
          if (printed === 'paper') await fitsPaper(watched.page, `${language}-${name}`);
          seen += 1;
        }
        await watched.context.close();
      }
      assert.equal(seen, pages.length);
    });
}

/** A page names a dataset by its title in its own language, with the id on hover. */
export async function namesDataset(page: Page, dataset: string, title: Bilingual): Promise<void> {
  const shown = (await page.evaluate('document.documentElement.lang')) === 'zh-CN' ? title.zh : title.en;
  await page.locator(`main [title="${dataset}"]`, { hasText: shown }).first().waitFor();
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
  // a page of open events keeps a stream of messages open: its network is never idle
  if (/^openevents(?:\/|\?|$)/.test(path)) await page.locator('main[aria-busy="false"]').waitFor();
  else await page.waitForLoadState('networkidle');
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
