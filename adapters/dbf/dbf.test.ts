import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { Problem } from '../../terms/problem.ts';
import { needsSharedData, sharedData } from '../../tests/sharedData.ts';
import { bytesOf, fileBytes } from '../fixtures/bytes.ts';
import { readAll, rulesOf, type ReadAll } from '../fixtures/readAll.ts';

interface Column {
  readonly name: string;
  readonly type: string;
  readonly length: number;
  readonly decimals?: number;
}

/** A DBF file made of a header and record bytes. */
function dbfFile(
  columns: readonly Column[],
  records: readonly (string | Buffer)[],
  changes: { version?: number; page?: number; count?: number } = {},
): Buffer {
  const header = Buffer.alloc(32 + columns.length * 32 + 1);
  header[0] = changes.version ?? 0x03;
  header.writeUInt32LE(changes.count ?? records.length, 4);
  header.writeUInt16LE(header.length, 8);
  header.writeUInt16LE(
    columns.reduce((sum, { length }) => sum + length, 1),
    10,
  );
  header[29] = changes.page ?? 0;
  columns.forEach(({ name, type, length, decimals }, i) => {
    const at = 32 + i * 32;
    Buffer.from(name).copy(header, at);
    header.write(type, at + 11);
    header[at + 16] = length;
    header[at + 17] = decimals ?? 0;
  });
  header[header.length - 1] = 0x0d;
  return Buffer.concat([
    header,
    ...records.map((record) => Buffer.from(record as string)),
    Buffer.from([0x1a]),
  ]);
}

const read = (file: Buffer, options: object = {}, memo?: Uint8Array, chunk = 65_536): Promise<ReadAll> =>
  readAll('dbf', bytesOf(file, chunk), options, memo === undefined ? {} : { memo });
const refusedAs = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;

describe('real files', needsSharedData, () => {
  test('dBase III: 14 records, 31 fields, one name twice', async () => {
    const { records, columns, total } = await readAll('dbf', fileBytes(sharedData('dbf/dbase_03.dbf'), 1000));
    assert.equal(total, 14);
    assert.equal(columns.length, 31);
    assert.deepEqual(columns.filter((name) => name === 'Point_ID').length, 2);
    assert.deepEqual(
      columns,
      summaryFields('dbase_03_summary.txt').map(([name]) => name),
    );
    const date = columns.indexOf('Date_Visit');
    assert.match(String((records[0] as unknown[])[date]), /^\d{4}-\d{2}-\d{2}$/);
  });

  test('dBase III with a memo file: two records as they are known', async () => {
    const memo = readFileSync(sharedData('dbf/dbase_83.dbt'));
    const { records, total } = await readAll('dbf', fileBytes(sharedData('dbf/dbase_83.dbf')), {}, { memo });
    assert.equal(total, 67);
    for (const index of [0, 9]) {
      const known = parse(readFileSync(sharedData(`dbf/dbase_83_record_${index}.yml`), 'utf8')) as unknown[];
      const numeric = (records[index] as unknown[]).map((cell, i) =>
        typeof known[i] === 'number' ? Number(cell) : cell,
      );
      assert.deepEqual(numeric, known);
    }
    await assert.rejects(
      readAll('dbf', fileBytes(sharedData('dbf/dbase_83.dbf'))),
      refusedAs('dbf_memo_missing'),
    );
    const without = await readAll('dbf', fileBytes(sharedData('dbf/dbase_83.dbf')), { memo: 'ignore' });
    assert.equal(without.total, 67);
  });

  test('Visual FoxPro in cp1251, named by the header', async () => {
    const { records, columns } = await readAll('dbf', fileBytes(sharedData('dbf/cp1251.dbf')));
    assert.deepEqual(columns, ['RN', 'NAME']);
    assert.equal(records.length, 4);
    assert.equal((records[0] as unknown[])[1], 'амбулаторно-поликлиническое');
  });

  function summaryFields(file: string): (readonly [string, string])[] {
    const lines = readFileSync(sharedData(`dbf/${file}`), 'utf8').split('\n');
    return lines.flatMap((line) => {
      const match = /^(\S+)\s+([A-Z])\s+\d+\s+\d+\s*$/.exec(line);
      return match === null ? [] : [[match[1] ?? '', match[2] ?? ''] as const];
    });
  }
});

describe('tables', () => {
  const columns: Column[] = [
    { name: 'ID', type: 'N', length: 4 },
    { name: 'AMT', type: 'N', length: 8, decimals: 2 },
    { name: 'NM', type: 'C', length: 8 },
    { name: 'D', type: 'D', length: 8 },
    { name: 'OK', type: 'L', length: 1 },
  ];
  const row = (flag: string, id: string, amount: string, name: Buffer, date: string, ok: string): Buffer =>
    Buffer.concat([
      Buffer.from(flag + id.padStart(4) + amount.padStart(8)),
      name,
      Buffer.alloc(8 - name.length, 0x20),
      Buffer.from(date + ok),
    ]);
  const zhang = Buffer.from([0xd5, 0xc5, 0xc8, 0xfd]);

  test('GBK text by code page byte, by option and by default; decimals keep their scale', async () => {
    const records = [
      row(' ', '1', '59.80', zhang, '20240229', 'T'),
      row(' ', '', '', Buffer.from('ab'), '        ', '?'),
    ];
    for (const [page, encoding] of [
      [0x4d, 'auto'],
      [0, 'auto'],
      [0x03, 'cp936'],
    ] as const) {
      for (const chunk of [1, 50, 65_536]) {
        const result = await read(dbfFile(columns, records, { page }), { encoding }, undefined, chunk);
        assert.deepEqual(result.records, [
          [1, '59.80', '张三', '2024-02-29', true],
          [null, null, 'ab', null, null],
        ]);
      }
    }
    const dos = dbfFile([{ name: 'T', type: 'C', length: 2 }], [Buffer.from([0x20, 0x84, 0x94])], {
      page: 0x01,
    });
    assert.deepEqual((await read(dos)).records, [['äö']]);
  });

  test('deleted rows are skipped and counted, or kept', async () => {
    const file = dbfFile(columns, [
      row('*', '1', '1.00', zhang, '20240101', 'F'),
      row(' ', '2', '1.00', zhang, '20240101', 'N'),
    ]);
    const { records, skipped, lines } = await read(file);
    assert.deepEqual([records.length, skipped, lines], [1, 1, [2]]);
    assert.equal((await read(file, { deleted: 'keep' })).records.length, 2);
  });

  test('bad cells name record, column and rule', async () => {
    const file = dbfFile(columns, [
      row(' ', '****', '1.00', zhang, '20230229', 'X'),
      row(' ', '2', '1.00', Buffer.from([0xd5]), '20240101', 'T'),
      row('!', '3', '1.00', zhang, '20240101', 'T'),
    ]);
    const { bad } = await read(file);
    assert.deepEqual(
      bad.map(({ line, problems }) => [line, problems.map(({ header, rule }) => `${header} ${rule}`)]),
      [
        [1, ['ID dbf.number', 'D dbf.date', 'OK dbf.logical']],
        [2, ['NM encoding.invalid']],
        [3, [' dbf.flag']],
      ],
    );
    assert.deepEqual(
      bad[0]?.problems.map(({ got }) => got),
      ['string, 4 chars', 'string, 8 chars', 'string, 1 chars'],
    );
    assert.deepEqual(bad[0].raw, ['****', '1.00', '张三', '20230229', 'X'], 'what was read comes back');
  });

  test('a header that lies is refused or told', async () => {
    const good = [row(' ', '1', '1.00', zhang, '20240101', 'T')];
    await assert.rejects(read(dbfFile(columns, good, { count: 3 })), refusedAs('file_truncated'));
    const more = await read(dbfFile(columns, [...good, ...good], { count: 1 }));
    assert.deepEqual([more.records.length, more.warnings], [2, ['2:0 dbf.count']]);
    const wrongLength = dbfFile(columns, good);
    wrongLength.writeUInt16LE(17, 10);
    await assert.rejects(read(wrongLength), refusedAs('dbf_header_wrong'));
    await assert.rejects(read(dbfFile([], [' '])), refusedAs('dbf_header_wrong'));
    await assert.rejects(read(Buffer.from('id,name\n1,2\n'.repeat(9))), refusedAs('dbf_header_wrong'));
    await assert.rejects(read(Buffer.alloc(0)), refusedAs('file_empty'));
    const cut = dbfFile(columns, good);
    await assert.rejects(read(cut.subarray(0, cut.length - 5)), refusedAs('file_truncated'));
  });

  test('FoxPro: integers, currency, doubles, moments and .fpt memos', async () => {
    const fox: Column[] = [
      { name: 'I', type: 'I', length: 4 },
      { name: 'Y', type: 'Y', length: 8 },
      { name: 'B', type: 'B', length: 8 },
      { name: 'T', type: 'T', length: 8 },
      { name: 'M', type: 'M', length: 4 },
    ];
    const record = Buffer.alloc(33, 0);
    record[0] = 0x20;
    record.writeInt32LE(-7, 1);
    record.writeBigInt64LE(-123_456n, 5);
    record.writeDoubleLE(2.5, 13);
    record.writeInt32LE(2_460_370, 21);
    record.writeInt32LE(45_296_000, 25);
    record.writeUInt32LE(8, 29);
    const memo = Buffer.alloc(64 * 9, 0);
    memo.writeUInt16BE(64, 6);
    memo.writeUInt32BE(1, 512);
    memo.writeUInt32BE(zhang.length, 516);
    zhang.copy(memo, 520);
    const { records } = await read(dbfFile(fox, [record], { version: 0x30, page: 0x7a }), {}, memo);
    assert.deepEqual(records, [[-7, '-12.3456', 2.5, '2024-02-29T12:34:56', '张三']]);
    memo.writeUInt32BE(1_000_000, 516);
    assert.deepEqual(rulesOf((await read(dbfFile(fox, [record], { version: 0x30 }), {}, memo)).bad), [
      '1 dbf.memo',
    ]);
  });
});
