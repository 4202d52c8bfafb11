/** What a reader forgave is no silent row of the hub: refused unless the mapping says otherwise, and counted then. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { cityHub } from '../cityHub.ts';

const { hub, city } = await cityHub();
const steward = await hub.token('steward', ['steward'], 'pub-security');
const { client } = city.publicSecurity;
const household = 'pub-security.household';

const copybook = '       01 R.\n           05 ID PIC X(18).\n           05 REGION PIC X(6).\n';
const people = householdFile(20, 4).good.slice(0, 4);
/** The third line continues after what the copybook describes. */
const lines = people.map(({ id }, index) => `${id}990101${index === 2 ? '   9' : ''}`);
const fileOf = (remark: string): Buffer => Buffer.from([...lines, `${' '.repeat(30)}${remark}`].join('\n'));

async function register(mapping: string, doubts: object): Promise<void> {
  const document = {
    mapping,
    target: 'household@1',
    source: { format: 'copybook', options: { copybook, recordFormat: 'D', encoding: 'ascii' } },
    limits: { maxBad: 5 },
    ...doubts,
    skipIf: [{ from: 'ID', empty: true }],
    fields: {
      person_id: { from: 'ID' },
      region_code: { from: 'REGION' },
      ...Object.fromEntries(
        Object.entries({
          name: '张三',
          sex: '1',
          birth_date: '1975-01-01',
          household_no: 'H00001',
          relation: '户主',
          address: '东溪区',
          mobile: null,
          guardian_id: null,
          move_in_date: null,
          income: null,
        }).map(([name, value]) => [name, { const: value }]),
      ),
    },
  };
  const path = `/v1/datasets/${household}/mappings`;
  const { status, json } = await hub.staff(steward, 'POST', path, { document });
  assert.equal(status, 201, JSON.stringify(json));
}

test('a doubted record goes aside as a problem record does', async () => {
  await register('pub-security/lines@1', {});
  const { json } = await client.sendFile(household, fileOf(''), { mapping: 'lines@1' });
  assert.deepEqual(json['counts'], { records: 5, rows: 3, bad: 1, skipped: 1 });
  const { rows } = (await client.quarantine(json.batch)).json as {
    rows: { line: number; problems: { rule: string }[] }[];
  };
  assert.deepEqual(
    rows.map(({ line, problems }) => [line, problems.map(({ rule }) => rule)]),
    [[3, ['copybook.long']]],
  );
});

test('where the mapping lets doubts in, they are rows, and the batch reports how many', async () => {
  await register('pub-security/wide@1', { doubts: 'tell' });
  const { json } = await client.sendFile(household, fileOf('.'), { mapping: 'wide@1' });
  const counts = { records: 5, rows: 4, bad: 0, skipped: 1, doubted: 1 };
  assert.deepEqual(json['counts'], counts);
  const again = await client.batch(json.batch);
  assert.deepEqual(again.json['counts'], counts, 'and it is kept with the batch');
});

test('cells with private-use characters are rows, and counted, in a small file and in a large one', async () => {
  for (const records of [2_000, 24_000]) {
    const lines = Buffer.from(householdFile(records, 7).bytes).toString('latin1').split('\n');
    // AAA1 of GB18030 is U+E000, which only the sender's fonts know
    const bytes = Buffer.from(lines.with(2, (lines[2] ?? '').replace(',', ',\xaa\xa1')).join('\n'), 'latin1');
    const { json } = await client.sendFile(household, bytes, { mapping: 'household' });
    const { warned, rows } = json['counts'] as { readonly warned?: number; readonly rows: number };
    assert.deepEqual([json.state, warned], ['published', 1], JSON.stringify(json));
    assert.ok(rows > records * 0.9);
  }
});
