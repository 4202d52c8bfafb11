/** Keys and numbers of rows that several departments work on: each type of key finds its row, and no number becomes another one. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { field, headers, json, refusal, refused, row, rules, streetCases } from './streetCases.ts';
import { cityHub } from '../cityHub.ts';

const { hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
const { client: provider } = city.ecology;
const { client: roads } = city.education;
const { apply, nextId, dataset, push, change } = await streetCases(hub, city);

test('a row whose key has more than 500 characters is changed and deleted', async () => {
  const id = await dataset();
  const long = 'k'.repeat(700);
  await push(id, [row(long, 'education', { reporter: 'p' })]);
  assert.equal((await change(roads, id, long, { version: 1, set: { note: 'x' } })).version, 2);
  const { json: answer } = await provider.call({
    method: 'POST',
    path: `/v1/datasets/${id}/deletions`,
    headers,
    receipt: 'optional',
    body: json({ keys: [{ case: long }], reason: '误报' }),
  });
  assert.equal((answer as { deleted: number }).deleted, 1);
});

test('a number that would be stored as another one is refused at its place', async () => {
  const id = await dataset();
  await push(id, [row('n-1', 'education')]);
  for (const number of ['9007199254740993', '0.12345678901234567890', '1e400', '1e-400']) {
    const problem = await refused(
      roads.call({
        method: 'POST',
        path: `/v1/datasets/${id}/rows/changes`,
        headers,
        receipt: 'optional',
        body: Buffer.from(`{"key":{"case":"n-1"},"version":1,"set":{"cost":${number}}}`, 'utf8'),
      }),
    );
    assert.deepEqual([problem['code'], problem['at']], ['invalid_request', '/body/set/cost'], number);
  }
  assert.equal((await change(roads, id, 'n-1', { version: 1, set: { cost: 0.1 } })).version, 2);
});

describe('keys of other types', () => {
  const keyed = async (name: string, type: object): Promise<string> => {
    const schema = `urn:datong:case-by-${name}:1.0`;
    const document = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: schema,
      type: 'object',
      'x-title': { zh: '城管办件', en: 'Street cases' },
      'x-class': 'general',
      'x-primary-key': ['/case'],
      additionalProperties: false,
      required: ['case', 'status', 'assigned_to'],
      properties: {
        case: field('string', type),
        status: field('string', { enum: ['open', 'accepted', 'done', 'checked'] }),
        assigned_to: field('string', { maxLength: 40 }),
        note: field(['string', 'null'], { maxLength: 20 }),
        cost: field(['number', 'null']),
      },
    };
    const id = nextId();
    const registered = {
      kind: 'Dataset',
      id,
      title: { zh: '办件', en: 'Cases' },
      schema,
      mode: 'upsert',
      intake: { byCall: {}, cases: rules },
      sharing: { type: 'conditional', conditions: '示例' },
    };
    await apply([{ kind: 'Schema', document }, registered]);
    return id;
  };
  const pushed = async (id: string, ...keys: readonly (string | number | boolean)[]): Promise<void> => {
    const rows = keys.map((key) => ({ case: key, status: 'open', assigned_to: 'education' }));
    assert.deepEqual((await push(id, rows)).quarantined, []);
  };
  const changed = (id: string, key: unknown, version = 1): Promise<string> =>
    refusal(
      roads.call({
        method: 'POST',
        path: `/v1/datasets/${id}/rows/changes`,
        headers,
        receipt: 'optional',
        body: json({ key: { case: key }, version, set: { note: `v${version}` } }),
      }),
    );

  test('a decimal is the text that the row has: another text of the same number is another row', async () => {
    const id = await keyed('decimal', { format: 'decimal', maxLength: 20 });
    await pushed(id, '1.00');
    assert.equal(await changed(id, '1.0'), 'row_unknown');
    for (const none of ['abc', '1e400000', '٣', ''])
      assert.equal(await changed(id, none), 'row_unknown', none);
    assert.equal(await changed(id, '1.00'), 'accepted');
    await pushed(id, '1.0');
    assert.equal(await changed(id, '1.0'), 'accepted');
    assert.equal(await changed(id, '1.00', 2), 'accepted');
  });

  test('a moment and a text of another normal form are other rows', async () => {
    const moments = await keyed('moment', { format: 'date-time' });
    await pushed(moments, '2026-09-01T08:00:00+08:00');
    assert.equal(await changed(moments, '2026-09-01T00:00:00Z'), 'row_unknown');
    assert.equal(await changed(moments, '2026-09-01T08:00:00+08:00'), 'accepted');
    const texts = await keyed('text', { maxLength: 20 });
    await pushed(texts, '\u00e9', 'e\u0301');
    for (const form of ['\u00e9', 'e\u0301']) assert.equal(await changed(texts, form), 'accepted');
    assert.equal(await changed(texts, '\uff11'), 'row_unknown');
  });

  test('a number and a boolean are the same row in any form of writing', async () => {
    const whole = await keyed('integer', { type: 'integer', minimum: 0, maximum: 9007199254740991 });
    await pushed(whole, 7, 9007199254740991);
    assert.equal(await changed(whole, '007'), 'accepted');
    assert.equal(await changed(whole, 9007199254740991), 'accepted');
    assert.equal(await changed(whole, '7.0'), 'key_unfit');
    const numbers = await keyed('number', { type: 'number' });
    await pushed(numbers, 1.5, 0);
    assert.equal(await changed(numbers, '1.50'), 'accepted');
    assert.equal(await changed(numbers, -0), 'accepted');
    assert.equal(await changed(numbers, '123456789012345.123456'), 'key_unfit', 'it would be another number');
    const flags = await keyed('boolean', { type: 'boolean' });
    await pushed(flags, true);
    assert.equal(await changed(flags, 'true'), 'accepted');
  });
});
