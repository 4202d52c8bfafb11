/**
 * The catalogue at the size of a city: 10,000 entries, each with a dataset of its own of the household schema (12 fields), searched and paged
 * by a member of staff over the staff listener. Time is that of the whole call, gate, entry in the log and TLS included.
 */
import { searchable } from '../hub/domain/catalogue.ts';
import { insertEntries } from '../hub/registry/store/catalogue.ts';
import { sampleCity, testHub, type TestHub } from '../tests/hub.ts';
import { median, type Bench, type BenchRow } from './row.ts';

const entries = 10_000;
const atOnce = 500;
const rounds = 15;
const dataset = 'pub-security.household';
const subjects = [
  '户籍',
  '婚姻登记',
  '不动产',
  '社会保险',
  '医疗救助',
  '企业登记',
  '机动车',
  '学籍',
  '养老',
  '残疾人',
];
const places = ['东溪', '西岭', '南湖', '北坡', '云溪', '青石', '白塔', '长桥'];

export const bench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  const hub = await testHub({ calls: { rate: 1e9, burst: 1e9 }, jobsByTime: false });
  try {
    const city = await sampleCity(hub);
    await fill(hub);
    const steward = await hub.token('bench', ['steward'], 'pub-security');
    // a registration increments the epoch: the registry is read again
    await hub.staff(city.operator, 'POST', '/v1/departments', {
      ...{ code: 'bench-office', name: { zh: '测试局', en: 'Bench' }, kind: 'government' },
    });
    const get = async (path: string): Promise<Readonly<Record<string, unknown>>> => {
      const { status, json } = await hub.staff(steward, 'GET', path);
      if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(json)}`);
      return json;
    };
    const requested = (q: string, more = ''): string => `/v1/catalogue?q=${encodeURIComponent(q)}${more}`;
    const first = await get(requested('户籍'));
    const cursor = encodeURIComponent(String(first['nextCursor']));
    const calls: readonly (readonly [string, string])[] = [
      ['search by a word in 1,000 titles', requested('户籍')],
      ['its next page', requested('户籍', `&cursor=${cursor}`)],
      ['search by a word in every title', requested('信息')],
      ['search by words that no entry holds together', requested('行政区划 户籍 姓名 婚姻')],
      ['search by a synonym, in every entry', requested('身份证号码')],
      ['search by pinyin, in 1,000 titles', requested('huji')],
      ['search by words that are near', requested('学籍与婚姻登记表册')],
      ['search by two words', requested('养老 白塔 77')],
      ['search by the name of a field, in every entry', requested('行政区划')],
      ['entries by department and cycle', '/v1/catalogue?department=pub-security&frequency=monthly'],
      ['entries by a cycle that none has', '/v1/catalogue?frequency=weekly'],
      ['entries that wait for data', '/v1/catalogue?linking=awaited'],
      ['one entry with its fields', '/v1/catalogue/pub-security.entry-5000'],
    ];
    for (const [, path] of calls) await get(path);
    const times = new Map<string, number[]>(calls.map(([name]) => [name, []]));
    for (let round = 0; round < rounds; round += 1)
      for (const [name, path] of calls) {
        const begun = performance.now();
        await get(path);
        times.get(name)?.push(performance.now() - begun);
      }
    return calls.map(([name]) => ({
      figure: `catalogue, ${name}`,
      value: median(times.get(name) ?? []),
      unit: 'ms',
      against: '–',
      must: { atMost: 50 },
      note: `10,000 entries and datasets, 120,000 fields; slowest ${Math.max(...(times.get(name) ?? [])).toFixed(0)} ms`,
    }));
  } finally {
    await hub.stop();
  }
}

/** Entries and their datasets in the state after registration; nine in ten have a batch. */
async function fill({ hub }: TestHub): Promise<void> {
  const { database } = hub;
  const { app, owner } = database;
  await owner.query(
    `INSERT INTO dataset SELECT (jsonb_populate_record(d, jsonb_build_object('id', 'pub-security.set-' || n,
        'current_batch', CASE WHEN n % 10 = 0 THEN NULL ELSE gen_random_uuid() END))).*
       FROM dataset AS d, generate_series(1, ${entries}) AS n WHERE d.id = $1`,
    [dataset],
  );
  const { rows: persons } = await app.query<{ id: string }>('SELECT id FROM person ORDER BY id LIMIT 2');
  const [author = '', approver = ''] = persons.map(({ id }) => id);
  const schema = hub.services.registry.current.datasets.get(dataset)?.schema;
  if (schema === undefined) throw new Error('the sample city has no households');
  const names = schema.fields.flatMap(({ name, schema: of }) => {
    const title = (of as { readonly 'x-title'?: { readonly zh: string; readonly en: string } })['x-title'];
    return [name, title?.zh ?? '', title?.en ?? ''];
  });
  for (let from = 1; from <= entries; from += atOnce) {
    const rows = Array.from({ length: atOnce }, (_, i) => entryOf(from + i, names));
    await insertEntries(app, rows, { author, approver }, '00000000-0000-7000-8000-000000000000');
  }
  await owner.query('ANALYZE catalogue_entry');
  await owner.query('ANALYZE dataset');
}

function entryOf(n: number, fields: readonly string[]): Parameters<typeof insertEntries>[1][number] {
  const what = subjects[n % subjects.length] ?? '';
  const title = { zh: `${places[n % places.length] ?? ''}${what}信息 ${n}`, en: `register ${n}` };
  const document = {
    ...{
      id: `pub-security.entry-${n}`,
      title,
      abstract: { zh: `${what}的基本信息`, en: `what it holds, ${n}` },
    },
    ...{
      category: `1/${(n % 20) + 1}`,
      sharing: { type: 'conditional', conditions: '法定职责', manner: 'table' },
    },
    ...{
      openness: 'closed',
      sourceSystem: `${what}系统`,
      office: '信息处',
      contact: '0000-1',
      dataClass: 'general',
    },
    ...{ updateFrequency: n % 2 === 0 ? 'monthly' : 'daily', datasets: [`pub-security.set-${n}`] },
  };
  const found = searchable(
    [document.id, title.zh, title.en, document.abstract.zh, document.sourceSystem, ...fields],
    [title.zh, title.en],
  );
  return {
    ...{ id: document.id, revision: 1, department: 'pub-security', document, digest: 'a'.repeat(64) },
    ...{ titleZh: title.zh, titleEn: title.en, category: document.category, sharing: 'conditional' },
    ...{
      datasets: document.datasets,
      ...found,
      tags: ['cn.resident-id'],
    },
  };
}
