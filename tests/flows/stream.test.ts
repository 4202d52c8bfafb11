/** All rows as a stream: part by part through the release flow, each logged before it leaves, with an end that is signed in each case. */
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { before, test } from 'node:test';
import type { RequestMessage } from '../../certs/message.ts';
import { verificationKey } from '../../certs/signatures/index.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { CheckpointKeeper, checkpointsInMemory } from '../../clients/sdk/checkpointKeeper.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { ReceiptChecker } from '../../clients/sdk/receiptCheck.ts';
import { RecordStream } from '../../clients/sdk/recordStream.ts';
import type { CallContext, Query } from '../../clients/sdk/types.ts';
import type { Leaf } from '../../log/leaf.ts';
import { signNow } from '../../machine/signNow.ts';
import { Problem } from '../../terms/problem.ts';
import { decide } from '../../policies/decide.ts';
import type { EntryDraft } from '../../hub/log/draft.ts';
import { ServiceCalls } from '../../hub/flows/live/service/serviceCall.ts';
import { LiveProviders } from '../../hub/flows/live/liveProviders.ts';
import { releaseServices } from '../../hub/flows/release/services.ts';
import type { StreamPlaces } from '../../hub/flows/release/streamPlaces.ts';
import { rowParts, streamedParts } from '../../hub/flows/release/streamedParts.ts';
import type { StreamEntry, StreamPassage } from '../../hub/pipeline/call.ts';
import { streamBody } from '../../hub/pipeline/streamBody.ts';
import { revoke } from '../../hub/identity/enrolment/revoke.ts';
import { applyGrant } from '../policyWith.ts';
import { until, whileHeld as whileLocked } from './intakeCalls.ts';
import { newestLeaves } from './leaves.ts';
import { storedLease, slowReader } from './heldStreams.ts';
import { cityHub } from '../cityHub.ts';
import { withinOneDay } from '../withinOneDay.ts';

await withinOneDay();

const streams = { rowsOfPage: 100, pagesOfPart: 1, maxOfDepartment: 2 };
// no job, as tests lock tables of rows
const { database, hub, city } = await cityHub(
  { streams, streamPatience: 2_500, jobsByTime: false },
  { connections: 12 },
);
const file = householdFile(1500, 7);
const dataset = 'pub-security.household';
const { client, signing, tls } = city.education;
const context: CallContext = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};
const inside = file.good.filter(({ region }) => region !== '990103').length;
const parts = Math.ceil(inside / 100);
let version = 1;

type Grant = Readonly<Record<string, unknown>>;

/** The sample's agreement, with streams and without the need to name a person. */
function agree(change: (grant: Grant) => object = (grant) => grant): Promise<void> {
  version += 1;
  return applyGrant(hub, city, 'household/agreement.yaml', version, (grant) =>
    change({
      ...grant,
      requires: ['on-behalf-of', 'matter'],
      deliveries: ['batch', 'stream'],
      limits: { rowsPerCall: 1000, subjectsPerCall: 500 },
    }),
  );
}

before(() => city.publicSecurity.client.sendFile(dataset, file.bytes, { mapping: 'household' }));

const read = async (query: Pick<Query, 'fields' | 'filter'> = {}, under = context) => {
  const stream = await client.stream(dataset, query, under);
  const records: object[] = [];
  for await (const part of stream) records.push(...part.records);
  return { stream, records };
};
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (error: unknown) => {
      assert.ok(error instanceof DatongProblem || error instanceof Problem, String(error));
      return error instanceof Problem && error.code === 'stream_aborted'
        ? `aborted ${error.message}`
        : error.code;
    },
  );
/** The entries of one stream, in their order. */
const entriesOf = async (id: string): Promise<readonly Leaf[]> =>
  (await newestLeaves(database, 200)).filter(({ stream }) => stream?.id === id).reverse();
const lastStream = async (): Promise<readonly Leaf[]> => {
  const found = (await newestLeaves(database, 200)).find(({ stream }) => stream !== undefined);
  return entriesOf(found?.stream?.id ?? '');
};
const openRows = async (): Promise<number> =>
  (await database.app.query('SELECT 1 FROM release_stream')).rowCount ?? 0;
/** Runs `meanwhile` while a stream that was opened waits for the rows of its first part. */
async function whileHeld(meanwhile: () => Promise<void>): Promise<void> {
  const { rows } = await database.app.query<{ batch: string }>(
    'SELECT current_batch AS batch FROM dataset WHERE id = $1',
    [dataset],
  );
  await whileLocked(database, `rows.${tableOf(rows[0]?.batch ?? '')}`, meanwhile);
}
const tableOf = (batch: string): string => `"b_${batch.replaceAll('-', '')}"`;
const waiting = async (): Promise<number> => {
  const { rows } = await database.app.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_locks
      WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND relation IN (SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'rows')`,
  );
  return rows[0]?.count ?? 0;
};

async function resume(): Promise<void> {
  const path = '/v1/policy/documents/agr-school-enrolment/resumption';
  await hub.staff(city.security, 'POST', path, { reason: 'test' });
}

/**
 * How a stream ends that waits for its first rows while something happens. On a busy machine that may take longer than a statement may
 * wait: then it is done over.
 */
async function endAfter(act: () => Promise<void>, change?: (grant: Grant) => object): Promise<string> {
  for (;;) {
    let late: Promise<string> | undefined;
    await whileHeld(async () => {
      late = codeOf(read());
      await until(async () => (await waiting()) > 0);
      await act();
    });
    const ended = (await late) ?? '';
    if (!/database_|internal_error/.test(ended)) return ended;
    await resume();
    await agree(change);
  }
}

test('a stream is refused where the agreement delivers page by page', async () => {
  assert.equal(await codeOf(read()), 'delivery_not_agreed');
  const [leaf] = await newestLeaves(database, 1);
  assert.deepEqual([leaf?.operation, leaf?.decision, leaf?.stream], ['streamRecords', 'deny', undefined]);
});

test('a stream brings what pages bring; open, parts and end are in the log, and the end commits to the bytes', async () => {
  await agree();
  const { stream, records } = await read();
  const paged: object[] = [];
  for await (const page of client.queryPages(dataset, { limit: 1000 }, context))
    paged.push(...page.json.records);
  assert.equal(records.length, inside);
  assert.deepEqual(records, paged);
  const entries = await entriesOf(stream.exchange);
  assert.deepEqual(
    entries.map(({ stream: statement, rows }) => [statement?.state, rows?.delivered]),
    [
      ['open', 0],
      ...Array.from({ length: parts }, (_, i) => ['part', i < parts - 1 ? 100 : inside - 100 * (parts - 1)]),
      ['complete', 0],
    ],
  );
  const subjects = entries.map((leaf) => leaf.subjects?.count ?? 0).reduce((sum, count) => sum + count, 0);
  assert.equal(subjects, inside);
  const end = entries.at(-1);
  assert.deepEqual([end?.stream?.rows, end?.stream?.parts], [inside, parts]);
  assert.notEqual(end?.reply, undefined);
  assert.equal(stream.end.rows, inside);
  assert.deepEqual(new Set(entries.map(({ request, matter }) => `${request ?? ''} ${matter ?? ''}`)).size, 1);
  assert.deepEqual(Object.keys(stream.withheld).includes('person_id'), false);
  assert.equal(stream.obligations.length, 2);
  assert.equal(await openRows(), 0);
});

test('fields and filter are those of a query; what is not granted is refused before a byte', async () => {
  const { records } = await read({
    fields: ['name'],
    filter: [{ field: 'region_code', op: 'eq', value: '990101' }],
  });
  assert.equal(records.length, file.good.filter(({ region }) => region === '990101').length);
  assert.deepEqual([...new Set(records.flatMap((record) => Object.keys(record)))], ['name']);
  assert.equal(await codeOf(read({ fields: ['income'] })), 'field_not_granted');
});

test('metrics count calls by data set and department, and a made-up data set under no name of its own', async () => {
  await read();
  await codeOf(client.query('pub-security.invented-0001', {}, context));
  await codeOf(read({ fields: ['income'] }));
  const metrics = await (await fetch(`${hub.hub.origins.admin}/metrics`)).text();
  const counted = (dataset: string, decision: string): number =>
    [...metrics.matchAll(/^datong_dataset_calls_total\{(.*)\} (\d+)$/gm)]
      .filter(([, labels = '']) =>
        [`dataset="${dataset}"`, 'consumer="education"', `decision="${decision}"`].every((label) =>
          labels.includes(label),
        ),
      )
      .reduce((sum, [, , count]) => sum + Number(count), 0);
  assert.ok(counted(dataset, 'allow') > 0 && counted(dataset, 'deny') > 0, metrics);
  assert.equal(counted('other', 'deny'), 1);
  assert.ok(!metrics.includes('invented-0001'));
});

test('one department has only so many streams open, under an agreement what that says; one that is refused leaves a denial', async () => {
  const refused = async (): Promise<void> => {
    assert.equal(await codeOf(read()), 'streams_too_many');
    const [leaf] = await newestLeaves(database, 1);
    assert.deepEqual([leaf?.decision, leaf?.code, leaf?.rows], ['deny', 'streams_too_many', undefined]);
  };
  let second: Promise<string> | undefined;
  const ended = await endAfter(async () => {
    second = codeOf(read());
    await until(async () => (await openRows()) === 2);
    await refused();
  });
  await second;
  assert.equal(ended, 'answered');
  await until(async () => (await openRows()) === 0);

  const one = (grant: Grant): object => ({ ...grant, limits: { rowsPerCall: 1000, streamsAtOnce: 1 } });
  await agree(one);
  const alone = await endAfter(refused, one);
  assert.deepEqual([alone, await codeOf(read())], ['answered', 'answered']);
  await agree();
});

test('a reader who disconnects ends the statement in the database, and the log records it', async () => {
  await whileHeld(async () => {
    const { request } = await rawStream();
    await until(async () => (await waiting()) > 0);
    request.destroy();
    await until(async () => (await waiting()) === 0);
    await until(async () => (await openRows()) === 0);
  });
  const entries = await lastStream();
  assert.deepEqual(
    entries.map(({ stream, decision }) => [stream?.state, stream?.why, stream?.rows, decision]),
    [
      ['open', undefined, undefined, 'allow'],
      ['aborted', 'consumer_gone', 0, 'allow'],
    ],
  );
});

test('an agreement suspended on the way lets no further part out, and the end says why', async () => {
  const path = '/v1/policy/documents/agr-school-enrolment/suspension';
  const ended = await endAfter(async () => {
    const suspended = await hub.staff(city.security, 'POST', path, { reason: 'test' });
    assert.equal(suspended.status, 200, JSON.stringify(suspended.json));
  });
  assert.match(ended, /agreement_suspended/);
  const [open, end, ...more] = await lastStream();
  assert.deepEqual(more, []);
  assert.deepEqual(
    [open?.stream?.state, end?.stream?.why, end?.stream?.rows],
    ['open', 'agreement_suspended', 0],
  );
  await resume();
});

test('other terms of the same agreement end a stream that was opened under the old ones', async () => {
  const ended = await endAfter(() =>
    agree((grant) => ({ ...grant, fields: { ...(grant['fields'] as object), name: { mask: 'drop' } } })),
  );
  assert.match(ended, /stream_terms_changed/);
  await agree();
});

test('rows of a day are counted part by part: what is over them does not leave', async () => {
  await agree((grant) => ({ ...grant, limits: { rowsPerCall: 10, rowsPerDay: 250, callsPerDay: 1 } }));
  const stream = await client.stream(dataset, {}, context);
  const records: object[] = [];
  const reading = async (): Promise<void> => {
    for await (const part of stream) records.push(...part.records);
  };
  assert.match(await codeOf(reading()), /quota_exhausted/);
  assert.equal(records.length, 200);
  const entries = await entriesOf(stream.exchange);
  const end = entries.at(-1)?.stream;
  assert.deepEqual([end?.state, end?.why, end?.rows, end?.parts], ['aborted', 'quota_exhausted', 200, 2]);
  assert.equal(await codeOf(read()), 'quota_exhausted');
  await agree();
});

test('under consent only rows of those who agreed leave, in whole parts, and neither entry nor end reveals how many did not', async () => {
  await city.apply('school-meals/notice.yaml');
  await applyGrant(hub, city, 'school-meals/agreement.yaml', 1, (grant) => ({
    ...grant,
    requires: ['on-behalf-of', 'matter'],
    deliveries: ['stream'],
  }));
  const meals = {
    ...context,
    purpose: 'school-meals',
    agreement: 'agr-school-meals',
    matter: 'YC-2026-000017',
  };
  const children = file.good
    .filter(({ guardian, id }) => guardian !== '' && id.slice(6, 10) >= '2016')
    .slice(0, 3);
  const { rows } = await database.app.query<{ digest: string }>('SELECT digest FROM consent_notice');
  const give = (person: string, guardian: string, id: string) =>
    city.publicSecurity.client.giveConsent({
      id,
      person,
      guardian,
      recipient: 'education',
      dataset,
      purposes: ['school-meals'],
      fields: ['name', 'income'],
      notBefore: '2026-01-01T00:00:00+08:00',
      expires: '2099-01-01T00:00:00+08:00',
      notice: { digest: rows[0]?.digest ?? '', language: 'zh' },
      method: 'app',
    });
  const [a, b, c] = children;
  assert.ok(a && b && c);
  await give(a.id, a.guardian, 'stream-a');
  await give(b.id, b.guardian, 'stream-b');
  await give(c.id, a.guardian, 'stream-c'); // a guardian of another person
  const agreed = await read({}, meals);
  assert.equal(agreed.records.length, 2);
  await city.publicSecurity.client.withdrawConsent('stream-b');
  const { stream, records } = await read({}, meals);
  assert.equal(records.length, 1);
  const entries = await entriesOf(stream.exchange);
  assert.deepEqual([...new Set(entries.map((leaf) => leaf.rows?.withheld))], [0]);
  const reported = entries.filter((leaf) => leaf.stream?.state === 'part');
  assert.ok(reported.length > 0 && reported.every((leaf) => leaf.private !== undefined));
  // checked in reads of a random length: the number of parts reveals nothing of who is in them
  assert.equal(
    reported.reduce((sum, leaf) => sum + (leaf.rows?.delivered ?? 0), 0),
    1,
  );
});

test('what a hub left open when it died is closed in the log, once', async () => {
  const id = '01890000-0000-7000-8000-000000000001';
  await database.app.query(
    "INSERT INTO release_stream (id, department, facts, lease_until) VALUES ($1, 'education', $2, now() - interval '1 second')",
    [id, { consumer: 'education', provider: 'pub-security', dataset }],
  );
  await hub.hub.runner.run('closeStreams');
  await hub.hub.runner.run('closeStreams');
  const entries = await entriesOf(id);
  assert.deepEqual(
    entries.map(({ stream, kind, consumer }) => [stream?.state, stream?.why, kind, consumer]),
    [['aborted', 'hub_lost', 'release', 'education']],
  );
  assert.equal(await openRows(), 0);
});

test('a stream that was cut, changed, reordered or ended by another party is reported as such', async () => {
  const { message, response, exchange } = await rawStream();
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  const lines = Buffer.concat(chunks)
    .toString('utf8')
    .split(/(?<=\n)/);
  const open = (text: readonly string[]): Promise<RecordStream> =>
    RecordStream.begin(
      {
        request: message,
        response: Readable.from([Buffer.from(text.join(''))]),
        exchange,
      },
      services,
    );
  const reported = async (text: readonly string[]): Promise<readonly [string, number]> => {
    let rows = 0;
    const code = await codeOf(
      (async () => {
        for await (const part of await open(text)) rows += part.records.length;
      })(),
    );
    return [code, rows];
  };
  const checkpoints = lines.flatMap((line, at) => (line.startsWith('{"$checkpoint"') ? [at] : []));
  const [first = 0, second = 0] = checkpoints;
  assert.deepEqual(await reported(lines), ['answered', inside]);
  // cut after a whole part, within one, and before the very last line
  assert.deepEqual(await reported(lines.slice(0, first + 1)), ['reply_stream_truncated', 100]);
  assert.deepEqual(await reported(lines.slice(0, second)), ['reply_stream_truncated', 100]);
  assert.deepEqual(await reported(lines.slice(0, -1)), ['reply_stream_truncated', inside]);
  assert.deepEqual(await reported([...lines.slice(0, -1), (lines.at(-1) ?? '').slice(0, -1)]), [
    'reply_stream_truncated',
    inside,
  ]);
  assert.deepEqual(await reported([]), ['reply_stream_truncated', 0]);
  const with_ = (at: number, line: string): readonly string[] =>
    lines.map((one, i) => (i === at ? line : one));
  const [one = '', two = ''] = lines.slice(first + 1, first + 3);
  assert.deepEqual(await reported(with_(first + 1, two)), ['reply_stream_invalid', 100]);
  assert.deepEqual(await reported(with_(first + 1, two).map((line, i) => (i === first + 2 ? one : line))), [
    'reply_stream_invalid',
    100,
  ]);
  assert.deepEqual(await reported(with_(first, lines[second] ?? '')), ['reply_stream_invalid', 0]);
  const without = lines.filter((_, at) => at !== first);
  assert.deepEqual(await reported(without), ['reply_stream_invalid', 0]);
  // the end of another stream, and a part's statement in its place
  const end = JSON.parse(lines.at(-1) ?? '{}') as { $end: string; receipt: string };
  const last = JSON.parse(lines[checkpoints.at(-1) ?? 0] ?? '{}') as { $checkpoint: string };
  const ending = (value: object): readonly string[] => [...lines.slice(0, -1), `${JSON.stringify(value)}\n`];
  assert.deepEqual(await reported(ending({ ...end, $end: last.$checkpoint })), [
    'reply_stream_invalid',
    inside,
  ]);
  assert.deepEqual(await reported(ending({ $end: end.$end })), ['reply_receipt_missing', inside]);
  const other = await client.stream(dataset, {}, context);
  for await (const part of other) assert.ok(part.rows > 0);
  assert.deepEqual(await reported(ending({ ...end, receipt: other.end.receipt })), [
    'reply_receipt_invalid',
    inside,
  ]);
});

test('a certificate revoked in mid-stream: the part under way does not leave, and the end says why', async () => {
  const machine = await hub.enrol('education');
  const { identity } = hub.hub.services;
  let reading: Promise<string> | undefined;
  await whileHeld(async () => {
    const stream = await machine.client.stream(dataset, {}, context);
    reading = codeOf(
      (async () => {
        for await (const { rows } of stream) assert.fail(`${rows} rows left`);
      })(),
    );
    await until(async () => (await waiting()) > 0);
    await identity.perform('revokeCertificate', { proven: { staff: 'hub' } }, (at) =>
      identity.prepare(revoke, { serial: machine.serial, reason: 'key-compromise' }, at),
    );
  });
  // its socket is closed two seconds later, whether or not the end was read by then
  assert.match((await reading) ?? '', /certificate_revoked|reply_stream_truncated/);
  await until(async () => (await openRows()) === 0);
  const ended = (await lastStream()).at(-1)?.stream;
  assert.deepEqual([ended?.state, ended?.rows], ['aborted', 0]);
  assert.match(ended?.why ?? '', /^(?:certificate_revoked|consumer_gone)$/);
});

test('the writer of a stream retains its lease', async () => {
  assert.deepEqual(await storedLease(database), [false, true]);
});

const noService = new ServiceCalls(
  () => Promise.reject(new Error('no service is asked')),
  () => Promise.resolve([]),
  { maxAnswerLength: 1, sockets: 1, lookedUpFor: 0 },
);

test('who reads a byte at a time of its TLS socket holds two parts of the hub and nothing of the database, and is left in time', async () => {
  streams.rowsOfPage = 1000;
  try {
    const ended = await slowReader(database, dataset, inside, { rawStream, entriesOf, openRows });
    assert.deepEqual(ended, ['aborted', 'consumer_stalled']);
  } finally {
    streams.rowsOfPage = 100;
  }
});

test('rows whose batch was replaced and dropped between two parts end the stream by name', async () => {
  const { registry, identity, keys: hubKeys } = hub.hub.services;
  const release = releaseServices(
    {
      database,
      registry,
      identity,
      keys: hubKeys,
      live: new LiveProviders(hubKeys.hubSigning, () => database.now()),
      liveServices: { places: [], calls: noService },
      report: () => undefined,
    },
    streams,
  );
  const nothing = { fields: undefined, filter: [], sort: [], limit: undefined };
  const requested = { ...context, consumer: 'education', dataset, ...nothing };
  const request = { ...requested, onBehalfOf: 'official-17', matter: context.matter, stream: true as const };
  const first = decide(request, registry.current.plans, database.now());
  assert.ok(first.effect === 'allow', JSON.stringify(first));
  let ended: StreamEntry | undefined;
  // each part comes two seconds after the one before: what was prefetched is read again
  let later = 0;
  const passage: StreamPassage = {
    exchange: '01890000-0000-7000-8000-000000000003',
    request: 'r',
    signal: new AbortController().signal,
    sign: (statement) => JSON.stringify(statement),
    part: (make) => {
      later += 2_000;
      return make({ id: '01890000-0000-7000-8000-000000000004', now: database.now() + later });
    },
    end: (entry) => {
      ended = entry;
      return Promise.resolve('receipt');
    },
  };
  const stream = { request, query: {}, first, department: 'education', facts: {} };
  const places: StreamPlaces = {
    seal: ({ next }) => next ?? '',
    open: (next) => ({ next, typeErrors: 0 }),
  };
  const parts = streamedParts(release, passage, stream, rowParts({ ...stream, places }));
  await parts.next();
  assert.equal((await parts.next()).done, false);
  const { rows } = await database.app.query<{ batch: string }>(
    'SELECT current_batch AS batch FROM dataset WHERE id = $1',
    [dataset],
  );
  const table = tableOf(rows[0]?.batch ?? '');
  await database.owner.query(`ALTER TABLE rows.${table} RENAME TO "b_gone"`);
  const end = Buffer.from((await parts.next()).value ?? '').toString('utf8');
  await database.owner.query(`ALTER TABLE rows."b_gone" RENAME TO ${table}`);
  assert.match(end, /aborted.*cursor_expired/);
  assert.deepEqual([ended?.facts.stream?.why, ended?.facts.stream?.rows], ['cursor_expired', 100]);
  assert.equal((await parts.next()).done, true);
});

test('a part that loses to others again and again ends as busy', async () => {
  let made = 0;
  const lost = {
    epoch: () => 1,
    append: (draft: EntryDraft<unknown>) => Promise.resolve().then(() => draft.whenLost('epoch')),
  };
  const callerAuth = { streams: { checkAuthorised: () => undefined, key: signing } };
  const body = streamBody(
    { audit: lost, database, current: () => undefined } as never,
    { exchange: 'x', operation: { id: 'streamRecords', kind: 'release' }, door: callerAuth } as never,
    { kind: 'department', signatureHash: 'r' } as never,
    async function* (passage) {
      yield Buffer.from(
        await codeOf(
          passage.part(() => {
            made += 1;
            return Promise.resolve({ facts: {} });
          }),
        ),
      );
    },
  );
  const reported: string[] = [];
  for await (const bytes of body(new AbortController().signal))
    reported.push(Buffer.from(bytes).toString('utf8'));
  assert.deepEqual([reported, made], [['log_busy'], 4]);
});

const keys = hub.hub.services.identity.jwks().keys.map((jwk) => verificationKey(jwk));
const services = {
  connection: undefined as never,
  origin: hub.hub.origins.exchange,
  key: signing,
  hubKey: (keyid: string) => keys.find((key) => key.keyid === keyid),
  refreshHubKeys: () => Promise.resolve(),
  receipts: new ReceiptChecker(
    () => client.anchors(),
    new CheckpointKeeper(checkpointsInMemory(), () => Promise.reject(new Error('not asked'))),
  ),
};

/** A stream as it is on the wire. */
async function rawStream() {
  const path = `/v1/datasets/${dataset}/stream`;
  const origin = hub.hub.origins.exchange;
  const body = Buffer.from('{}');
  const targetUri = `${origin}${path}`;
  const headers = signNow({
    method: 'POST',
    targetUri,
    headers: {
      'content-type': 'application/json',
      'datong-purpose': context.purpose,
      'datong-agreement': context.agreement,
      'datong-on-behalf-of': context.onBehalfOf ?? '',
      'datong-matter': context.matter ?? '',
    },
    body,
    key: signing,
  });
  const message: RequestMessage = {
    method: 'POST',
    targetUri,
    rawHeaders: Object.entries(headers).flat(),
    body,
  };
  const request = httpsRequest(targetUri, {
    method: 'POST',
    headers: { ...headers, 'content-length': body.length },
    ca: hub.ca,
    ...tls,
    agent: false,
  });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).once('error', reject);
    request.end(body);
  });
  request.on('error', () => undefined);
  response.on('error', () => undefined);
  return { message, request, response, exchange: String(response.headers['datong-exchange-id']) };
}

test('names rows with an open ticket, in the signed line after their part and in its entry', async () => {
  await agree();
  const rows = file.good.filter(({ region }) => region !== '990103');
  const at = 234;
  const notesOfStream = async () => {
    const stream = await client.stream(dataset, {}, context);
    const notes: (readonly [number, unknown])[] = [];
    let part = 0;
    for await (const { notes: those } of stream) {
      part += 1;
      for (const note of those) notes.push([part, note]);
    }
    const noted = (await entriesOf(stream.exchange)).flatMap(({ stream: of, notes: reported }) =>
      reported === undefined ? [] : [[of?.state, of?.parts, ...reported]],
    );
    return { notes, noted };
  };
  assert.deepEqual(await notesOfStream(), { notes: [], noted: [] });
  const claim = 'the name is another one';
  const { json } = await client.tickets.open({ dataset, key: rows[at]?.id ?? '', claim });
  const note = { code: 'under-correction', records: [at] };
  assert.deepEqual(await notesOfStream(), { notes: [[3, note]], noted: [['part', 3, 'under-correction']] });
  await client.tickets.answer(json.id, { act: 'withdraw' });
  assert.deepEqual((await notesOfStream()).notes, []);
});

test('a hub that stops ends its streams before their next part, and reports it', async () => {
  let reading: Promise<string> | undefined;
  let stopped: Promise<void> | undefined;
  await whileHeld(async () => {
    const stream = await client.stream(dataset, {}, context);
    reading = codeOf(
      (async () => {
        for await (const { records } of stream) assert.equal(records.length, 100);
      })(),
    );
    await until(async () => (await waiting()) > 0);
    stopped = hub.hub.stop();
  });
  assert.match((await reading) ?? '', /hub_stopping|reply_stream_truncated/);
  await stopped;
  const ended = (await lastStream()).at(-1)?.stream;
  assert.deepEqual([ended?.state, ended?.why], ['aborted', 'hub_stopping']);
});
