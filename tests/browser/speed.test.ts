/**
 * How long a person waits for the first page, and for what they press. Times are the best of several loads, so that other work on the machine
 * does not count.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { waitingRequest } from '../waitingRequest.ts';
import { openBrowser, type Watched } from './openBrowser.ts';
import { registryCity, signedIn } from './registryCity.ts';

const town = await registryCity(false);
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await town.hub.stop();
});
const asker = await town.person('演示 教育甲', 'steward', 'education');
const reviewer = await town.person('演示 教育乙', 'steward', 'education');
const police = await town.person('演示 公安甲', 'steward', 'pub-security');
for (let number = 0; number < 20; number += 1)
  await waitingRequest(
    { hub: town.hub, database: town.database, consumer: asker.token, second: reviewer.token },
    `waiting-${number}`,
    number,
  );

/** Milliseconds; KB of the console's own files. */
const must = { firstPaint: 400, usable: 2_000, answer: 100, kilobytes: 400 };
const rounds = 5;

const transferred = `performance.getEntriesByType('resource')
  .filter(({ name }) => name.includes('/console/assets/')).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`;
const firstPaint = `performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity`;
/** The time of the first frame in which an item has its button, and the page waits for nothing. */
const usable = `new Promise((done) => {
  const look = () => {
    if (document.querySelector('main[aria-busy="false"] .lane-act a') === null) requestAnimationFrame(look);
    else done(performance.now());
  };
  look();
})`;

async function begun(): Promise<Watched & { readonly slowed: (rate: number) => Promise<void> }> {
  const watched = await signedIn(browser, town, 'zh', police);
  const devtools = await watched.context.newCDPSession(watched.page);
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
  const slowed = async (rate: number): Promise<void> => {
    await devtools.send('Emulation.setCPUThrottlingRate', { rate });
  };
  return { ...watched, slowed };
}

/** Loads the first page afresh. @returns when something, and when an item could be used */
async function loaded({ page }: Watched): Promise<{ readonly first: number; readonly usable: number }> {
  await page.goto(`${town.origin}/console/inbox`);
  const at = await page.evaluate<number>(usable);
  return { first: await page.evaluate<number>(firstPaint), usable: at };
}

test('the first page is painted within 0.4 s, has 400 KB, and at a quarter of the processor’s speed is used within 2 s', async () => {
  const watched = await begun();
  await loaded(watched);
  await watched.page.waitForLoadState('networkidle');
  const kilobytes = (await watched.page.evaluate<number>(transferred)) / 1024;
  assert.ok(kilobytes > 100 && kilobytes <= must.kilobytes, `${kilobytes} KB`);
  const firsts: number[] = [];
  for (let round = 0; round < rounds; round += 1) firsts.push((await loaded(watched)).first);
  assert.ok(Math.min(...firsts) <= must.firstPaint, `first paint after ${firsts.join(', ')} ms`);
  await watched.slowed(4);
  const usables: number[] = [];
  for (let round = 0; round < rounds; round += 1) usables.push((await loaded(watched)).usable);
  assert.ok(Math.min(...usables) <= must.usable, `usable after ${usables.join(', ')} ms`);
  await watched.context.close();
});

test('what is pressed is answered within 0.1 s', async () => {
  const watched = await begun();
  const { page } = watched;
  await loaded(watched);
  // from each press until the next frame is painted; the event timing of the browser leaves out presses of less than 16 ms
  await page.evaluate(`(() => {
    window.datongAnswers = [];
    const painted = (done) => requestAnimationFrame(() => setTimeout(done));
    const pressed = ({ timeStamp }) => painted(() => datongAnswers.push(performance.now() - timeStamp));
    document.addEventListener('click', pressed, { capture: true });
  })()`);
  const links = [/^数据资源$/, /^申请$/, /^今日/];
  for (const link of links) {
    await page.getByRole('navigation').getByRole('link', { name: link }).click();
    await page.waitForLoadState('networkidle');
  }
  for (let round = 0; round < rounds; round += 1) {
    await page.getByRole('button', { name: /^(深色|浅色)$/ }).click();
    await page.waitForTimeout(200);
  }
  const answers = await page.evaluate<number[]>('datongAnswers');
  assert.equal(answers.length, links.length + rounds, 'each press is measured');
  const sorted = answers.toSorted((one, other) => one - other);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  assert.ok(median <= must.answer, `answered after ${answers.join(', ')} ms`);
  await watched.context.close();
});
