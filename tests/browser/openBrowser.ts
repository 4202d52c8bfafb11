/** Debian's chromium, and a page that notes everything it should not have to say. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { laterThan109 } from './laterCss.ts';
import { paintFaults, paintNoted } from './paint.ts';

const program = '/usr/bin/chromium';
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** @throws Error where chromium is not installed: a check that did not run is no check */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(program)) throw new Error(`${program} is missing: apt-get install chromium fonts-noto-cjk`);
  // without a GPU, drawing is faster than in an emulated one
  const args = ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  return chromium.launch({ executablePath: program, args });
}

/** Takes away what scripts may do since Chromium 110: the console is built for 109, and a machine of an office may have no newer one. */
const asInChromium109 = `(() => {
  const since = [
    [String.prototype, 'isWellFormed', 'toWellFormed'],
    [Array.prototype, 'toSorted', 'toReversed', 'toSpliced', 'with'],
    [Object.getPrototypeOf(Uint8Array.prototype), 'toSorted', 'toReversed', 'with'],
    [Uint8Array.prototype, 'toHex', 'toBase64'],
    [Uint8Array, 'fromHex', 'fromBase64'],
    [Array, 'fromAsync'],
    [Object, 'groupBy'],
    [Map, 'groupBy'],
    [Promise, 'withResolvers', 'try'],
    [Set.prototype, 'union', 'intersection', 'difference', 'symmetricDifference', 'isSubsetOf', 'isSupersetOf', 'isDisjointFrom'],
    [URL, 'canParse', 'parse'],
    [AbortSignal, 'any'],
    [RegExp, 'escape'],
  ];
  for (const [of, ...names] of since) for (const name of names) delete of[name];
})()`;

export interface Watched {
  readonly context: BrowserContext;
  readonly page: Page;
  /** what the console logged, what a policy blocked, what was asked of another host */
  readonly faults: string[];
  /** bytes of the answers, as they came over the line */
  readonly bytes: () => number;
}

/** A window of an office laptop. */
export async function watchedPage(
  browser: Browser,
  language: 'zh' | 'en',
  origin: string,
  viewport = { width: 1366, height: 768 },
): Promise<Watched> {
  const context = await browser.newContext({
    viewport,
    // a hub's certificate is of an authority of its own
    ignoreHTTPSErrors: origin.startsWith('https:'),
    locale: language === 'zh' ? 'zh-CN' : 'en-GB',
  });
  await context.addInitScript(asInChromium109);
  await context.addInitScript(paintNoted);
  const page = await context.newPage();
  const faults: string[] = [];
  let bytes = 0;
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    // Chromium does not say in its text what it failed to load
    faults.push(`${message.text()} ${message.location().url}`.trim());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !/^(?:data|blob):/.test(url)) faults.push(`outside request ${url}`);
  });
  page.on('requestfinished', (request) => {
    void request.sizes().then(
      (sizes) => {
        if (/\/(?:console|own)\/assets\//.test(request.url())) bytes += sizes.responseBodySize;
      },
      () => undefined,
    );
  });
  return { context, page, faults, bytes: () => bytes };
}

/**
 * @returns what is wrong with the page to look at: rules of WCAG 2.1 A and AA that it breaks, with where; how it was painted (paint.ts); what
 *   Chromium 109 knows not of the styles that it made while it ran (laterCss.ts)
 */
export async function faultsSeen(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const run = `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ' ' + html.slice(0, 160))))`;
  const styles = `[...document.querySelectorAll('style')].map(({ textContent }) => textContent).join('\\n')`;
  return [
    ...(await page.evaluate<string[]>(run)),
    ...(await paintFaults(page)),
    ...laterThan109(await page.evaluate<string>(styles)),
  ];
}
