/** A stream whose connection breaks continues after the last verified part: nothing is missing, nothing comes twice, and each call is decided anew. */
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { before, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { contextHeaders, jsonCall } from '../../clients/sdk/jsonCall.ts';
import { RecordStream } from '../../clients/sdk/recordStream.ts';
import { isBroken, readStream } from '../../clients/sdk/resumedStream.ts';
import { openStream, type CallServices } from '../../clients/sdk/signedCall.ts';
import type { CallContext, StreamQuestion } from '../../clients/sdk/types.ts';
import { Problem } from '../../terms/problem.ts';
import { applyGrant } from '../policyWith.ts';
import { newestLeaves } from './leaves.ts';
import { defined } from '../../terms/defined.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub(
  { streams: { rowsOfPage: 100, pagesOfPart: 1 }, jobsByTime: false },
  { connections: 12 },
);
const file = householdFile(1500, 7);
const dataset = 'pub-security.household';
const { client } = city.education;
const context: CallContext = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};
const patience = { maxTries: 5, firstWaitMs: 1 };
let version = 1;

type Grant = Readonly<Record<string, unknown>>;
function agree(change: (grant: Grant) => object = (grant) => grant): Promise<void> {
  version += 1;
  return applyGrant(hub, city, 'household/agreement.yaml', version, (grant) =>
    change({
      ...grant,
      requires: ['on-behalf-of', 'matter'],
      deliveries: ['batch', 'stream'],
      limits: { rowsPerCall: 1000 },
    }),
  );
}

before(async () => {
  await city.publicSecurity.client.sendFile(dataset, file.bytes, { mapping: 'household' });
  await agree();
});

/** Its bytes up to a place; there the socket is torn down as a network does it. */
async function* cutAt(response: IncomingMessage, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (chunk.length >= left) {
      response.socket.destroy();
      yield chunk.subarray(0, left);
      throw Object.assign(new Error('cut'), { code: 'ECONNRESET' });
    }
    left -= chunk.length;
    yield chunk;
  }
}

/** Opens a stream whose connection breaks after so many bytes. */
async function openCut(question: StreamQuestion, bytes: number): Promise<RecordStream> {
  const { services } = client as unknown as { readonly services: CallServices };
  const path = `/v1/datasets/${dataset}/stream`;
  const input = jsonCall(path, question, contextHeaders(context), 'required');
  const opened = await openStream(input, services);
  const response = Readable.from(cutAt(opened.response as IncomingMessage, bytes));
  return RecordStream.begin({ ...opened, response }, services);
}

const opened = (question: StreamQuestion, after: string | undefined): StreamQuestion => ({
  ...question,
  ...defined({ after }),
});

async function rowsOf(stream: RecordStream): Promise<readonly object[]> {
  const records: object[] = [];
  for await (const one of stream.records()) records.push(one);
  return records;
}
const allRows = async (): Promise<readonly object[]> => rowsOf(await client.stream(dataset, {}, context));

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (error: unknown) => {
      assert.ok(error instanceof DatongProblem || error instanceof Problem, String(error));
      return error.code;
    },
  );

/** The cursor of the part that a stream broke after. */
async function brokenAfter(question: StreamQuestion, bytes: number): Promise<string> {
  const stream = await openCut(question, bytes);
  assert.equal(await codeOf(rowsOf(stream)), 'reply_stream_truncated');
  assert.ok(stream.cursor);
  return stream.cursor;
}

test('cut at any place, and cut again, the parts that were taken are all rows once, in their order', async () => {
  const whole = await allRows();
  const size = whole.reduce((sum, one) => sum + JSON.stringify(one).length + 1, 0);
  // before the first line, in a row, about the end of a part, in the last part, and every call but the last one
  const cuts = [1, 300, 9_000, size / 3, size / 2, size - 200, size];
  const calls: number[] = [];
  for (const cut of [...cuts, 'each'] as const) {
    const taken: object[] = [];
    let opens = 0;
    const streams = await readStream({
      open: (after) => {
        opens += 1;
        const bytes = cut === 'each' ? 40_000 : opens === 1 ? Math.floor(cut) : Infinity;
        return openCut(opened({}, after), bytes);
      },
      read: async (stream) => {
        for await (const part of stream) taken.push(...part.records);
      },
      patience,
    });
    assert.deepEqual(taken, whole, `cut at ${cut}`);
    assert.equal(streams.at(-1)?.end.rows, streams.at(-1)?.delivered);
    calls.push(opens);
  }
  assert.deepEqual(
    calls.slice(0, -1),
    cuts.map(() => 2),
  );
  assert.ok((calls.at(-1) ?? 0) > 3, String(calls));
});

test('cut between the last part and the end, only the end is asked for', async () => {
  const whole = await allRows();
  const stream = await client.stream(dataset, {}, context);
  for await (const part of stream) assert.ok(part.rows > 0);
  const rest = await client.stream(dataset, opened({}, stream.cursor), context);
  assert.deepEqual(await rowsOf(rest), []);
  assert.deepEqual([rest.end.rows, stream.end.rows], [0, whole.length]);
});

test('each call has its own entries, and is decided anew: what was suspended or masked otherwise since does not go on', async () => {
  const cursor = await brokenAfter({}, 40_000);
  const rest = await client.stream(dataset, { after: cursor }, context);
  const rows = (await rowsOf(rest)).length;
  const entries = (await newestLeaves(database, 200)).filter(({ stream }) => stream?.id === rest.exchange);
  const parts = entries.filter(({ stream }) => stream?.state === 'part');
  assert.equal(
    parts.reduce((sum, leaf) => sum + (leaf.rows?.delivered ?? 0), 0),
    rows,
  );
  assert.equal(
    parts.reduce((sum, leaf) => sum + (leaf.subjects?.count ?? 0), 0),
    rows,
  );
  const path = '/v1/policy/documents/agr-school-enrolment';
  await hub.staff(city.security, 'POST', `${path}/suspension`, { reason: 'test' });
  assert.equal(await codeOf(client.stream(dataset, { after: cursor }, context)), 'agreement_suspended');
  await hub.staff(city.security, 'POST', `${path}/resumption`, { reason: 'test' });
  assert.equal((await client.stream(dataset, { after: cursor }, context)).cursor, undefined);
  await agree((grant) => ({
    ...grant,
    fields: { ...(grant['fields'] as object), name: { mask: 'drop' } },
  }));
  assert.equal(await codeOf(client.stream(dataset, { after: cursor }, context)), 'cursor_invalid');
  await agree();
});

test('a cursor opens for its own question only, and not when it was changed', async () => {
  const cursor = await brokenAfter({}, 40_000);
  const refused = async (question: StreamQuestion): Promise<void> =>
    assert.equal(await codeOf(client.stream(dataset, question, context)), 'cursor_invalid');
  await refused({ after: cursor, fields: ['name'] });
  await refused({ after: `${cursor.slice(0, 40)}${cursor[40] === 'A' ? 'B' : 'A'}${cursor.slice(41)}` });
  await refused({ after: 'x' });
  const { json } = await client.query(dataset, { limit: 10 }, context);
  await refused({ after: json.nextCursor ?? '' });
});

test('a failure that stays is thrown, and a refusal is not tried again', async () => {
  let opens = 0;
  const never = readStream({
    open: () => {
      opens += 1;
      return openCut({}, 10);
    },
    read: (stream) => rowsOf(stream),
    patience,
  });
  assert.equal(await codeOf(never), 'reply_stream_truncated');
  assert.equal(opens, patience.maxTries);
  opens = 0;
  const refused = readStream({
    open: () => {
      opens += 1;
      return client.stream(dataset, { after: 'x' }, context);
    },
    read: (stream) => rowsOf(stream),
    patience,
  });
  assert.equal(await codeOf(refused), 'cursor_invalid');
  assert.equal(opens, 1);
  assert.deepEqual(
    ['ECONNRESET', 'ECONNREFUSED', 'CERT_HAS_EXPIRED', 'ENOENT'].map((code) =>
      isBroken(Object.assign(new Error(code), { code })),
    ),
    [true, true, false, false],
  );
});
