/** Two hubs in one process: what one registers, the other neither sees nor counts as its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import request from 'supertest';
import { registerTogether } from '../../tests/secondPerson.ts';
import { startStaffHub, type StaffHub } from '../../tests/staffHub.ts';

const listOf = (code: string): object => ({
  id: 'paint',
  version: '1',
  from: '2026-01-01',
  title: { zh: '颜色', en: 'colours' },
  entries: [{ code, zh: code, en: code }],
});

const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:datong:wall:1.0',
  'x-title': { zh: '墙', en: 'Wall' },
  'x-primary-key': ['/colour'],
  type: 'object',
  properties: {
    colour: {
      'x-title': { zh: '颜色', en: 'Colour' },
      'x-sensitivity': 'L1',
      type: 'string',
      'x-code': { list: 'urn:datong:code:paint' },
    },
  },
  required: ['colour'],
  additionalProperties: false,
};

const mapping = {
  mapping: 'works/wall@1',
  target: 'wall@1',
  source: { format: 'csv' },
  fields: { colour: { from: 'colour', code: 'paint' } },
};

async function registered(hub: StaffHub, code: string): Promise<void> {
  const operator = await hub.token(['operator']);
  const tokens = { author: operator, second: await hub.token(['security']) };
  const post = async (path: string, body: object): Promise<void> => {
    const reply = await request(`https://localhost:${hub.ports.staff}`)
      .post(path)
      .ca(hub.ca)
      .set('authorization', `Bearer ${operator}`)
      .send(body);
    assert.equal(reply.status, 201, JSON.stringify(reply.body));
    assert.equal((reply.body as { changed: boolean }).changed, true);
  };
  await registerTogether(hub, tokens, '/v1/code-lists', listOf(code));
  await post('/v1/departments', { code: 'works', name: { zh: '住建局', en: 'Works' }, kind: 'government' });
  await post('/v1/schemas', { document: schema });
  await post('/v1/datasets', {
    id: 'works.wall',
    title: { zh: '墙', en: 'walls' },
    schema: schema.$id,
    mode: 'snapshot',
    sharing: { type: 'unconditional' },
  });
  const path = '/v1/datasets/works.wall/mappings';
  await registerTogether(hub, tokens, path, { document: mapping });
  await hub.services.registry.refresh();
}

test('code lists of one name and version differ between two hubs of one process, in checks and in mappings', async () => {
  const hubs = [await startStaffHub(), await startStaffHub()] as const;
  await registered(hubs[0], 'red');
  await registered(hubs[1], 'blue');
  for (const [hub, own, other] of [
    [hubs[0], 'red', 'blue'],
    [hubs[1], 'blue', 'red'],
  ] as const) {
    const { current } = hub.services.registry;
    const dataset = current.datasets.get('works.wall');
    assert.equal(dataset?.compiled.check({ colour: own }), true);
    assert.equal(dataset.compiled.check({ colour: other }), false);
    assert.deepEqual(
      current.surroundings.codeLists.entries('paint', other),
      [],
      'masks and mappings look codes up here',
    );
    assert.deepEqual(hub.failures, []);
  }
});

test('a new epoch retains what was compiled, unless a code list came', async () => {
  const hub = await startStaffHub();
  await registered(hub, 'red');
  const { registry } = hub.services;
  const before = registry.current.datasets.get('works.wall');
  const [list] = registry.current.codeLists.lists;
  assert.ok(list);
  const operator = await hub.token(['operator']);
  const tokens = { author: operator, second: await hub.token(['security']) };
  const post = (path: string, body: object) => registerTogether(hub, tokens, path, body);
  await post('/v1/purposes', { code: 'repair', title: { zh: '修缮', en: 'repair' } });
  await registry.refresh();
  assert.equal(registry.current.datasets.get('works.wall')?.compiled, before?.compiled);
  assert.equal(registry.current.codeLists.lists[0], list, 'not read again');
  await post('/v1/code-lists', { ...listOf('green'), version: '2', from: '2026-02-01' });
  await registry.refresh();
  const after = registry.current.datasets.get('works.wall');
  assert.equal(after?.schema, before?.schema);
  assert.deepEqual(
    [after?.compiled.check({ colour: 'green' }), before?.compiled.check({ colour: 'green' })],
    [true, false],
  );
});
