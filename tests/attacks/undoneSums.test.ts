/**
 * A transaction of the hub that was undone has written seals and a sum with a valid MAC. A database administrator reads them in the files of the
 * database, and puts the state of that transaction in place of a later one.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { rowsAtRandom } from '../../hub/features/log/jobs/rowsAtRandom.ts';
import { sealingOf } from '../../hub/platform/database/authenticated/rowSealing.ts';
import { processIdOf } from '../../hub/platform/database/database.ts';
import { withTransaction, type Transaction } from '../../hub/platform/database/transaction.ts';
import { administratorSession } from '../administratorSession.ts';
import { cityHub } from '../cityHub.ts';
import { compareRows } from '../comparison.ts';
import { putBack, sealedParts, stateOf, type State } from './putBack.ts';

const { database, hub } = await cityHub({ jobsByTime: false });
const administrator = await administratorSession(database, '-c session_replication_role=replica');
after(() => hub.stop());
const { owner } = hub.hub.database;
const key = `code = 'school-enrolment'`;

async function found(): Promise<string[]> {
  await compareRows(hub);
  const { rows } = await administrator.query<{ code: string; about: string }>(
    `SELECT code, about FROM log_finding WHERE about <> '' ORDER BY about`,
  );
  return rows.map(({ code, about }) => `${code} ${about}`);
}
const changeTo = (transaction: Transaction, title: string): Promise<unknown> =>
  transaction.query(`UPDATE purpose SET title_en = $1 WHERE ${key}`, [title]);

const parts = sealedParts('purpose');
const put = (state: State): Promise<void> => putBack(administrator, parts, state);
/** What a transaction would have left that is undone at its end. @param end of the session, or of the transaction alone */
async function undone(title: string, end: 'session' | 'transaction'): Promise<State> {
  let state: State | undefined;
  const work = withTransaction(owner, async (transaction) => {
    await changeTo(transaction, title);
    await sealingOf(owner)?.seal(transaction, '01890000-0000-7000-8000-000000000000');
    state = await stateOf(transaction, parts);
    if (end === 'session')
      await administrator.query('SELECT pg_terminate_backend($1, 5000)', [processIdOf(transaction)]);
    throw new Error('undone');
  });
  await assert.rejects(
    work,
    /^Error: (undone|Connection terminated|Client has encountered)|terminating connection/,
  );
  return state ?? assert.fail();
}

for (const end of ['transaction', 'session'] as const)
  test(`the state of an undone transaction, by the end of the ${end}: it counts neither before nor after the next change`, async () => {
    const first = await undone('undone first', end);
    const before = await stateOf(administrator, parts);
    assert.deepEqual(await found(), []);
    await put(first);
    await rowsAtRandom(database).compare();
    await put(before);
    assert.deepEqual(await found(), ['rows_rolled_back purpose'], 'met at random');
    assert.deepEqual(await found(), []);
    await put(first);
    assert.deepEqual(await found(), ['rows_rolled_back purpose']);
    await assert.rejects(
      withTransaction(owner, (transaction) => changeTo(transaction, 'over it')),
      { code: 'rows_unauthenticated' },
    );
    await put(before);
    assert.deepEqual(await found(), []);

    const second = await undone('undone second', end);
    await withTransaction(owner, (transaction) => changeTo(transaction, 'done'));
    const done = await stateOf(administrator, parts);
    for (const state of [first, second]) {
      await put(state);
      assert.deepEqual(await found(), ['rows_rolled_back purpose']);
      await put(done);
      assert.deepEqual(await found(), []);
    }
  });

test('a transaction that compares rows after it has sealed them, and is undone: the state before it counts', async () => {
  const before = sealingOf(owner)?.digests?.known('purpose') ?? assert.fail();
  const work = withTransaction(owner, async (transaction) => {
    await changeTo(transaction, 'undone third');
    await sealingOf(owner)?.seal(transaction, '01890000-0000-7000-8000-000000000000');
    await sealingOf(owner)?.refuseUnauthentic(transaction, ['purpose']);
    throw new Error('undone');
  });
  await assert.rejects(work, /^Error: undone/);
  assert.deepEqual(sealingOf(owner)?.digests?.known('purpose'), before);
  assert.deepEqual(await found(), []);
});

test('a sum of the version that the state folder has, but of other rows', () => {
  const sums = sealingOf(owner)?.digests ?? assert.fail();
  const { version, sum, writers } = sums.known('purpose');
  assert.ok(sum !== undefined && writers !== undefined);
  const one = { version, count: 1, sum, writers };
  assert.equal(sums.isNewest('purpose', one), true);
  assert.equal(sums.isNewest('purpose', { ...one, sum: sum + 1n }), false);
  assert.equal(sums.isNewest('purpose', { ...one, version: version - 1 }), false);
});
