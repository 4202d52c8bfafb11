/** How readings arrive, on the page of their dataset: in both languages, on a phone and in the dark; hidden from other departments. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { timePattern, timeText } from '../../hub/domain/timeField.ts';
import { openBrowser } from './openBrowser.ts';
import { healthy, picture, type Language } from './pages.ts';
import { open, registryCity, signedIn } from './registryCity.ts';

const town = await registryCity(false);
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await town.hub.stop();
});
const { city } = town;
const id = 'ecology.river-flows';

const field = (title: object, more: object): object => ({
  'x-title': title,
  'x-sensitivity': 'L1',
  'x-personal': 'none',
  ...more,
});
const urn = 'urn:datong:river-flow:1.0';
const documents = [
  {
    kind: 'Schema',
    document: {
      ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: urn, type: 'object' },
      'x-title': { zh: '水位', en: 'Levels' },
      'x-class': 'general',
      additionalProperties: false,
      'x-primary-key': ['/station', '/time'],
      required: ['station', 'time'],
      properties: {
        station: field({ zh: '站', en: 'Station' }, { type: 'string', maxLength: 40 }),
        time: field(
          { zh: '时间', en: 'Time' },
          { type: 'string', format: 'date-time', pattern: timePattern },
        ),
        level: field({ zh: '水位', en: 'Level' }, { type: ['number', 'null'] }),
        flow: field({ zh: '流量', en: 'Flow' }, { type: ['number', 'null'] }),
      },
    },
  },
  {
    kind: 'Dataset',
    id,
    title: { zh: '河道水位', en: 'River levels' },
    schema: urn,
    mode: 'upsert',
    sharing: { type: 'conditional', conditions: '示例' },
    intake: {
      byCall: { time: { field: 'time' } },
      timeField: 'time',
      eventRules: [{ id: 'level-high', when: 'level > 130', severity: 'alarm', type: 'ecology.river-alarm' }],
    },
  },
];
// this file also registers the event type that the rule names
await city.apply('river-levels/dataset.yaml');
await city.apply(documents);
const now = town.database.now();
const rows = ['荷塘街', '云门路', '松风里'].flatMap((station, nth) =>
  Array.from({ length: 120 }, (_, i) => ({
    station,
    time: timeText(now - (i + nth) * 600_000),
    level: 100 + Math.round(40 * Math.sin(i / 9 + nth)),
    flow: i % 7 === 0 ? null : 8 + nth,
  })),
);
await city.ecology.client.call({
  method: 'POST',
  path: `/v1/datasets/${id}/rows`,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(rows), 'utf8'),
  receipt: 'optional',
});
// quarantined, and refused twice
for (const body of [[{ station: '荷塘街', time: 'soon' }], {}, {}])
  await city.ecology.client
    .call({
      method: 'POST',
      path: `/v1/datasets/${id}/rows`,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(body), 'utf8'),
      receipt: 'optional',
    })
    .catch((error: unknown) => assert.ok(error instanceof DatongProblem, String(error)));
const steward = await town.person('演示 生态甲', 'steward', 'ecology');
const teacher = await town.person('演示 教育甲', 'steward', 'education');
const heading: Readonly<Record<Language, string>> = { zh: '读数', en: 'Readings' };
/** Facts of the card: rate, lag, rows of the submission, refused calls; and the column of gaps. */
const names: Readonly<Record<Language, readonly [string, string, string, string, string]>> = {
  zh: [
    '最近一小时速率',
    '距最近读数',
    '最近一次报送的接收行数与问题行数',
    '一小时内被拒绝的调用',
    '一小时内最长间隔',
  ],
  en: [
    'Rate of the last hour',
    'Since the last reading',
    'Accepted and bad rows of the newest submission',
    'Refused calls of the last hour',
    'Longest gap in an hour',
  ],
};

for (const language of ['zh', 'en'] as const)
  test(`rate, lag, bad rows, refusals, values, gaps and the chart, ${language}`, async () => {
    const watched = await signedIn(browser, town, language, steward);
    const { page } = watched;
    await open(page, town, `datasets/${id}?tab=submissions`);
    const card = page.getByRole('region', { name: heading[language] });
    await card.locator('.chart svg').waitFor();
    assert.equal(await card.getByRole('row').filter({ hasText: '荷塘街' }).count(), 1);
    const fact = (name: string): Promise<string> =>
      card.locator('.facts > div').filter({ hasText: name }).locator('dd').innerText();
    const [rate, lag, rows, refused, gap] = names[language];
    // a reading in ten minutes; the newest of the three stations are now, ten and twenty minutes old
    assert.match(await fact(rate), language === 'zh' ? /^每小时 1[5-8] 行$/ : /^1[5-8] rows an hour$/);
    assert.match(await fact(lag), /^\d{1,3} /);
    assert.equal(await fact(rows), '360 / 1');
    assert.equal(await fact(refused), 'rows_malformed × 2');
    await card.getByRole('columnheader', { name: gap }).waitFor();
    const cells = await card.getByRole('row').filter({ hasText: '荷塘街' }).getByRole('cell').allInnerTexts();
    assert.match(cells.at(-1) ?? '', /^600 /);
    // the threshold is a line, with the name of its rule
    await card.locator('.chart svg').getByText('level-high').waitFor();
    await page.setViewportSize({ width: 1440, height: 900 });
    await picture(page, `readings-${language}`);
    // a field is shown by its title: in the column head, and before the value on a phone
    await card
      .getByRole('columnheader', { name: language === 'zh' ? '流量' : 'Flow', exact: true })
      .waitFor();
    const labels = card.locator('td[data-label]').filter({ hasText: '—' });
    assert.equal(await labels.first().getAttribute('data-label'), language === 'zh' ? '流量' : 'Flow');
    await card
      .getByRole('combobox')
      .first()
      .selectOption({ label: language === 'zh' ? '流量' : 'Flow' });
    await card.locator('.chart svg').waitFor();
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 390, height: 844 });
    await picture(page, `readings-${language}-phone-dark`);
    await healthy(watched, 'readings');
    await page.close();
  });

for (const language of ['zh', 'en'] as const)
  test(`the picture of sources and uses has the event type of a rule, and the table next to it too, ${language}`, async () => {
    const watched = await signedIn(browser, town, language, steward);
    const { page } = watched;
    await open(page, town, `datasets/${id}?tab=uses`);
    const title = language === 'zh' ? '来源和使用' : 'Sources and uses';
    const drawn = page.locator('svg.lineage');
    await drawn.getByText('level-high', { exact: true }).waitFor();
    const row = page.getByRole('table', { name: title }).getByRole('row').filter({ hasText: 'level-high' });
    await row.getByRole('link').click();
    await page.waitForURL(/\/datasets\/ecology\.river-alarm$/);
    await page.getByRole('link', { name: language === 'zh' ? '谁在用' : 'Used by', exact: true }).click();
    await drawn.getByText('level-high', { exact: true }).waitFor();
    await picture(page, `lineage-${language}`);
    await healthy(watched, 'lineage');
    await page.close();
  });

test('others see no value', async () => {
  const { page } = await signedIn(browser, town, 'zh', teacher);
  await open(page, town, `datasets/${id}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  assert.equal(await page.getByRole('region', { name: '读数' }).count(), 0);
  await page.close();
});
