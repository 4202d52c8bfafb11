import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { testDatabase, withDatabase } from '../../../../tests/database.ts';
import { lockWaits } from '../../../../tests/lockWaits.ts';
import { Problem } from '../../../../terms/problem.ts';
import { openStream, sealStream } from '../../keys/sealedStream.ts';
import { backup } from './backup.ts';
import { decodeFrames } from './frames.ts';
import { backedUpTables, tableDefinitions } from './tables.ts';
import { openDatabase, type Database } from '../../database/database.ts';
import { dropDatabase, ensureDatabase } from '../../database/ensureDatabase.ts';
import { readArchive, restore } from './restore.ts';

const key = createSecretKey(randomBytes(32));
const source = await testDatabase();
const secret = '110101199003070000 王秀英';

await source.owner.query(`
  CREATE SCHEMA IF NOT EXISTS rows;
  CREATE TABLE rows.snapshot ("f_姓名" text, f_income text, f_age double precision, _batch uuid, _row bigint, _subject bytea)
    WITH (autovacuum_enabled = false);
  CREATE UNIQUE INDEX ON rows.snapshot ("f_姓名");
  GRANT SELECT ON rows.snapshot TO datong_app;
  INSERT INTO rows.snapshot
    SELECT '${secret}' || n, E'tab\\t line\\n \\\\ quote"', n / 3.0, gen_random_uuid(), n, '\\x00ff' FROM generate_series(1, 3000) n;
  INSERT INTO rows.snapshot VALUES (NULL, '', 'NaN', NULL, 0, '');
  CREATE TABLE rows.upsert (station text NOT NULL, hour timestamptz DEFAULT now(), pm25 numeric(6,1) CHECK (pm25 >= 0),
    _row bigint GENERATED ALWAYS AS IDENTITY, UNIQUE (station, hour));
  INSERT INTO rows.upsert (station, hour, pm25) VALUES ('东四', '2016-02-29 23:00+08', 129.0), ('天坛', '2016-03-01 00:00+08', NULL);
  CREATE TABLE rows.apart (f_id text COLLATE "C" NOT NULL, f_day text COLLATE "C" NOT NULL, _row bigint GENERATED ALWAYS AS IDENTITY,
    UNIQUE (f_id, f_day)) PARTITION BY RANGE (f_day);
  CREATE INDEX ON rows.apart (_row);
  GRANT SELECT, INSERT ON rows.apart TO datong_app;
  CREATE TABLE rows.apart_2026 (LIKE rows.apart);
  GRANT TRUNCATE ON rows.apart_2026 TO datong_app;
  ALTER TABLE rows.apart ATTACH PARTITION rows.apart_2026 FOR VALUES FROM ('2026-01-01') TO ('2026~');
  INSERT INTO rows.apart VALUES ('a', '2026-03-01'), ('a', '2026-12-31');
  INSERT INTO person (id, name, state, invited_by, confirmed_by, made_by)
    SELECT id, id, 'active', 'hub', 'hub', gen_random_uuid() FROM unnest(ARRAY['one', 'two']) id;
  INSERT INTO purpose (code, title_zh, title_en, author, approver, registered_by)
    VALUES ('b-child', '子', 'child', 'one', 'two', gen_random_uuid()), ('a-parent', '父', 'parent', 'two', 'one', gen_random_uuid());
  UPDATE purpose SET parent = 'a-parent' WHERE code = 'b-child';
  INSERT INTO consent_notice VALUES ('digest', 'notice', 'owner', 'zh', '文', '{b-child}', gen_random_uuid());
  INSERT INTO consent VALUES ('meals-1', 'jws', '\\x01', NULL, 'to', 'from', 'from.data', 'from', 'digest', gen_random_uuid());
  INSERT INTO consent_standing (subject, recipient, dataset, purpose, consent, state, fields, not_before, until, collected_by)
    SELECT '\\x01', 'to', 'from.data', p, 'meals-1', 'given', '{name}', now(), now(), 'from' FROM unnest(ARRAY['a-parent', 'b-child']) p;
  SELECT create_audit_partition(1);
  INSERT INTO audit_entry (idx, at, id, decision, leaf, hash)
    SELECT n, now(), gen_random_uuid(), 'allow', '\\x7b7d', '\\x00' FROM unnest(ARRAY[0, 1, 1048576]) n;
`);

async function whole(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

/** Opens what was sealed, twice: to see that it is whole, and to load it. */
async function restoreSealed(target: Database, sealed: Uint8Array, with_ = key): Promise<void> {
  const head = await readArchive(openStream(with_, once(sealed)));
  await restore(target, head, openStream(with_, once(sealed)));
}

/** An empty database: no table, no migration. */
async function emptyDatabase(name: string): Promise<Database> {
  await ensureDatabase(source.address, name);
  return openDatabase(withDatabase(source.address, name), { durable: false });
}

/** Everything a database says: definitions and rows. */
async function content(database: Database): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {
    definitions: (await tableDefinitions(database.owner)).sort((a, b) => a.name.localeCompare(b.name)),
  };
  for (const { name } of await backedUpTables(database.owner)) {
    const { rows } = await database.owner.query<{ line: string }>(
      `SELECT t::text AS line FROM ${name} t ORDER BY 1`,
    );
    all[name] = rows.map(({ line }) => line);
  }
  return all;
}

const sealed = await whole(sealStream(key, backup(source, 'test')));

test('what was backed up and restored into an empty database is equal, definitions included', async () => {
  const target = await emptyDatabase(`restored_${process.pid}`);
  try {
    await restoreSealed(target, sealed);
    assert.deepEqual(await content(target), await content(source));
    assert.equal((await target.app.query('SELECT FROM rows.snapshot')).rowCount, 3001, 'grants came along');
    await target.owner.query("INSERT INTO rows.upsert (station) VALUES ('next')");
    const { rows } = await target.owner.query("SELECT _row FROM rows.upsert WHERE station = 'next'");
    assert.deepEqual(rows, [{ _row: '3' }], 'identities go on');
    await target.app.query("INSERT INTO rows.apart VALUES ('b', '2026-03-01')");
    const apart = await target.app.query("SELECT _row FROM rows.apart WHERE f_id = 'b'");
    assert.deepEqual(apart.rows, [{ _row: '3' }], 'of rows that stand apart by period too');
    await assert.rejects(target.app.query("INSERT INTO rows.apart VALUES ('a', '2026-12-31')"), /unique/);
    const { rows: versions } = await target.owner.query("SELECT nextval('consent_version') AS next");
    assert.deepEqual(versions, [{ next: '3' }], 'and so do the versions of what stands');
  } finally {
    await target.close();
    await dropDatabase(source.address, `restored_${process.pid}`);
  }
});

test('the archive reveals nothing without the key', async () => {
  for (const word of [secret, '东四', 'purpose', 'a-parent']) assert.ok(!sealed.includes(word));
  await assert.rejects(readArchive(openStream(createSecretKey(randomBytes(32)), once(sealed))), {
    code: 'backup_unreadable',
  });
});

test('rows that are truncated while an archive waits for their table are recorded in it as gone, or are in it', async () => {
  const other = await source.owner.connect();
  const name = `truncated_${process.pid}`;
  const target = await emptyDatabase(name);
  try {
    await other.query(`CREATE TABLE rows.going (f_id text); GRANT SELECT ON rows.going TO datong_app;
      INSERT INTO rows.going VALUES ('a'); CREATE TABLE rows.told (f_id text); GRANT SELECT ON rows.told TO datong_app`);
    await other.query("BEGIN; INSERT INTO rows.told VALUES ('a is gone'); TRUNCATE rows.going");
    const archive = whole(sealStream(key, backup(source, 'a-hub')));
    await lockWaits(source);
    await other.query('COMMIT');
    await restoreSealed(target, await archive);
    const { rows } = await target.owner.query<{ gone: string; told: string }>(
      'SELECT (SELECT count(*) FROM rows.going) AS gone, (SELECT count(*) FROM rows.told) AS told',
    );
    assert.deepEqual(rows, [{ gone: '0', told: '1' }]);
  } finally {
    await target.close();
    await dropDatabase(source.address, name);
    await other.query('ROLLBACK');
    await other.query('DROP TABLE IF EXISTS rows.going, rows.told');
    other.release();
  }
});

test('an altered or truncated archive is refused before anything is written', async () => {
  const target = await emptyDatabase(`altered_${process.pid}`);
  try {
    const altered = Buffer.from(sealed);
    altered[altered.length - 20] = (altered.at(-20) ?? 0) ^ 1;
    for (const bad of [altered, sealed.subarray(0, -30_000)])
      await assert.rejects(restoreSealed(target, bad), { code: 'backup_unreadable' });
    assert.deepEqual(await backedUpTables(target.owner), []);
  } finally {
    await target.close();
    await dropDatabase(source.address, `altered_${process.pid}`);
  }
});

test('a database in use is never restored over', async () => {
  await assert.rejects(
    restoreSealed(source, sealed),
    (error: unknown) => error instanceof Problem && error.code === 'restore_refused',
  );
});

test('a reader that stops early leaves no connection open', async () => {
  for (let attempt = 0; attempt < 4; attempt++) {
    for await (const _part of backup(source, 'test')) break;
  }
  const waiting = source.owner.waitingCount;
  assert.equal(waiting, 0);
  assert.equal((await source.owner.query('SELECT 1')).rowCount, 1);
});

/** A socket in front of a database, by which the word that a table is over comes well before what else the database says of it. */
async function haltingAfterTables(
  database: string,
): Promise<{ readonly folder: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'datong-halting-'));
  const copyDone = Buffer.from([0x63, 0, 0, 0, 4]);
  const server = createServer((near) => {
    const far = connect(database);
    near.on('data', (data) => far.write(data));
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    far.on('data', (data) => {
      const at = data.indexOf(copyDone);
      if (at < 0) return near.write(data);
      near.write(data.subarray(0, at + copyDone.length));
      far.pause();
      return setTimeout(() => {
        near.write(data.subarray(at + copyDone.length));
        far.resume();
      }, 10);
    });
  });
  await new Promise<void>((resolve) => server.listen(join(folder, '.s.PGSQL.5432'), resolve));
  return {
    folder,
    stop: async () => {
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

test('the row count of a table is awaited, also where the database is slow', async (t) => {
  const { address } = source;
  assert.ok(typeof address === 'object');
  const halting = await haltingAfterTables(`${address.host}/.s.PGSQL.${String(address.port)}`);
  const slow = await openDatabase({ ...address, host: halting.folder, port: 5432 }, { durable: false });
  t.after(async () => {
    await slow.close();
    await halting.stop();
  });
  const reported = new Map<string, number>();
  let table = '';
  for await (const frame of decodeFrames(backup(slow, 'yunxi'))) {
    if (frame.kind === 'table') table = frame.value.name;
    if (frame.kind === 'rows') reported.set(table, frame.value);
  }
  assert.deepEqual([reported.get('public.audit_entry'), reported.get('rows.snapshot')], [3, 3001]);
});
