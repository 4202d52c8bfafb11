/** A batch is compared with the last five that were published, in each mode. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guardedDatasets, type Sent } from './guardedDatasets.ts';
import { people, place, type Cells } from './householdRecords.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub();
const steward = await hub.token('han', ['steward'], 'pub-security');
const second = await hub.token('周敏', ['steward'], 'pub-security');
const { dataset, sent } = guardedDatasets(hub, {
  operator: city.operator,
  steward,
  client: city.publicSecurity.client,
});
const { sex, mobile } = place;

/** Modes of a dataset: replaced, merged, only added to. */
const modes = {
  snapshot: [{}, 'snapshot'],
  merged: [{}, 'upsert'],
  added: [{ onRewrite: 'hold' }, 'upsert'],
} as const;

const decided = async (by: string, batch: string, act: 'release' | 'restoration'): Promise<number> =>
  (await hub.staff(by, 'POST', `/v1/batches/${batch}/${act}`, { reason: '已与报送员核对' })).status;
const found = ({ state, findings }: Sent): readonly unknown[] => [
  state,
  ...findings.map(({ code, facts }) => ({ code, ...facts })),
];
const withoutNumber = (records: readonly Cells[], from: number): readonly Cells[] =>
  records.map((cells, i) => cells.with(mobile, i < from ? '' : '13800000000'));

for (const [at, [name, [more, mode]]] of Object.entries(modes).entries()) {
  // no two datasets get the same bytes, which would be a finding of its own
  const others = (rows: number, seed: number): readonly Cells[] => people(rows, seed + 100 * at);
  test(`a file that is a little larger each time is held in the end, one that is odd once holds nothing after it: ${name}`, async () => {
    const id = await dataset(`creeping-${name}`, { mayGrow: 0.1, ...more }, mode);
    const sizes = [200, 218, 237];
    const last = [];
    for (const [nth, size] of sizes.entries()) last.push(await sent(id, others(size, 200 + nth)));
    assert.deepEqual(last.map(found), [
      ['published'],
      ['published'],
      ['held', { code: 'batch_grown', rows: 237, reference: 209, batches: 2 }],
    ]);
    // a person lets it in: what is like it passes, and so does what was usual before
    assert.equal(await decided(steward, last[2]?.batch ?? '', 'release'), 200);
    assert.deepEqual(found(await sent(id, others(245, 210))), ['published']);
    assert.deepEqual(found(await sent(id, others(205, 211))), ['published']);
  });

  test(`emptied fields and other codes are those of its own rows, compared with the median of the last batches: ${name}`, async () => {
    const rules = { mayEmpty: 0.1, mayShift: 0.4, onDrift: 'warn', ...more };
    const id = await dataset(`own-rows-${name}`, rules, mode);
    const shares = [0, 8, 16];
    for (const [nth, percent] of shares.entries()) {
      const rows = withoutNumber(others(100, 220 + nth), percent).map((cells, i) =>
        cells.with(sex, i % 2 === 0 ? '男' : '女'),
      );
      const one = await sent(id, rows);
      assert.deepEqual(
        found(one),
        nth === 2
          ? ['published', { code: 'batch_field_emptied', field: 'mobile', now: 16, before: 4, batches: 2 }]
          : ['published'],
      );
    }
    const men = withoutNumber(others(100, 225), 8).map((cells) => cells.with(sex, '男'));
    assert.deepEqual(found(await sent(id, men)), [
      'published',
      { code: 'batch_codes_shifted', field: 'sex', share: 50, batches: 3 },
    ]);
    const again = withoutNumber(others(100, 226), 8).map((cells, i) =>
      cells.with(sex, i % 2 === 0 ? '男' : '女'),
    );
    assert.deepEqual(found(await sent(id, again)), ['published'], 'one odd batch is not what is usual');
  });

  test(`drift is rejected finally where the dataset defines it: ${name}`, async () => {
    const id = await dataset(`refusing-${name}`, { mayGrow: 0.1, onDrift: 'reject', ...more }, mode);
    assert.equal((await sent(id, others(100, 230))).state, 'published');
    const grown = await sent(id, others(150, 231));
    assert.deepEqual(
      [grown.code, ...found(grown)],
      ['batch_grown', 'rejected', { code: 'batch_grown', rows: 150, reference: 100, batches: 1 }],
    );
  });
}

test('a batch that was taken back is no example, neither of rows nor of columns; a mended one counts once', async () => {
  const id = await dataset('taken-back', { mayGrow: 0.1, onDrift: 'warn', onColumns: 'warn' });
  const first = await sent(id, people(200, 240));
  const odd = await sent(id, people(600, 241));
  assert.deepEqual(found(odd), ['published', { code: 'batch_grown', rows: 600, reference: 200, batches: 1 }]);
  assert.equal(await decided(steward, first.batch, 'restoration'), 202);
  assert.equal(await decided(second, first.batch, 'restoration'), 200);
  const next = await sent(id, people(300, 242));
  assert.deepEqual(
    found(next),
    ['published', { code: 'batch_grown', rows: 300, reference: 200, batches: 1 }],
    'without the one that was taken back',
  );

  // merged, 110 corrected rows are a batch of their own in addition to the 190 good ones: neither replaces the other
  for (const [mode, bad, reference] of [
    ['snapshot', 1, 200],
    ['upsert', 110, 190],
  ] as const) {
    const seed = 243 + 2 * bad;
    const citizens = people(bad === 1 ? 200 : 300, seed);
    const mended = await dataset(`mended-${mode}`, { mayGrow: 0.1, onDrift: 'warn' }, mode);
    const some = await sent(
      mended,
      citizens.map((cells, i) => (i < bad ? cells.with(sex, '不详') : cells)),
    );
    if (some.state === 'held') assert.equal(await decided(steward, some.batch, 'release'), 200);
    const whole = await sent(mended, citizens.slice(0, bad), { corrects: some.batch });
    assert.equal(whole.state, 'published', mode);
    assert.deepEqual(found(await sent(mended, people(400, seed + 1))), [
      'published',
      { code: 'batch_grown', rows: 400, reference, batches: 1 },
    ]);
  }
});

test('codes of fewer than five rows are not stored, and none is reported', async () => {
  const id = await dataset('rare-codes', { mayShift: 0.1 });
  await sent(
    id,
    people(200, 250).map((cells, i) => cells.with(sex, i < 4 ? '女' : '男')),
  );
  const { rows } = await database.app.query<{ codes: Record<string, Record<string, number>> }>(
    "SELECT profile -> 'codes' AS codes FROM batch WHERE dataset = $1",
    [id],
  );
  assert.deepEqual(rows[0]?.codes['sex'], { 1: 0.98 });
  const { status, json } = await hub.staff(steward, 'GET', `/v1/datasets/${id}/quality`);
  assert.equal(status, 200);
  const [batch] = (json as { batches: readonly { fields: readonly object[] }[] }).batches;
  assert.deepEqual([...new Set(batch?.fields.flatMap(Object.keys))], ['field', 'empty', 'distinct']);
});
