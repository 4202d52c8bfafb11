/**
 * A superuser can have the entry of an index lead to another row, while each row and its seal stay as they are: PostgreSQL does not compare
 * the key of a row that a B-tree leads to, so the look-up does.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { enrolmentCodeByHash } from '../../hub/identity/store/enrolmentCodes.ts';
import { administratorSession } from '../administratorSession.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
const administrator = await administratorSession(database);
after(() => hub.stop());

test('the code of one department gives no row of another one, where the index of codes is crossed', async () => {
  for (const department of ['education', 'ecology'])
    assert.equal(
      (await hub.staff(city.operator, 'POST', `/v1/departments/${department}/enrolment-codes`, {})).status,
      201,
    );
  const { rows } = await administrator.query<{ id: string; hash: string; department: string }>(
    'SELECT id, hash, department FROM enrolment_code WHERE used_at IS NULL ORDER BY department DESC',
  );
  const [first = assert.fail(), second = assert.fail()] = rows;
  assert.equal((await enrolmentCodeByHash(database.app, first.hash))?.department, first.department);
  const crossed = (hash: string): string => `UPDATE enrolment_code SET hash = '${hash}' WHERE id =`;
  const live = (is: boolean): string =>
    `UPDATE pg_index SET indislive = ${is}, indisready = ${is}, indisvalid = ${is} WHERE indexrelid = 'enrolment_code_pkey'::regclass`;
  for (const statement of [
    'BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL allow_system_table_mods = on',
    `${crossed('x')} '${first.id}'`,
    `${crossed(first.hash)} '${second.id}'`,
    live(false),
    `UPDATE pg_class SET relname = relname WHERE oid = 'enrolment_code'::regclass`,
    `${crossed(first.hash)} '${first.id}'`,
    `${crossed(second.hash)} '${second.id}'`,
    live(true),
    // the server then uses the index of so small a table
    `UPDATE pg_class SET reltuples = 1e6, relpages = 1 WHERE oid = 'enrolment_code'::regclass`,
    'COMMIT',
  ])
    await administrator.query(statement);
  await administrator.query('SET enable_seqscan = off');
  const led = await administrator.query<{ id: string }>('SELECT id FROM enrolment_code WHERE hash = $1', [
    first.hash,
  ]);
  assert.deepEqual(led.rows, [{ id: second.id }], 'the index leads to the other row');
  assert.equal(await enrolmentCodeByHash(database.app, first.hash), undefined);
});
