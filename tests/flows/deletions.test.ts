/** Deletion of rows by key: rows that are marked as deletions; how many one batch may delete; what a legal hold retains, also from a list of keys. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { deleteKeys } from '../../hub/flows/rows/store/byKey.ts';
import { requestedHold } from './requestedHold.ts';
import { guardedDatasets } from './guardedDatasets.ts';
import { idsOf, people, place, type Cells } from './householdRecords.ts';
import { post, reported } from './intakeCalls.ts';
import { cityHub } from '../cityHub.ts';
import { samples } from '../hub.ts';

const { database, hub, city } = await cityHub();
const { client } = city.publicSecurity;
const steward = await hub.token('han', ['steward'], 'pub-security');
const { relation, address } = place;

const { register, dataset, sent, merged } = guardedDatasets(hub, {
  operator: city.operator,
  steward,
  client,
});

test('a row that is marked as a deletion deletes the row with its key only', async () => {
  const deleteWhere = { field: 'relation', is: ['其他', '兄弟姐妹'] };
  const idle = await register('pub-security.never', { intake: { deleteWhere } });
  assert.equal(idle.json['code'], 'intake_rule_idle', 'a snapshot deletes the rows that it does not contain');
  const id = await dataset('leaving', { deleteWhere }, 'upsert');
  const citizens = people(60, 17).map((cells) => cells.with(relation, '子'));
  await sent(id, citizens);
  const gone = citizens.slice(0, 3).map((cells, i) => cells.with(relation, i === 0 ? '其他' : '兄弟姐妹'));
  const unknown = people(1, 18).map((cells) => cells.with(relation, '其他'));
  const added = people(2, 19).map((cells) => cells.with(relation, '女'));
  const { code, batch } = await sent(id, [...gone, ...unknown, ...added]);
  assert.equal(code, '200');
  const { json } = await hub.staff(steward, 'GET', `/v1/batches/${batch}`);
  assert.deepEqual(json['counts'], { records: 6, rows: 6, bad: 0, skipped: 0, deletions: 4 });
  assert.deepEqual(await merged(id), idsOf([...citizens.slice(3), ...added]));

  // under legal hold, from its request on, rows are replaced but not deleted: not by a row, a released batch, or a list of keys
  const left = [...citizens.slice(3), ...added];
  const officer = await hub.token('保全', ['security']);
  const withdraw = await requestedHold(hub, officer, id, 'SS-2026-0007');
  const [person] = left;
  assert.ok(person);
  assert.equal((await sent(id, [person.with(address, '新址 7 号')])).code, '200', 'an upsert goes on');
  const waits = await sent(id, [person.with(relation, '其他')]);
  assert.deepEqual([waits.code, waits.state], ['under_legal_hold', 'held']);
  const release = (): ReturnType<typeof hub.staff> =>
    hub.staff(steward, 'POST', `/v1/batches/${waits.batch}/release`, { reason: '核对无误' });
  assert.equal((await release()).json['code'], 'under_legal_hold');
  const keys = [{ person_id: idsOf([person])[0] ?? '' }];
  const list = { keys, reason: '销户' };
  assert.equal(await reported(post(client, `/v1/datasets/${id}/deletions`, list)), 'under_legal_hold');
  const schema = hub.hub.services.registry.current.datasets.get(id)?.schema;
  assert.ok(schema);
  assert.equal(
    await deleteKeys(database.app, id, schema, keys),
    0,
    'not by a call that was decided before the hold either',
  );
  assert.deepEqual(await merged(id), idsOf(left));
  await withdraw();
  assert.equal((await release()).status, 200);
  assert.deepEqual(await merged(id), idsOf(left.slice(1)));
});

test('a mapping is tried over marked rows: they remove the row of their key, and add none', async () => {
  const id = await dataset('tried', { deleteWhere: { field: 'relation', is: ['其他'] } }, 'upsert');
  const citizens = people(40, 20).map((cells) => cells.with(relation, '子'));
  await sent(id, citizens);
  const marked = citizens.slice(0, 3).map((cells) => cells.with(relation, '其他'));
  const { batch } = await sent(id, marked);
  const sample = readDocuments(resolve(samples, 'household/dataset.yaml')).find(
    ({ kind }) => kind === 'Mapping',
  );
  const document = { ...(sample?.members['document'] as object), mapping: 'pub-security/tried@2' };
  const difference = async (): Promise<unknown> => {
    const { json } = await post(client, `/v1/datasets/${id}/mapping-trials`, { document, batch });
    return (json as Record<string, unknown>)['difference'];
  };
  assert.deepEqual(await difference(), { added: 0, removed: 0, changed: 0, fields: {} });
  await sent(id, citizens.slice(0, 2));
  assert.deepEqual(await difference(), { added: 0, removed: 2, changed: 0, fields: {} });
});

test('a batch that deletes more than the limit of its dataset is held, at any size of the dataset', async () => {
  const deleteWhere = { field: 'relation', is: ['其他'] };
  const upsert = { mode: 'upsert', intake: { mayDelete: 0.1 } };
  for (const idle of [{ intake: { deleteWhere, mayDelete: 0.1 } }, upsert])
    assert.equal((await register('pub-security.kept', idle)).json['code'], 'intake_rule_idle');
  const id = await dataset('emptied', { deleteWhere }, 'upsert');
  const citizens = people(220, 93);
  const marked = (records: readonly Cells[]): Cells[] => records.map((cells) => cells.with(relation, '其他'));
  await sent(id, citizens);
  // keys without a row do not count, and half of the rows may be deleted
  const some = await sent(id, marked([...citizens.slice(0, 10), ...people(150, 94)]));
  assert.deepEqual([some.code, some.findings], ['200', []]);
  const remaining = citizens.slice(10);
  const filledDown = await sent(id, [...marked(remaining.slice(0, 106)), ...remaining.slice(106, 110)]);
  assert.deepEqual(
    [filledDown.code, filledDown.state, filledDown.findings.map(({ facts }) => facts)],
    ['batch_deletes_many', 'held', [{ rows: 106, reference: 210 }]],
  );
  assert.deepEqual(await merged(id), idsOf(remaining), 'no row of it is visible');
  const released = await hub.staff(steward, 'POST', `/v1/batches/${filledDown.batch}/release`, {
    reason: '整村迁出',
  });
  assert.equal(released.status, 200, JSON.stringify(released.json));
  assert.deepEqual(await merged(id), idsOf(remaining.slice(106)));
  // half of the rows may be deleted, and all where there are fewer than a hundred
  for (const going of [remaining.slice(106, 158), remaining.slice(158)]) {
    const deleted = await sent(id, marked(going));
    assert.deepEqual([deleted.code, deleted.findings], ['200', []]);
  }
  assert.deepEqual(await merged(id), []);

  const rest = remaining.slice(106);
  const guarded = await dataset('never-emptied', { deleteWhere, mayDelete: 0, onDrift: 'reject' }, 'upsert');
  await sent(guarded, rest);
  const one = await sent(guarded, marked(rest.slice(0, 1)));
  assert.deepEqual([one.code, one.state], ['batch_deletes_many', 'rejected']);
  const free = await dataset('emptied-freely', { deleteWhere, mayDelete: 1 }, 'upsert');
  await sent(free, rest);
  assert.equal((await sent(free, marked(rest))).code, '200');
  assert.deepEqual(await merged(free), []);
});
