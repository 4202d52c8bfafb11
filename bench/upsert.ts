/** A file of new and changed rows into a large dataset, compared with the same merge by SQL alone. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { batchTable, datasetTable, layoutOf } from '../hub/domain/rowTable/layout.ts';
import { dropBatch } from '../hub/flows/rows/store/load.ts';
import { mergeBatch } from '../hub/flows/rows/store/merge.ts';
import { connectionOf } from '../hub/platform/database/connection.ts';
import type { Pool } from '../hub/platform/database/database.ts';
import { withTransaction } from '../hub/platform/database/transaction.ts';
import { sampleCity, testHub } from '../tests/hub.ts';
import { writeHouseholds } from './intake/householdCsv.ts';
import { householdDataset } from './intake/householdDataset.ts';
import { median, type Bench, type BenchRow } from './row.ts';

const standing = 10_000_000;
const rows = 100_000;
const rounds = 3;

export const bench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'datong-bench-'));
  const hub = await testHub({ intake: { answerWithin: 3_600_000 } });
  let plain: pg.Pool | undefined;
  try {
    const city = await sampleCity(hub);
    const { client } = city.publicSecurity;
    const dataset = await householdDataset(hub, city.operator, 'pub-security', 'merged', 'upsert');
    const { owner, address: place } = hub.hub.database;
    // past the hub: without digests of rows
    plain = new pg.Pool(connectionOf(place));
    const file = join(folder, 'households.csv');
    const send = async (): Promise<{ readonly batch: string; readonly milliseconds: number }> => {
      let uploaded = performance.now();
      const { json } = await client.sendFile(dataset, file, {
        mapping: 'merged',
        onProgress: () => {
          uploaded = performance.now();
        },
      });
      if (json.state !== 'published') throw new Error(`batch ${json.state}`);
      return { batch: json.batch, milliseconds: performance.now() - uploaded };
    };
    await writeHouseholds(file, { rows, seed: 1 });
    await send();
    const schema = hub.hub.services.registry.current.datasets.get(dataset)?.schema;
    if (schema === undefined) throw new Error('no such dataset');
    const layout = layoutOf(schema);
    const table = datasetTable(dataset, schema);
    const key = layout.key[0]?.name ?? '';
    const address = layout.byField.get('address')?.name ?? '';
    const columns = [...layout.columns.map(({ name }) => name), '_batch', '_subject'];
    /** The columns, some with something else in them. */
    const otherwise = (values: ReadonlyMap<string, string>): string =>
      columns.map((name) => (values.has(name) ? `${values.get(name) ?? ''} AS ${name}` : name)).join(', ');
    const copies = otherwise(new Map([[key, `${key} || '-' || copy`]]));
    await withoutUnique(
      owner,
      table,
      `INSERT INTO ${table} (${columns.join(', ')})
       SELECT ${copies} FROM ${table}, generate_series(2, ${Math.round(standing / rows)}) AS copy`,
    );
    // now, rather than by the server while something is measured
    await owner.query(`VACUUM (ANALYZE) ${table}`);
    const ratios: number[] = [];
    const times = { hub: [] as number[], sql: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      // half of the people exist already, with another address
      const moved = (cells: readonly string[]): readonly string[] => cells.with(6, `新址 ${round}`);
      await writeHouseholds(
        file,
        { rows: rows / 2, seed: 1, changed: moved },
        { rows: rows / 2, seed: 1, after: rows + (round * rows) / 2 },
      );
      const own = await send();
      // once more with other addresses, and other new people
      const copy = randomUUID();
      const again = otherwise(
        new Map([
          [address, `${address} || '甲'`],
          [key, `CASE WHEN ${address} LIKE '新址%' THEN ${key} ELSE ${key} || '甲' END`],
        ]),
      );
      await owner.query(
        `CREATE TABLE ${batchTable(copy)} AS SELECT ${again}, _row FROM ${table} WHERE _batch = '${own.batch}'`,
      );
      const started = performance.now();
      await withTransaction(plain, (transaction) => mergeBatch(transaction, dataset, schema, copy));
      const sql = performance.now() - started;
      await dropBatch(owner, copy);
      ratios.push(own.milliseconds / sql);
      times.hub.push(own.milliseconds);
      times.sql.push(sql);
    }
    const seconds = (values: readonly number[]): string => (median(values) / 1000).toFixed(1);
    return [
      {
        figure: `upsert of ${rows.toLocaleString('en')} rows into ${standing.toLocaleString('en')}`,
        value: median(ratios),
        unit: '×',
        against: 'the same merge by SQL alone, from a table that lies ready',
        must: { atMost: 3 },
        note: `${seconds(times.hub)} s against ${seconds(times.sql)} s; GB18030 CSV to visible rows; half of them new, half with another address`,
      },
    ];
  } finally {
    await plain?.end();
    await hub.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Fills a table whose unique keys are made afterwards, each by one sort: maintained row by row they would take most of an hour. */
async function withoutUnique(owner: Pool, table: string, filling: string): Promise<void> {
  const client = await owner.connect();
  try {
    await client.query("SET maintenance_work_mem = '512MB'");
    const { rows: keys } = await client.query<{ name: string; made: string }>(
      `SELECT format('%I', conname) AS name, pg_get_constraintdef(oid) AS made FROM pg_constraint
        WHERE conrelid = $1::regclass AND contype = 'u'`,
      [table],
    );
    for (const { name } of keys) await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
    await client.query(filling);
    for (const { name, made } of keys)
      await client.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${made}`);
    await client.query('RESET maintenance_work_mem');
  } finally {
    client.release();
  }
}
