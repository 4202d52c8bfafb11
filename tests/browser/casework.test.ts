/** Cases in a real browser: a contractor finds, reads and finishes its cases on a telephone, and never sees the reporter's phone. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import sharp from 'sharp';
import { changeRow } from '../../clients/sdk/changeRow.ts';
import { pointForm } from '../../schemas/places/point.ts';
import { admitPerson } from '../admitPerson.ts';
import { countActs, took, tookTable } from './journeys.ts';
import { openBrowser } from './openBrowser.ts';
import { attack, healthy, lookAtPages, picture } from './pages.ts';
import { lookingIn, open, registryCity, signedIn } from './registryCity.ts';

const town = await registryCity(false);
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await town.hub.stop();
});
const contractor = await town.person('演示 教育甲', 'clerk', 'education');
const steward = await town.person('演示 生态甲', 'steward', 'ecology');
const auditing = '演示 生态审计';
const { token } = await admitPerson(town.hub.hub.services.identity, auditing, [
  { role: 'steward', department: 'ecology' },
  { role: 'auditor', department: 'ecology' },
]);
const auditor = { name: auditing, token };
const phone = '13800009999';
const id = 'ecology.street-work';
const urn = 'urn:datong:street-work:1.0';

const field = (zh: string, en: string, more: object): object => ({
  type: 'string',
  'x-title': { zh, en },
  'x-sensitivity': 'L1',
  'x-personal': 'none',
  ...more,
});
const photo = {
  type: 'string',
  format: 'attachment',
  'x-attachment': { mediaTypes: ['image/jpeg'], maxBytes: 20_000_000 },
};
const schema = {
  kind: 'Schema',
  document: {
    ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: urn, type: 'object' },
    'x-title': { zh: '街面办件', en: 'Street work' },
    'x-class': 'general',
    'x-primary-key': ['/case'],
    additionalProperties: false,
    required: ['case', 'reporter', 'phone', 'what', 'status', 'assigned_to'],
    properties: {
      case: field('编号', 'Number', { maxLength: 40 }),
      what: field('问题', 'Problem', { maxLength: 200 }),
      status: field('状态', 'State', { enum: ['open', 'accepted', 'done'] }),
      assigned_to: field('承办', 'Assigned to', { maxLength: 40 }),
      reporter: field('报告人', 'Reporter', {
        maxLength: 40,
        'x-sensitivity': 'L3',
        'x-personal': 'personal',
        'x-subject-key': 'person',
      }),
      phone: field('电话', 'Phone', { maxLength: 20, 'x-sensitivity': 'L3', 'x-personal': 'personal' }),
      where: field('位置', 'Place', { ...pointForm, 'x-geo': 'point' }),
      note: field('处置说明', 'Note', { type: ['string', 'null'], maxLength: 100 }),
      before: field('处置前照片', 'Photo before', photo),
      after: field('处置后照片', 'Photos after', { type: 'array', maxItems: 3, items: photo }),
    },
  },
};
const box = (west: number, south: number, east: number, north: number): number[][] => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
];
const districts = {
  kind: 'CodeList',
  id: 'work-districts',
  version: '1',
  from: '2026-01-01',
  title: { zh: '街道', en: 'Districts' },
  entries: [
    {
      code: 'w',
      zh: '西街道',
      en: 'West',
      area: { type: 'Polygon', coordinates: [box(120.1, 30.2, 120.15, 30.3)] },
    },
    {
      code: 'e',
      zh: '东街道',
      en: 'East',
      area: { type: 'Polygon', coordinates: [box(120.15, 30.2, 120.2, 30.3)] },
    },
  ],
};
const visible = ['case', 'what', 'status', 'assigned_to', 'where', 'note', 'before', 'after[]'];
const agreementOf = (consumer: string, fields: readonly string[], rows: object): object => ({
  kind: 'Agreement',
  id: `agr-work-${consumer}`,
  version: 1,
  title: { zh: '办件', en: 'Cases' },
  provider: 'ecology',
  consumer,
  purposes: ['environment-study'],
  basis: { type: 'statutory', reference: '中华人民共和国环境保护法', clause: '第五十四条' },
  valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
  grants: [
    {
      dataset: id,
      schema: 'street-work@1',
      requires: ['on-behalf-of'],
      deliveries: ['history'],
      ...rows,
      filterBy: ['case', 'status', 'where'],
      limits: { rowsPerCall: 1000, callsPerDay: 5000 },
      fields: Object.fromEntries(fields.map((name) => [name, { mask: 'clear' }])),
    },
  ],
});
const dataset = {
  kind: 'Dataset',
  id,
  title: { zh: '街面办件', en: 'Street work' },
  schema: urn,
  mode: 'upsert',
  intake: {
    byCall: {},
    cases: {
      state: 'status',
      transitions: [
        {
          id: 'accept',
          title: { zh: '受理', en: 'Accept' },
          ...{ from: 'open', to: 'accepted', by: ['education'], within: { hours: 24 } },
        },
        { id: 'finish', from: 'accepted', to: 'done', by: ['education'], within: { workdays: 2 } },
      ],
      states: { open: { zh: '待受理', en: 'waiting' }, done: { zh: '已办结', en: 'finished' } },
      contributors: [
        {
          department: 'education',
          sets: ['note', 'after'],
          rows: { all: [{ field: 'assigned_to', is: 'me' }] },
        },
      ],
    },
  },
  sharing: { type: 'conditional', conditions: '示例' },
};
const documents = [
  ...[districts, schema, dataset],
  agreementOf('education', visible, {
    rows: { all: [{ field: 'assigned_to', op: 'eq', value: 'education' }] },
  }),
  agreementOf('ecology', [...visible, 'phone'], {}),
];
await town.city.apply(documents, [town.city.education, town.city.ecology]);
const { client: provider } = town.city.ecology;
const jpeg = await sharp({ create: { width: 800, height: 600, channels: 3, background: '#4a7' } })
  .jpeg()
  .toBuffer();
const upload = { field: 'before', mediaType: 'image/jpeg', name: `${randomUUID()}.jpg` };
const { attachment: before } = (await provider.attachments.put(id, jpeg, upload)).json;
const rowOf = (name: string, assigned: string, at: readonly number[], what: string): object => ({
  case: name,
  what,
  status: 'open',
  assigned_to: assigned,
  phone,
  note: null,
  reporter: `person-${name}`,
  where: { type: 'Point', coordinates: at },
  ...(name === 'x-1' ? {} : { before }),
});
await provider.call({
  method: 'POST',
  path: `/v1/datasets/${id}/rows`,
  receipt: 'optional',
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(
    JSON.stringify([
      rowOf('zh-1', 'education', [120.12, 30.24], '井盖破损'),
      rowOf('en-1', 'education', [120.17, 30.27], 'Broken manhole cover'),
      rowOf('x-1', 'education', [120.19, 30.21], attack),
      rowOf('d-1', 'education', [120.13, 30.22], '路面破损'),
      rowOf('other', 'pub-security', [120.11, 30.29], '不属于教育的办件'),
    ]),
    'utf8',
  ),
});

lookAtPages('casework', {
  ...lookingIn(browser, town, { contractor, steward }),
  made: () => ({ key: encodeURIComponent(JSON.stringify({ case: 'x-1' })) }),
});

const words = {
  zh: {
    name: 'zh-1',
    note: '处置说明',
    upload: '处置后照片',
    uploaded: '已上传 1 个',
    state: '状态',
    accept: '受理',
    finish: '转为“已办结”',
    typed: '已更换井盖',
    area: '区域',
    district: '西街道',
    map: '区域图',
  },
  en: {
    name: 'en-1',
    note: 'Note',
    upload: 'Photos after',
    uploaded: 'Uploaded: 1',
    state: 'State',
    accept: 'Accept',
    finish: 'Set to “finished”',
    typed: 'cover replaced',
    area: 'Area',
    district: 'East',
    map: 'Map of areas',
  },
};
for (const language of ['zh', 'en'] as const)
  test(`a contractor finishes a case on a telephone, ${language}`, async () => {
    const texts = words[language];
    const watched = await signedIn(browser, town, language, contractor);
    const { page } = watched;
    const received: string[] = [];
    page.on('response', (response) => {
      if (response.url().includes('/v1/'))
        void response.text().then(
          (text) => received.push(text),
          () => undefined,
        );
    });
    await page.setViewportSize({ width: 390, height: 844 });
    await open(page, town, 'work');
    await page.getByRole('link', { name: texts.name, exact: true }).first().waitFor();
    await page
      .getByRole('combobox', { name: texts.area, exact: true })
      .selectOption({ label: texts.district });
    await page.waitForURL(/area=/);
    await page.locator('.area-map circle').nth(2).waitFor({ state: 'detached' });
    assert.equal(await page.getByText('不属于教育的办件').count(), 0);
    assert.equal(await page.evaluate('document.documentElement.scrollWidth <= 390'), true, 'the list fits');
    await page.getByRole('group', { name: texts.map }).scrollIntoViewIfNeeded();
    await picture(page, `casework-list-${language}-390`);
    const acts = await countActs(page);
    const begunAt = performance.now();
    await page.getByRole('link', { name: texts.name, exact: true }).first().click();
    await page.waitForURL(/work\/ecology\.street-work\/education/);
    await page.locator('.case-photos img').first().waitFor();
    const widthOfPhoto = `(async (img) => (await img.decode(), img.naturalWidth))(document.querySelector('.case-photos img'))`;
    assert.equal(await page.evaluate(widthOfPhoto), 320);
    await page.getByRole('button', { name: texts.accept }).click();
    await page.getByRole('button', { name: texts.finish }).waitFor();
    await page.getByLabel(texts.note).fill(texts.typed);
    await page
      .getByLabel(texts.upload)
      .setInputFiles({ name: 'after.jpg', mimeType: 'image/jpeg', buffer: jpeg });
    await page.getByText(texts.uploaded).waitFor();
    assert.equal(await page.evaluate('document.documentElement.scrollWidth <= 390'), true, 'the case fits');
    await picture(page, `casework-case-${language}-390`);
    await page.getByRole('button', { name: texts.finish }).click();
    await page.getByText(texts.typed).first().waitFor();
    await page.locator('.case-photos img').nth(1).waitFor();
    await page.getByRole('cell', { name: 'finish' }).waitFor();
    took('contractor accepts and finishes a case', 390, await acts(), performance.now() - begunAt);
    await healthy(watched, `casework ${language}`);
    await picture(page, `casework-done-${language}-390`);
    assert.ok(received.some((text) => text.includes(texts.typed)));
    assert.ok(!received.some((text) => text.includes(phone)), 'the phone of the reporter');
    await page.close();
  });

test('the clicks, fields and seconds of a contractor are reported', (t) => {
  const table = tookTable();
  assert.equal(table.length, 3);
  for (const line of table) t.diagnostic(line);
});

test('what a person typed stays when others change the case in between, and the page shows what they changed', async () => {
  const texts = words.zh;
  const { page } = await signedIn(browser, town, 'zh', contractor);
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, town, 'work');
  await page.getByRole('link', { name: 'd-1', exact: true }).first().click();
  const note = page.getByLabel(texts.note);
  await note.fill('已通知工队');
  const { client } = town.city.education;
  const change = { key: { case: 'd-1' }, version: 1, set: { note: '等待材料' } };
  await changeRow((input) => client.call(input), id, change);
  await page.getByRole('button', { name: texts.accept }).click();
  const notice = page.getByRole('alert').filter({ hasText: '其他人员变更了这个办件' });
  await notice.getByText('等待材料').waitFor();
  assert.equal(await note.inputValue(), '已通知工队');
  await picture(page, 'casework-draft-390');
  await page.getByRole('button', { name: texts.accept }).click();
  await page.getByRole('button', { name: texts.finish }).waitFor();
  await page.getByText('已通知工队').first().waitFor();
  assert.equal(await notice.count(), 0);
  await page.close();
});

for (const [language, texts] of [
  [
    'zh',
    {
      heading: '谁看过',
      reason: '事由（记入日志）',
      number: '案件编号（记入日志）',
      show: '查看',
      reader: '教育局',
    },
  ],
  [
    'en',
    {
      heading: 'Who saw it',
      reason: 'Reason (recorded in the log)',
      number: 'Case (recorded in the log)',
      show: 'Show',
      reader: 'Education',
    },
  ],
] as const)
  test(`an auditor of the provider sees who read a case, ${language}`, async () => {
    const context = {
      purpose: 'environment-study',
      agreement: 'agr-work-education',
      onBehalfOf: 'official-7',
    };
    await town.city.education.client.query(
      id,
      { filter: [{ field: 'case', op: 'eq', value: 'd-1' }] },
      context,
    );
    const watched = await signedIn(browser, town, language, auditor);
    const { page } = watched;
    const key = encodeURIComponent(JSON.stringify({ case: 'd-1' }));
    await open(page, town, `work/${id}/ecology?key=${key}`);
    await page.getByRole('heading', { name: texts.heading, exact: true }).waitFor();
    await page.getByLabel(texts.reason).fill('a complaint');
    await page.getByLabel(texts.number).fill('XF-2026-9');
    await page.getByRole('button', { name: texts.show, exact: true }).click();
    const table = page.getByRole('region', { name: texts.heading });
    await table.getByText('official-7').first().waitFor();
    assert.ok((await table.getByText(texts.reader).count()) > 0);
    await picture(page, `casework-seen-${language}-1440`);
    await page.setViewportSize({ width: 390, height: 844 });
    assert.equal(await page.evaluate('document.documentElement.scrollWidth <= 390'), true, 'the case fits');
    await picture(page, `casework-seen-${language}-390`);
    await healthy(watched, `casework seen ${language}`);
    await page.close();
  });

test('who works on a case and is no auditor is not asked who saw it', async () => {
  const { page } = await signedIn(browser, town, 'zh', contractor);
  await open(page, town, `work/${id}/education?key=${encodeURIComponent(JSON.stringify({ case: 'd-1' }))}`);
  await page.getByRole('heading', { name: '办理经过' }).waitFor();
  assert.equal(await page.getByText('谁看过').count(), 0);
  await page.close();
});

test('the areas of a code list are drawn on its page', async () => {
  const { page } = await signedIn(browser, town, 'zh', steward);
  await open(page, town, 'codes/work-districts');
  await page.getByRole('img', { name: '区域', exact: true }).waitFor();
  assert.equal(await page.locator('.area-map path').count(), 2);
  await picture(page, 'casework-areas');
  await page.close();
});
