/** The synthetic twin: invented rows from the first day, masked and refused as the real ones will be, and never among them. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { SandboxContext } from '../../clients/sdk/sandbox.ts';
import type { Query } from '../../clients/sdk/types.ts';
import { Twins } from '../../hub/flows/release/sandbox/twins.ts';
import { answerFault } from '../contractAnswers.ts';
import type { Machine } from '../hub.ts';
import { lastLeaf } from './leaves.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
const { education, ecology, publicSecurity } = city;
const transport = await hub.enrol('transport');
const household = 'pub-security.household';
const agreed: SandboxContext = { onBehalfOf: 'official-17', matter: 'YX-2026-000123' };
const about = (id: unknown): Query => ({
  filter: [{ field: 'person_id', op: 'eq', value: String(id) }],
});

async function codeOf(ask: Promise<unknown>): Promise<string> {
  const problem = await ask.then(
    () => assert.fail('was answered'),
    (error: unknown) => error,
  );
  assert.ok(problem instanceof DatongProblem, String(problem));
  assert.notEqual(problem.kept?.receipt, undefined);
  const leaf = await lastLeaf(database);
  assert.deepEqual([leaf.id, leaf.kind, leaf.decision], [problem.exchange, 'sandbox', 'deny']);
  assert.deepEqual(
    [leaf.dataset, leaf.agreement, leaf.rows, leaf.fields, leaf.subjects, leaf.matter],
    [undefined, undefined, undefined, undefined, undefined, undefined],
  );
  return problem.code;
}

const described = async (machine: Machine, context: SandboxContext = {}) => {
  const { json } = await machine.client.sandbox.describe(household, context);
  assert.equal(answerFault('describeSandbox', 200, json), '');
  return json;
};
const requested = async (machine: Machine, query: Query, context: SandboxContext, dataset = household) => {
  const answer = await machine.client.sandbox.query(dataset, query, context);
  assert.equal(answerFault('querySandbox', 200, answer.json), '');
  return answer;
};

describe('who has an agreement', () => {
  test('is answered before any row was ever submitted: its fields, its masks, its row filter, and an entry of a kind of its own', async () => {
    const { synthetic, required, fields, lookups } = await described(education);
    assert.deepEqual(
      [synthetic.from, synthetic.under, synthetic.purpose, synthetic.rows],
      ['agreement', 'agr-school-enrolment', 'school-enrolment', 200],
    );
    assert.deepEqual(required, ['datong-on-behalf-of', 'datong-matter']);
    assert.deepEqual(Object.fromEntries(fields.map(({ field, mask }) => [field, mask])), {
      person_id: 'idCard',
      name: 'personName',
      guardian_id: 'pseudonym',
      birth_date: 'clear',
      region_code: 'clear',
    });
    const [lookup] = lookups;
    assert.equal(lookup?.field, 'person_id');
    assert.ok(
      lookup.values.length > 0 && lookup.values.every((value) => /^99\d{15}[\dX]$/.test(String(value))),
    );
    for (const value of lookup.values) {
      const { json, exchange } = await requested(education, about(value), agreed);
      const [record, ...more] = json.records;
      assert.equal(more.length, 0);
      assert.equal(record?.['person_id'], `${String(value).slice(0, 6)}************`);
      assert.match(String(record['name']), /^.\*\*?$/u);
      assert.ok(['990101', '990102'].includes(String(record['region_code'])), 'behind the row filter');
      assert.equal(Object.keys(json.withheld).length, 7);
      const leaf = await lastLeaf(database);
      assert.deepEqual(
        [leaf.id, leaf.kind, leaf.operation, leaf.decision, leaf.purpose, leaf.onBehalfOf],
        [exchange, 'sandbox', 'querySandbox', 'allow', 'sandbox', 'official-17'],
      );
      const { purpose: _, ...report } = json.synthetic;
      assert.deepEqual(leaf.synthetic, { ...report, rows: 1 });
      // nothing by which what left is counted
      for (const name of [
        'dataset',
        'consumer',
        'provider',
        'agreement',
        'fields',
        'rows',
        'subjects',
        'obligations',
        'matter',
        'schema',
      ] as const)
        assert.equal(leaf[name], undefined, name);
    }
  });

  test('is refused as it will be for real rows', async () => {
    const { sandbox } = education.client;
    const [value] = (await described(education)).lookups[0]?.values ?? [];
    const withOut = (context: SandboxContext, query = about(value)) =>
      codeOf(sandbox.query(household, query, context));
    assert.equal(await withOut({}), 'on_behalf_of_missing');
    assert.equal(await withOut({ onBehalfOf: 'o' }), 'matter_missing');
    assert.equal(await withOut({ onBehalfOf: 'o', matter: 'XX-1' }), 'matter_not_agreed');
    assert.equal(await withOut(agreed, {}), 'lookup_missing');
    assert.equal(await withOut(agreed, { ...about(value), fields: ['income'] }), 'field_not_granted');
    assert.equal(await withOut(agreed, { ...about(value), limit: 11 }), 'limit_too_high');
    assert.equal(await withOut({ ...agreed, agreement: 'agr-nobodys' }), 'agreement_unknown');
    const path = `/v1/datasets/${household}/sandbox-query`;
    const post = (headers: Record<string, string>) =>
      education.client.call({
        method: 'POST',
        path,
        receipt: 'required',
        body: Buffer.from('{}'),
        headers: { 'content-type': 'application/json', ...headers },
      });
    assert.equal(await codeOf(post({})), 'sandbox_purpose');
    assert.equal(await codeOf(post({ 'datong-purpose': 'school-enrolment' })), 'sandbox_purpose');
  });
});

describe('who has none', () => {
  test('sees what could be granted without a decision, personal fields as their schema proposes them, and nothing sensitive', async () => {
    const { synthetic, fields, required } = await described(transport);
    assert.deepEqual([synthetic.from, synthetic.under, required], ['default', undefined, []]);
    const masks = new Map(fields.map(({ field, mask }) => [field, mask]));
    const { schema } = hub.hub.services.registry.current.datasets.get(household) ?? assert.fail();
    for (const { name, personal, sensitivity } of schema.fields) {
      if (personal === 'sensitive') assert.equal(masks.get(name), undefined, name);
      else if (personal !== 'none' || sensitivity === 'L4') assert.notEqual(masks.get(name), 'clear', name);
    }
    assert.ok(masks.size > 2, [...masks].join());
    const { json } = await requested(transport, { limit: 7 }, {});
    assert.equal(json.records.length, 7);
    const second = await requested(transport, { limit: 7, cursor: json.nextCursor ?? '' }, {});
    assert.notDeepEqual(second.json.records, json.records);
    const again = await requested(transport, { limit: 7 }, {});
    assert.deepEqual(again.json.records, json.records, 'the same rows at every call');
  });

  test('filters and sorts as tables do, pages to the end, and a cursor of another question opens nothing', async () => {
    const air = 'ecology.air-quality-hourly';
    const all: Record<string, unknown>[] = [];
    const query: Query = {
      sort: ['-pm25'],
      filter: [{ field: 'pm25', op: 'range', value: { gte: 100 } }],
      limit: 50,
    };
    let cursor: string | undefined;
    do {
      const page = await requested(transport, cursor === undefined ? query : { ...query, cursor }, {}, air);
      all.push(...page.json.records);
      cursor = page.json.nextCursor;
      if (cursor !== undefined)
        assert.equal(
          await codeOf(transport.client.sandbox.query(air, { ...query, sort: ['pm25'], cursor }, {})),
          'cursor_invalid',
        );
    } while (cursor !== undefined);
    const { synthetic, nextCursor = '' } = (await requested(education, query, {}, air)).json;
    const real = { purpose: synthetic.purpose, agreement: synthetic.under ?? '' };
    await assert.rejects(education.client.query(air, { ...query, cursor: nextCursor }, real), {
      code: 'cursor_invalid',
    });
    const values = all.map(({ pm25 }) => Number(pm25));
    assert.ok(values.length > 50 && values.every((value) => value >= 100), String(values.length));
    assert.deepEqual(
      values,
      [...values].sort((a, b) => b - a),
    );
  });
});

test('a department that waits for an answer to its request is shown what it requested, and a stranger’s view once it is withdrawn', async () => {
  const steward = await hub.token('Ann', ['steward'], 'ecology');
  const document = {
    kind: 'Agreement',
    id: 'agr-wanted',
    version: 1,
    provider: 'pub-security',
    consumer: 'ecology',
    purposes: ['school-enrolment', 'environment-study'],
    basis: { type: 'statutory', reference: '中华人民共和国义务教育法', clause: '第十二条' },
    // its term has not begun
    valid: { from: '2098-01-01T00:00:00+08:00', until: '2099-01-01T00:00:00+08:00' },
    grants: [
      {
        dataset: household,
        schema: 'household@1',
        lookupBy: ['person_id'],
        fields: { name: { mask: 'personName' }, birth_date: { mask: 'clear' } },
      },
    ],
  };
  const commitment = createHash('sha256').update('undertaking').digest('hex');
  const made = await hub.staff(steward, 'POST', '/v1/requests', {
    document,
    papers: { reason: 'study', commitment },
  });
  assert.equal(made.status, 201, JSON.stringify(made.json));
  assert.equal(await codeOf(ecology.client.sandbox.query(household, {}, {})), 'several_agreements');
  const as = 'environment-study';
  const { synthetic, fields } = await described(ecology, { as });
  assert.deepEqual([synthetic.from, synthetic.under, synthetic.purpose], ['request', 'agr-wanted', as]);
  assert.deepEqual(fields, [
    { field: 'name', mask: 'personName' },
    { field: 'birth_date', mask: 'clear' },
  ]);
  const { json } = await requested(ecology, { limit: 3 }, { as, agreement: 'agr-wanted' });
  assert.deepEqual(Object.keys(json.records[0] ?? {}).sort(), ['birth_date', 'name']);
  assert.equal(
    await codeOf(transport.client.sandbox.query(household, {}, { agreement: 'agr-wanted' })),
    'agreement_unknown',
    'of another department',
  );
  const act = { act: 'withdraw', reason: 'not needed' };
  const path = `/v1/requests/${String(made.json['id'])}/acts`;
  assert.equal((await hub.staff(steward, 'POST', path, act)).status, 200);
  assert.equal((await described(ecology)).synthetic.from, 'default');
});

describe('a dataset', () => {
  const field = (more: object): object => ({
    type: 'string',
    maxLength: 20,
    'x-title': { zh: '字段', en: 'Field' },
    'x-sensitivity': 'L2',
    ...more,
  });
  /** A version that each test has for itself. */
  const schemaOf = async (name: string, id: object, more: object = {}): Promise<string> => {
    const urn = `urn:datong:${name}:1.0`;
    const document = {
      ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: urn, type: 'object' },
      'x-title': { zh: '示例', en: 'Example' },
      'x-class': 'general',
      'x-primary-key': ['/id'],
      additionalProperties: false,
      required: ['id'],
      properties: { id: field(id) },
      ...more,
    };
    const { status, json } = await hub.staff(city.operator, 'POST', '/v1/schemas', { document });
    assert.equal(status, 201, JSON.stringify(json));
    return urn;
  };
  const datasetOf = async (name: string, schema: string, sharing: object = open): Promise<string> => {
    const dataset = `pub-security.${name}`;
    const { status, json } = await hub.staff(city.operator, 'POST', '/v1/datasets', {
      id: dataset,
      title: { zh: '示例', en: 'Example' },
      schema,
      mode: 'snapshot',
      sharing,
    });
    assert.equal(status, 201, JSON.stringify(json));
    return dataset;
  };
  const open = { type: 'conditional', conditions: '示例' };
  const code = (dataset: string) => codeOf(transport.client.sandbox.query(dataset, {}));

  test('that is not shared, shows nothing to a stranger, or whose records cannot be made up is refused with the reason', async () => {
    const closed = await datasetOf('closed', 'urn:datong:household:1.0', { type: 'none' });
    assert.equal(await code(closed), 'sharing_refused');
    assert.equal(await codeOf(publicSecurity.client.sandbox.describe(closed)), 'sharing_refused');
    const weighty = await schemaOf('weighty', {}, { 'x-class': 'important' });
    assert.equal(await code(await datasetOf('weighty', weighty)), 'sandbox_without_fields');
    // numbers of persons who may exist are never shown, wherever the schema has them from
    const person = { 'x-semantic': 'cn.resident-id', 'x-personal': 'personal', 'x-sensitivity': 'L3' };
    const numbers = await schemaOf('numbers', {
      ...person,
      format: 'cn-resident-id',
      'x-subject-key': 'person',
      'x-mask': { name: 'idCard' },
      pattern: '^11[0-9]{15}[0-9X]$',
    });
    assert.equal(await code(await datasetOf('numbers', numbers)), 'sandbox_impossible');
    const listed = await schemaOf('listed', { enum: ['11010519491231002X'] });
    assert.equal(await code(await datasetOf('listed', listed)), 'sandbox_impossible');
    assert.equal(await code('pub-security.nothing-of-it'), 'dataset_unknown');
  });

  test('has as many invented rows as its key has values, each once', async () => {
    const few = await datasetOf('few', await schemaOf('few', { enum: ['a', 'b', 'c'] }));
    const { json } = await requested(transport, {}, {}, few);
    assert.deepEqual(json.records.map(({ id }) => id).sort(), ['a', 'b', 'c']);
  });
});

describe('invented rows and real ones', () => {
  test('never mix: neither is found where the other is asked for, with one key in both', async () => {
    const { values = [] } = (await described(education)).lookups[0] ?? {};
    const invented = String(values[0]);
    const file = householdFile(1500, 12);
    await publicSecurity.client.sendFile(household, file.bytes, { mapping: 'household' });
    const context = {
      purpose: 'school-enrolment',
      agreement: 'agr-school-enrolment',
      onBehalfOf: 'o',
      matter: 'YX-2026-000123',
    };
    const [real] = file.good.filter(({ region, guardian }) => region === '990101' && guardian !== '');
    assert.ok(real);
    // invented rows come by their own operation alone: elsewhere no agreement grants the purpose, for any caller
    for (const [path, body] of [
      ['query', about(real.id)],
      ['batch-query', { by: 'person_id', values: [real.id] }],
      ['stream', {}],
      ['changes', {}],
      ['exports', { format: 'ndjson' }],
      ['facts/school-age', { subject: real.id }],
      ['aggregate', { aggregate: 'children-by-region' }],
    ] as const) {
      const refused = await education.client
        .call({
          method: 'POST',
          path: `/v1/datasets/${household}/${path}`,
          receipt: 'required',
          body: Buffer.from(JSON.stringify(body)),
          headers: {
            'content-type': 'application/json',
            'datong-purpose': 'sandbox',
            'datong-agreement': 'agr-school-enrolment',
            'datong-on-behalf-of': 'o',
            'datong-matter': 'YX-2026-000123',
          },
        })
        .then(
          () => 'answered',
          (error: unknown) => (error instanceof DatongProblem ? error.code : String(error)),
        );
      assert.equal(refused, 'purpose_unknown', path);
    }
    const found = async (id: string) =>
      (await education.client.query(household, about(id), context)).json.records;
    const made = async (id: string) => (await requested(education, about(id), agreed)).json.records;
    assert.deepEqual([(await found(invented)).length, (await made(real.id)).length], [0, 0]);
    const before = [await found(real.id), await made(invented)] as const;
    assert.deepEqual(
      before.map((rows) => rows.length),
      [1, 1],
    );
    // the twin gets a row with the key of the real one, and with other values
    await database.owner.query(
      `INSERT INTO twin_row (dataset, place, record) SELECT dataset, 1000, (record::jsonb || jsonb_build_object('person_id', $1::text, 'name', '虚构人', 'region_code', '990102', 'guardian_id', $3::text))::json
         FROM twin_row WHERE dataset = $2 AND place = 1`,
      [real.id, household, real.guardian],
    );
    assert.deepEqual(await found(real.id), before[0], 'the real row as it was');
    const [row] = await made(real.id);
    assert.deepEqual([row?.['name'], row?.['region_code']], ['虚**', '990102']);
    const pseudonyms = [row?.['guardian_id'], before[0][0]?.['guardian_id']];
    assert.ok(pseudonyms.every((one) => /^p1\./.test(String(one))) && pseudonyms[0] !== pseudonyms[1]);
    await database.owner.query('DELETE FROM twin_row WHERE place = 1000');
    // lost with its tables, it is made again as it was; other code lists make another
    const { registry } = hub.hub.services;
    const dataset = registry.current.datasets.get(household) ?? assert.fail();
    const twins = new Twins(database.app);
    const first = await twins.of(dataset, registry.current);
    await database.owner.query('DELETE FROM twin WHERE dataset = $1', [household]);
    assert.deepEqual(await twins.of(dataset, registry.current), first);
    const [[id, list] = assert.fail()] = [...registry.current.codeLists.read].filter(
      ([, one]) => one.id === 'gbt2260' || one.supplements === 'gbt2260',
    );
    const lists = { ...registry.current.codeLists, read: new Map([[`${id}-later`, list]]) };
    assert.notEqual((await twins.of(dataset, { codeLists: lists })).madeOf, first.madeOf);
    const stored = await database.owner.query<{ record: Record<string, unknown> }>(
      'SELECT record FROM twin_row',
    );
    const numbers = stored.rows.flatMap(({ record }) =>
      Object.values(record).filter((value) => /^\d{17}[\dX]$/.test(String(value))),
    );
    assert.ok(
      numbers.length > 200 && numbers.every((number) => String(number).startsWith('99')),
      'of nobody',
    );
  });
});
