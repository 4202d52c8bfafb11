/**
 * A contractor that may not see the phone of a reporter tries every delivery, question and change, of its own cases and of those of others,
 * and finds it in no byte that it receives. Phones are in a field, in the metadata of photos, and in events.
 */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { DatongClient } from '../../clients/sdk/datongClient.ts';
import { changeRow } from '../../clients/sdk/changeRow.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { Export } from '../../clients/sdk/exports.ts';
import type { Query } from '../../clients/sdk/types.ts';
import { contextHeaders } from '../../clients/sdk/jsonCall.ts';
import {
  city,
  contextOf,
  dataset,
  hub,
  phones,
  photos,
  reportedCases,
  subscriptions,
  topic,
} from './reportedCases.ts';

/** Each round makes every kind of call with other values; `npm run attack` attacks for a minute. */
const attackMs = Number(process.env['ATTACK_SECONDS'] ?? 2) * 1_000;

const { client: contractor } = city.education;
const { client: entitled } = city.publicSecurity;

/** Of the department that is granted phones: a cursor of its pages, and a file of its rows. */
let foreign: { readonly cursor: string | undefined; readonly file: Export };

/** What one attempt receives. */
interface Received {
  /** bytes that the department receives, those of refusals too */
  readonly text: string;
  readonly isAnswered: boolean;
}
async function receivedBy(work: () => Promise<readonly unknown[]>): Promise<Received> {
  try {
    const text = (await work()).map((one) =>
      one instanceof Uint8Array ? Buffer.from(one).toString('latin1') : JSON.stringify(one),
    );
    return { text: text.join('\n'), isAnswered: true };
  } catch (error) {
    assert.ok(error instanceof DatongProblem, String(error));
    return { text: Buffer.from(error.kept?.reply.body ?? []).toString('utf8'), isAnswered: false };
  }
}

/** Whether the call must be answered, must be refused, or may be either because earlier rounds changed the case. */
type Grant = 'granted' | 'refused' | 'either';
type Attempt = readonly [way: string, grant: Grant, ask: () => Promise<readonly unknown[]>];

async function collected<T>(parts: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const part of parts) found.push(part);
  return found;
}

/** Every way of asking, with values of this round. */
function attempts(client: DatongClient, consumer: string, round: number): readonly Attempt[] {
  const context = contextOf(consumer);
  const nth = round % 3;
  const name = `a-${nth + 1}`;
  const phone = phones[nth] ?? '';
  const start = phone.slice(0, 1 + (round % 11));
  const query = (way: string, grant: Grant, asked: Query): Attempt => [
    way,
    grant,
    async () => [(await client.query(dataset, asked, context)).json],
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
  const part = (path: string, bytes: string) => async (): Promise<readonly unknown[]> => {
    const headers = { ...contextHeaders(context), range: bytes };
    return [(await client.call({ method: 'GET', path, headers, receipt: 'required' })).body];
  };
  const photo = (id: string): string => `/v1/datasets/${dataset}/attachments/${id}`;
  const own = photos[0] ?? '';
  const range = `bytes=${round % 300}-${300 + (round % 300)}`;
  const factOf = (id: string, value: string) => async (): Promise<readonly unknown[]> => [
    (await client.checkFact(dataset, id, { subject: `person ${nth + 1}`, value }, context)).json,
  ];
  const within = { field: 'spot', op: 'within' as const, value: { bbox: [120, 30, 121, 31] as const } };
  return [
    query('page', 'granted', {}),
    query('page of a field', 'refused', { fields: ['phone'] }),
    query('filter', 'refused', { filter: [{ field: 'phone', op: 'eq', value: phone }] }),
    query('range filter', 'refused', { filter: [{ field: 'phone', op: 'range', value: { gte: start } }] }),
    query('sort', 'refused', { sort: ['phone'] }),
    query('one case', 'granted', ofCase),
    query('history', 'either', { ...ofCase, history: true }),
    query('history of a field', 'refused', { ...ofCase, history: true, fields: ['phone'] }),
    query('history of another', 'either', {
      filter: [...ofCase.filter, { field: 'assigned_to', op: 'eq', value: 'pub-security' }],
      history: true,
    }),
    query('latest', 'refused', { latest: true }),
    query('place filter', 'refused', { filter: [within] }),
    query('cursor of another department', 'refused', {
      limit: 1,
      ...(foreign.cursor === undefined ? {} : { cursor: foreign.cursor }),
    }),
    [
      'all pages',
      'granted',
      async () =>
        (await collected(client.queryPages(dataset, { limit: 1 }, context))).map(({ json }) => json),
    ],
    [
      'cursor for other fields',
      'refused',
      async () => {
        const { json } = await client.query(dataset, { limit: 1, fields: ['case'] }, context);
        const cursor = json.nextCursor ?? assert.fail();
        return [(await client.query(dataset, { limit: 1, fields: ['case', 'phone'], cursor }, context)).json];
      },
    ],
    ['GeoJSON', 'granted', async () => [(await client.queryFeatures(dataset, {}, context)).json]],
    [
      'GeoJSON of a field',
      'refused',
      async () => [(await client.queryFeatures(dataset, { fields: ['phone'] }, context)).json],
    ],
    ['change of the phone', 'refused', change({ phone: start }, 1)],
    ['change', 'either', change({ note: `round ${round % 7}` }, 1 + round)],
    ['transition', 'either', change({ status: 'accepted' }, 1)],
    ['change that does not fit', 'refused', change({ note: 'x'.repeat(30) }, 1)],
    [
      'batch',
      'granted',
      async () => [
        (await client.batchQuery(dataset, { by: 'case', values: ['a-1', 'a-2', 'a-3'] }, context)).json,
      ],
    ],
    [
      'batch by phone',
      'refused',
      async () => [(await client.batchQuery(dataset, { by: 'phone', values: [phone] }, context)).json],
    ],
    ['stream', 'granted', async () => collected(await client.stream(dataset, {}, context))],
    [
      'stream of a field',
      'refused',
      async () => collected(await client.stream(dataset, { fields: ['phone'] }, context)),
    ],
    [
      'changes',
      'granted',
      async () => [(await client.changes.next(dataset, { restart: true }, context)).json],
    ],
    [
      'changes of a field',
      'refused',
      async () => [(await client.changes.next(dataset, { restart: true, fields: ['phone'] }, context)).json],
    ],
    ['copy', 'granted', async () => collected(await client.changes.copy(dataset, {}, context))],
    ['fact', 'either', factOf('state-is', 'open')],
    ['fact about the phone', 'refused', factOf('phone-is', phone)],
    ['statistics', 'refused', async () => [(await client.aggregate(dataset, 'by-phone', context)).json]],
    ['photo', 'granted', async () => collected(client.attachments.bytes(dataset, own, context))],
    ['part of a photo', 'granted', part(photo(own), range)],
    ['photo of another', 'refused', part(photo(photos[1] ?? ''), range)],
    [
      'file of another department',
      'refused',
      part(`/v1/datasets/${dataset}/exports/${foreign.file.id}/file`, range),
    ],
    ['events', 'granted', async () => [(await client.events.pull(subscriptions.get(consumer) ?? '')).json]],
    [
      'events by phone',
      'refused',
      async () => [
        (
          await client.events.subscribe(
            { topic, filter: [{ field: 'phone', op: 'eq', value: phone }] },
            context,
          )
        ).json,
      ],
    ],
    [
      'events of another department',
      'refused',
      async () => [(await client.events.pull(subscriptions.get('pub-security') ?? '')).json],
    ],
  ];
}

/** A clerk of the contractor asks in the console, also under the agreement and for the department of others. */
function clerkAttempts(token: string, round: number): readonly (() => Promise<readonly unknown[]>)[] {
  const phone = phones[round % 3] ?? '';
  const name = `a-${(round % 3) + 1}`;
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

/** A file of all rows that the consumer may have, and its text. */
async function fileOf(
  client: DatongClient,
  consumer: string,
  format: 'ndjson' | 'csv' = 'ndjson',
): Promise<{ readonly file: Export; readonly text: string }> {
  const context = contextOf(consumer);
  const requested = (await client.exports.ask(dataset, { format }, context)).json;
  assert.equal(await hub.hub.runner.run('makeExports'), 'ok');
  const file = (await client.exports.state(dataset, requested.id)).json;
  const pieces = await collected(client.exports.bytes(file, context));
  return { file, text: Buffer.concat(pieces).toString('utf8') };
}

before(async () => {
  await reportedCases();
  const { json } = await entitled.query(dataset, { limit: 1 }, contextOf('pub-security'));
  foreign = { cursor: json.nextCursor, file: (await fileOf(entitled, 'pub-security')).file };
  assert.ok(foreign.cursor !== undefined);
});

test('no body that a contractor receives has the phone of a reporter, or another contractor’s case', async () => {
  const end = Date.now() + attackMs;
  const clerk = await hub.token('case attacker', ['clerk'], 'education');
  const received: string[] = [];
  for (const format of ['ndjson', 'csv'] as const) {
    const { text } = await fileOf(contractor, 'education', format);
    // a row of CSV has no name of its field
    assert.doesNotMatch(text, /(?:^|[,"])a-2(?=[,"\r\n]|$)/m, format);
    received.push(text);
  }
  for (let round = 0; round < 3 || Date.now() < end; round += 1) {
    for (const [way, grant, ask] of attempts(contractor, 'education', round)) {
      const { text, isAnswered } = await receivedBy(ask);
      if (grant !== 'either') assert.equal(isAnswered, grant === 'granted', `${way}: ${text}`);
      received.push(text);
    }
    for (const attempt of clerkAttempts(clerk, round)) received.push((await receivedBy(attempt)).text);
  }
  const own = await hub.staff(clerk, 'POST', `/v1/datasets/${dataset}/cases?department=education`, {
    agreement: 'agr-cases-education',
    purpose: 'environment-study',
  });
  assert.equal(own.status, 200, 'the clerk is answered');
  assert.ok(JSON.stringify(own.json).includes('"case":"a-1"'), 'with the case of the contractor');
  const all = received.join('\n');
  assert.ok(all.includes('荷塘街 1 号'), 'it receives its own case');
  for (const phone of phones) assert.ok(!all.includes(phone), 'the phone of a reporter');
  for (let nth = 1; nth <= phones.length; nth += 1) assert.ok(!all.includes(`person ${nth}`), 'a reporter');
  assert.ok(!all.includes('"case":"a-2"'), 'the case of another contractor');
});

/** Ways by which a department that is granted phones receives that of its case. */
const waysThatReveal = [
  ...[
    'page',
    'page of a field',
    'one case',
    'history',
    'all pages',
    'GeoJSON',
    'GeoJSON of a field',
    'batch',
  ],
  ...['stream', 'stream of a field', 'changes', 'changes of a field', 'copy', 'photo', 'part of a photo'],
  ...['file of another department', 'events', 'events of another department'],
];

test('the same search finds the phone where an agreement grants it, by each way', async () => {
  const entitledClerk = await hub.token('entitled clerk', ['clerk'], 'pub-security');
  for (const format of ['ndjson', 'csv'] as const)
    assert.ok((await fileOf(entitled, 'pub-security', format)).text.includes(phones[0]), format);
  const found: string[] = [];
  for (const [way, , ask] of attempts(entitled, 'pub-security', 0))
    if ((await receivedBy(ask)).text.includes(phones[0])) found.push(way);
  assert.deepEqual(
    waysThatReveal.filter((way) => !found.includes(way)),
    [],
  );
  const asked = { agreement: 'agr-cases-pub-security', purpose: 'environment-study' };
  const path = `/v1/datasets/${dataset}/cases?department=pub-security`;
  const { json } = await hub.staff(entitledClerk, 'POST', path, asked);
  assert.ok(JSON.stringify(json).includes(phones[0]));
});
