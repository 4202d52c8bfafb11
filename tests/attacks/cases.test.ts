/** A contractor that may not see the phone of a reporter tries every delivery, question and change, and finds it in no byte that it receives. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, test } from 'node:test';
import type { DatongClient } from '../../clients/sdk/datongClient.ts';
import { changeRow } from '../../clients/sdk/changeRow.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { Query } from '../../clients/sdk/types.ts';
import { cityHub } from '../cityHub.ts';

/** Each round makes every kind of call with other values; `DATONG_ATTACK_SECONDS=60` attacks for a minute. */
const attackMs = Number(process.env['DATONG_ATTACK_SECONDS'] ?? 2) * 1_000;

const { hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
const { client: provider } = city.ecology;
const { client: contractor } = city.education;
const { client: entitled } = city.publicSecurity;

const dataset = 'ecology.street-cases';
const phones = ['13800009991', '13800009992'] as const;
const field = (type: unknown, more: object = {}): object => ({
  type,
  'x-title': { zh: '数据项', en: 'Field' },
  'x-sensitivity': 'L1',
  'x-personal': 'none',
  ...more,
});
const personal = { maxLength: 20, 'x-sensitivity': 'L3', 'x-personal': 'personal' };
const schema = {
  kind: 'Schema',
  document: {
    ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: 'urn:datong:street-case:1.0' },
    type: 'object',
    'x-title': { zh: '城管案件', en: 'Street cases' },
    'x-class': 'general',
    'x-primary-key': ['/case'],
    additionalProperties: false,
    required: ['case', 'reporter', 'phone', 'place', 'status', 'assigned_to'],
    properties: {
      case: field('string', { maxLength: 20 }),
      reporter: field('string', { ...personal, 'x-subject-key': 'person' }),
      phone: field('string', personal),
      place: field('string', { maxLength: 100 }),
      status: field('string', { enum: ['open', 'accepted'] }),
      assigned_to: field('string', { maxLength: 40 }),
      note: field(['string', 'null'], { maxLength: 20 }),
    },
  },
};
const agreement = (consumer: string, fields: readonly string[], rows: object): object => ({
  kind: 'Agreement',
  id: `agr-cases-${consumer}`,
  version: 1,
  title: { zh: '案件', en: 'Cases' },
  provider: 'ecology',
  consumer,
  purposes: ['environment-study'],
  basis: { type: 'statutory', reference: '中华人民共和国环境保护法', clause: '第五十四条' },
  valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
  grants: [
    {
      dataset,
      schema: 'street-case@1',
      filterBy: ['case', 'note', 'assigned_to'],
      lookupBy: ['case'],
      requires: ['on-behalf-of'],
      deliveries: ['batch', 'stream', 'export', 'history'],
      ...rows,
      limits: { rowsPerCall: 1000, callsPerDay: 50_000, subjectsPerCall: 100 },
      fields: Object.fromEntries(fields.map((name) => [name, { mask: 'clear' }])),
    },
  ],
});
const visible = ['case', 'place', 'status', 'assigned_to', 'note'];
const contextOf = (consumer: string) => ({
  purpose: 'environment-study',
  agreement: `agr-cases-${consumer}`,
  onBehalfOf: 'official-1',
});

before(async () => {
  const rules = {
    state: 'status',
    transitions: [{ id: 'accept', from: 'open', to: 'accepted', by: ['education'] }],
    contributors: ['education', 'pub-security'].map((department) => ({
      department,
      sets: ['note'],
      rows: { all: [{ field: 'assigned_to', is: 'me' }] },
    })),
  };
  const documents = [
    schema,
    {
      kind: 'Dataset',
      id: dataset,
      title: { zh: '案件', en: 'Cases' },
      mode: 'upsert',
      schema: 'urn:datong:street-case:1.0',
      intake: { byCall: {}, cases: rules },
      sharing: { type: 'conditional', conditions: '示例' },
    },
    agreement('education', visible, {
      rows: { all: [{ field: 'assigned_to', op: 'eq', value: 'education' }] },
    }),
    agreement('pub-security', [...visible, 'phone'], {}),
  ];
  await city.apply(documents, [city.education, city.publicSecurity, city.ecology]);
  const rows = ['education', 'pub-security'].map((department, nth) => ({
    case: `a-${nth + 1}`,
    reporter: `person ${nth + 1}`,
    phone: phones[nth],
    place: '荷塘街 1 号',
    status: 'open',
    assigned_to: department,
    note: null,
  }));
  await provider.call({
    method: 'POST',
    path: `/v1/datasets/${dataset}/rows`,
    receipt: 'optional',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(rows), 'utf8'),
  });
});

/** Bytes that a department receives by one way of asking, refusals too. */
async function receivedBy(work: () => Promise<readonly unknown[]>): Promise<string> {
  try {
    return JSON.stringify(await work());
  } catch (error) {
    assert.ok(error instanceof DatongProblem, String(error));
    return Buffer.from(error.kept?.reply.body ?? []).toString('utf8');
  }
}

/** Every way of asking, with values of this round. */
function attempts(
  client: DatongClient,
  consumer: string,
  round: number,
): readonly (() => Promise<readonly unknown[]>)[] {
  const context = contextOf(consumer);
  const name = `a-${(round % 2) + 1}`;
  const phone = phones[round % 2] ?? '';
  const start = phone.slice(0, 1 + (round % 11));
  const ask = (query: Query) => async (): Promise<readonly unknown[]> => [
    (await client.query(dataset, query, context)).json,
  ];
  const ofCase = { filter: [{ field: 'case', op: 'eq' as const, value: name }] };
  const change = (set: object, version: number) => async (): Promise<readonly unknown[]> => [
    (
      await changeRow((input) => client.call(input), dataset, {
        key: { case: name },
        version,
        set: { ...set },
      })
    ).json,
  ];
  return [
    ask({}),
    ask({ fields: ['phone'] }),
    ask({ filter: [{ field: 'phone', op: 'eq', value: phone }] }),
    ask({ filter: [{ field: 'phone', op: 'range', value: { gte: start } }] }),
    ask({ sort: ['phone'] }),
    ask(ofCase),
    ask({ ...ofCase, history: true }),
    ask({ ...ofCase, history: true, fields: ['phone'] }),
    ask({
      filter: [...ofCase.filter, { field: 'assigned_to', op: 'eq', value: 'pub-security' }],
      history: true,
    }),
    change({ phone: start }, 1),
    change({ note: `round ${round % 7}` }, 1 + round),
    change({ status: 'accepted' }, 1),
    change({ note: 'x'.repeat(30) }, 1),
    async () => [
      (await client.batchQuery(dataset, { by: 'case', values: ['a-1', 'a-2', 'a-3'] }, context)).json,
    ],
    async () => [(await client.batchQuery(dataset, { by: 'phone', values: [phone] }, context)).json],
    async () => {
      const parts: unknown[] = [];
      for await (const part of await client.stream(dataset, {}, context)) parts.push(part.records);
      return parts;
    },
  ];
}

/** A clerk of the contractor asks in the console, also under the agreement and for the department of others. */
function clerkAttempts(token: string, round: number): readonly (() => Promise<readonly unknown[]>)[] {
  const phone = phones[round % 2] ?? '';
  const name = `a-${(round % 2) + 1}`;
  const ask =
    (query: object, consumer = 'education', department = 'education') =>
    async (): Promise<readonly unknown[]> => [
      await hub.staff(token, 'POST', `/v1/datasets/${dataset}/cases?department=${department}`, {
        agreement: `agr-cases-${consumer}`,
        purpose: 'environment-study',
        ...query,
      }),
    ];
  const change = (set: object) => async (): Promise<readonly unknown[]> => [
    await hub.staff(token, 'POST', `/v1/datasets/${dataset}/rows/changes?department=education`, {
      key: { case: name },
      version: 1 + round,
      set,
    }),
  ];
  const filter = [{ field: 'case', op: 'eq', value: name }];
  return [
    async () => [await hub.staff(token, 'GET', '/v1/case-datasets')],
    ask({}),
    ask({ query: { fields: ['phone'] } }),
    ask({ query: { filter: [{ field: 'phone', op: 'eq', value: phone }] } }),
    ask({ query: { sort: ['-phone'] } }),
    ask({ query: { filter } }),
    ask({ query: { filter, history: true } }),
    ask({ query: { filter: [...filter, { field: 'assigned_to', op: 'eq', value: 'pub-security' }] } }),
    ask({ notices: 'noticed' }),
    ask({}, 'pub-security'),
    ask({}, 'pub-security', 'pub-security'),
    ask({ matter: phone }),
    change({ phone: phone.slice(0, 1 + (round % 11)) }),
    change({ note: 'x'.repeat(30) }),
  ];
}

async function fileOf(client: DatongClient, consumer: string): Promise<string> {
  const context = contextOf(consumer);
  const requested = (await client.exports.ask(dataset, { format: 'ndjson' }, context)).json;
  assert.equal(await hub.hub.runner.run('makeExports'), 'ok');
  const ready = (await client.exports.state(dataset, requested.id)).json;
  const pieces: Uint8Array[] = [];
  for await (const piece of client.exports.bytes(ready, context, { from: 0, hash: createHash('sha256') }))
    pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

test('no byte that a contractor receives has the phone of a reporter, or another contractor’s case', async () => {
  const end = Date.now() + attackMs;
  const clerk = await hub.token('case attacker', ['clerk'], 'education');
  const received = [await fileOf(contractor, 'education')];
  for (let round = 0; round < 2 || Date.now() < end; round += 1)
    for (const attempt of [...attempts(contractor, 'education', round), ...clerkAttempts(clerk, round)])
      received.push(await receivedBy(attempt));
  const all = received.join('\n');
  assert.ok(all.includes('荷塘街 1 号'), 'it receives its own case');
  for (const phone of phones) assert.ok(!all.includes(phone), 'the phone of a reporter');
  assert.ok(
    !all.includes('person 1') && !all.includes('"case":"a-2"'),
    'a reporter, or the case of another contractor',
  );
});

test('the same search finds the phone where an agreement grants it', async () => {
  const entitledClerk = await hub.token('entitled clerk', ['clerk'], 'pub-security');
  const received = [await fileOf(entitled, 'pub-security')];
  for (const attempt of attempts(entitled, 'pub-security', 0)) received.push(await receivedBy(attempt));
  const asked = { agreement: 'agr-cases-pub-security', purpose: 'environment-study' };
  const path = `/v1/datasets/${dataset}/cases?department=pub-security`;
  const { json } = await hub.staff(entitledClerk, 'POST', path, asked);
  assert.ok(JSON.stringify(json).includes(phones[0]));
  const finds = received.filter((text) => text.includes(phones[0]));
  assert.ok(finds.length >= 6, `${finds.length}`);
});
