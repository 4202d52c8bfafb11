/** What people of a city type, and the entry that they mean: by title, field, code list, by a word of the same meaning, and by pinyin. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { testDatabase } from '../database.ts';
import { applyCity, testHub } from '../hub.ts';
import { acceptAs, staffCall } from '../secondPerson.ts';

const database = await testDatabase();
const hub = await testHub({ database, jobsByTime: false });
after(() => hub.stop());
await applyCity(hub, [
  ...[
    'city/departments.yaml',
    'city/joining.yaml',
    'city/regions.yaml',
    'city/purposes.yaml',
    'household/dataset.yaml',
  ],
  ...['air-quality/dataset.yaml', 'social-insurance/dataset.yaml', 'vaccination/dataset.yaml'],
  ...['real-estate/dataset.yaml', 'traffic/dataset.yaml'],
]);
const listener = { ca: hub.ca, ports: { staff: Number(new URL(hub.hub.origins.staff).port) } };
const office = await hub.token('office', ['steward']);
const other = await hub.token('other', ['steward']);
const entry = (dataset: string, zh: string, en: string): object => ({
  id: dataset,
  title: { zh, en },
  abstract: { zh: `${zh}，每日更新`, en },
  category: '1',
  sharing: { type: 'conditional', conditions: '仅限法定职责所需', manner: 'interface' },
  openness: 'closed',
  sourceSystem: '业务系统',
  office: '信息处',
  contact: '0000-1',
  dataClass: 'general',
  updateFrequency: 'daily',
  datasets: [dataset],
});
const termsOf = (sharing: string, conditions: string): object =>
  sharing === 'none' ? { basis: '《档案法》第三十条' } : conditions === '' ? {} : { conditions };
const { rows } = await database.app.query<{
  id: string;
  zh: string;
  en: string;
  sharing: string;
  conditions: string;
}>(
  `SELECT id, title_zh AS zh, title_en AS en, sharing, conditions FROM dataset WHERE id NOT LIKE 'ecology.%' ORDER BY id`,
);
assert.equal(rows.length, 5);
for (const { id, zh, en, sharing, conditions } of rows) {
  const proposed = await staffCall(listener, office, 'POST', '/v1/catalogue', {
    ...entry(id, zh, en),
    sharing: { type: sharing, manner: 'interface', ...termsOf(sharing, conditions) },
  });
  assert.equal(proposed.status, 202, JSON.stringify(proposed.body));
  const accepted = await acceptAs(listener, other, proposed);
  assert.equal(accepted.status, 201, JSON.stringify(accepted.body));
}

const found = async (q: string): Promise<readonly string[]> => {
  const { status, body } = await staffCall(
    listener,
    office,
    'GET',
    `/v1/catalogue?q=${encodeURIComponent(q)}`,
  );
  assert.equal(status, 200, JSON.stringify(body));
  return (body['entries'] as { id: string }[]).map(({ id }) => id);
};

const household = 'pub-security.household';
const insurance = 'hrss.social-insurance';
const words: readonly (readonly [word: string, means: RegExp])[] = [
  ['户籍', /household/],
  ['户籍信息', /household/],
  ['身份证', /household/],
  ['身份证号码', /household/],
  ['户口', /household/],
  ['户口本', /household/],
  ['居民', /household/],
  ['人口数据', /household/],
  ['huji', /household/],
  ['hjrk', /household/],
  ['社保', /insurance/],
  ['shebao', /insurance/],
  ['社保缴费记录', /insurance/],
  ['疫苗', /vaccin/],
  ['打疫苗', /vaccin/],
  ['jiezhong', /vaccin/],
  ['房产证', /real-estate/],
  ['不动产数据', /real-estate/],
  ['雾霾', /air-quality/],
];
test('19 of 19 words find the entry that is meant', async () => {
  assert.equal(words.length, 19);
  const missed: string[] = [];
  for (const [word, means] of words) {
    const ids = await found(word);
    if (!ids.some((id) => means.test(id))) missed.push(`${word}: ${ids.join(' ')}`);
  }
  assert.deepEqual(missed, []);
});

test('entries with the words in their title come first; unknown words find nothing', async () => {
  assert.equal((await found('户籍'))[0], household);
  assert.equal((await found('shehuibaoxian'))[0], insurance);
  assert.deepEqual(await found('殡葬'), []);
  assert.deepEqual(await found('xyzzy'), []);
});

test('codes and titles of code lists are found, and the Chinese name of a field', async () => {
  assert.ok((await found('行政区划')).includes(household));
  assert.ok((await found('与户主关系')).includes(household));
});

test('a city registers synonyms of its own, which count at once', async () => {
  assert.deepEqual(await found('花名册'), []);
  const list = {
    id: 'yunqi-synonyms',
    version: '1',
    from: '2026-01-01',
    supplements: 'search-synonyms',
    title: { zh: '云栖市同义词', en: 'Synonyms of Yunqi' },
    entries: [{ code: 'roll', zh: '花名册、户籍人口' }],
  };
  const made = await staffCall(listener, office, 'POST', '/v1/code-lists', list);
  const accepted = made.status === 202 ? await acceptAs(listener, other, made) : made;
  assert.equal(accepted.status, 201, JSON.stringify(accepted.body));
  assert.deepEqual(await found('花名册'), [household]);
});

test('entries that an earlier release stored are derived anew, once', async () => {
  await database.app.query(
    `UPDATE catalogue_entry SET words = title_zh, grams = '{}', title_words = title_zh, title_grams = '{}' WHERE NOT superseded`,
  );
  assert.deepEqual(await found('huji'), []);
  assert.equal(await hub.hub.runner.run('deriveCatalogue'), 'ok');
  assert.ok((await found('huji')).includes(household));
  assert.ok((await found('身份证')).includes(household));
  // what the job changes is the hub's own doing
  assert.equal(await hub.hub.runner.run('verifyRows'), 'ok');
  const { rows: findings } = await database.app.query('SELECT * FROM log_finding');
  assert.deepEqual(findings, []);
});
