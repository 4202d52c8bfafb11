/** Today: a request is read and decided in place, next to what it grants. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { APIResponse, Route } from 'playwright-core';
import { en } from '../../console/src/words/en.ts';
import { zh } from '../../console/src/words/zh.ts';
import { dayInChina } from '../../terms/civilDate.ts';
import { problemCatalogue } from '../../terms/problemCatalogue.ts';
import { entryOf } from '../catalogueEntry.ts';
import { eventually } from '../eventually.ts';
import { waitingRequest } from '../waitingRequest.ts';
import { openBrowser } from './openBrowser.ts';
import { healthy, picture } from './pages.ts';
import { open, registryCity, signedIn } from './registryCity.ts';

const town = await registryCity(false);
const { hub, database } = town;
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await hub.stop();
});
const asker = await town.person('演示 教育甲', 'steward', 'education');
const second = await town.person('演示 教育乙', 'steward', 'education');
const police = await town.person('演示 公安甲', 'steward', 'pub-security');
const police2 = await town.person('演示 公安安全员', 'security', 'pub-security');
const office1 = await town.person('演示 数据局甲', 'steward');
const office2 = await town.person('演示 数据局乙', 'steward');
const auditor = await town.person('演示 审计员', 'auditor');
const auditor2 = await town.person('演示 第二审计员', 'auditor');
const made = (name: string): Promise<string> =>
  waitingRequest({ hub, database, consumer: asker.token, second: second.token }, name, 0);

/** The hub's answer to a call that is held here; it takes calls of its own pages only, which the browser marks. */
const answerTo = async (route: Route): Promise<APIResponse> =>
  route.fetch({ headers: { ...(await route.request().allHeaders()), 'sec-fetch-site': 'same-origin' } });

test('after an act that leaves the request there, the unfolded request is the present one', async () => {
  const id = await made('in-place-longer');
  const { page, context } = await signedIn(browser, town, 'zh', police);
  const item = page.getByRole('listitem').filter({ hasText: id });
  await item.getByText('看内容并在此处理').click();
  await item.getByRole('button', { name: '申请延期', exact: true }).click();
  const form = item.getByRole('form', { name: '申请延期' });
  await form.getByRole('textbox').fill('核对历史数据');
  await form.getByRole('button', { name: '提交' }).click();
  await item.getByText('已申请，待数据主管部门同意').first().waitFor();
  await context.close();
});

test('a slow number of another page does not replace the newer one of Today', async () => {
  await made('in-place-slow');
  const { page, context } = await signedIn(browser, town, 'zh', police);
  let answer = (): void => undefined;
  const later = new Promise<void>((resolve) => {
    answer = resolve;
  });
  let isAnswered = false;
  await page.route(
    (url) => url.pathname === '/v1/inbox',
    async (route) => {
      const response = await answerTo(route);
      const body = (await response.json()) as object;
      await later;
      await route.fulfill({ response, json: { ...body, counts: { requests: 99 } } });
      isAnswered = true;
    },
    { times: 1 },
  );
  await page.goto(`${town.origin}/console/datasets`);
  await page.locator('main[aria-busy="false"] h1').waitFor();
  await page.locator('nav a[href$="/console/inbox"]').first().click();
  await eventually(
    async () => /^\(\d+\) /.test(await page.title()),
    () => 'the number of Today',
  );
  const title = await page.title();
  answer();
  await eventually(
    () => isAnswered,
    () => 'the slow number came',
  );
  await page.waitForLoadState('networkidle');
  assert.equal(await page.title(), title);
  await context.close();
});

for (const language of ['zh', 'en'] as const)
  test(`a request is unfolded on Today, and agreed to next to what it grants, ${language}`, async () => {
    const name = `in-place-${language}`;
    const id = await made(name);
    const words = {
      zh: { fold: '看内容并在此处理', agree: '同意', sure: /^确认同意：审定.*1 项数据/ },
      en: { fold: 'Read and decide here', agree: 'Agree', sure: /^Confirm: approve 1 field / },
    }[language];
    const watched = await signedIn(browser, town, language, police);
    const { page } = watched;
    const item = page.getByRole('listitem').filter({ hasText: id });
    await item.waitFor();
    assert.match(await page.title(), /^\(\d+\) /);
    assert.equal(await item.getByRole('button', { name: words.agree, exact: true }).count(), 0, 'not unseen');
    await item.getByText(words.fold).click();
    await item.getByRole('table').first().waitFor();
    await item.getByRole('button', { name: words.agree, exact: true }).click();
    await item.getByRole('button', { name: words.sure }).waitFor();
    await picture(page, `${language}-today-in-place`);
    await healthy(watched, `today ${language}`);
    await item.getByRole('button', { name: words.sure }).click();
    await item.waitFor({ state: 'detached' });
    await watched.context.close();
  });

for (const language of ['zh', 'en'] as const)
  test(`a catalogue entry is decided in place next to what it changes; what affects others is not, ${language}`, async () => {
    const { catSource, hmDecideHere, prAccept, prAcceptSure, whyProposalRead } = { zh, en }[language];
    const id = `pub-security.in-place-${language}`;
    await town.staff(police, 'POST', '/v1/catalogue', entryOf('pub-security.household', { id }));
    const service = { department: language === 'zh' ? 'education' : 'transport', appointed: true };
    await town.staff(office1, 'POST', '/v1/person-services', service);
    const watched = await signedIn(browser, town, language, police2);
    const { page } = watched;
    const item = page.getByRole('listitem').filter({ hasText: id });
    await item.getByText(hmDecideHere).click();
    await item.getByRole('cell', { name: catSource, exact: true }).waitFor();
    await item.getByRole('button', { name: prAccept, exact: true }).click();
    await item.getByRole('button', { name: prAcceptSure }).waitFor();
    await picture(page, `${language}-today-entry`);
    // the first of its name: there is no live one to compare it with
    await healthy(watched, `today, an entry, ${language}`, true);
    await item.getByRole('button', { name: prAcceptSure }).click();
    await item.waitFor({ state: 'detached' });
    await town.staff(police, 'GET', `/v1/catalogue/${id}`);
    await watched.context.close();
    const deciding = await signedIn(browser, town, language, office2);
    const other = deciding.page.getByRole('listitem').filter({ hasText: service.department });
    await other.getByText(new RegExp(whyProposalRead)).waitFor();
    assert.equal(await other.getByText(hmDecideHere).count(), 0);
    await deciding.context.close();
  });

for (const language of ['zh', 'en'] as const)
  test(`evidence about a person is released in place, next to dataset, period and number of entries, ${language}`, async () => {
    const { hmDecideHere, release, evPeriodAll } = { zh, en }[language];
    const sure = /^(?:确认放行：\d+ 条日志条目|Confirm: release \d+ log entries)/;
    const number = `XF-2026-1${language}`;
    await town.staff(auditor, 'POST', '/v1/log/evidence', {
      reason: '信访投诉',
      case: number,
      question: {
        dataset: 'pub-security.household',
        subject: { dataset: 'pub-security.household', value: '990101202108021580' },
      },
    });
    const watched = await signedIn(browser, town, language, auditor2);
    const { page } = watched;
    const item = page.getByRole('listitem').filter({ hasText: number });
    await item.getByText(hmDecideHere).click();
    await item.getByText(evPeriodAll).waitFor();
    await item
      .getByText(/^(?:户籍人口|Household)/)
      .first()
      .waitFor();
    await item.getByRole('button', { name: release, exact: true }).click();
    await item.getByRole('button', { name: sure }).waitFor();
    await picture(page, `${language}-today-evidence`);
    await healthy(watched, `today, evidence, ${language}`);
    await item.getByRole('button', { name: sure }).click();
    await item.waitFor({ state: 'detached' });
    await watched.context.close();
  });

for (const language of ['zh', 'en'] as const)
  test(`receipt that the department gave before: a sentence with the next step, ${language}`, async () => {
    const event = '01a2259f-0000-7000-8000-000000000001';
    const { page, context } = await signedIn(browser, town, language, police);
    await page.route(
      (url) => url.pathname === '/v1/inbox',
      async (route) => {
        const response = await answerTo(route);
        const body = (await response.json()) as object;
        const owed = {
          ...{ event, plan: 'plan-again', step: 'close-schools', department: 'pub-security', stage: 0 },
          grade: 'done',
          ...{ title: { zh: '再次确认', en: 'once more' }, as: 'acknowledger', overdue: false },
          ...{
            deadline: new Date(database.now() + 3_600_000).toISOString(),
            due: dayInChina(database.now()),
          },
        };
        await route.fulfill({ response, json: { ...body, events: [owed] } });
      },
    );
    await page.route(
      (url) => url.pathname === `/v1/open-events/${event}/acknowledgements`,
      (route) => {
        const { status, text, next, who } = problemCatalogue.event_grade_again;
        const json = { code: 'event_grade_again', status, detail: text, next, who };
        return route.fulfill({ status, json });
      },
    );
    await open(page, town, 'inbox');
    const words = {
      zh: { act: '确认收到', sentence: /此前已确认收到/, link: '打开该事件' },
      en: {
        act: 'Acknowledge receipt',
        sentence: /acknowledged receipt of this event before/,
        link: 'Open the event',
      },
    }[language];
    const item = page.getByRole('listitem').filter({ hasText: 'close-schools' });
    await item.getByRole('button', { name: words.act }).click();
    await item.getByRole('status').filter({ hasText: words.sentence }).waitFor();
    assert.equal(await item.getByRole('link', { name: words.link }).count(), 1);
    assert.equal(await item.getByText('event_grade_again').count(), 0, 'no raw code');
    await context.close();
  });

test('receipt is offered once: a step that asks for more leads to its event, and several have no receipt in one act', async () => {
  const at = (nth: number): string => `01a2259f-0000-7000-8000-00000000000${nth}`;
  const { page, context } = await signedIn(browser, town, 'en', police);
  const owed = (nth: number, given?: string): object => ({
    ...{ event: at(nth), plan: 'plan-more', step: `step-${nth}`, department: 'pub-security', stage: 0 },
    ...{ title: { zh: '更多', en: 'more' }, as: 'acknowledger', grade: 'done', overdue: false },
    ...{ deadline: new Date(database.now() + 3_600_000).toISOString(), due: dayInChina(database.now()) },
    ...(given === undefined ? {} : { given }),
  });
  let events = [owed(1), owed(2)];
  await page.route(
    (url) => url.pathname === '/v1/inbox',
    async (route) => {
      const response = await answerTo(route);
      await route.fulfill({ response, json: { ...((await response.json()) as object), events } });
    },
  );
  await open(page, town, 'inbox');
  const all = page.getByRole('button', { name: /^Acknowledge receipt of all 2/ });
  await all.waitFor();
  events = [owed(1, 'received'), owed(2, 'received')];
  await open(page, town, 'inbox');
  const item = page.getByRole('listitem').filter({ hasText: 'step-1' });
  await item.waitFor();
  assert.equal(await item.getByRole('button').count(), 0, 'no receipt that would change nothing');
  assert.equal(await item.getByRole('link').count(), 1);
  assert.equal(await all.count(), 0);
  await context.close();
});

test('where Today could not be read, it does not say that nothing waits', async () => {
  const { page, context } = await signedIn(browser, town, 'zh', police);
  await page.route(
    (url) => url.pathname === '/v1/inbox',
    (route) => route.abort(),
  );
  await open(page, town, 'inbox');
  await page.getByRole('alert').filter({ hasText: zh.unreachable }).first().waitFor();
  assert.equal(await page.getByText(zh.inboxEmpty).count(), 0);
  await context.close();
});

test('an overdue item that only informs is not counted as overdue', async () => {
  const made = { hub, database, consumer: asker.token, second: second.token };
  await waitingRequest(made, 'in-place-late', 60);
  const { page, context } = await signedIn(browser, town, 'zh', office1);
  await page.getByText(zh.ln_todayNone).waitFor();
  await page.getByText(/^仅供知悉/).waitFor();
  assert.equal(await page.getByText(/已逾期 \d+ 项/).count(), 0);
  await context.close();
  const deciding = await signedIn(browser, town, 'zh', police);
  await deciding.page.getByText(/已逾期 1 项/).waitFor();
  await deciding.context.close();
});
