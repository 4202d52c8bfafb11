/** Code of tables: which rows of the catalogue are read again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientBase } from 'pg';
import { testDatabase } from '../../../../tests/database.ts';
import { withTransaction } from '../transaction.ts';
import { ComparedCode } from './tableCode.ts';

const database = await testDatabase();
const code = new ComparedCode();

/** How many rows of the catalogue each statement of a comparison reads. @param before is called before the first of them */
function compared(before?: () => Promise<unknown>): Promise<number[]> {
  return withTransaction(database.app, async (transaction) => {
    const counts: number[] = [];
    const query = async (text: string, values?: unknown[]): Promise<unknown> => {
      const ids = values?.[1];
      if (Array.isArray(ids)) {
        if (counts.length === 0) await before?.();
        counts.push(ids.length);
      }
      return transaction.query(text, values);
    };
    await code.refuseAltered({ query } as unknown as ClientBase);
    return counts;
  });
}

const tableOf = (digit: string): string => `rows.b_${digit.repeat(32)}`;

/** As `loadBatch` makes it. */
const makeBatch = (digit: string): Promise<unknown> =>
  database.owner.query(`CREATE TABLE ${tableOf(digit)} (_row bigint);
    ALTER TABLE ${tableOf(digit)} ADD COLUMN _batch uuid DEFAULT '01890000-0000-7000-8000-00000000000${digit}'`);

test('the first comparison reads all, at most 1,000 rows in one statement; then only what is new', async () => {
  const columns = Array.from({ length: 40 }, (_, n) => `f_${n} text DEFAULT 'x'`);
  for (let n = 0; n < 30; n += 1)
    await database.owner.query(`CREATE TABLE rows.u_wide_${n} (${columns.join()})`);
  const first = await compared();
  const total = first.reduce((sum, count) => sum + count, 0);
  assert.ok(total > 1_400, String(total));
  assert.equal(first.length, Math.ceil(total / 1_000));
  assert.ok(Math.max(...first) <= 1_000, first.join());
  assert.deepEqual(await compared(), []);
  await makeBatch('1');
  assert.deepEqual(await compared(), [1]);
  assert.deepEqual(await compared(), []);
  await makeBatch('2');
  await makeBatch('3');
  await database.owner.query(`DROP TABLE ${tableOf('1')}`);
  assert.deepEqual(await compared(), [2]);
  assert.deepEqual(await compared(), []);
});

test('of a table of the migrations, a new default is read, and one whose column has another name', async () => {
  await compared();
  await database.owner.query(`ALTER TABLE matter ADD newer text DEFAULT 'x'`);
  assert.deepEqual(await compared(), [1]);
  await database.owner.query('ALTER TABLE matter RENAME newer TO newest');
  assert.deepEqual(await compared(), [1]);
  await database.owner.query('ALTER TABLE matter DROP newest');
  assert.deepEqual(await compared(), []);
});

test('code of a table that takes the place of one of the migrations is read again', async () => {
  await makeBatch('4');
  await compared();
  await database.owner.query('ALTER TABLE saved_search RENAME TO saved_apart');
  await database.owner.query(`ALTER TABLE ${tableOf('4')} SET SCHEMA public`);
  await database.owner.query(`ALTER TABLE public.b_${'4'.repeat(32)} RENAME TO saved_search`);
  assert.deepEqual(await compared(), [1]);
  await database.owner.query('DROP TABLE saved_search');
  await database.owner.query('ALTER TABLE saved_apart RENAME TO saved_search');
});

test('code of a batch that changes afterwards is refused each time until it is gone', async () => {
  await compared();
  await database.owner.query(`ALTER TABLE ${tableOf('2')} ALTER _batch SET DEFAULT gen_random_uuid()`);
  for (let n = 0; n < 2; n += 1) await assert.rejects(compared(), { code: 'rows_unauthenticated' });
  await database.owner.query(`ALTER TABLE ${tableOf('2')} ALTER _batch DROP DEFAULT`);
  assert.deepEqual(await compared(), []);
});

test('code that replaces another one while this is read does not count as compared', async () => {
  await makeBatch('5');
  const replace = (): Promise<unknown> =>
    database.owner.query(`ALTER TABLE ${tableOf('5')} ALTER _batch SET DEFAULT gen_random_uuid()`);
  assert.deepEqual(await compared(replace), [1]);
  await assert.rejects(compared(), { code: 'rows_unauthenticated' });
  await database.owner.query(`DROP TABLE ${tableOf('5')}`);
  assert.deepEqual(await compared(), []);
});
