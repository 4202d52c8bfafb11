/** Open events in a real browser: who owes what, seconds counting, acknowledged and closed; by keyboard, on a phone, and in the dark. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { readSamplePlan, samplePlan } from '../samplePlan.ts';
import { openBrowser, type Watched } from './openBrowser.ts';
import { healthy, lookAtPages, picture, tabTo } from './pages.ts';
import { lookingIn, open, registryCity, signedIn } from './registryCity.ts';

const town = await registryCity(false);
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await town.hub.stop();
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
      ...{ specversion: '1.0', id: `e-${count}`, source: 'test', type: 'ecology.air-warning-issued' },
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
  stranger: await town.person('演示 公安甲', 'steward', 'pub-security'),
};
const event = await warning(10 * 86_400);
lookAtPages('events', { ...lookingIn(browser, town, readers), made: () => ({ event }) });

const texts = {
  zh: {
    late: '未确认',
    done: '已办结',
    acknowledge: '确认',
    as: '代表',
    met: '超时后确认',
    close: '关闭事件',
    sure: '确认关闭',
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
    await watched.page.getByRole('button', { name: text.close }).click();
    await watched.page.getByRole('button', { name: text.sure }).click();
    await watched.page.locator('.state', { hasText: text.closed }).waitFor();
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
