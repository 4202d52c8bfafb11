/** A dataset drafted at the hub from a chosen file: what is returned, what is refused, and that nothing of the file stays. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { testDatabase } from '../../../../tests/database.ts';
import { applyCity, testHub } from '../../../../tests/hub.ts';
import { draftInThread } from './drafting/draftThread.ts';

const database = await testDatabase();
const hub = await testHub({ database });
await applyCity(hub, ['city/departments.yaml', 'city/purposes.yaml']);
after(() => hub.stop());
const steward = await hub.token('steward', ['steward'], 'transport');
const clerk = await hub.token('clerk', ['clerk'], 'transport');

interface Tried {
  readonly tables: readonly string[];
  readonly draft?: {
    readonly source: string;
    readonly proposed: { readonly name: string; readonly key: readonly string[]; readonly subject?: object };
    readonly fields: readonly {
      readonly field: string;
      readonly sensitivity: string;
      readonly personal: string;
      readonly bad: number[];
    }[];
  };
  readonly objections?: readonly { readonly question: string }[];
  readonly findings?: readonly object[];
  readonly documents?: { readonly schema: object; readonly mapping?: object; readonly text: string };
  readonly sample?: { readonly records: number; readonly bad: number; readonly rows: string[][] };
  readonly code?: string;
}
const file = (name: string, content: string | Buffer): object => ({
  name,
  bytes: Buffer.from(content).toString('base64'),
});
const tried = async (body: object, token = steward): Promise<{ status: number; json: Tried }> => {
  const { status, json } = await hub.staff(token, 'POST', '/v1/datasets/trials', body);
  return { status, json: json as unknown as Tried };
};

const csv = file(
  '摊位许可.csv',
  [
    '摊位编号,经营者名称,联系电话,有效期至',
    'TW0001,东溪面摊,19900000001,2027/3/31',
    'TW0002,西岭糖水,19900000002,2027年5月1日',
    'TW0003,老街豆花,19900000003,长期',
    'TW0004,北门烧饼,19900000004,2028/6/30',
    'TW0005,南桥凉粉,19900000005,2028/6/30',
  ].join('\n'),
);
const answers = {
  department: 'transport',
  name: 'stall-permits',
  title: '摊位许可',
  key: ['stall_no'],
  levels: {},
  sharing: 'conditional',
  conditions: '执法检查',
  mode: 'snapshot',
};

test('a sample is returned as fields with reasons; answers give documents and three masked rows, and nothing is stored', async () => {
  const { json } = await tried({ file: csv });
  const { draft } = json;
  assert.equal(draft?.source, 'sample');
  const [first] = draft.fields;
  assert.ok(first !== undefined && draft.fields.length === 4);
  assert.deepEqual(draft.fields.at(-1)?.bad, [3]);
  assert.equal(json.documents, undefined);
  const { key, subject } = draft.proposed;
  const { json: done } = await tried({ file: csv, answers: { ...answers, key, subject } });
  assert.deepEqual([done.sample?.records, done.sample?.bad], [5, 1]);
  assert.match(JSON.stringify(done.sample?.rows), /199\*+0001/);
  assert.doesNotMatch(JSON.stringify(done.sample?.rows), /19900000001/);
  assert.match(done.documents?.text ?? '', /kind: Mapping/);
  const { status } = await hub.staff(steward, 'GET', '/v1/datasets/transport.stall-permits');
  assert.equal(status, 404);
  const { rows } = await database.owner.query<{ leaf: Buffer }>('SELECT leaf FROM audit_entry');
  const words = ['东溪', 'tanwei_no', '摊位'];
  assert.ok(rows.length > 0 && rows.every(({ leaf }) => words.every((word) => !leaf.includes(word))));
});

test('a title and a type that a person decided replace the guess; level, mark and whether it may be null stay', async () => {
  const { json } = await tried({ file: csv });
  const [, , phone, until] = json.draft?.fields ?? [];
  assert.ok(phone !== undefined && until !== undefined);
  const decided = {
    ...{ ...answers, key: json.draft?.proposed.key, subject: json.draft?.proposed.subject },
    titles: { [until.field]: '有效期' },
    types: { [until.field]: 'text', [phone.field]: 'integer' },
  };
  const { json: done } = await tried({ file: csv, answers: decided });
  assert.deepEqual([done.objections, done.findings, done.sample?.bad], [undefined, undefined, 0]);
  const { properties = {} } = done.documents?.schema as { properties?: Record<string, object> };
  const { 'x-title': title, title: plain, ...shape } = properties[until.field] as Record<string, unknown>;
  assert.deepEqual([title, plain], [{ zh: '有效期', en: until.field }, '有效期']);
  const marks = { 'x-sensitivity': until.sensitivity, 'x-personal': until.personal };
  assert.deepEqual(shape, { type: 'string', maxLength: 200, ...marks });
  const called = properties[phone.field] as Record<string, unknown>;
  assert.deepEqual(
    [called['type'], called['format'], called['x-semantic'], called['x-personal']],
    ['integer', undefined, undefined, phone.personal],
  );
});

test('each answer that cannot be taken is named: slug, field, subject, conditions, department, name in use', async () => {
  const asked = async (more: object): Promise<unknown> =>
    (await tried({ file: csv, answers: { ...answers, key: [], ...more } })).json.objections?.map(
      ({ question }) => question,
    );
  assert.deepEqual(await asked({ department: 'Bad Name', name: 'X', key: ['nothing'], conditions: '' }), [
    ...['department', 'name', 'key', 'subject', 'conditions'],
  ]);
  const subject = { field: 'stall_no', kind: 'organization' };
  const { json } = await tried({ file: csv });
  const field = json.draft?.fields[0]?.field ?? '';
  assert.deepEqual(await asked({ subject: { ...subject, field: 'nothing' } }), ['subject']);
  assert.deepEqual(await asked({ subject: { ...subject, field }, levels: { nothing: 'L1' } }), ['levels']);
  const corrected = { titles: { nothing: '无' }, types: { nothing: 'text' } };
  assert.deepEqual(await asked({ subject: { ...subject, field }, ...corrected }), ['titles', 'types']);
  assert.deepEqual(await asked({ subject: { ...subject, field }, department: 'nowhere' }), ['department']);
  assert.deepEqual(await asked({ subject: { ...subject, field }, name: 'household' }), undefined);
});

test('a list of columns gives no mapping; a file of rows next to it does', async () => {
  const list = file(
    '清单.csv',
    '字段名,中文名,类型,长度,主键\ncode,编号,varchar,20,是\nstation,站名,varchar,100,否\n',
  );
  const own = { ...answers, name: 'listed', key: ['code'] };
  const alone = (await tried({ file: list, answers: own })).json;
  assert.equal(alone.draft?.source, 'columns');
  assert.deepEqual(alone.draft.proposed.key, ['code']);
  assert.equal(alone.documents?.mapping, undefined);
  assert.equal(alone.sample, undefined);
  const rows = file('rows.csv', '编号,站名\nA1,甲\nA2,乙\n');
  const both = (await tried({ file: list, sample: rows, answers: own })).json;
  assert.deepEqual([both.objections, both.findings, both.code], [undefined, undefined, undefined]);
  assert.notEqual(both.documents?.mapping, undefined);
  assert.equal(both.sample?.records, 2);
});

test('what is no table, too long or not base64 is refused; a clerk may not ask', async () => {
  const refused = async (body: object, token = steward): Promise<unknown> => {
    const { status, json } = await tried(body, token);
    return [status, json.code];
  };
  assert.deepEqual(await refused({ file: file('a.csv', 'one sentence') }), [422, 'sample_unfit']);
  assert.deepEqual(await refused({ file: file('a.bin', Buffer.from([1, 0, 2])) }), [422, 'sample_unfit']);
  assert.deepEqual(await refused({ file: file('a.xlsx', 'PK damaged') }), [422, 'xlsx_damaged']);
  assert.deepEqual(await refused({ file: { name: 'a.csv', bytes: '***=' } }), [400, 'invalid_request']);
  assert.deepEqual(await refused({ file: file('a.csv', 'x'.repeat(5_000_000)) }), [400, 'invalid_request']);
  assert.deepEqual(await refused({ file: csv }, clerk), [403, 'scope_missing']);
});

test('more columns than a table has, and text that is made to take long, are refused at once', async () => {
  const wide = Array.from({ length: 1_001 }, (_, at) => `c${at}`).join(',');
  const begun = performance.now();
  for (const content of [`${wide}\n`, `${'/**/'.repeat(100_000)}x`]) {
    const { status, json } = await tried({ file: file('x.csv', content) });
    assert.deepEqual([status, json.code], [422, 'sample_unfit']);
  }
  assert.ok(performance.now() - begun < 25_000);
});

test('a file that takes too long ends its thread', async () => {
  const many = Array.from({ length: 20_000 }, (_, place) => `N${place},${place}`).join('\n');
  const body = { file: file('a.csv', `code,value\n${many}`) } as Parameters<typeof draftInThread>[0]['body'];
  await assert.rejects(draftInThread({ body, now: 0 }, 1), { code: 'sample_unfit' });
});
