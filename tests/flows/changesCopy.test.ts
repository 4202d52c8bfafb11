/** The first copy of a feed of changes comes as a stream and goes on with changes: no row is missing and none comes twice, wherever it breaks. */
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { before, test } from 'node:test';
import { cellsOf, csvLine, headers } from '../../clients/cli/demo/files/householdFile.ts';
import { seededRandom, residents, type Resident } from '../../clients/cli/demo/files/invented.ts';
import { copyInTable } from '../../clients/cli/listen/copyInTable.ts';
import { keepInStep } from '../../clients/cli/listen/listen.ts';
import type { CopyStep, LocalCopy } from '../../clients/cli/listen/localCopy.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { CallServices } from '../../clients/sdk/signedCall.ts';
import type { CallContext } from '../../clients/sdk/types.ts';
import { slowness } from '../../bench/machine.ts';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { Problem } from '../../terms/problem.ts';
import { asLogin } from '../../hub/platform/database/database.ts';
import { emptyDatabase } from '../database.ts';
import { moreRows } from '../moreRows.ts';
import { applyGrant } from '../policyWith.ts';
import { newestLeaves } from './leaves.ts';
import { cityHub } from '../cityHub.ts';

const streams = { rowsOfPage: 25 };
const { database, hub, city } = await cityHub({ streams, jobsByTime: false }, { connections: 20 });
const { client } = city.education;
const { client: police } = city.publicSecurity;
const dataset = 'pub-security.household';
const context: CallContext = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};
const random = residents(seededRandom(23));
const people = Array.from({ length: 900 }, () => random.next().value);
const inside = people.filter(({ region }) => region !== '990103').length;
let files = 0;
async function send(all: readonly Resident[]): Promise<void> {
  files += 1;
  const rows = all.map((one, i) => (i === 0 ? { ...one, address: `云溪区新路 ${files} 号` } : one));
  const bytes = encodeGb18030([headers, ...rows.map(cellsOf)].map(csvLine).join(''));
  await police.sendFile(dataset, bytes, { mapping: 'household' });
}
let version = 1;
const agree = (change: object = {}): Promise<void> =>
  applyGrant(hub, city, 'household/agreement.yaml', (version += 1), (grant) => ({
    ...grant,
    requires: ['on-behalf-of', 'matter'],
    deliveries: ['changes'],
    limits: { rowsPerCall: 1000 },
    ...change,
  }));

before(async () => {
  await agree();
  await send(people);
});

/** What a consumer holds, and how often each row was put. */
class Copy implements LocalCopy {
  readonly rows = new Map<string, string>();
  puts = 0;
  gone = 0;
  at: { watermark: string; resume?: string | undefined } | undefined;

  place(): Promise<Copy['at']> {
    return Promise.resolve(this.at);
  }

  take({ begins, changes, watermark, resume }: CopyStep): Promise<void> {
    if (begins) this.rows.clear();
    for (const { row, record } of changes) {
      if (record === undefined) this.rows.delete(row);
      else this.rows.set(row, JSON.stringify(record));
      if (record === undefined) this.gone += 1;
      else this.puts += 1;
    }
    this.at = { watermark, resume };
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const options = { ...context, every: 1, once: true, state: '' } as unknown as Parameters<
  typeof keepInStep
>[2];
const follow = (copy: LocalCopy, by: Pick<typeof client, 'changes'> = client): Promise<void> =>
  keepInStep(by, dataset, options, copy, new AbortController().signal);

/** A fresh copy by pages: what there is now. */
async function byPages(): Promise<ReadonlyMap<string, string>> {
  const copy = new Copy();
  for await (const { json } of client.changes.untilInStep(dataset, { restart: true }, context))
    await copy.take(json);
  return copy.rows;
}

/** So many times more rows, in parts of the usual size. @returns takes them out */
async function manyRows(copies: number): Promise<() => Promise<void>> {
  const { rowsOfPage } = streams;
  streams.rowsOfPage = 1_000;
  const fewer = await moreRows(database, dataset, copies, {
    f_person_id: `left("f_person_id", 6) || lpad(("_row" * 1000 + nth)::text, 12, '0')`,
  });
  return async () => {
    streams.rowsOfPage = rowsOfPage;
    await fewer();
  };
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (error: unknown) => {
      assert.ok(error instanceof DatongProblem || error instanceof Problem, String(error));
      const why = error instanceof Problem ? error.facts['code'] : undefined;
      return typeof why === 'string' ? why : error.code;
    },
  );

/** Where a stream breaks, given all of it that has arrived; undefined: not yet. */
type Break = (arrived: Buffer) => number | undefined;

/** A client whose streams of a first copy break after so many bytes. */
const breaking = (bytes: () => number): Pick<typeof client, 'changes'> =>
  breakingAt(({ length }) => (length >= bytes() ? bytes() : undefined));

function breakingAt(place: Break): Pick<typeof client, 'changes'> {
  const { services } = client as unknown as { readonly services: CallServices };
  const { connection } = services;
  const open: CallServices['connection']['open'] = async (request) => {
    const response = await connection.open(request);
    const cut = Readable.from(cutAt(response, place));
    return Object.assign(cut, {
      statusCode: response.statusCode,
      rawHeaders: response.rawHeaders,
    }) as unknown as IncomingMessage;
  };
  const cutting = { ...services, connection: { open, send: connection.send.bind(connection) } };
  const changes = Object.create(client.changes) as typeof client.changes;
  Object.assign(changes, { services: cutting });
  return { changes };
}

async function* cutAt(response: IncomingMessage, place: Break): AsyncGenerator<Buffer> {
  let arrived = Buffer.alloc(0);
  for await (const chunk of response as AsyncIterable<Buffer>) {
    const before = arrived.length;
    arrived = Buffer.concat([arrived, chunk]);
    const end = place(arrived);
    if (end !== undefined) {
      response.socket.destroy();
      yield chunk.subarray(0, end - before);
      throw Object.assign(new Error('cut'), { code: 'ECONNRESET' });
    }
    yield chunk;
  }
}

test('the copy is what pages bring, each part has its entry, and the next call has no changes', async () => {
  const copy = new Copy();
  await follow(copy);
  assert.equal(copy.rows.size, inside);
  assert.equal(copy.puts, inside);
  const leaves = await newestLeaves(database, 60);
  const stream = leaves.find((leaf) => leaf.stream?.state === 'complete')?.stream?.id;
  const parts = leaves.filter((leaf) => leaf.stream?.id === stream && leaf.stream?.state === 'part');
  assert.equal(parts.length, Math.ceil(inside / 100));
  for (const count of [
    parts.reduce((sum, leaf) => sum + (leaf.rows?.delivered ?? 0), 0),
    parts.reduce((sum, leaf) => sum + (leaf.subjects?.count ?? 0), 0),
  ])
    assert.equal(count, inside);
  await follow(copy);
  assert.equal(copy.puts, inside);
  assert.deepEqual(copy.rows, await byPages());
});

test('rows that change while the copy is broken come once more, those that go are gone, and no other row comes again', async () => {
  for (const cut of [40_000, 110_000]) {
    await send(people);
    const copy = new Copy();
    assert.equal(
      await codeOf(
        follow(
          copy,
          breaking(() => cut),
        ),
      ),
      'reply_stream_truncated',
    );
    const held = copy.puts;
    assert.ok(copy.at?.resume !== undefined && held > 0 && held < inside, `${held}`);
    // one moves, one appears, one of the first part and one of a later part go
    const [first, second, ...others] = people.filter(({ region }) => region !== '990103');
    assert.ok(first && second);
    const elsewhere = people.filter(({ region }) => region === '990103');
    const now = [
      { ...second, region: second.region === '990101' ? '990102' : '990101' },
      ...others.slice(0, -1),
      random.next().value,
      ...elsewhere,
    ];
    await send(now);
    await follow(copy);
    assert.deepEqual(copy.rows, await byPages());
    // the parts that left and did not arrive come again: at most two of them were under way
    assert.ok(copy.puts <= inside + 4 + held, `${copy.puts} puts of ${inside} rows`);
  }
  await send(people);
});

test('rows that are gone with a part that did not arrive come again as gone, and once only', async () => {
  await send(people);
  const copy = new Copy();
  const first = follow(
    copy,
    breaking(() => 110_000),
  );
  assert.equal(await codeOf(first), 'reply_stream_truncated');
  const [gone, others] = [people.slice(0, 350), people.slice(350)];
  await send(others);
  // the third part of rows that are gone left and is lost
  const lost: Break = (arrived) => {
    const lines = arrived.toString('utf8').split('"op":"gone"');
    return lines.length > 230 ? Buffer.byteLength(lines.slice(0, 230).join('"op":"gone"')) : undefined;
  };
  assert.equal(await codeOf(follow(copy, breakingAt(lost))), 'reply_stream_truncated');
  assert.ok(copy.gone > 100 && copy.gone < 230, `${copy.gone}`);
  await follow(copy);
  const expected = gone.filter(({ region }) => region !== '990103').length;
  assert.equal(copy.gone, expected);
  // the next round does not report them again
  await send(others);
  await follow(copy);
  assert.equal(copy.gone, expected);
  // and deletes them once its answer is acknowledged
  await follow(copy);
  const { rows } = await database.owner.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM change_held JOIN change_feed ON feed = id WHERE digest = ''`,
  );
  assert.deepEqual([copy.gone, rows[0]?.n], [expected, 0]);
  assert.deepEqual(copy.rows, await byPages());
  await send(people);
});

test('broken at every call the copy ends all the same, without a row twice', async () => {
  const copy = new Copy();
  let calls = 0;
  for (;;) {
    calls += 1;
    const code = await codeOf(
      follow(
        copy,
        breaking(() => 50_000),
      ),
    );
    if (code === 'answered') break;
    assert.equal(code, 'reply_stream_truncated');
  }
  assert.ok(calls > 2, `${calls}`);
  assert.equal(copy.puts, inside);
  assert.deepEqual(copy.rows, await byPages());
});

test('a copy that is not whole is not acknowledged, and without its watermark the feed begins anew', async () => {
  const fewer = await manyRows(60);
  try {
    const stream = await client.changes.copy(dataset, {}, context);
    const acknowledge = stream.exchange;
    // the hub goes on until the buffers of both sockets are full, and then waits for its reader
    const early = client.changes.next(dataset, { acknowledge }, context);
    assert.equal(await codeOf(early), 'changes_watermark_unknown');
    const { json } = await client.changes.next(dataset, {}, context);
    assert.deepEqual([json.begins, json.rows.delivered], [true, 1000]);
    const reading = async (): Promise<void> => {
      for await (const part of stream) assert.ok(part.rows > 0);
    };
    assert.equal(await codeOf(reading()), 'changes_watermark_unknown');
  } finally {
    await fewer();
  }
  const whole = await client.changes.copy(dataset, {}, context);
  for await (const part of whole) assert.ok(part.rows > 0);
  const again = await client.changes.next(dataset, {}, context);
  assert.deepEqual([again.json.begins, again.json.rows.delivered], [true, inside]);
});

test('a call that begins the feed anew is answered while a copy of many parts is being written', async () => {
  const { rowsOfPage } = streams;
  streams.rowsOfPage = 1;
  try {
    const stream = await client.changes.copy(dataset, {}, context);
    const reading = codeOf(
      (async () => {
        for await (const part of stream) assert.ok(part.rows > 0);
      })(),
    );
    const { json } = await client.changes.next(dataset, {}, context);
    assert.equal(json.begins, true);
    assert.equal(await reading, 'changes_watermark_unknown');
  } finally {
    streams.rowsOfPage = rowsOfPage;
  }
});

test('a second copy of the feed ends the first one, and its cursors', async () => {
  const cut = new Copy();
  await codeOf(
    follow(
      cut,
      breaking(() => 60_000),
    ),
  );
  const cursor = cut.at?.resume ?? '';
  const whole = new Copy();
  await follow(whole);
  const resumed = client.changes.copy(dataset, { after: cursor }, context);
  assert.equal(await codeOf(resumed), 'changes_watermark_unknown');
  assert.equal(
    await codeOf(client.changes.copy(dataset, { after: cursor, fields: ['name'] }, context)),
    'cursor_invalid',
  );
  // the listener begins anew by itself
  await follow(cut);
  assert.deepEqual(cut.rows, whole.rows);
});

test('the agreement must deliver changes, and a copy takes no filter', async () => {
  const filtered = { filter: [{ field: 'name', op: 'eq', value: 'x' }] } as object;
  assert.equal(await codeOf(client.changes.copy(dataset, filtered, context)), 'changes_not_filtered');
  await agree({ deliveries: ['stream'] });
  assert.equal(await codeOf(client.changes.copy(dataset, {}, context)), 'delivery_not_agreed');
  await agree();
});

test('a table of PostgreSQL takes a first copy by parts: 10,000 rows a second and more', async () => {
  const copies = 15;
  const fewer = await manyRows(copies);
  const own = await emptyDatabase();
  try {
    const { host, port, database: name, user } = own.owner.options;
    const url = `postgres://${user ?? ''}@/${name ?? ''}?host=${encodeURIComponent(host ?? '')}&port=${port ?? 5432}`;
    const copy = await copyInTable(
      url,
      { hub: '', department: 'education', dataset, ...context },
      'children',
    );
    const before = process.cpuUsage();
    await follow(copy);
    const { user: userTime, system } = process.cpuUsage(before);
    const rows = inside * (copies + 1);
    const perSecond = (slowness() * 1e6 * rows) / (userTime + system);
    await copy.close();
    const { rows: found } = await asLogin(url, (login) =>
      login.query<{ count: string }>('SELECT count(*) FROM children'),
    );
    assert.equal(Number(found[0]?.count), rows);
    // hub and listener are this process: its time does not depend on what else the machine does
    assert.ok(
      perSecond > 10_000,
      `${perSecond.toFixed(0)} rows a second of processor time of the machine of bench/README.md`,
    );
  } finally {
    await own.cleanup();
    await fewer();
  }
});
