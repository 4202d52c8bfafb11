/** Indexes follow what agreements let callers ask by: made while readers read, used by their queries, dropped when no agreement needs them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { indexRows } from '../../hub/flows/indexRows.ts';
import { batchTable } from '../../hub/domain/rowTable/layout.ts';
import { applyGrant } from '../policyWith.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
const file = householdFile(3000, 7);
const dataset = 'pub-security.household';
const { publicSecurity } = city;
await publicSecurity.client.sendFile(dataset, file.bytes, { mapping: 'household' });

async function currentTable(): Promise<string> {
  const { rows } = await database.app.query<{ batch: string }>(
    'SELECT current_batch AS batch FROM dataset WHERE id = $1',
    [dataset],
  );
  return batchTable(rows[0]?.batch ?? '');
}

/** Columns of the indexes that were made for callers. */
async function indexed(table: string): Promise<readonly string[]> {
  const { rows } = await database.app.query<{ definition: string }>(
    `SELECT pg_get_indexdef(indexrelid) AS definition FROM pg_index
      WHERE indrelid = to_regclass($1) AND indisvalid AND pg_get_indexdef(indexrelid) LIKE '%asked\\_%'`,
    [table],
  );
  return rows.map(({ definition }) => /\((\w+), _row\)/.exec(definition)?.[1] ?? definition).sort();
}
const adjust = () =>
  indexRows({ database, registry: hub.hub.services.registry }, new AbortController().signal);

test('what an agreement lets callers ask by is indexed while the rows are read, and their queries use it', async () => {
  await applyGrant(hub, city, 'household/agreement.yaml', 2, (grant) => ({
    ...grant,
    lookupBy: ['person_id', 'guardian_id'],
    filterBy: ['region_code'],
  }));
  const table = await currentTable();
  const reader = await database.app.connect();
  await reader.query('BEGIN');
  await reader.query(`SELECT count(*) FROM ${table}`);
  await adjust();
  await reader.query(`SELECT count(*) FROM ${table}`);
  await reader.query('COMMIT');
  reader.release();
  assert.deepEqual(await indexed(table), ['f_guardian_id', 'f_region_code'], 'the key has its own');
  const guardian = file.good.find((person) => person.guardian !== '')?.guardian ?? '';
  const { rows } = await database.app.query<Record<string, string>>(
    `EXPLAIN SELECT f_name FROM ${table} WHERE f_guardian_id = '${guardian}' ORDER BY _row LIMIT 11`,
  );
  assert.match(JSON.stringify(rows), /Index Scan using asked_/);
  assert.deepEqual(await adjust(), { made: 0, dropped: 0 }, 'once is enough');
});

test('the next batch is published with the indexes of its look-ups; the rest follow, and unneeded ones go', async () => {
  const next = householdFile(3000, 8);
  await publicSecurity.client.sendFile(dataset, next.bytes, { mapping: 'household' });
  const table = await currentTable();
  assert.ok((await indexed(table)).includes('f_guardian_id'));
  await adjust();
  assert.deepEqual(await indexed(table), ['f_guardian_id', 'f_region_code']);
  await applyGrant(hub, city, 'household/agreement.yaml', 3, ({ filterBy: _filterBy, ...grant }) => grant);
  await adjust();
  assert.deepEqual(await indexed(table), []);
});

test('an index that was left half made is made again', async () => {
  await applyGrant(hub, city, 'household/agreement.yaml', 4, (grant) => ({
    ...grant,
    lookupBy: ['person_id', 'guardian_id'],
  }));
  await adjust();
  const table = await currentTable();
  const { rows } = await database.app.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class JOIN pg_index ON oid = indexrelid
      WHERE indrelid = to_regclass($1) AND pg_get_indexdef(indexrelid) LIKE '%f_guardian_id%' AND relname LIKE 'asked\\_%'`,
    [table],
  );
  const name = rows[0]?.name ?? '';
  await database.owner.query(`DROP INDEX rows.${name}`);
  // a unique one of values that repeat fails in the middle, and leaves what a crash would leave
  await assert.rejects(
    database.owner.query(`CREATE UNIQUE INDEX CONCURRENTLY ${name} ON ${table} (f_region_code)`),
    /could not create unique index/,
  );
  assert.deepEqual(await indexed(table), ['f_region_code']);
  await adjust();
  assert.deepEqual(await indexed(table), ['f_guardian_id', 'f_region_code']);
});
