/** Rows found by primary key, by a department's machine and by its persons: the origin of a row, and deletion by a list of keys. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guardedDatasets } from './guardedDatasets.ts';
import { idsOf, people, type Cells } from './householdRecords.ts';
import { post, reported } from './intakeCalls.ts';
import { lastLeaf } from './leaves.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub();
const { client } = city.publicSecurity;
const steward = await hub.token('han', ['steward'], 'pub-security');
const clerk = await hub.token('bai', ['clerk'], 'pub-security');
const foreign = await hub.token('tan', ['steward'], 'education');
const office = await hub.token('ou', ['steward']);
const { dataset, sent, merged } = guardedDatasets(hub, { operator: city.operator, steward, client });
const keysOf = (records: readonly Cells[]): { person_id: string }[] =>
  idsOf(records).map((person_id) => ({ person_id }));

test('a provider deletes its own rows by a list of keys; the log entry has their number and the reason, and no key', async () => {
  const id = await dataset('listed', {}, 'upsert');
  const citizens = people(20, 20);
  await sent(id, citizens);
  const path = `/v1/datasets/${id}/deletions`;
  const keys = [...keysOf(citizens.slice(0, 4)), ...keysOf(citizens.slice(0, 1)), ...keysOf(people(1, 21))];
  const { json } = await post(client, path, { keys, reason: '销户清单 2026-09' });
  assert.deepEqual(json, { deleted: 4, missing: 1 });
  assert.deepEqual(await merged(id), idsOf(citizens.slice(4)));
  const leaf = await lastLeaf(database);
  assert.deepEqual(
    [leaf.operation, leaf.kind, leaf.change],
    ['deleteRows', 'retire', { act: 'delete', rows: 4, missing: 1, reason: '销户清单 2026-09' }],
  );
  const reason = '清理';
  const refused = (by: typeof client, to: string, body: object) => reported(post(by, to, body));
  assert.equal(await refused(client, path, { keys: [{ name: '张三' }], reason }), 'key_unfit');
  assert.equal(await refused(client, path, { keys: [{ person_id: 1 }], reason }), 'key_unfit');
  assert.equal(await refused(client, path, { keys, reason: idsOf(citizens)[0] }), 'reason_identifies');
  const spelled = [...(keys[0]?.person_id ?? '')].join('-');
  assert.equal(await refused(client, path, { keys, reason: `删除 ${spelled}` }), 'reason_identifies');
  assert.equal(await refused(city.education.client, path, { keys, reason }), 'not_the_provider');
  const snapshot = `/v1/datasets/${await dataset('whole')}/deletions`;
  assert.equal(await refused(client, snapshot, { keys, reason }), 'deletion_by_leaving_out');
  assert.equal((await merged(id)).length, 16);
});

/** The code of a refusal, or the status of an answer, for a member of staff. */
const outcome = async (token: string, path: string, body: object): Promise<unknown> => {
  const { status, json } = await hub.staff(token, 'POST', path, body);
  return json['code'] ?? status;
};

test('a person of the department queries the origin of a row: batch, line and mapping; the log entry has no key', async () => {
  const id = await dataset('asked-for', {}, 'upsert');
  const citizens = people(12, 31);
  const { batch } = await sent(id, citizens);
  const path = `/v1/datasets/${id}/rows/origin`;
  const [key] = keysOf(citizens.slice(4));
  assert.ok(key);
  for (const token of [steward, clerk]) {
    const { json } = await hub.staff(token, 'POST', path, { key });
    assert.deepEqual(
      [json['batch'], json['line'], json['mapping'], json['schema']],
      [batch, 6, 'asked-for@1', 'urn:datong:household:1.0'],
    );
    assert.ok(!JSON.stringify(json).includes(key.person_id), 'the reply contains no value of the row');
    const leaf = await lastLeaf(database);
    assert.deepEqual([leaf.operation, leaf.kind, leaf.change], ['traceRow', 'inspect', { batch, line: 6 }]);
    assert.ok(!JSON.stringify(leaf).includes(key.person_id));
  }
  const [unknownKey] = keysOf(people(1, 32));
  assert.equal(await outcome(steward, path, { key: unknownKey }), 'row_unknown');
  assert.ok(!JSON.stringify([await lastLeaf(database), hub.logged]).includes(unknownKey?.person_id ?? ''));
  assert.equal(await outcome(steward, path, { key: { name: '张三' } }), 'key_unfit');
  // another department and the data office get the same refusal whether or not the row exists
  for (const token of [foreign, office, await hub.token('yan', ['auditor'], 'pub-security')])
    assert.equal(await outcome(token, path, { key }), await outcome(token, path, { key: unknownKey }));
  assert.equal(await outcome(foreign, path, { key }), 'not_your_department');
});

test('a steward deletes rows of their own department; clerks, other departments and the data office may not, nor may one person where two persons or a signature are required', async () => {
  const id = await dataset('deleted-from', {}, 'upsert');
  const citizens = people(10, 41);
  await sent(id, citizens);
  const path = `/v1/datasets/${id}/deletions`;
  const body = { keys: keysOf(citizens.slice(0, 2)), reason: '迁出注销' };
  for (const token of [foreign, office])
    assert.equal(await outcome(token, path, body), 'not_your_department');
  assert.equal(await outcome(clerk, path, body), 'scope_missing');
  assert.equal((await merged(id)).length, 10);
  const { status, json } = await hub.staff(steward, 'POST', path, body);
  assert.deepEqual([status, json], [200, { deleted: 2, missing: 0 }]);
  assert.deepEqual(await merged(id), idsOf(citizens.slice(2)));
  const leaf = await lastLeaf(database);
  assert.deepEqual(
    [leaf.operation, leaf.kind, leaf.dataset, leaf.change],
    ['deleteRows', 'retire', id, { act: 'delete', rows: 2, missing: 0, reason: '迁出注销' }],
  );
  assert.match(leaf.actor.person ?? '', /^./, 'the entry names the person');
  for (const { person_id } of body.keys) assert.ok(!JSON.stringify(leaf).includes(person_id));
  // the same deletion again deletes nothing
  assert.deepEqual((await hub.staff(steward, 'POST', path, body)).json, { deleted: 0, missing: 2 });

  for (const [name, rules, code, seed] of [
    ['signed', { signedOnly: true }, 'signed_only', 42],
    ['by-two', { secondPerson: true }, 'deletion_takes_two', 43],
    ['added-only', { onRewrite: 'hold' }, 'deletion_takes_two', 44],
  ] as const) {
    const others = people(10, seed);
    const deletion = { keys: keysOf(others.slice(0, 2)), reason: '迁出注销' };
    const strict = await dataset(name, rules, 'upsert');
    assert.equal((await sent(strict, others)).code, '200');
    const deletions = `/v1/datasets/${strict}/deletions`;
    assert.equal(await outcome(steward, deletions, deletion), code);
    assert.equal((await merged(strict)).length, 10);
    assert.equal(await reported(post(client, deletions, deletion)), '200', 'the department’s machine may');
    assert.equal((await merged(strict)).length, 8);
  }
});
