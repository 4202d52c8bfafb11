/** A schema version that was registered by mistake, as a steward of the data office removes it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newestLeaves } from '../../../../tests/flows/leaves.ts';
import { acceptAs, staffCall } from '../../../../tests/secondPerson.ts';
import { startStaffHub } from '../../../../tests/staffHub.ts';

const hub = await startStaffHub();
const operator = await hub.token(['operator']);

const field = (more: object = {}): object => ({
  type: 'string',
  maxLength: 20,
  'x-title': { zh: '字段', en: 'Field' },
  'x-sensitivity': 'L2',
  ...more,
});
const register = (name: string, properties: object, more: object = {}) =>
  staffCall(hub, operator, 'POST', '/v1/schemas', {
    document: {
      ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: `urn:datong:${name}` },
      'x-title': { zh: '示例', en: 'Example' },
      'x-class': 'general',
      'x-primary-key': ['/id'],
      type: 'object',
      additionalProperties: false,
      required: ['id'],
      properties: { id: field({ 'x-subject-key': 'person', 'x-personal': 'personal' }), ...properties },
    },
    ...more,
  });

test('a version that was published by mistake is discarded where nothing uses it, and its number is free', async () => {
  const discard = async (urn: string): Promise<unknown[]> => {
    const path = `/v1/schemas/urn:datong:${urn}/decision`;
    const { status, body } = await staffCall(hub, operator, 'POST', path, { act: 'discard' });
    return [status, body['state'] ?? (body['detail'] as { en: string }).en];
  };
  await register('mistaken:1.0', { note: field() });
  assert.deepEqual(await discard('mistaken:1.0'), [200, 'discarded']);
  assert.equal((await staffCall(hub, operator, 'GET', '/v1/schemas/urn:datong:mistaken:1.0')).status, 404);
  assert.equal((await discard('mistaken:1.0'))[0], 404);
  await register('mistaken:1.0', { remark: field() });
  const shown = await staffCall(hub, operator, 'GET', '/v1/schemas/urn:datong:mistaken:1.0');
  assert.ok(JSON.stringify(shown.body['document']).includes('remark'), 'the corrected text');
  const whole = { $ref: 'urn:datong:mistaken:1.0#/properties/remark' };
  await register('referring:1.0', { note: whole }, { draft: true });
  assert.deepEqual(await discard('mistaken:1.0'), [
    409,
    'Schema urn:datong:mistaken:1.0 is in use or was used, and cannot be discarded: schema urn:datong:referring:1.0',
  ]);
  assert.deepEqual(await discard('referring:1.0'), [200, 'discarded']);
  await staffCall(hub, operator, 'POST', '/v1/departments', {
    code: 'transport',
    name: { zh: '交通局', en: 'Transport' },
    kind: 'government',
  });
  const bound = await staffCall(hub, operator, 'POST', '/v1/datasets', {
    id: 'transport.mistaken',
    title: { zh: '甲', en: 'a' },
    schema: 'urn:datong:mistaken:1.0',
    mode: 'snapshot',
    sharing: { type: 'none' },
  });
  assert.equal(bound.status, 201, JSON.stringify(bound.body));
  assert.deepEqual(await discard('mistaken:1.0'), [
    409,
    'Schema urn:datong:mistaken:1.0 is in use or was used, and cannot be discarded: dataset transport.mistaken',
  ]);
  const acts = (await newestLeaves(hub.database, 50)).filter(
    ({ change }) => change?.['state'] === 'discarded',
  );
  assert.deepEqual(
    acts.map(({ change }) => change?.['id']),
    ['urn:datong:referring:1.0', 'urn:datong:mistaken:1.0'],
    'the log has both acts',
  );
});

test('a version that a waiting proposal names is not discarded', async () => {
  const steward = await hub.token(['steward'], 'transport');
  const [second, officer] = [await hub.token(['steward']), await hub.token(['security'])];
  const discard = () =>
    staffCall(hub, operator, 'POST', '/v1/schemas/urn:datong:asked:1.1/decision', { act: 'discard' });
  await register('asked:1.0', { note: field() });
  const lower = await register('asked:1.1', { note: field({ 'x-sensitivity': 'L1' }) });
  await acceptAs(hub, second, lower);
  assert.equal((await acceptAs(hub, officer, lower)).body['state'], 'published');
  const bound = await staffCall(hub, operator, 'POST', '/v1/datasets', {
    id: 'transport.asked',
    title: { zh: '甲', en: 'a' },
    schema: 'urn:datong:asked:1.0',
    mode: 'snapshot',
    sharing: { type: 'none' },
  });
  assert.equal(bound.status, 201, JSON.stringify(bound.body));
  const proposed = await staffCall(hub, steward, 'POST', '/v1/datasets/transport.asked/schema', {
    schema: 'urn:datong:asked:1.1',
  });
  assert.equal(proposed.status, 202, JSON.stringify(proposed.body));
  const refused = await discard();
  assert.deepEqual(
    [refused.status, (refused.body['detail'] as { en: string }).en],
    [
      409,
      'Schema urn:datong:asked:1.1 is in use or was used, and cannot be discarded: number of waiting proposals 1',
    ],
  );
  const proposal = `/v1/proposals/${String(proposed.body['proposal'])}`;
  const withdrawn = await staffCall(hub, steward, 'POST', `${proposal}/refusal`, {
    reason: '另选版本',
  });
  assert.equal(withdrawn.status, 200, JSON.stringify(withdrawn.body));
  assert.equal((await discard()).status, 200);
});
