/** What a snapshot is held against beyond its bytes: how it differs from the one that readers see, and whose rows it holds. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { after, test } from 'node:test';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { cellsOf, csvLine, headers } from '../../clients/cli/demo/files/householdFile.ts';
import { seededRandom } from '../../clients/cli/demo/files/random.ts';
import { residents } from '../../clients/cli/demo/files/residents.ts';
import { encodeGb18030 } from '../../clients/cli/gb18030.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, samples, testHub } from '../hub.ts';
import { commit, told, uploaded } from './intakeCalls.ts';

const database = await testDatabase();
const hub = await testHub({ database });
after(() => hub.stop());
const city = await sampleCity(hub);
const { client } = city.publicSecurity;
const steward = await hub.token('han', ['steward'], 'pub-security');

type Cells = readonly string[];
const [sex, relation, address, mobile] = ['性别', '与户主关系', '住址', '手机号码'].map((header) =>
  headers.findIndex((one) => one === header),
) as [number, number, number, number];

/** Records of so many people; other seeds, other people. */
function people(rows: number, seed: number): readonly Cells[] {
  const all = residents(seededRandom(seed));
  return Array.from({ length: rows }, () => cellsOf(all.next().value));
}
const file = (records: readonly Cells[]): Uint8Array =>
  encodeGb18030([headers, ...records].map(csvLine).join(''));

const register = (id: string, more: object) =>
  hub.staff(city.operator, 'POST', '/v1/datasets', {
    id,
    title: { zh: id, en: id },
    schema: 'urn:datong:household:1.0',
    mode: 'snapshot',
    sharing: { type: 'none' },
    ...more,
  });

async function dataset(name: string, intake: object = {}): Promise<string> {
  const id = `pub-security.${name}`;
  assert.equal((await register(id, { intake })).status, 201);
  const documents = readDocuments(resolve(samples, 'household/dataset.yaml'));
  const sample = documents.find(({ kind }) => kind === 'Mapping');
  const document = { ...(sample?.members['document'] as object), mapping: `pub-security/${name}@1` };
  const made = await hub.staff(steward, 'POST', `/v1/datasets/${id}/mappings`, { document });
  assert.equal(made.status, 201, JSON.stringify(made.json));
  return id;
}

interface Sent {
  readonly batch: string;
  /** of its refusal, or the status of its answer */
  readonly code: string;
  readonly state: unknown;
  readonly findings: readonly { readonly code: string; readonly severity: string; readonly facts: object }[];
}

async function sent(id: string, records: readonly Cells[]): Promise<Sent> {
  const bytes = file(records);
  const batch = await uploaded(client, id, bytes);
  const code = await told(commit(client, batch, bytes, id.slice(id.indexOf('.') + 1)));
  const { json } = await hub.staff(steward, 'GET', `/v1/batches/${batch}`);
  return { batch, code, state: json['state'], findings: (json['findings'] ?? []) as Sent['findings'] };
}

test('a snapshot that grew, lost the values of a field, or has other codes than before is held, where its dataset says so', async () => {
  const id = await dataset('drifting', { mayGrow: 0.2, mayEmpty: 0.1, mayShift: 0.1 });
  const citizens = people(300, 1);
  assert.equal((await sent(id, citizens)).code, '200');
  const moved = citizens.map((cells, i) => (i < 20 ? cells.with(address, `新址${i}号`) : cells));
  assert.equal((await sent(id, moved)).code, '200', 'what changes a little is not drift');

  const grown = await sent(id, [...citizens, ...people(100, 2)]);
  assert.deepEqual([grown.code, grown.state], ['batch_grown', 'held']);
  assert.deepEqual(grown.findings[0]?.facts, { rows: 400, reference: 300 });

  const withNumber = citizens.filter((cells) => cells[mobile] !== '').length;
  const emptied = await sent(
    id,
    moved.map((cells) => cells.with(mobile, '')),
  );
  assert.deepEqual([emptied.code, emptied.state], ['batch_field_emptied', 'held']);
  const before = Math.round(((300 - withNumber) / 300) * 1_000) / 10;
  assert.deepEqual(emptied.findings, [
    { ...emptied.findings[0], severity: 'hold', facts: { field: 'mobile', now: 100, before } },
  ]);

  const shifted = await sent(
    id,
    moved.map((cells) => cells.with(sex, '男')),
  );
  assert.equal(shifted.code, 'batch_codes_shifted');
  const women = Math.round((moved.filter((cells) => cells[sex] === '女').length / 300) * 1_000) / 10;
  assert.deepEqual(shifted.findings[0]?.facts, { field: 'sex', share: women });
});

test('a dataset says what becomes of drift: told and published, or refused for good', async () => {
  const warned = await dataset('warned', { mayEmpty: 0.1, onDrift: 'warn' });
  const refused = await dataset('refused', { mayEmpty: 0.1, onDrift: 'reject' });
  const citizens = people(150, 3);
  const emptied = citizens.map((cells) => cells.with(mobile, ''));
  await sent(warned, citizens);
  const passed = await sent(warned, emptied);
  assert.deepEqual([passed.code, passed.state], ['200', 'published']);
  assert.deepEqual(
    passed.findings.map(({ code, severity }) => [code, severity]),
    [['batch_field_emptied', 'warn']],
  );
  const others = people(150, 4);
  await sent(refused, others);
  const rejected = await sent(
    refused,
    others.map((cells) => cells.with(mobile, '')),
  );
  assert.deepEqual([rejected.code, rejected.state], ['batch_field_emptied', 'rejected']);
  const { status, json } = await hub.staff(steward, 'POST', `/v1/batches/${rejected.batch}/release`, {
    reason: '已与报送员核对',
  });
  assert.deepEqual([status, json['code']], [409, 'transition_not_allowed'], 'nobody can let it in');
});

test('without a rule nothing is compared, and a rule that would do nothing is refused', async () => {
  const id = await dataset('unruled');
  const citizens = people(150, 5);
  await sent(id, citizens);
  const other = await sent(
    id,
    citizens.map((cells) => cells.with(mobile, '').with(relation, '户主')),
  );
  assert.deepEqual([other.code, other.findings], ['200', []]);
  for (const [rule, value] of Object.entries({
    mayShrink: 0.1,
    mayGrow: 1,
    mayEmpty: 0.1,
    mayShift: 0.1,
    onDrift: 'warn',
  })) {
    const { status, json } = await register('pub-security.merged', {
      mode: 'upsert',
      intake: { [rule]: value },
    });
    assert.deepEqual([status, json['code']], [422, 'intake_rule_idle'], rule);
  }
});

test("last month's rows in other bytes are named and held", async () => {
  const id = await dataset('months');
  const january = people(300, 6);
  const february = january.map((cells, i) => (i % 6 === 0 ? cells.with(address, `新址${i}号`) : cells));
  const { batch: first } = await sent(id, january);
  assert.equal((await sent(id, february)).code, '200');
  const again = await sent(id, january.toReversed());
  assert.deepEqual([again.code, again.state], ['batch_rows_before', 'held']);
  assert.equal((again.findings[0]?.facts as { batch: string }).batch, first);
  const march = february.map((cells, i) => (i % 7 === 0 ? cells.with(address, `三月${i}号`) : cells));
  assert.equal((await sent(id, march)).code, '200', 'what goes on from the current rows passes');
});

test("another dataset's people are named and held, though the bytes are new", async () => {
  const [east, west] = [await dataset('east'), await dataset('west')];
  const [ours, theirs] = [people(200, 7), people(200, 8)];
  await sent(east, ours);
  assert.equal((await sent(west, theirs)).code, '200', 'a first batch has nothing to be held against');
  const wrong = await sent(
    east,
    theirs.map((cells) => cells.with(address, '另一处')),
  );
  assert.deepEqual([wrong.code, wrong.state], ['batch_rows_elsewhere', 'held']);
  assert.deepEqual(wrong.findings[0]?.facts, {}, 'whose they are is not told');
  assert.equal((await sent(east, people(200, 9))).code, '200', 'people that nobody has are no reason');
});
