/** The difference of a held batch: how many rows it would add, remove and change, by key, and the lines of the first ones. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { components } from '../../api/openapi.ts';
import type { StaffAnswer } from '../hub.ts';
import { guardedDatasets } from './guardedDatasets.ts';
import { idsOf, people, place, type Cells } from './householdRecords.ts';
import { post, sha256, reported, uploaded } from './intakeCalls.ts';
import { lastLeaf } from './leaves.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub();
const { client } = city.publicSecurity;
const steward = await hub.token('han', ['steward'], 'pub-security');
const { dataset, sent } = guardedDatasets(hub, { operator: city.operator, steward, client });
const { address, mobile, relation } = place;

/** Sends a batch with a wrong control total, so that it is held. */
const heldBatch = async (id: string, records: readonly Cells[]): Promise<string> => {
  const { batch, state } = await sent(id, records, { control: { rows: 1 } });
  assert.equal(state, 'held');
  return batch;
};
const requestDifference = (batch: string, by = steward): Promise<StaffAnswer> =>
  hub.staff(by, 'GET', `/v1/batches/${batch}/difference`);
const differenceOf = async (batch: string): Promise<components['schemas']['BatchDifference']> => {
  const { status, json } = await requestDifference(batch);
  assert.equal(status, 200, JSON.stringify(json));
  return json as unknown as components['schemas']['BatchDifference'];
};

test('a snapshot: rows added, removed and changed, changed fields, and the lines of the first rows', async () => {
  const id = await dataset('compared');
  const citizens = people(60, 1);
  const first = await differenceOf(await heldBatch(id, citizens));
  assert.deepEqual(
    [first.beside, first.difference?.added.count, first.difference?.added.lines[0]],
    [undefined, 60, 2],
  );
  assert.equal((await sent(id, citizens)).code, '200');
  const moved = citizens
    .filter((_, i) => i !== 3 && i !== 4)
    .map((cells, i) => (i < 2 ? cells.with(address, `新址${i}号`) : cells))
    .map((cells, i) => (i === 1 ? cells.with(mobile, '13900000001') : cells));
  const batch = await heldBatch(id, [...moved, ...people(12, 2)]);
  const found = await differenceOf(batch);
  const { beside, ...rest } = found;
  assert.notEqual(beside, undefined);
  assert.deepEqual(rest, {
    batch,
    dataset: id,
    mode: 'snapshot',
    rows: { now: 70, before: 60 },
    difference: {
      added: { count: 12, lines: [60, 61, 62, 63, 64, 65, 66, 67, 68, 69] },
      removed: { count: 2, lines: [5, 6] },
      changed: { count: 2, lines: [2, 3] },
      unchanged: 56,
      fields: { address: 2, mobile: 1 },
    },
  });
  const text = JSON.stringify(found);
  assert.ok(
    !idsOf([...citizens, ...moved]).some((person) => text.includes(person)),
    'the reply contains no key',
  );
  const leaf = await lastLeaf(database);
  assert.deepEqual([leaf.operation, leaf.dataset], ['compareBatch', id], 'the request has a log entry');

  await database.app.query('DELETE FROM batch_part WHERE batch = $1', [batch]);
  const without = (await differenceOf(batch)).difference;
  assert.deepEqual([without?.added, without?.removed.lines], [{ count: 12, lines: [] }, [5, 6]]);

  const auditor = await hub.token('lin', ['auditor']);
  assert.equal(
    (await requestDifference(batch, auditor)).status,
    200,
    'an auditor, who sees no values, sees counts and lines',
  );
  const foreign = await hub.token('zhou', ['steward'], 'education');
  assert.equal((await requestDifference(batch, foreign)).json['code'], 'not_your_department');
  assert.equal((await requestDifference(beside ?? '')).json['code'], 'batch_not_held');
  assert.equal(
    (await requestDifference('01890000-0000-7000-8000-000000000000', auditor)).json['code'],
    'batch_unknown',
  );
  const body = { reason: '已与报送员核对' };
  assert.equal((await hub.staff(steward, 'POST', `/v1/batches/${batch}/drop`, body)).status, 200);
  assert.equal((await requestDifference(batch)).json['code'], 'batch_not_held');
});

test('rows merged by key: only rows that the batch marks as deleted are removed', async () => {
  const deleteWhere = { field: 'relation', is: ['其他'] };
  const id = await dataset('merging', { deleteWhere }, 'upsert');
  const citizens = people(20, 3).map((cells) => cells.with(relation, '子'));
  assert.equal((await sent(id, citizens)).code, '200');
  const [unchanged, changed, deleted] = [citizens[0] ?? [], citizens[1] ?? [], citizens[2] ?? []];
  const [added, absent] = people(2, 4);
  const batch = await heldBatch(id, [
    unchanged,
    changed.with(address, '新址'),
    deleted.with(relation, '其他'),
    (added ?? []).with(relation, '子'),
    (absent ?? []).with(relation, '其他'),
  ]);
  const { mode, rows, difference } = await differenceOf(batch);
  assert.deepEqual([mode, rows], ['upsert', { now: 5 }]);
  assert.deepEqual(difference, {
    added: { count: 1, lines: [5] },
    removed: { count: 1, lines: [4] },
    changed: { count: 1, lines: [3] },
    unchanged: 1,
    absent: 1,
    fields: { address: 1 },
  });
});

test('a dataset without a key: rows are only counted', async () => {
  const urn = 'urn:datong:keyless-lines:1.0';
  const title = { zh: '文本', en: 'Text' };
  const text = {
    type: 'string',
    maxLength: 40,
    'x-title': title,
    'x-class': 'general',
    'x-sensitivity': 'L1',
  };
  const register = async (path: string, body: object, by = city.operator): Promise<void> => {
    const { status, json } = await hub.staff(by, 'POST', path, body);
    assert.equal(status, 201, JSON.stringify(json));
  };
  await register('/v1/schemas', {
    document: {
      ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: urn, type: 'object' },
      'x-title': title,
      'x-class': 'general',
      required: ['text'],
      additionalProperties: false,
      properties: { text },
    },
  });
  const id = 'pub-security.keyless-lines';
  await register('/v1/datasets', { id, title, schema: urn, mode: 'snapshot', sharing: { type: 'none' } });
  const document = {
    mapping: 'pub-security/keyless-lines@1',
    target: urn,
    source: { format: 'csv', options: { encoding: 'utf-8' } },
    fields: { text: { from: 'text' } },
  };
  await register(`/v1/datasets/${id}/mappings`, { document }, steward);
  const committed = async (texts: readonly string[], more: object = {}): Promise<string> => {
    const bytes = Buffer.from(['text', ...texts, ''].join('\n'));
    const batch = await uploaded(client, id, bytes);
    const commit = { sha256: sha256(bytes), bytes: bytes.length, mapping: 'keyless-lines', ...more };
    await reported(post(client, `/v1/batches/${batch}/commit`, commit));
    return batch;
  };
  const before = await committed(['a', 'b', 'b']);
  const batch = await committed(['a', 'c'], { control: { rows: 1 } });
  assert.deepEqual(await differenceOf(batch), {
    batch,
    dataset: id,
    mode: 'snapshot',
    beside: before,
    rows: { now: 2, before: 3 },
  });
});
