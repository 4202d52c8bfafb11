/** Open events in a real browser: who owes what, seconds counting, acknowledged and closed; by keyboard, on a phone, and in the dark. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { testService } from '../flows/serviceProvider.ts';
import { readSamplePlan, samplePlan } from '../samplePlan.ts';
import { openBrowser, type Watched } from './openBrowser.ts';
import { healthy, lookAtPages, picture, tabTo } from './pages.ts';
import { lookingIn, open, registryCity, signedIn } from './registryCity.ts';

const host = 'events.school.example';
const service = await testService(host);
const folder = mkdtempSync(join(tmpdir(), 'datong-events-'));
const caFile = join(folder, 'ca.pem');
writeFileSync(caFile, service.ca);
const origin = `https://${host}:${service.port}`;
let takes = false;
service.serve = (request, reply) => {
  const { type, data } = JSON.parse(request.whole.toString('utf8')) as {
    readonly type: string;
    readonly data: { readonly challenge?: string };
  };
  if (type === 'datong.challenge') reply.end(JSON.stringify({ challenge: data.challenge }));
  else reply.writeHead(takes ? 204 : 503).end();
};
const town = await registryCity(false, {
  resolve: () => Promise.resolve(['127.0.0.1']),
  dispatch: { firstMs: 100, maxMs: 200, pollMs: 50, patienceMs: 1_000, leaseMs: 4_000, windowMs: 500 },
  config: { services: [{ department: 'education', origin, addresses: ['127.0.0.0/30'], caFile }] },
});
service.server.setSecureContext({ ...service.tls, ca: town.hub.ca });
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await town.hub.stop();
  service.close();
  rmSync(folder, { recursive: true, force: true });
});
const { city, database, hub } = town;
await city.apply('air-warning/topic.yaml');
await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
await city.apply('air-warning/response.yaml');
const { steps } = readSamplePlan();
await samplePlan(hub, { steps: steps.map((one) => ({ ...one, departments: ['education'] })) });
const topic = 'ecology.air-warnings';
let count = 0;
/** A red warning, and as if so many seconds had passed since. */
async function warning(secondsAgo = 0): Promise<string> {
  count += 1;
  const { json } = await city.ecology.client.events.publish(topic, [
    {
      specversion: '1.0',
      id: `e-${count}`,
      source: 'test',
      type: 'ecology.air-warning-issued',
      data: { warning_id: `w-${count}`, district: '990101', level: 'red' },
    },
  ]);
  const event = json.events[0]?.event ?? assert.fail();
  await database.owner.query(
    `UPDATE event_step SET due_at = due_at - make_interval(secs => $2), next_at = next_at - make_interval(secs => $2)
      WHERE event = $1`,
    [event, secondsAgo],
  );
  assert.equal(await hub.hub.runner.run('escalateEvents'), 'ok');
  return event;
}
const readers = {
  ecology: await town.person('演示 生态甲', 'steward', 'ecology'),
  teacher: await town.person('演示 教育甲', 'steward', 'education'),
  second: await town.person('演示 生态乙', 'steward', 'ecology'),
  clerk: await town.person('演示 教育乙', 'clerk', 'education'),
  stranger: await town.person('演示 公安甲', 'steward', 'pub-security'),
};
const { events: school } = city.education.client;
const context = { purpose: 'public-service', agreement: 'agr-air-warnings' };
const types = ['ecology.air-warning-issued'];
const { id: pulled } = (await school.subscribe({ topic, types }, context)).json;
const { id: patterned } = (await school.subscribe({ topic: 'ecology.*' }, { purpose: 'public-service' }))
  .json;
const sink = { kind: 'webhook' as const, url: `${origin}/hook` };
const { id: sunk } = (await school.subscribe({ topic, types, sink }, context)).json;
const event = await warning(10 * 86_400);
/** Waits until the webhook has so many dead letters. */
async function dead(wanted: number): Promise<void> {
  for (let waited = 0; waited < 20_000; waited += 100) {
    if ((await school.deadLetters(sunk)).json.letters.filter(({ replayed }) => !replayed).length >= wanted)
      return;
    await new Promise((done) => setTimeout(done, 100));
  }
  assert.fail('no dead letters');
}
await dead(1);
lookAtPages('events', {
  ...lookingIn(browser, town, readers),
  made: () => ({ event, sunk, pulled, patterned }),
});

const texts = {
  zh: {
    late: '未确认',
    done: '已办结',
    acknowledge: '确认',
    as: '代表',
    met: '超时后确认',
    close: '关闭事件',
    sure: '确认关闭',
    explain: '说明',
    closed: '已关闭',
  },
  en: {
    late: 'not acknowledged',
    done: 'done',
    acknowledge: 'Acknowledge',
    as: 'Acknowledge for',
    met: 'acknowledged late',
    close: 'Close the event',
    sure: 'Close it',
    explain: 'Explanation',
    closed: 'closed',
  },
} as const;

/** On a phone and a wide screen, in both themes: nothing to scroll sideways, no rule broken. */
async function everywhere(watched: Watched, name: string): Promise<void> {
  const { page } = watched;
  for (const shade of ['light', 'dark'] as const) {
    if (shade === 'dark') await page.getByRole('button', { name: /深色|Dark/ }).click();
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      assert.equal(await page.evaluate(`document.documentElement.scrollWidth <= ${width}`), true, name);
      await picture(page, `${name}-${width}-${shade}`);
      await healthy(watched, `${name} ${width} ${shade}`);
    }
  }
  await page.getByRole('button', { name: /^(浅色|Light)$/ }).click();
}

for (const language of ['zh', 'en'] as const) {
  const text = texts[language];
  const at = (name: string): string => `events-${language}-${name}`;

  test(`the list counts the seconds of a late department, ${language}`, async () => {
    await warning(700);
    const watched = await signedIn(browser, town, language, readers.ecology);
    await open(watched.page, town, 'openevents');
    const late = watched.page.getByRole('row').filter({ hasText: text.late }).first().locator('.late');
    const before = await late.innerText();
    await watched.page.waitForTimeout(2_100);
    assert.notEqual(await late.innerText(), before);
    await everywhere(watched, at('list'));
    await watched.context.close();
  });

  test(`a department acknowledges by keyboard alone, and the publisher sees it without a reload, ${language}`, async () => {
    const own = await warning(10 * 86_400);
    const publisher = await signedIn(browser, town, language, readers.ecology);
    await open(publisher.page, town, `openevents/${own}`);
    const seen = publisher.page.getByRole('row').filter({ hasText: text.met });
    assert.equal(await seen.count(), 0);
    const watched = await signedIn(browser, town, language, readers.teacher);
    await open(watched.page, town, `openevents/${own}`);
    await tabTo(watched.page, text.as);
    await watched.page.keyboard.press('End');
    await tabTo(watched.page, new RegExp(`^${text.acknowledge.replace(/(?<=^..)$/, '\\s?')}$`));
    await watched.page.keyboard.press('Enter');
    await watched.page.getByRole('row').filter({ hasText: text.met }).first().waitFor();
    await seen.first().waitFor({ timeout: 10_000 });
    await everywhere(watched, at('acknowledged'));
    await everywhere(publisher, at('publisher'));
    // on a phone the command of the archive has the width of the page
    await publisher.page.setViewportSize({ width: 390, height: 900 });
    const command = await publisher.page.locator('main .command').last().boundingBox();
    assert.ok((command?.width ?? 0) > 250, `${command?.width}`);
    await publisher.context.close();
    await watched.context.close();
  });

  test(`the publisher closes it in two steps, others cannot, ${language}`, async () => {
    const own = await warning();
    const other = await signedIn(browser, town, language, readers.teacher);
    await open(other.page, town, `openevents/${own}`);
    assert.equal(await other.page.getByRole('button', { name: text.close }).count(), 0);
    await other.context.close();
    const watched = await signedIn(browser, town, language, readers.ecology);
    await open(watched.page, town, `openevents/${own}`);
    const close = watched.page.getByRole('button', { name: text.close });
    assert.equal(await close.isDisabled(), true, 'without a reason nothing is closed');
    await watched.page.getByLabel(text.explain).fill('预警已解除');
    await close.click();
    await watched.page.getByRole('button', { name: text.sure }).click();
    await watched.page.locator('.state', { hasText: text.closed }).waitFor();
    await watched.page.getByText('预警已解除').waitFor();
    await healthy(watched, `closed ${language}`);
    await watched.context.close();
  });
}

test('a department that the event does not concern is shown nothing of it', async () => {
  const watched = await signedIn(browser, town, 'zh', readers.stranger);
  await open(watched.page, town, 'openevents');
  await watched.page.getByText('没有与本部门有关').waitFor();
  await open(watched.page, town, `openevents/${event}`);
  await watched.page.getByText('event_unknown').waitFor();
  await watched.context.close();
});

const faults = {
  zh: {
    none: '不是预案',
    json: 'JSON 文本',
    fault: '本页出现内部错误',
    discard: '清除草稿',
    sure: '确认清除全部草稿',
  },
  en: {
    none: 'not a response plan',
    json: 'JSON text',
    fault: 'This page has an internal error',
    discard: 'Discard drafts',
    sure: 'Discard all drafts',
  },
} as const;
for (const language of ['zh', 'en'] as const)
  test(`a page that fails says so, and its drafts can be discarded, ${language}`, async () => {
    const text = faults[language];
    const watched = await signedIn(browser, town, language, readers.ecology);
    const { page } = watched;
    await open(page, town, 'plans/new');
    await page.getByRole('button', { name: text.json }).click();
    const json = page.locator('textarea.code');
    const written = await json.inputValue();
    await json.fill(written.replace('{', '{ "when": null,'));
    await page.getByText(text.none).waitFor();
    await page.reload();
    await page.getByText(text.none).waitFor();
    await json.fill(written);
    await healthy(watched, `null in a plan ${language}`);
    // an answer that no hub gives makes the form fail while it is rendered
    await page.route('**/v1/topics?*', (route) => route.fulfill({ json: { topics: [{}] } }));
    await page.reload();
    await page.getByRole('heading', { name: text.fault }).waitFor();
    await page.getByText('TypeError').waitFor();
    assert.equal(await page.locator('main[aria-busy="false"]').count(), 1);
    assert.ok((await page.getByRole('navigation').count()) > 0, 'the menu stays');
    watched.faults.splice(0);
    await page.setViewportSize({ width: 390, height: 900 });
    await picture(page, `events-${language}-fault`);
    await healthy(watched, `fault ${language}`);
    await page.unroute('**/v1/topics?*');
    await page.getByRole('button', { name: text.discard }).click();
    await page.getByRole('button', { name: text.sure }).click();
    await page.getByRole('form').waitFor();
    assert.equal(
      await page.evaluate(
        "Object.keys(sessionStorage).filter((one) => one.startsWith('datong-draft ')).length",
      ),
      0,
    );
    await watched.context.close();
  });

const deliveries = {
  zh: {
    test: '发送测试事件',
    refused: '接收端没有收下测试事件',
    taken: '接收端已收下测试事件',
    pause: '暂停推送',
    pauseSure: '确认暂停',
    paused: '已暂停',
    resume: '恢复推送',
    rotate: '更换签名密钥',
    rotateSure: '确认更换',
    all: '全部重新推送',
    allSure: '确认重新推送',
    none: '没有死信',
  },
  en: {
    test: 'Send a test event',
    refused: 'did not accept the test event',
    taken: 'accepted the test event',
    pause: 'Pause deliveries',
    pauseSure: 'Pause: new events',
    paused: 'paused',
    resume: 'Resume deliveries',
    rotate: 'Replace the secret',
    rotateSure: 'Replace it',
    all: 'Send all again',
    allSure: 'events again',
    none: 'No dead letters',
  },
} as const;
for (const language of ['zh', 'en'] as const)
  test(`a steward tests, pauses, resumes, replaces the secret, and has dead letters sent again, ${language}`, async () => {
    const text = deliveries[language];
    takes = false;
    await school.sink(sunk, 'resume');
    await warning();
    await warning();
    await dead(2);
    const watched = await signedIn(browser, town, language, readers.teacher);
    const { page } = watched;
    const press = (name: string): Promise<void> =>
      page.getByRole('button', { name, exact: false }).first().click();
    await open(page, town, `topics/${sunk}`);
    await press(text.test);
    await page.getByText(text.refused).waitFor();
    await everywhere(watched, `events-${language}-subscription`);
    takes = true;
    await press(text.test);
    await page.getByText(text.taken).waitFor();
    await press(text.pause);
    await press(text.pauseSure);
    await page.locator('.state', { hasText: text.paused }).waitFor();
    await press(language === 'zh' ? '撤销' : 'Undo');
    await page.getByRole('button', { name: text.pause }).waitFor();
    await press(text.pause);
    await press(text.pauseSure);
    await page.locator('.state', { hasText: text.paused }).waitFor();
    await press(text.resume);
    await page.getByRole('button', { name: text.pause }).waitFor();
    await press(text.rotate);
    await press(text.rotateSure);
    const secret = await page.locator('main code', { hasText: /^whsec_/ }).innerText();
    await page
      .getByRole('button', { name: language === 'zh' ? /^重新推送/ : /^Send again/ })
      .first()
      .click();
    await press(text.all);
    await press(text.allSure);
    for (let tries = 0; tries < 20; tries += 1) {
      await open(page, town, `topics/${sunk}`);
      if ((await page.getByText(text.none).count()) > 0) break;
    }
    assert.equal(await page.getByText(text.none).count(), 1);
    assert.equal(await page.getByText(secret).count(), 0, 'the secret is shown once');
    await healthy(watched, `subscription ${language}`);
    await watched.context.close();
  });

const writing = {
  zh: {
    code: '预案代码',
    titleZh: '中文名称',
    titleEn: '英文名称',
    type: '事件类型',
    stepZh: '步骤中文名称',
    stepEn: '步骤英文名称',
    department: '云栖市教育局',
    addTerm: '增加条件',
    value: '取值',
    wrong: '数据项或取值有误',
    fits: '检查通过',
    incomplete: '填写完整后',
    json: 'JSON 文本',
    form: '表单',
    noPlan: '不是预案',
    propose: '提出',
    sure: '确认提出',
    proposed: '已提出',
    op: '比较',
  },
  en: {
    code: 'Code of the plan',
    titleZh: 'Chinese title',
    titleEn: 'English title',
    type: 'Type of event',
    stepZh: 'Chinese title of the step',
    stepEn: 'English title of the step',
    department: 'Yunqi Education Bureau',
    addTerm: 'Add a condition',
    value: 'Value',
    wrong: 'does not fit the schema',
    fits: 'No faults found',
    incomplete: 'when it is complete',
    json: 'JSON text',
    form: 'Form',
    noPlan: 'not a response plan',
    propose: 'Propose',
    sure: 'Propose it',
    proposed: 'Proposed.',
    op: 'Comparison',
  },
} as const;
for (const language of ['zh', 'en'] as const)
  test(`a plan is written by form, checked during input, corrected as JSON, and accepted by a second person, ${language}`, async () => {
    const text = writing[language];
    const watched = await signedIn(browser, town, language, readers.ecology);
    const { page } = watched;
    const checks = page.locator('section[aria-live]');
    await open(page, town, 'plans/new');
    await checks.getByText(text.incomplete).waitFor();
    const fill = (label: string, to: string): Promise<void> =>
      page.getByLabel(label, { exact: false }).first().fill(to);
    await fill(text.code, `smog-${language}`);
    await fill(text.titleZh, '轻污染预案');
    await fill(text.titleEn, 'Light pollution');
    await page.getByLabel(text.type).first().selectOption('ecology.air-warning-issued');
    await page.getByLabel(text.stepZh).fill('收到');
    await page.getByLabel(text.stepEn).fill('Received');
    await page.getByRole('checkbox', { name: text.department }).check();
    await checks.getByText(text.fits).waitFor();
    await page.getByRole('button', { name: text.addTerm }).click();
    const field = page.locator('fieldset').first().locator('select').first();
    await field.selectOption('level');
    await page.getByLabel(text.value).fill('purple-and-far-too-long-for-a-level-of-warnings');
    await page.getByLabel(text.op).selectOption('in');
    await page.getByLabel(text.value).fill('orange, red');
    await checks.getByText(text.fits).waitFor();
    await everywhere(watched, `events-${language}-plan-form`);
    await page.getByRole('button', { name: text.json }).click();
    const json = page.locator('textarea.code');
    const written = await json.inputValue();
    assert.deepEqual((JSON.parse(written) as { when: unknown }).when, [
      { field: 'level', op: 'in', value: ['orange', 'red'] },
    ]);
    await json.fill(written.slice(1));
    await page.getByText(text.noPlan).waitFor();
    await json.fill(written.replace('"red"', '7'));
    await checks.getByText(text.wrong).waitFor();
    assert.equal(await page.getByRole('button', { name: text.propose, exact: true }).isDisabled(), true);
    await json.fill(written);
    await checks.getByText(text.fits).waitFor();
    await page.reload();
    await page.locator('main h1').waitFor();
    await checks.getByText(text.fits).waitFor();
    await checks.getByRole('button', { name: text.propose }).click();
    await checks.getByRole('button', { name: text.sure }).click();
    await checks.getByText(text.proposed).waitFor();
    await healthy(watched, `plan ${language}`);
    const { plans } = await town.staff(readers.ecology, 'GET', '/v1/response-plans?department=ecology');
    assert.equal(
      (plans as { id: string }[]).some(({ id }) => id === `ecology.smog-${language}`),
      false,
    );
    await checks.getByRole('link').click();
    const proposal = page.url().split('/').at(-1) ?? '';
    const { digest } = await town.staff(readers.second, 'GET', `/v1/proposals/${proposal}`);
    await town.staff(readers.second, 'POST', `/v1/proposals/${proposal}/acceptance`, { digest });
    await open(page, town, `plans/ecology.smog-${language}`);
    await page.getByText('orange, red').waitFor();
    await everywhere(watched, `events-${language}-plan`);
    await watched.context.close();
  });
