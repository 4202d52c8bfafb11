/**
 * A hub is killed (SIGKILL) at random moments of what a clerk does with a file beyond sending it, and started again: while mended rows go back in, while a batch
 * is merged by key, while rows are deleted by a list, and while a snapshot is taken back. Each ends exactly once, no row is lost or doubled, readers see the
 * one state or the other, and nothing stays of what was broken off. ATTACK_SEED sets the moments. Run by itself, without the time limit of the runner.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { staffClient } from '../../clients/cli/apply/staffCall.ts';
import { cellsOf, householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { seededRandom, type Resident } from '../../clients/cli/demo/files/invented.ts';
import { datasetTable } from '../../hub/domain/rowTable/layout.ts';
import { sharedSchema } from '../../machine/shippedSchemas.ts';
import { leafContent, withLeaves } from '../../hub/log/store/storedLeaves.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';
import { guardedDatasets } from '../flows/guardedDatasets.ts';
import { file, place } from '../flows/householdRecords.ts';
import { post } from '../flows/intakeCalls.ts';
import { hubAgain, killedWhile } from './hubAgain.ts';
import { noneMissing, leftOver, mendedFile, published, send } from './killedIntake.ts';

const times = Math.ceil(Number(process.env['KILLS'] ?? 20) / 5);
const seed = Number(process.env['ATTACK_SEED'] ?? 20261123);
const rows = 6_000;

const database = await testDatabase();
const made = await testHub({ database });
const { operator, publicSecurity } = await sampleCity(made);
const { client } = publicSecurity;
const author = await made.token('author', ['steward'], 'pub-security');
const second = await made.token('second', ['steward'], 'pub-security');
const merged = await guardedDatasets(made, { operator, steward: author, client }).dataset(
  'merged',
  {},
  'upsert',
);
const table = datasetTable(merged, sharedSchema('household@1'));
const { origins } = made.hub;

const serve = await hubAgain(made, database);
after(() => made.stop());

test(`killed ${times} times while mended rows go back in, the whole is published once and nothing else stays`, async (t) => {
  const { int: below } = seededRandom(seed);
  const sent = (i: number) => send(client, householdFile(rows, 500 + i));
  let before = '';
  await killedWhile(
    t,
    serve,
    { times, below, before: async () => void ({ batch: before } = await sent(0)) },
    (i) => send(client, mendedFile(rows, 500 + i), { corrects: before }),
    async ({ batch, state }, reported, i) => {
      assert.equal(state, 'published', reported);
      const good = noneMissing(rows, 500 + i);
      assert.deepEqual(
        await leftOver(database),
        published(batch, { good, bytes: new Uint8Array(0), spoiled: 0 }),
        reported,
      );
      ({ batch: before } = await sent(i + 1));
    },
  );
  const { rows: of } = await database.app.query<{ n: string }>(
    'SELECT count(*) AS n FROM batch WHERE corrects IS NOT NULL',
  );
  assert.equal(Number(of[0]?.n), times + 1, 'each was corrected once');
});

/** The content of the merged dataset, and the marks of its rows. */
async function contentOf(mark: string): Promise<{ readonly all: number; readonly marked: number }> {
  const { rows: found } = await database.owner.query<{ all: string; people: string; marked: string }>(
    `SELECT count(*) AS all, count(DISTINCT f_person_id) AS people, count(*) FILTER (WHERE f_address = $1) AS marked FROM ${table}`,
    [mark],
  );
  const [one] = found;
  assert.equal(one?.all, one?.people, 'each person once');
  return { all: Number(one?.all), marked: Number(one?.marked) };
}

/** People of the merged dataset, by number. */
const known = new Set<string>();

test(`killed ${times} times while a batch is merged, its rows stand there once, and all the others`, async (t) => {
  const { int: below } = seededRandom(seed + 1);
  let last: readonly Resident[] = [];
  await killedWhile(
    t,
    serve,
    { times, below },
    (i) => {
      const people = [
        ...last.slice(0, rows / 2),
        ...noneMissing(rows / 2, 600 + i).filter(({ id }) => !known.has(id)),
      ];
      last = people.toReversed();
      for (const { id } of people) known.add(id);
      const cells = people.map((person) => cellsOf(person).with(place.address, `第${i}批`));
      return send(client, { bytes: file(cells) }, { to: merged, mapping: 'merged' });
    },
    async ({ state }, reported, i) => {
      assert.equal(state, 'published', reported);
      assert.deepEqual(await contentOf(`第${i}批`), { all: known.size, marked: last.length }, reported);
      const { open, orphans, orphanTables } = (await leftOver(database)) as Record<string, unknown>;
      assert.deepEqual(
        { open, orphans, orphanTables },
        { open: '0', orphans: '0', orphanTables: [] },
        reported,
      );
    },
  );
});

/** What the log says of deletions: how many rows went. */
async function loggedDeletions(): Promise<number> {
  const { rows: entries } = await database.app.query<{ leaf: Uint8Array }>(
    'SELECT leaf FROM audit_entry WHERE dataset = $1',
    [merged],
  );
  return withLeaves(entries)
    .map(({ leaf }) => leafContent(leaf))
    .filter(({ operation }) => operation === 'deleteRows')
    .reduce((sum, { change }) => sum + Number(change?.['rows'] ?? 0), 0);
}

test(`killed ${times} times while rows are deleted by a list, they go once, and the log says how many`, async (t) => {
  const { int: below } = seededRandom(seed + 2);
  let gone = 0;
  await killedWhile(
    t,
    serve,
    { times, below },
    async () => {
      const keys = [...known].slice(0, 900).map((person_id) => ({ person_id }));
      for (const { person_id: id } of keys) known.delete(id);
      gone += keys.length;
      for (;;) {
        const answer = await post(client, `/v1/datasets/${merged}/deletions`, {
          keys,
          reason: '销户清单',
        }).catch(() => undefined);
        if (answer?.status === 200) return;
        await sleep(50);
      }
    },
    async (_, reported) => {
      assert.equal((await contentOf('')).all, known.size, reported);
      assert.equal(await loggedDeletions(), gone, reported);
    },
  );
});

/** One person's decision that a batch comes back. @returns the answer's status; 0 where no hub answered */
async function takeBack(batch: string, by: string): Promise<number> {
  const requested = staffClient({ origin: origins.staff, ca: made.ca, token: by });
  try {
    return (await requested.post(`/v1/batches/${batch}/restoration`, { reason: '报错了月份' })).status;
  } catch {
    return 0;
  } finally {
    requested.close();
  }
}

test(`killed ${times} times while a snapshot is taken back, readers see the one or the other, and in the end the former`, async (t) => {
  const { int: below } = seededRandom(seed + 3);
  const sent = async (of: number): Promise<string> => (await send(client, householdFile(rows, of))).batch;
  let former = '';
  const two = async (i: number): Promise<void> => {
    former = await sent(700 + 2 * i);
    await sent(701 + 2 * i);
    assert.equal(await takeBack(former, author), 202);
  };
  await killedWhile(
    t,
    serve,
    { times, below, before: () => two(0) },
    async () => {
      for (;;) {
        const status = await takeBack(former, second);
        const { json } = await client.batch(former).catch(() => ({ json: undefined }));
        if (json?.state === 'published') return;
        // where no hub answers, nothing is known
        if (json !== undefined) assert.ok(status !== 200 && status < 500, `answered ${status}, and not done`);
        await sleep(50);
      }
    },
    async (_, reported, i) => {
      const file = householdFile(rows, 700 + 2 * i);
      assert.deepEqual(await leftOver(database), published(former, file), reported);
      await two(i + 1);
    },
  );
});
