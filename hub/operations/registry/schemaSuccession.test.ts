/** What a new version of a schema may not do, as a steward of the data office meets it on the staff listener. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import request from 'supertest';
import { sharedSchema, sharedSchemas } from '../../../machine/shippedSchemas.ts';
import { shippedSurroundings } from '../../../machine/surroundings.ts';
import { lintSchema } from '../../../schemas/lint/lintSchema.ts';
import { startStaffHub } from '../../../tests/staffHub.ts';

const hub = await startStaffHub();
const operator = await hub.token(['operator']);

interface Reply {
  readonly status: number;
  readonly body: {
    readonly code?: string;
    readonly at?: string;
    readonly findings?: readonly {
      readonly pointer?: string;
      readonly path?: string;
      readonly code: string;
      readonly against?: string;
      readonly message: { readonly zh: string; readonly en: string };
      readonly witness?: Readonly<Record<string, unknown>>;
    }[];
  };
}

async function register(document: object): Promise<Reply> {
  return await request(`https://localhost:${hub.ports.staff}`)
    .post('/v1/schemas')
    .ca(hub.ca)
    .set('authorization', `Bearer ${operator}`)
    .send({ document });
}

const told = ({ status, body }: Reply): readonly unknown[] => [status, body.code];
const found = ({ body }: Reply): readonly unknown[] =>
  (body.findings ?? []).map(({ pointer, code, against }) => [pointer, code, against]);

const marked = (more: object = {}): object => ({
  type: 'string',
  maxLength: 20,
  'x-title': { zh: '字段', en: 'Field' },
  'x-sensitivity': 'L2',
  ...more,
});
const id = marked({ 'x-subject-key': 'person', 'x-personal': 'personal' });

/** A version of a schema that each test has for itself. */
function version(urn: string, properties: object, more: object = {}): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:datong:${urn}`,
    'x-title': { zh: '示例', en: 'Example' },
    'x-class': 'general',
    'x-primary-key': ['/id'],
    type: 'object',
    additionalProperties: false,
    required: ['id'],
    properties: { id, ...properties },
    ...more,
  };
}

test('shipped schemas are registered, also those that concern no single person', async () => {
  for (const schema of sharedSchemas())
    assert.deepEqual(lintSchema(schema.document, shippedSurroundings), []);
  for (const name of ['air-quality-hourly@1', 'emergency-alert@1', 'admin-region@1', 'enterprise@1']) {
    const { status, body } = await register(sharedSchema(name).document);
    assert.equal(status, 201, JSON.stringify(body));
  }
});

test('a version that breaks any earlier one of its major is refused, with the place and a record that shows it', async () => {
  assert.equal((await register(version('broken:1.0', { note: marked() }))).status, 201);
  assert.equal((await register(version('broken:1.1', { note: marked({ maxLength: 40 }) }))).status, 201);
  const shorter = await register(version('broken:1.2', { note: marked({ maxLength: 10 }) }));
  assert.deepEqual(told(shorter), [409, 'schema_incompatible']);
  assert.equal(shorter.body.at, '/body/document/properties/note/maxLength');
  assert.deepEqual(found(shorter), [
    ['/properties/note/maxLength', 'bound_lowered', 'urn:datong:broken:1.0'],
  ]);
  const [finding] = shorter.body.findings ?? [];
  assert.ok(finding !== undefined && finding.message.zh !== '' && finding.message.en !== '');
  assert.ok(String(finding.witness?.['note']).length > 10, 'valid before, and no longer');
  // it would go with 1.0, and not with 1.1
  const transitive = await register(version('broken:1.2', { note: marked({ maxLength: 30 }) }));
  assert.deepEqual(found(transitive), [
    ['/properties/note/maxLength', 'bound_lowered', 'urn:datong:broken:1.1'],
  ]);
  assert.deepEqual(told(await register(version('broken:1.2', {}))), [409, 'schema_incompatible']);
  assert.equal((await register(version('broken:2.0', {}))).status, 201, 'a new major version may');
  assert.equal((await register(version('broken:1.2', { note: marked({ maxLength: 50 }) }))).status, 201);
});

test('a version that comes late is held against the later ones', async () => {
  assert.equal((await register(version('late:1.0', { note: marked() }))).status, 201);
  assert.equal((await register(version('late:1.2', { note: marked({ maxLength: 30 }) }))).status, 201);
  const wider = await register(version('late:1.1', { note: marked({ maxLength: 40 }) }));
  assert.deepEqual(told(wider), [409, 'schema_incompatible']);
  assert.equal((await register(version('late:1.1', { note: marked({ maxLength: 25 }) }))).status, 201);
});

test('versions that break one another are not both registered when they come at once', async () => {
  assert.equal((await register(version('raced:1.0', { note: marked() }))).status, 201);
  const sent = await Promise.all(
    [40, 30].map((maxLength, index) =>
      register(version(`raced:1.${index + 1}`, { note: marked({ maxLength }) })),
    ),
  );
  const codes = sent.map(({ status, body }) => (status === 201 ? 'registered' : body.code)).sort();
  assert.equal(codes[0], 'registered');
  assert.ok(codes[1] === 'schema_overtaken' || codes[1] === 'schema_incompatible', String(codes[1]));
});

test('who may see a field, and what it means, does not change within a major version', async () => {
  const list = 'urn:datong:code:gbt2261';
  const first = {
    level: marked({ 'x-sensitivity': 'L3' }),
    size: marked({ 'x-unit': 'm' }),
    sex: marked({ 'x-code': { list, version: '2003' } }),
    inner: {
      ...marked({ type: 'array', maxItems: 3, maxLength: undefined }),
      items: { type: 'array', maxItems: 2, items: marked({ 'x-sensitivity': 'L3' }) },
    },
  };
  assert.equal((await register(version('meaning:1.0', first, { required: ['id', 'level'] }))).status, 201);
  const inner = {
    ...first.inner,
    items: { type: 'array', maxItems: 2, items: marked({ 'x-sensitivity': 'L1' }) },
  };
  const cases: readonly (readonly [object, object, string, string])[] = [
    [{ level: marked() }, {}, '/properties/level/x-sensitivity', 'sensitivity_lowered'],
    [{ id: { ...id, 'x-personal': 'none' } }, {}, '/properties/id/x-personal', 'personal_changed'],
    [
      { id: { ...id, 'x-subject-key': 'organization' } },
      {},
      '/properties/id/x-subject-key',
      'subject_key_changed',
    ],
    [{ size: marked({ 'x-unit': 'km' }) }, {}, '/properties/size/x-unit', 'unit_changed'],
    [{ sex: marked({ 'x-code': { list } }) }, {}, '/properties/sex/x-code', 'code_list_changed'],
    [{}, { 'x-primary-key': ['/level'] }, '/x-primary-key', 'primary_key_changed'],
    [{}, { 'x-class': 'important' }, '/x-class', 'class_changed'],
    [{ inner }, {}, '/properties/inner/items/items/x-sensitivity', 'sensitivity_lowered'],
  ];
  for (const [fields, root, pointer, code] of cases) {
    const changed = version('meaning:1.1', { ...first, ...fields }, { required: ['id', 'level'], ...root });
    const reply = await register(changed);
    assert.deepEqual(told(reply), [409, 'schema_meaning_changed'], code);
    assert.deepEqual(found(reply), [[pointer, code, 'urn:datong:meaning:1.0']]);
    assert.equal(reply.body.at, `/body/document${pointer}`);
  }
  const higher = version(
    'meaning:1.1',
    { ...first, size: marked({ 'x-unit': 'm', 'x-sensitivity': 'L4' }) },
    { required: ['id', 'level'] },
  );
  assert.equal((await register(higher)).status, 201, 'sensitivity may rise');
});

test('personal data of nobody in particular is refused', async () => {
  const bare = version('nobody:1.0', { id: marked(), name: marked({ 'x-personal': 'personal' }) });
  const reply = await register(bare);
  assert.deepEqual(told(reply), [422, 'schema_invalid']);
  assert.deepEqual(
    reply.body.findings?.map(({ code, path }) => [code, path]),
    [['subject_key_missing', '/properties/name']],
  );
  assert.equal((await register(version('nobody:1.0', { id: marked(), name: marked() }))).status, 201);
  const added = await register(
    version('nobody:1.1', { id: marked(), name: marked(), phone: marked({ 'x-personal': 'personal' }) }),
  );
  assert.deepEqual(told(added), [422, 'schema_invalid']);
});
