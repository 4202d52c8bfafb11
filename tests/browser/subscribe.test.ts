/** A steward composes the command of a subscription, and watches its events while they happen; by phone, and in both languages. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Subscription } from '../../clients/sdk/events.ts';
import { pasteLines } from '../datong.ts';
import { profileOf } from '../demoState.ts';
import { openBrowser } from './openBrowser.ts';
import { healthy, picture } from './pages.ts';
import { open, registryCity, signedIn } from './registryCity.ts';

const town = await registryCity(false);
const machine = mkdtempSync(join(tmpdir(), 'datong-subscribe-'));
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await town.hub.stop();
  rmSync(machine, { recursive: true, force: true });
});
const { city } = town;
await city.apply('air-warning/topic.yaml');
await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
const topic = 'ecology.air-warnings';
const types = ['ecology.air-warning-issued'];
const context = { purpose: 'public-service', agreement: 'agr-air-warnings' };
const { id } = (await city.education.client.events.subscribe({ topic, types }, context)).json;
const teacher = await town.person('演示 教育甲', 'steward', 'education');
const other = await town.person('演示 公安甲', 'steward', 'pub-security');
const { exchange, open: openOrigin, staff } = town.hub.hub.origins;
const place = { exchange, open: openOrigin, staff, ca: town.hub.ca, keys: undefined };
writeFileSync(join(machine, 'datong.json'), JSON.stringify(profileOf(city.education, place)), {
  mode: 0o600,
});
/** What the hub has after the line of the page is pasted into a terminal of the department's machine. */
async function subscribedBy(line: string): Promise<readonly [topic: string, filtered: boolean]> {
  const made = (await pasteLines(line, machine)).stdout.trim();
  const path = '/v1/subscriptions?limit=200';
  const { json } = await city.education.client.call({ method: 'GET', path, receipt: 'required' });
  const { subscriptions } = json as { readonly subscriptions: readonly Subscription[] };
  const found = subscriptions.find((one) => one.id === made) ?? assert.fail(made);
  return [found.topic, found.filtered];
}
let count = 0;
async function warn(): Promise<string> {
  count += 1;
  await city.ecology.client.events.publish(topic, [
    {
      specversion: '1.0',
      id: `e-${count}`,
      source: 'test',
      type: 'ecology.air-warning-issued',
      data: { warning_id: `w-${count}`, district: '990101', level: 'red', peak_aqi: 333 },
    },
  ]);
  return `"w-${count}"`;
}

const texts = {
  zh: {
    show: '显示事件',
    stop: '停止',
    refused: '枢纽目前不向您提供这些事件',
    topic: '要订阅的主题',
    start: '起始位置',
    filter: '筛选',
    url: '推送地址',
    pattern: '主题模式',
    purpose: '使用场景',
    type: '事件类型',
    machine: '本页不能直接订阅',
    none: '本部门没有该数据资源的共享协议',
  },
  en: {
    show: 'Show events',
    stop: 'Stop',
    refused: 'does not deliver these events to you now',
    topic: 'Topic to subscribe to',
    start: 'Begins with',
    filter: 'Filter',
    url: 'Webhook',
    pattern: 'Pattern of topics',
    purpose: 'Purpose',
    type: 'Type of event',
    machine: 'This page cannot subscribe',
    none: 'your department has no agreement on this dataset',
  },
} as const;
for (const language of ['zh', 'en'] as const) {
  const text = texts[language];

  test(`events appear while they happen, masked, until the page stops or is refused, ${language}`, async () => {
    const watched = await signedIn(browser, town, language, teacher);
    const { page } = watched;
    const before = await warn();
    await open(page, town, `topics/${id}`);
    await page.getByRole('button', { name: text.show }).click();
    const table = page.locator('main table');
    await table.getByText(before).waitFor();
    const later = await warn();
    await table.getByText(later).waitFor();
    const first = await table.locator('tbody tr[data-row-key]').first().innerText();
    assert.ok(first.includes(later) && first.includes('300'), first);
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      assert.equal(await page.evaluate(`document.documentElement.scrollWidth <= ${width}`), true);
      await picture(page, `subscribe-${language}-live-${width}`);
      await healthy(watched, `live ${language} ${width}`);
    }
    const security = await town.hub.token(`an ${language}`, ['security'], 'ecology');
    const act = (what: string) =>
      town.hub.staff(security, 'POST', `/v1/policy/documents/agr-air-warnings/${what}`, { reason: 'test' });
    await act('suspension');
    await warn();
    await page.getByText(text.refused).waitFor();
    await act('resumption');
    await page.getByRole('button', { name: text.show }).click();
    await page.getByRole('button', { name: text.stop }).click();
    await page.getByRole('button', { name: text.show }).waitFor();
    await healthy(watched, `stopped ${language}`, true);
    await watched.context.close();
  });

  test(`the contract of a topic is downloaded, and a refusal shown, ${language}`, async () => {
    const watched = await signedIn(browser, town, language, teacher);
    const { page } = watched;
    await open(page, town, 'topics');
    const button = page.getByRole('button', { name: `AsyncAPI ${topic}` });
    const saved = page.waitForEvent('download');
    await button.click();
    const file = await saved;
    assert.equal(file.suggestedFilename(), `${topic}.asyncapi.json`);
    const contract = JSON.parse(readFileSync(await file.path(), 'utf8')) as {
      readonly asyncapi: string;
      readonly operations: Readonly<Record<string, { readonly action: string }>>;
    };
    assert.deepEqual(
      [contract.asyncapi, Object.values(contract.operations).map(({ action }) => action)],
      ['3.0.0', ['receive']],
    );
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      assert.equal(await page.evaluate(`document.documentElement.scrollWidth <= ${width}`), true);
      await picture(page, `topics-${language}-${width}`);
      await healthy(watched, `topics ${language} ${width}`);
    }
    const stranger = await signedIn(browser, town, language, other);
    await open(stranger.page, town, 'topics');
    await stranger.page.getByRole('button', { name: `AsyncAPI ${topic}` }).click();
    await stranger.page.getByText(text.none).first().waitFor();
    await healthy(stranger, `refused ${language}`, true);
    await stranger.context.close();
    await watched.context.close();
  });

  test(`the command of a subscription follows from what is chosen, ${language}`, async () => {
    const watched = await signedIn(browser, town, language, teacher);
    const { page } = watched;
    await open(page, town, 'topics');
    const command = page.locator('main .command code');
    const line = `datong event subscribe ${topic} --agreement agr-air-warnings --purpose public-service`;
    await page.getByText(line, { exact: true }).waitFor();
    await page.getByText(text.machine).waitFor();
    assert.deepEqual(await subscribedBy(await command.innerText()), [topic, false]);
    await page.getByLabel(text.type).selectOption('ecology.air-warning-issued');
    await page.getByLabel(text.start).selectOption('oldest');
    await page.getByLabel(text.filter).fill('level in red,orange');
    assert.deepEqual(await subscribedBy(await command.innerText()), [topic, true]);
    await page.getByLabel(text.filter).fill('level=red; rm');
    await page.getByLabel(text.url).fill('https://events.school.example/hook');
    assert.equal(
      await command.innerText(),
      `${line} --types ecology.air-warning-issued --filter 'level=red; rm' --oldest --url https://events.school.example/hook`,
    );
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      assert.equal(await page.evaluate(`document.documentElement.scrollWidth <= ${width}`), true);
      await picture(page, `subscribe-${language}-form-${width}`);
      await healthy(watched, `form ${language} ${width}`);
    }
    await page.getByLabel(text.topic).selectOption('*');
    await page.getByLabel(text.pattern).fill('ecology.*');
    // purposes are loaded when the form of patterns is opened
    await command.filter({ hasText: '--purpose' }).waitFor();
    assert.match(await command.innerText(), /^datong event subscribe 'ecology\.\*' --purpose [a-z-]+$/);
    await page.getByLabel(text.purpose).selectOption('public-service');
    assert.deepEqual(await subscribedBy(await command.innerText()), ['ecology.*', false]);
    await healthy(watched, `pattern ${language}`);
    await watched.context.close();
  });
}
