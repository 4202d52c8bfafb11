/** What a new version of a schema may not do, as a steward of the data office meets it on the staff listener. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sharedSchema, sharedSchemas } from '../../../../machine/shippedSchemas.ts';
import { noQueue } from '../../../../machine/turns.ts';
import { shippedSurroundings } from '../../../../machine/surroundings.ts';
import { lintSchema } from '../../../../schemas/lint/lintSchema.ts';
import type { JsonSchema } from '../../../../schemas/datasetSchema.ts';
import { readSchema } from '../../../../schemas/parse.ts';
import { compareSchemas } from '../../../../schemas/subset/compare.ts';
import { needsOfficer, policyChangesInSteps } from '../../../../schemas/subset/policyChanges.ts';
import { acceptAs, staffCall } from '../../../../tests/secondPerson.ts';
import { startStaffHub } from '../../../../tests/staffHub.ts';
import { atOnce } from '../../../../terms/atOnce.ts';
import type { Problem } from '../../../../terms/problem.ts';
import type { SchemaRow } from '../../../registry/store/schemas.ts';
import { meaningOfMove } from './loosenedBy.ts';
import { checkSuccession, meaningOf, meaningSince, type VersionFinding } from './schemaSuccession.ts';

const hub = await startStaffHub();
const operator = await hub.token(['operator']);
const second = await hub.token(['steward']);
const officer = await hub.token(['security']);

interface Reply {
  readonly status: number;
  readonly body: {
    readonly code?: string;
    readonly state?: string;
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

const register = async (document: object, more: object = {}): Promise<Reply> =>
  staffCall(hub, operator, 'POST', '/v1/schemas', { document, ...more });
const decide = async (token: string, urn: string, body: object): Promise<Reply> =>
  staffCall(hub, token, 'POST', `/v1/schemas/urn:datong:${urn}/decision`, body);

/** Registered, and approved by the pending party: a later version of a name by a second person. */
async function published(document: object): Promise<Reply> {
  const reply = await register(document);
  return reply.body.state === 'inReview' ? acceptAs(hub, second, reply) : reply;
}

const reported = ({ status, body }: Reply): readonly unknown[] => [status, body.code];
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
  assert.equal(
    (await published(version('broken:1.1', { note: marked({ maxLength: 40 }) }))).body.state,
    'published',
  );
  const shorter = await register(version('broken:1.2', { note: marked({ maxLength: 10 }) }));
  assert.deepEqual(reported(shorter), [409, 'schema_incompatible']);
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
  assert.deepEqual(reported(await register(version('broken:1.2', {}))), [409, 'schema_incompatible']);
  assert.equal(
    (await published(version('broken:2.0', {}))).body.state,
    'published',
    'a new major version may',
  );
  const wider = version('broken:1.2', { note: marked({ maxLength: 50 }) });
  assert.equal((await published(wider)).body.state, 'published');
});

test('a version that comes late is compared with the later ones', async () => {
  assert.equal((await register(version('late:1.0', { note: marked() }))).status, 201);
  assert.equal(
    (await published(version('late:1.2', { note: marked({ maxLength: 30 }) }))).body.state,
    'published',
  );
  const wider = await register(version('late:1.1', { note: marked({ maxLength: 40 }) }));
  assert.deepEqual(reported(wider), [409, 'schema_incompatible']);
  assert.equal(
    (await published(version('late:1.1', { note: marked({ maxLength: 25 }) }))).body.state,
    'published',
  );
});

test('versions that break one another are not both published when both wait, nor when they are agreed to at once', async () => {
  assert.equal((await register(version('raced:1.0', { note: marked() }))).status, 201);
  const waiting: Reply[] = [];
  for (const [index, maxLength] of [40, 30].entries())
    waiting.push(await register(version(`raced:1.${index + 1}`, { note: marked({ maxLength }) })));
  assert.deepEqual(
    waiting.map(({ status, body }) => [status, body.state]),
    [
      [202, 'inReview'],
      [202, 'inReview'],
    ],
  );
  const decided = await Promise.all(waiting.map((reply) => acceptAs(hub, second, reply)));
  const outcomes = decided.map(({ body }) => body['state'] ?? body['code']).sort();
  assert.equal(outcomes[0], 'published');
  assert.ok(outcomes[1] === 'schema_overtaken' || outcomes[1] === 'schema_incompatible', String(outcomes[1]));
});

test('who may see a field, and what it means, changes with the security officer only, in a new major version as well', async () => {
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
  const old = version('meaning:1.0', first, { required: ['id', 'level'] });
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
    const requested = atOnce(policyChangesInSteps(old, changed, () => undefined)).filter(needsOfficer);
    assert.deepEqual(
      requested.map((one) => [one.path, one.code]),
      [[pointer, code]],
    );
  }
  assert.equal((await register(old)).status, 201);
  // a new major is compared with nothing, and still needs the officer
  for (const urn of ['meaning:1.1', 'meaning:2.0']) {
    const other = { ...first, size: marked({ 'x-unit': 'km' }) };
    const reply = await register(version(urn, other, { required: ['id', 'level'] }));
    assert.deepEqual([reply.status, reply.body.state], [202, 'inReview']);
    assert.equal((await acceptAs(hub, second, reply)).body['state'], 'inReview', 'the officer is missing');
    const { body } = await staffCall(hub, officer, 'GET', `/v1/schemas/urn:datong:${urn}/impact`);
    const requested = (body['changes'] as { pointer: string; officer?: boolean }[]).filter(
      (one) => one.officer,
    );
    assert.deepEqual(
      [body['needsOfficer'], requested.map(({ pointer }) => pointer)],
      [true, ['/properties/size/x-unit']],
    );
    assert.equal((await decide(officer, urn, { act: 'return', reason: 'not so' })).body.state, 'draft');
  }
  assert.equal((await decide(operator, 'meaning:1.1', { act: 'discard' })).status, 200);
  const higher = version(
    'meaning:1.1',
    { ...first, size: marked({ 'x-unit': 'm', 'x-sensitivity': 'L4' }) },
    { required: ['id', 'level'] },
  );
  assert.equal((await published(higher)).body.state, 'published', 'sensitivity may rise');
  const lower = version('meaning:1.2', { ...first, level: marked() }, { required: ['id', 'level'] });
  const waiting = await register(lower);
  assert.equal((await acceptAs(hub, officer, waiting)).body['state'], 'inReview', 'in whatever order');
  assert.equal((await acceptAs(hub, officer, waiting)).body['code'], 'four_eyes');
  assert.equal((await acceptAs(hub, second, waiting)).body['state'], 'published');
});

test('each place that refers to a shared definition is decided separately', async () => {
  const field = (sensitivity: string): object => ({ full: marked({ 'x-sensitivity': sensitivity }) });
  const group = (properties: object): object => ({ ...marked({ type: 'object' }), properties });
  const d = { $ref: '#/$defs/d' };
  const child = { child: d };
  const shared = (urn: string, sensitivity: string, more: object = {}): object =>
    version(urn, { a: d, b: d }, { $defs: { d: group({ ...field(sensitivity), ...more }) } });
  const cases: readonly (readonly [string, readonly object[], string])[] = [
    [
      'shared',
      [
        shared('shared:1.0', 'L3'),
        version('shared:2.0', { a: group(field('L1')) }),
        shared('shared:3.0', 'L1'),
      ],
      '/properties/b/properties/full/x-sensitivity',
    ],
    // back at itself in one version, and not in the one between them
    [
      'again',
      [
        version('again:1.0', { a: d }, { $defs: { d: group({ ...field('L3'), ...child }) } }),
        version('again:2.0', { a: group(field('L1')) }),
        version('again:3.0', { a: d }, { $defs: { d: group({ ...field('L1'), ...child }) } }),
      ],
      '/properties/a/properties/child/properties/full/x-sensitivity',
    ],
    // the definitions of another document are its own
    [
      'foreign',
      [
        version('foreign:1.0', { a: { $ref: 'urn:datong:parts:1.0' } }),
        version('foreign:2.0', {}),
        version('foreign:3.0', { a: { $ref: 'urn:datong:parts:2.0' } }),
      ],
      '/properties/a/properties/b/properties/full/x-sensitivity',
    ],
  ];
  const parts = new Map([
    ['urn:datong:parts:1.0', shared('parts:1.0', 'L3')],
    ['urn:datong:parts:2.0', shared('parts:2.0', 'L1')],
  ]);
  const surroundings = { ...shippedSurroundings, resolve: (urn: string) => parts.get(urn) as never };
  for (const [name, documents, pointer] of cases) {
    const read = documents.map((one) => readSchema(one as JsonSchema, surroundings.resolve));
    const rows = read.map(({ urn, major, minor, document }) => {
      const row = { urn, name, major, minor, document: JSON.stringify(document), compatibility: 'BACKWARD' };
      return row as SchemaRow;
    });
    const [from, to] = read.slice(1);
    assert.ok(from !== undefined && to !== undefined);
    const requested = [
      await meaningOfMove({ schema: from, rows, surroundings }, to),
      await meaningOf(to, rows, surroundings),
      (await checkSuccession(noQueue, to, rows.slice(0, 2), surroundings, 'BACKWARD', false)).officer,
    ];
    for (const found of requested)
      assert.ok(
        found.some((one) => one.pointer === pointer && one.code === 'sensitivity_lowered'),
        `${name}: ${JSON.stringify(found.map((one) => one.pointer))}`,
      );
  }
});

test('documents with more places than can be compared are refused with a sentence, compared with any other', async () => {
  const ring = (urn: string, length: number): object => {
    const step = (nth: number): object => ({
      ...marked({ type: 'object' }),
      properties: { next: { $ref: `#/$defs/d${(nth + 1) % length}` } },
    });
    const $defs = Object.fromEntries(Array.from({ length }, (_, nth) => [`d${nth}`, step(nth)]));
    return version(urn, { next: { $ref: '#/$defs/d0' } }, { $defs });
  };
  const doubled = Object.fromEntries(
    Array.from({ length: 20 }, (_, nth) => {
      const below = nth === 19 ? marked() : { $ref: `#/$defs/d${nth + 1}` };
      return [`d${nth}`, { ...marked({ type: 'object' }), properties: { l: below, r: below } }];
    }),
  );
  const wide = (urn: string, $defs: object): object =>
    version(urn, { next: { $ref: '#/$defs/d0' } }, { $defs });
  const { resolve } = shippedSurroundings;
  const meant = async (documents: readonly object[]): Promise<VersionFinding[]> => {
    const [old, fresh] = documents as [JsonSchema, JsonSchema];
    const row = { urn: old['$id'], document: JSON.stringify(old), compatibility: 'FULL' } as SchemaRow;
    return [...(await meaningSince(fresh, { each: [row] }, { resolve }))];
  };
  assert.deepEqual(
    await meant([ring('ring:1.0', 5), ring('ring:2.0', 7)]),
    [],
    'they come together after 35 steps',
  );
  for (const documents of [
    [ring('ring:1.0', 70), ring('ring:2.0', 71)],
    [wide('wide:1.0', doubled), wide('wide:2.0', doubled)],
  ]) {
    await assert.rejects(
      () => meant(documents),
      (error: Problem) => {
        const [finding] = error.extras.findings as readonly VersionFinding[];
        assert.deepEqual([error.code, finding?.code], ['schema_incompatible', 'too_complex']);
        return true;
      },
    );
    const compared = await compareSchemas(...(documents as [object, object]), 'BACKWARD', { tries: 0 });
    assert.deepEqual(
      [compared.compatible, compared.changes.map(({ code }) => code)],
      [false, ['too_complex']],
    );
  }
  // as many places as lint lets in, which a few kilobytes describe: others have their turn while they are gone through
  const folded = (urn: string, level: string): JsonSchema => {
    const leaves = Array.from({ length: 250 }, (_, nth) => [`f${nth}`, marked({ 'x-sensitivity': level })]);
    const group = { ...marked({ type: 'object' }), properties: Object.fromEntries(leaves) as object };
    const groups = Array.from({ length: 19 }, (_, nth) => [`g${nth}`, { $ref: '#/$defs/group' }]);
    return version(urn, Object.fromEntries(groups) as object, { $defs: { group } }) as JsonSchema;
  };
  const rowOf = (nth: number, level: string): SchemaRow => {
    const urn = `urn:datong:folded:1.${nth}`;
    return { urn, document: JSON.stringify(folded(urn, level)), compatibility: 'FULL' } as SchemaRow;
  };
  const same = Array.from({ length: 9 }, (_, nth) => rowOf(nth, 'L2'));
  let turns = 0;
  let over = false;
  const turn = (): void => {
    turns += 1;
    if (!over) setImmediate(turn);
  };
  setImmediate(turn);
  assert.deepEqual(await meaningSince(folded('folded:2.0', 'L2'), { each: same }, { resolve }), []);
  over = true;
  assert.ok(turns > 1, String(turns));
  // more than the limit
  const lowered = [rowOf(0, 'L3'), rowOf(1, 'L3')];
  await assert.rejects(
    meaningSince(folded('folded:2.0', 'L1'), { each: lowered }, { resolve }),
    ({ code }: Problem) => code === 'schema_incompatible',
  );
});

test('personal data without a subject is refused', async () => {
  const bare = version('nobody:1.0', { id: marked(), name: marked({ 'x-personal': 'personal' }) });
  const reply = await register(bare);
  assert.deepEqual(reported(reply), [422, 'schema_invalid']);
  assert.deepEqual(
    reply.body.findings?.map(({ code, path }) => [code, path]),
    [['subject_key_missing', '/properties/name']],
  );
  assert.equal((await register(version('nobody:1.0', { id: marked(), name: marked() }))).status, 201);
  const added = await register(
    version('nobody:1.1', { id: marked(), name: marked(), phone: marked({ 'x-personal': 'personal' }) }),
  );
  assert.deepEqual(reported(added), [422, 'schema_invalid']);
});

test('a draft is its owner’s: replaced, submitted, returned with a reason, submitted again, published by another person', async () => {
  const text = (maxLength: number): object => version('kept:1.1', { note: marked({ maxLength }) });
  await register(version('kept:1.0', { note: marked() }));
  const draft = await register(text(10), { draft: true });
  assert.deepEqual(
    [draft.status, draft.body.state],
    [201, 'draft'],
    'what would not be published may be kept',
  );
  assert.deepEqual(reported(await register(text(10))), [409, 'schema_incompatible']);
  assert.equal((await register(text(30), { draft: true })).body.state, 'draft');
  assert.deepEqual(reported(await decide(second, 'kept:1.1', { act: 'publish', digest: 'a'.repeat(64) })), [
    409,
    'transition_not_allowed',
  ]);
  const submitted = await register(text(30));
  assert.deepEqual([submitted.status, submitted.body.state], [202, 'inReview']);
  assert.equal((await register(text(30))).status, 200, 'the same again');
  assert.deepEqual(reported(await register(text(31))), [409, 'schema_in_review']);
  assert.equal((await acceptAs(hub, operator, submitted as never)).body['code'], 'four_eyes');
  const other = { act: 'publish', digest: 'a'.repeat(64) };
  assert.deepEqual(reported(await decide(second, 'kept:1.1', other)), [409, 'version_exists']);
  assert.equal(
    (await decide(second, 'kept:1.1', { act: 'return', reason: '请写明用途' })).body.state,
    'draft',
  );
  const shown = await staffCall(hub, operator, 'GET', '/v1/schemas/urn:datong:kept:1.1');
  assert.equal((shown.body['schema'] as { reason: string }).reason, '请写明用途');
  const again = await register(text(30));
  const inbox = await staffCall(hub, second, 'GET', '/v1/inbox');
  const waits = (inbox.body['schemas'] as { urn: string; as: string }[]).find(({ urn }) =>
    urn.endsWith('kept:1.1'),
  );
  assert.equal(waits?.as, 'approver');
  assert.equal((await acceptAs(hub, second, again as never)).body['state'], 'published');
  assert.deepEqual(reported(await decide(operator, 'kept:1.0', { act: 'discard' })), [409, 'schema_used']);
  await assert.rejects(
    hub.database.app.query("DELETE FROM schema_version WHERE urn = 'urn:datong:kept:1.0'"),
    /never removed/,
  );
});

test('before it is published, a version is shown to its owner and the data office only', async () => {
  await staffCall(hub, operator, 'POST', '/v1/departments', {
    code: 'transport',
    name: { zh: '交通局', en: 'Transport' },
    kind: 'government',
  });
  const elsewhere = await hub.token(['steward'], 'transport');
  await register(version('kept:1.2', { note: marked({ maxLength: 50 }) }), { draft: true });
  const seen = async (token: string): Promise<unknown[]> => {
    const { body } = await staffCall(hub, token, 'GET', '/v1/schemas?name=kept');
    const { status } = await staffCall(hub, token, 'GET', '/v1/schemas/urn:datong:kept:1.2');
    return [(body['schemas'] as object[]).length, status];
  };
  assert.deepEqual(await seen(second), [3, 200]);
  assert.deepEqual(await seen(elsewhere), [2, 404]);
});

test('a version is deprecated ninety days in advance, takes no new dataset, and is retired after its day once nothing is bound to it', async () => {
  const day = (ahead: number): string =>
    new Date(hub.database.now() + ahead * 86_400_000).toISOString().slice(0, 10);
  await register(version('ended:1.0', { note: marked() }));
  const dataset = (slug: string): Promise<{ body: Record<string, unknown> }> =>
    staffCall(hub, operator, 'POST', '/v1/datasets', {
      id: `transport.${slug}`,
      title: { zh: '甲', en: 'a' },
      schema: 'urn:datong:ended:1.0',
      mode: 'snapshot',
      sharing: { type: 'none' },
    });
  await dataset('bound');
  const end = { act: 'deprecate', reason: '改用新标准' };
  assert.deepEqual(reported(await decide(operator, 'ended:1.0', { ...end, sunset: day(80) })), [
    422,
    'sunset_too_soon',
  ]);
  const unknown = { ...end, sunset: day(120), successor: 'urn:datong:ended:1.0' };
  assert.deepEqual(reported(await decide(operator, 'ended:1.0', unknown)), [422, 'unknown_reference']);
  assert.deepEqual(reported(await decide(operator, 'ended:1.0', { act: 'retire', reason: 'x' })), [
    409,
    'schema_in_use',
  ]);
  const ended = await staffCall(hub, operator, 'POST', '/v1/schemas/urn:datong:ended:1.0/decision', {
    ...end,
    sunset: day(120),
  });
  assert.equal(ended.body['state'], 'deprecated');
  assert.deepEqual((ended.body['touches'] as { datasets: string[] }).datasets, ['transport.bound']);
  assert.equal((await dataset('another')).body['code'], 'unknown_reference');
  assert.deepEqual(reported(await decide(operator, 'ended:1.0', { act: 'retire', reason: 'x' })), [
    409,
    'sunset_ahead',
  ]);
  await hub.database.app.query(
    "UPDATE schema_version SET sunset = '2026-01-01' WHERE urn = 'urn:datong:ended:1.0'",
  );
  assert.deepEqual(reported(await decide(operator, 'ended:1.0', { act: 'retire', reason: 'x' })), [
    409,
    'schema_in_use',
  ]);
  await hub.database.app.query(
    `UPDATE dataset SET state = 'retired', ending_by = first, ended_by = second
       FROM (SELECT min(id) AS first, max(id) AS second FROM person) AS persons WHERE dataset.id = 'transport.bound'`,
  );
  assert.equal(
    (await decide(operator, 'ended:1.0', { act: 'retire', reason: '已无人用' })).body.state,
    'retired',
  );
});

test('a dataset is bound to a version that protects less only with the approval of the security officer, also by way of a version without the field', async () => {
  const steward = await hub.token(['steward'], 'transport');
  const colleague = await hub.token(['steward'], 'transport');
  const guard = await hub.token(['security'], 'transport');
  const level = (sensitivity: string): object => ({ note: marked({ 'x-sensitivity': sensitivity }) });
  const agreed = async (urn: string, properties: object, persons: readonly string[]): Promise<unknown> => {
    const sent = await register(version(urn, properties));
    let state = sent.body.state;
    for (const token of persons) state = (await acceptAs(hub, token, sent)).body['state'] as never;
    return state;
  };
  assert.equal(await agreed('guarded:1.0', level('L3'), []), 'published');
  assert.equal(await agreed('guarded:1.1', level('L2'), [second, officer]), 'published');
  const more = { ...level('L3'), more: marked() };
  assert.equal(await agreed('guarded:1.2', more, [second]), 'published');
  assert.equal(await agreed('guarded:2.0', {}, [second]), 'published');
  // 2.0 has nothing to compare it with, and 1.2 has
  assert.equal(await agreed('guarded:2.1', level('L1'), [second]), 'inReview');
  const impact = await staffCall(hub, officer, 'GET', '/v1/schemas/urn:datong:guarded:2.1/impact');
  assert.deepEqual(
    (impact.body['changes'] as Record<string, unknown>[])
      .filter((one) => one['officer'])
      .map(({ pointer, against }) => [pointer, against]),
    [['/properties/note/x-sensitivity', 'urn:datong:guarded:1.2']],
  );
  const last = { act: 'publish', digest: impact.body['digest'] };
  assert.equal((await decide(officer, 'guarded:2.1', last)).body.state, 'published');
  assert.equal(await agreed('guarded:2.2', { ...level('L1'), more: marked() }, [second]), 'published');

  const about = '/v1/datasets/transport.guarded';
  await staffCall(hub, operator, 'POST', '/v1/datasets', {
    id: 'transport.guarded',
    title: { zh: '甲', en: 'a' },
    schema: 'urn:datong:guarded:1.0',
    mode: 'snapshot',
    sharing: { type: 'none' },
  });
  const move = (to: string) =>
    staffCall(hub, steward, 'POST', `${about}/schema`, { schema: `urn:datong:guarded:${to}` });
  const bound = async (): Promise<unknown> => {
    const { body } = await staffCall(hub, steward, 'GET', about);
    return (body['dataset'] as { schema: string }).schema.replace('urn:datong:guarded:', '');
  };
  const requested = await move('1.1');
  assert.deepEqual([requested.status, await bound()], [202, '1.0'], JSON.stringify(requested.body));
  assert.equal((await acceptAs(hub, colleague, requested)).body['code'], 'officer_decides');
  assert.equal((await acceptAs(hub, steward, requested)).body['code'], 'four_eyes');
  const waits = async (token: string): Promise<unknown> =>
    ((await staffCall(hub, token, 'GET', '/v1/inbox')).body['proposals'] as Record<string, unknown>[])
      .filter(({ operation }) => operation === 'rebindDataset')
      .map(({ name, needsOfficer: needs }) => [name, needs]);
  assert.deepEqual([await waits(colleague), await waits(guard)], [[], [['transport.guarded', true]]]);
  const shown = await staffCall(hub, guard, 'GET', `/v1/proposals/${String(requested.body['proposal'])}`);
  const { from, loosens } = shown.body['body'] as { from: string; loosens: Record<string, unknown>[] };
  assert.deepEqual(
    [from, loosens.map(({ pointer, code, against }) => [pointer, code, against])],
    [
      'urn:datong:guarded:1.0',
      [['/properties/note/x-sensitivity', 'sensitivity_lowered', 'urn:datong:guarded:1.0']],
    ],
  );
  const accepted = await acceptAs(hub, guard, requested);
  assert.deepEqual([accepted.status, accepted.body['changed'], await bound()], [201, true, '1.1']);
  assert.deepEqual([(await move('1.2')).status, await bound()], [200, '1.2'], 'raised by one person');
  // back to the older version: the officer approves the current state, or it is read anew
  const back = await move('1.1');
  assert.equal(back.status, 202);
  assert.equal((await move('1.0')).status, 200);
  assert.equal((await acceptAs(hub, guard, back)).body['code'], 'schema_overtaken');
  assert.deepEqual([(await move('2.0')).status, await bound()], [200, '2.0'], 'without the field');
  assert.equal((await move('1.1')).status, 202, 'and back to where it is guarded less than in 1.0');
  const again = await move('2.1');
  assert.deepEqual([again.status, await bound()], [202, '2.0']);
  assert.equal((await acceptAs(hub, officer, again)).status, 201, 'or by the data office’s');
  assert.deepEqual([(await move('2.2')).status, await bound()], [200, '2.2']);
});

test('the first version of a major states its compatibility: FORWARD and FULL refuse what BACKWARD accepts', async () => {
  const first = { compatibility: 'FULL' };
  assert.equal((await register(version('both:1.0', { note: marked() }), first)).status, 201);
  const added = version('both:1.1', { note: marked(), more: marked() });
  const tried = async (document: object, more: object = {}): Promise<unknown[]> => {
    const { body } = await staffCall(hub, operator, 'POST', '/v1/schemas/trials', { document, ...more });
    return [body['ok'], body['code'], body['compatibility']];
  };
  assert.deepEqual(await tried(added), [false, 'schema_incompatible', 'FULL']);
  assert.deepEqual(await tried(added, first), [false, 'schema_incompatible', 'FULL']);
  assert.deepEqual(await tried(added, { compatibility: 'BACKWARD' }), [false, 'compatibility_fixed', 'FULL']);
  const next = version('both:2.0', { note: marked(), more: marked() });
  assert.deepEqual(await tried(next), [true, undefined, 'BACKWARD']);
  assert.deepEqual(await tried(next, { compatibility: 'FORWARD' }), [true, undefined, 'FORWARD']);
  assert.deepEqual(await tried({ none: 1 }), [false, 'schema_invalid', undefined]);
  assert.deepEqual(found(await register(added)), [
    ['/properties/more', 'property_added', 'urn:datong:both:1.0'],
  ]);
  assert.deepEqual(reported(await register(added, { compatibility: 'BACKWARD' })), [
    409,
    'compatibility_fixed',
  ]);
  assert.equal(
    (await register(version('onward:1.0', { note: marked() }), { compatibility: 'FORWARD' })).status,
    201,
  );
  assert.equal(
    (await published(version('onward:1.1', { note: marked({ maxLength: 10 }) }))).body.state,
    'published',
  );
  assert.deepEqual(reported(await register(version('onward:1.2', { note: marked({ maxLength: 30 }) }))), [
    409,
    'schema_incompatible',
  ]);
});

test('a version equal to the one before it is refused; one of which only texts or the order differ is reported as such', async () => {
  const name = marked();
  const place = marked({ 'x-title': { zh: '地址', en: 'Address' } });
  const first = version('likeness:1.0', { name, place });
  assert.equal((await published(first)).body.state, 'published');
  const same = await register(version('likeness:1.1', { name, place }));
  assert.deepEqual([...reported(same), same.body.at], [409, 'schema_same', '/body/document']);
  // neither the order of words nor blanks in the text make another version
  const turned = Object.fromEntries(Object.entries(version('likeness:1.1', { name, place })).reverse());
  assert.deepEqual(reported(await register(turned)), [409, 'schema_same']);
  const tried = await staffCall(hub, operator, 'POST', '/v1/schemas/trials', { document: turned });
  assert.deepEqual([tried.body['ok'], tried.body['code']], [false, 'schema_same']);
  assert.deepEqual(
    reported(await register(turned, { draft: true })),
    [201, undefined],
    'a draft may begin so',
  );
  const changesOf = async (document: object): Promise<unknown> => {
    const { body } = await staffCall(hub, operator, 'POST', '/v1/schemas/trials', { document });
    return (body['changes'] as { code: string; pointer: string }[]).map(({ code, pointer }) => [
      code,
      pointer,
    ]);
  };
  const other = { zh: '姓名', en: 'Name' };
  for (const [document, codes] of [
    [version('likeness:1.1', { name: marked({ 'x-title': other }), place }), [['only_texts', '']]],
    [version('likeness:1.1', { place, name }), [['only_texts', '']]],
    [version('likeness:1.1', { name: marked({ 'x-mask': 'personName' }), place }), []],
  ] as const)
    assert.deepEqual(await changesOf(document), codes);
  const texts = version('likeness:1.1', { name: marked({ 'x-title': other }), place });
  assert.equal((await published(texts)).body.state, 'published', 'texts may be mended');
  assert.equal(
    (await published(version('likeness:1.2', { name, place }))).body.state,
    'published',
    'and restored',
  );
});
