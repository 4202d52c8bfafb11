/** A database administrator without a key of the hub: altered, inserted, deleted and put back rows are found, table by table. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import pg from 'pg';
import { connectionOf } from '../../../platform/database/connection.ts';
import { sealingOf } from '../../../platform/database/authenticated/rowSealing.ts';
import { ruleOf, sealedNames, type SealedName } from '../../../platform/database/authenticated/rules.ts';
import { keyOf } from '../../../platform/database/authenticated/statements.ts';
import { cityHub } from '../../../../tests/cityHub.ts';

const { database, hub } = await cityHub({ jobsByTime: false });

/** A session of the superuser, past the hub: nothing that it writes is sealed. */
const administrator = new pg.Client({
  ...connectionOf(database.address),
  options: '-c session_replication_role=replica -c client_min_messages=warning',
});
// the database goes before this session does
administrator.on('error', () => undefined);
await administrator.connect();

after(async () => {
  await administrator.end();
  await hub.stop();
});

/** What the job has found and stored: code and table. */
async function stored(): Promise<string[]> {
  assert.equal(await hub.hub.runner.run('verifyRows'), 'ok');
  const { rows } = await administrator.query<{ about: string; code: string }>(
    `SELECT code, about FROM log_finding WHERE about <> '' ORDER BY about, code`,
  );
  return rows.map(({ code, about }) => `${code} ${about.split(' ')[0] ?? ''}`);
}

/** What a comparison of one table finds now. */
async function found(name: SealedName): Promise<string[]> {
  const findings = await sealingOf(database.app)?.verifyAll(database.owner, [name]);
  return (findings ?? assert.fail()).map(({ code }) => code).sort();
}

test('nothing is found in what the hub wrote; a finding comes, is shown to auditors and readiness, and goes', async () => {
  assert.deepEqual(await stored(), []);
  const { rows } = await administrator.query<{ tables: string }>(
    'SELECT count(DISTINCT table_name) AS tables FROM row_seal',
  );
  assert.ok(Number(rows[0]?.tables) >= 10, `the sample fills ${rows[0]?.tables ?? '0'} sealed tables`);
  await administrator.query(`UPDATE purpose SET title_en = title_en || '!' WHERE code = 'school-enrolment'`);
  assert.deepEqual(await stored(), ['row_altered purpose']);
  const auditor = await hub.token('auditor', ['auditor']);
  const { json } = await hub.staff(auditor, 'GET', '/v1/log/findings');
  const [finding] = json['findings'] as { code: string; message: { en: string } }[];
  assert.equal(finding?.code, 'row_altered');
  assert.match(finding.message.en, /purpose school-enrolment/);
  assert.match(
    (await hub.hub.services.readiness?.['log_findings']?.()) ?? '',
    /degraded: 1 finding, first row_altered/,
  );
  await administrator.query(
    `UPDATE purpose SET title_en = rtrim(title_en, '!') WHERE code = 'school-enrolment'`,
  );
  assert.deepEqual(await stored(), []);
});

test('a change that the hub commits while a comparison reads is no finding', async () => {
  const client = await database.owner.connect();
  const send = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
  let committed = 0;
  client.query = (async (...args: unknown[]) => {
    const result = await send(...args);
    if (!String(args[0]).includes('FROM row_sum')) return result;
    client.query = send as typeof client.query;
    const { rowCount } = await database.owner.query('UPDATE purpose SET title_en = title_en');
    committed += rowCount ?? 0;
    return result;
  }) as typeof client.query;
  const pool = { connect: () => Promise.resolve(client) } as unknown as pg.Pool;
  assert.deepEqual(await sealingOf(database.app)?.verifyAll(pool, ['purpose']), []);
  assert.ok(committed > 0, 'rows changed behind the snapshot');
  assert.deepEqual(await found('purpose'), []);
});

interface Column {
  readonly name: string;
  readonly type: string;
}

const columnsOf = async (name: string): Promise<readonly Column[]> =>
  (
    await administrator.query<Column>(
      `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
        WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
      [name],
    )
  ).rows;

/** A value of a column's type, and another one than it has. */
const valuesOf: Readonly<Record<string, readonly [some: string, other: string]>> = {
  boolean: ['true', 'NOT coalesce(%s, false)'],
  smallint: ['2', 'coalesce(%s, 0) + 1'],
  integer: ['1', 'coalesce(%s, 0) + 1'],
  bigint: ['1', 'coalesce(%s, 0) + 1'],
  uuid: [`'01890000-0000-7000-8000-000000000000'`, 'gen_random_uuid()'],
  date: [`'2026-01-01'`, `coalesce(%s, '2026-01-01') + 1`],
  'timestamp with time zone': [`'2026-01-01T00:00:00Z'`, `coalesce(%s, now()) + interval '1 day'`],
  bytea: [`'\\x0102'`, `coalesce(%s, '') || '\\x01'::bytea`],
  jsonb: [`'{}'`, 'jsonb_build_array(%s, 1)'],
  'text[]': [`'{a}'`, `coalesce(%s, '{}') || 'x'::text`],
  'bigint[]': [`'{}'`, `coalesce(%s, '{}') || 1::bigint`],
  'uuid[]': [`'{}'`, `coalesce(%s, '{}') || gen_random_uuid()`],
  'bytea[]': [`'{}'`, `coalesce(%s, '{}') || '\\x01'::bytea`],
  text: [`'example'`, `coalesce(%s, '') || 'x'`],
};
const some = ({ type }: Column): string => (valuesOf[type] ?? assert.fail(`no example of ${type}`))[0];
const other = ({ name, type }: Column): string =>
  (valuesOf[type] ?? assert.fail(`no example of ${type}`))[1].replaceAll('%s', `"${name}"`);

/** Constraints are no obstacle to a superuser. */
async function dropConstraints(name: string): Promise<void> {
  const { rows } = await administrator.query<{ statement: string }>(
    `SELECT format('ALTER TABLE %I DROP CONSTRAINT %I CASCADE', $1::text, conname) AS statement FROM pg_constraint
      WHERE conrelid = $1::regclass AND contype IN ('c', 'f')`,
    [name],
  );
  for (const { statement } of rows) await administrator.query(statement);
  if (name === 'procedure') await administrator.query('ALTER TABLE procedure ALTER COLUMN seq DROP IDENTITY');
}

for (const name of sealedNames) {
  test(`${name}: each column altered, a row inserted, deleted, deleted with its seal, put back: each is found`, async () => {
    await dropConstraints(name);
    const columns = await columnsOf(name);
    const names = columns.map((column) => `"${column.name}"`).join(', ');
    const insert = (values: string): string =>
      `INSERT INTO ${name} (${names}) OVERRIDING SYSTEM VALUE ${values}`;
    const { sealed } = ruleOf(name);
    const example = columns.map(some).join(', ');
    // by the hub's own connection: sealed
    await database.owner.query(insert(`VALUES (${example})`));
    assert.deepEqual(await found(name), []);
    const key = (
      await administrator.query<{ key: string }>(
        `SELECT ${keyOf(name, 't')} AS key FROM (SELECT ${columns.map((column) => `${some(column)}::${column.type} AS "${column.name}"`).join(', ')}) AS t`,
      )
    ).rows[0]?.key;
    const isIt = `${keyOf(name, 't')} = $1`;
    for (const column of columns.filter((one) => sealed.includes(one.name))) {
      await administrator.query(`UPDATE ${name} AS t SET "${column.name}" = ${other(column)} WHERE ${isIt}`, [
        key,
      ]);
      const codes = await found(name);
      assert.ok(
        codes.includes('row_altered') || codes.includes('row_unsealed'),
        `${column.name}: ${codes.join()}`,
      );
      await administrator.query(
        `DELETE FROM ${name} AS t WHERE ${keyOf(name, 't')} NOT IN (SELECT key FROM row_seal WHERE table_name = '${name}') OR ${isIt}`,
        [key],
      );
      await administrator.query(insert(`VALUES (${example})`));
      assert.deepEqual(await found(name), [], `${column.name}: as it was`);
    }
    await administrator.query(
      `CREATE TEMP TABLE seal_of_it AS SELECT * FROM row_seal WHERE table_name = '${name}'`,
    );
    await administrator.query(
      `CREATE TEMP TABLE sum_of_it AS SELECT * FROM row_sum WHERE table_name = '${name}'`,
    );
    await administrator.query(`DELETE FROM ${name} AS t WHERE ${isIt}`, [key]);
    assert.deepEqual(await found(name), ['row_missing']);
    await administrator.query('DELETE FROM row_seal WHERE table_name = $1 AND key = $2', [name, key]);
    assert.deepEqual(await found(name), ['rows_rolled_back'], 'deleted with its seal');
    await administrator.query(insert(`VALUES (${example})`));
    assert.deepEqual(await found(name), ['row_unsealed', 'rows_rolled_back'], 'inserted');
    await administrator.query(`INSERT INTO row_seal SELECT * FROM seal_of_it WHERE key = $1`, [key]);
    assert.deepEqual(await found(name), []);
    // the hub deletes the row; the administrator puts back row, seal and sum as they were before
    await database.owner.query(
      `ALTER TABLE ${name} DISABLE TRIGGER USER; ALTER TABLE ${name} ENABLE TRIGGER row_is_noted`,
    );
    await database.owner.query(`DELETE FROM ${name} AS t WHERE ${isIt}`, [key]);
    assert.deepEqual(await found(name), []);
    await administrator.query(insert(`VALUES (${example})`));
    await administrator.query(`INSERT INTO row_seal SELECT * FROM seal_of_it WHERE key = $1`, [key]);
    await administrator.query('DELETE FROM row_sum WHERE table_name = $1', [name]);
    await administrator.query('INSERT INTO row_sum SELECT * FROM sum_of_it');
    assert.deepEqual(await found(name), ['rows_rolled_back'], 'put back as a whole');
    await administrator.query('DROP TABLE seal_of_it, sum_of_it');
  });
}
