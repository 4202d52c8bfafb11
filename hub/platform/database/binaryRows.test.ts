import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import pg from 'pg';
import { testDatabase } from '../../../tests/database.ts';
import { connectionOf } from './connection.ts';
import { binaryRows, countInArray, eachInArray, placesInArray } from './binaryRows.ts';

const database = await testDatabase();
const rowsOf = async (pool: pg.Pool, select: string): Promise<(Buffer | null)[][]> => {
  const rows: (Buffer | null)[][] = [];
  await binaryRows(pool, select, (columns) => {
    rows.push(columns.map((column) => (column === null ? null : Buffer.from(column))));
  });
  return rows;
};

after(() => database.close());

test('the columns of each row as they lie: bytes of every value and any length, a number, NULL; none where there is no row', async () => {
  const wanted = Buffer.from(Array.from({ length: 300_001 }, (_, i) => (i * 31) % 256));
  const hex = wanted.toString('hex');
  const rows = await rowsOf(
    database.app,
    `SELECT 70000, NULL::bytea, '\\x${hex}'::bytea, ''::bytea UNION ALL SELECT 7, ''::bytea, NULL::bytea, '\\x00ff'::bytea`,
  );
  assert.equal(rows.length, 2);
  const [[number, none, bytes, empty] = [], last] = rows;
  assert.deepEqual([number?.readInt32BE(0), none, empty?.length], [70_000, null, 0]);
  assert.ok(bytes?.equals(wanted));
  assert.deepEqual(last, [Buffer.from([0, 0, 0, 7]), Buffer.alloc(0), null, Buffer.from([0, 255])]);
  assert.deepEqual(await rowsOf(database.app, 'SELECT 1 WHERE false'), []);
  const many = await rowsOf(database.app, "SELECT i, repeat('x', i) FROM generate_series(1, 900) AS i");
  assert.deepEqual(
    many.map(([i, text]) => [i?.readInt32BE(0), text?.toString()]),
    Array.from({ length: 900 }, (_, i) => [i + 1, 'x'.repeat(i + 1)]),
  );
});

test('other work has its turn after a small part of a long answer', async () => {
  let [inTurn, maxInTurn, turns] = [0, 0, 0];
  let isDone = false;
  const nextTurn = (): void => {
    maxInTurn = Math.max(maxInTurn, inTurn);
    inTurn = 0;
    turns += 1;
    if (!isDone) setImmediate(nextTurn);
  };
  setImmediate(nextTurn);
  const rowBytes = 100;
  await binaryRows(
    database.app,
    `SELECT repeat('x', ${rowBytes}) FROM generate_series(1, 200000)`,
    (columns) => {
      inTurn += columns[0]?.length ?? 0;
    },
  );
  isDone = true;
  assert.ok(turns > 100, `${turns} turns`);
  // two parts of 64 KiB: one that was read already, and one that followed
  assert.ok(maxInTurn <= 2 * 64 * 1024, `${maxInTurn} bytes in one turn`);
});

test('values of an array where they lie, empty ones too; none of an empty array', async () => {
  const [[many, none, nulls] = []] = await rowsOf(
    database.app,
    `SELECT ARRAY['\\x0102'::bytea, ''::bytea, '\\xff'::bytea], '{}'::bytea[], ARRAY[1, NULL]`,
  );
  assert.ok(many && none && nulls);
  const values = (array: Buffer): string[] => {
    const places = [...placesInArray(array)];
    return places.flatMap((at, nth) => (nth % 2 === 0 ? [array.toString('hex', at, places[nth + 1])] : []));
  };
  assert.deepEqual(values(many), ['0102', '', 'ff']);
  assert.deepEqual(values(none), []);
  assert.throws(() => placesInArray(nulls), TypeError);
});

test('arrays amid other bytes, one after the other: of any dimensions, but for their NULLs', async () => {
  const [[bytes] = []] = await rowsOf(
    database.app,
    `SELECT '\\xee'::bytea || array_send(ARRAY[NULL, '\\x0102', '']::bytea[]) || array_send('{}'::bytea[])
         || array_send(ARRAY[['\\x03', '\\x04'], ['\\x05', NULL]]::bytea[]) || '\\xee'::bytea`,
  );
  assert.ok(bytes);
  const found: (string | number)[][] = [];
  let at = 1;
  for (let nth = 0; nth < 3; nth += 1) {
    const own: (string | number)[] = [countInArray(bytes, at)];
    at = eachInArray(bytes, at, (from, to) => own.push(bytes.toString('hex', from, to)));
    found.push(own);
  }
  assert.deepEqual(found, [[3, '0102', ''], [0], [4, '03', '04', '05']]);
  assert.equal(at, bytes.length - 1);
});

test('a refusal of the server, a missing answer, or an error of the reader of the rows is reported, and the pool continues', async () => {
  await assert.rejects(rowsOf(database.app, 'SELECT nothing'), /column "nothing" does not exist/);
  await assert.rejects(
    rowsOf(database.app, 'SELECT 1 / (SELECT count(*) FROM pg_class WHERE false)'),
    /division/,
  );
  await assert.rejects(
    binaryRows(database.app, 'SELECT generate_series(1, 100000)', () => {
      throw new RangeError('enough');
    }),
    /enough/,
  );
  assert.deepEqual(await rowsOf(database.app, 'SELECT true'), [[Buffer.from([1])]]);
  const hasty = new pg.Pool({ ...connectionOf(database.address), max: 1, query_timeout: 200 });
  await assert.rejects(rowsOf(hasty, 'SELECT pg_sleep(30)'), /timeout/i);
  await hasty.end();
});
