import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Problem } from '../../terms/problem.ts';
import { sharedData } from '../../tests/sharedData.ts';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { bytesOf, fileBytes } from '../fixtures/bytes.ts';
import { formatNamed, readRecords } from '../formats.ts';
import { readAll, rulesOf, type ReadAll } from '../fixtures/readAll.ts';

const read = (text: string | Uint8Array, options: object = {}, chunk = 65_536): Promise<ReadAll> =>
  readAll('json', bytesOf(text, chunk), options);
const refusedAs =
  (code: string, message = /./) =>
  (error: unknown) =>
    error instanceof Problem && error.code === code && message.test(error.message);

describe('JSON', () => {
  test('a text with raw line ends does not move the lines of the records after it', async () => {
    const text = '[\n{"a":"x\n\ny"},\n{"a":1},\n{"a":tru}\n,{"b":"\n","c":"z"},"\n",\n{"a":2}]';
    for (const chunk of [3, 11, 1000]) {
      const { lines, bad } = await read(text, {}, chunk);
      assert.deepEqual(lines, [5, 10], String(chunk));
      assert.deepEqual(
        bad.map(({ line }) => line),
        [2, 6, 7, 8],
        String(chunk),
      );
    }
  });

  test('lines, with blank ones between; a broken line is bad and the next one is read', async () => {
    for (const chunk of [1, 4, 1000]) {
      const { records, lines, bad } = await read('{"a":1}\n\n{"a":\n{"a":"张"}\r\n[1]\n{"a":3}', {}, chunk);
      assert.deepEqual(records, [{ a: 1 }, { a: '张' }, { a: 3 }]);
      assert.deepEqual(lines, [1, 4, 6]);
      assert.deepEqual(rulesOf(bad), ['3 json.malformed', '5 json.shape']);
    }
  });

  test('a document: a list at the top, one object, objects one after another, a list inside', async () => {
    const list = '[\n {"a":"x],}{\\"","b":[{"c":1}]},\n {"a":2} ]';
    for (const chunk of [1, 5, 1000]) {
      assert.deepEqual((await read(list, {}, chunk)).records, [{ a: 'x],}{"', b: [{ c: 1 }] }, { a: 2 }]);
      assert.deepEqual((await read('{\n"a":1\n}\n{\n"a":2}', {}, chunk)).records, [{ a: 1 }, { a: 2 }]);
      const inside = '{"meta":{"items":[1]},"data":{"n":2,"items":[{"a":1},{"a":2}]},"items":[{"a":9}]}';
      assert.deepEqual((await read(inside, { rows: '/data/items' }, chunk)).records, [{ a: 1 }, { a: 2 }]);
    }
    assert.deepEqual((await read('[]')).records, []);
    await assert.rejects(read('{"a":1}', { rows: '/b' }), refusedAs('json_rows_missing'));
  });

  test('UTF-8 that is declared as another encoding is doubted, each record of it and a file of it', async () => {
    const good = encodeGb18030('{"id":1,"name":"张三"}\n');
    const other = Buffer.from('{"id":2,"name":"李四"}\n');
    for (const chunk of [1, 30, 65_536]) {
      const mixed = Buffer.concat([good, good, other, Buffer.from('{"id":3}\n')]);
      const { doubts } = await read(mixed, { encoding: 'gbk' }, chunk);
      assert.deepEqual(doubts, ['3:0 encoding.contradicted']);
      const list = Buffer.concat([Buffer.from('['), other, Buffer.from(','), other, Buffer.from(']')]);
      const whole = await read(list, { encoding: 'gbk' }, chunk);
      assert.deepEqual(whole.doubts, [
        '1:0 encoding.contradicted',
        '2:0 encoding.contradicted',
        'file 0:0 encoding.contradicted',
      ]);
    }
    assert.deepEqual(
      (await read(other, { encoding: 'latin1' })).doubts.at(-1),
      'file 0:0 encoding.contradicted',
    );
    assert.deepEqual((await read(good, { encoding: 'gbk' })).doubts, []);
    assert.deepEqual((await read(other)).doubts, []);
  });

  test('characters that cannot be seen and signs of wrong decoding are doubted at their path', async () => {
    const lines =
      '{"a":{"b":["x","a\u200bb"]}}\n{"a":"\\u202e1"}\n{"a":"锟斤拷"}\n{"a":"\\u4e2d\\u201c\\n"}\n{"a":"é"}';
    assert.deepEqual((await read(lines)).doubts, [
      '1:0 text.invisible',
      '2:0 text.invisible',
      '3:0 encoding.mojibake',
    ]);
    const headers: string[] = [];
    for await (const batch of readRecords(formatNamed('json'), bytesOf(lines), {}))
      headers.push(...batch.doubts.map(({ problem }) => problem.header));
    assert.deepEqual(headers, ['a/b/1', 'a', 'a']);
  });

  test('marks between joined files and at the end are passed over', async () => {
    const lines = '\ufeff{"a":1}\n\ufeff{"a":2}\n\u001a';
    const document = '\ufeff[{"a":1}]\n\ufeff[{"a":2}]\u001a';
    for (const text of [lines, document])
      for (const chunk of [1, 1000]) {
        const { records, bad } = await read(text, {}, chunk);
        assert.deepEqual([records, bad], [[{ a: 1 }, { a: 2 }], []], text);
      }
  });

  test('a number of records that the document declares is compared with those there are', async () => {
    const text = (total: string): string =>
      `{"total":9,"page":{"total":${total},"items":[{"total":7},{"total":8}]},"items":{"page":{"total":5}}}`;
    for (const chunk of [1, 7, 1000]) {
      const doubts = async (total: string): Promise<readonly string[]> =>
        (await read(text(total), { rows: '/page/items', count: '/page/total' }, chunk)).doubts;
      for (const right of ['2', '"2"', ' 2\n']) assert.deepEqual(await doubts(right), [], right);
      assert.deepEqual(await doubts('3'), ['file 0:0 count.differs']);
      for (const none of ['null', '"many"', '[2]', '{"n":2}', '2.5'])
        assert.deepEqual(await doubts(none), ['file 0:0 count.missing'], none);
    }
    const behind = '{"items":[{"a":1}],"total":1}{"items":[{"a":2}],"total":1}';
    assert.deepEqual((await read(behind, { rows: '/items', count: '/total' })).doubts, []);
    const lines = '{"a":1}\n{"a":2}';
    assert.deepEqual((await read(lines, { count: '/a' })).doubts, ['file 0:0 count.missing']);
  });

  test('the list of records is named once in a document, also where a name is written with escapes', async () => {
    const rows = { rows: '/data' };
    assert.deepEqual((await read('{"d\\u0061ta":[{"a":2}]}', rows)).records, [{ a: 2 }]);
    const twice = [
      '{"data":[{"a":1}],"data":[{"a":3}]}',
      '{"data":[{"a":1}],"d\\u0061ta":[{"a":2}]}',
      '{"data":0,"data":[{"a":3}]}',
      '{"data":[{"a":1}],"data":null}',
    ];
    for (const text of twice)
      for (const chunk of [1, 1000])
        await assert.rejects(read(text, rows, chunk), refusedAs('json_rows_repeated', /\/data/), text);
    const documents = '{"data":[{"data":1}],"n":{"data":[2]}}{"data":[{"a":2}]}';
    assert.deepEqual((await read(documents, rows)).records, [{ data: 1 }, { a: 2 }]);
  });

  test('numbers that a double would change, NUL, broken elements', async () => {
    const { records, bad } = await read(
      '[{"id":110101199001011234},{"id":"110101199001011234"},{"n":0.1},{"t":"\\u0000"},{"a" 1},{"x":1}]',
    );
    assert.deepEqual(records, [{ id: '110101199001011234' }, { n: 0.1 }, { x: 1 }]);
    assert.deepEqual(rulesOf(bad), ['1 json.number', '1 text.nul', '1 json.malformed']);
  });

  test('what is nested deeper than the options say is bad, and the next one is read', async () => {
    const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
    const { records, bad } = await read(`${deep(4)}\n${deep(5)}\n${deep(1)}`, { maxDepth: 4 });
    assert.deepEqual(rulesOf(bad), ['2 json.depth']);
    assert.deepEqual(records, [{ a: { a: { a: { a: 1 } } } }, { a: 1 }]);
  });

  test('a duplicate member, and half of a character, are reported; similar texts are not', async () => {
    const twice = ['{"a":1,"a":2}', '{"a" : 1, "a" :2}', '{"b":[{"a":1,"\\u0061":2}]}', '{"a":"\\":","a":1}'];
    for (const text of twice) assert.deepEqual(rulesOf((await read(text)).bad), ['1 json.repeated'], text);
    for (const text of ['{"a":"b\\":1","c":{"a" : 1}}', '{"a":[{"a":1},{"a":"\\\\\\\":"}]}', '{"":{"":":"}}'])
      assert.deepEqual((await read(text)).records, [JSON.parse(text)], text);
    assert.deepEqual(rulesOf((await read('{"a":"\\ud842"}')).bad), ['1 encoding.lost']);
    assert.deepEqual((await read('{"a":"\\ud842\\udf9f"}')).records, [{ a: '𠮟' }]);
  });

  test('what is cut short, too deep, too long or of another encoding is refused with its place', async () => {
    await assert.rejects(read('[{"a":1},\n{"a":'), refusedAs('json_malformed', /line 2/));
    await assert.rejects(read('[{"a":1}}'), refusedAs('json_malformed'));
    await assert.rejects(
      read(`[${'['.repeat(100)}`),
      refusedAs('file_line_over_limit', /line 1: .*maxDepth/),
    );
    await assert.rejects(
      read(`[{"a":"${'x'.repeat(100_000)}`, { maxRecordChars: 2048 }),
      refusedAs('file_record_too_long', /line 1 \(byte 1\)/),
    );
    // the place is that of the record in the bytes of the file, whose lines reach over many chunks
    const long = `{"a":"${'x'.repeat(100_000)}"}`;
    const before = '{"a":"张三"}\n'.repeat(20_000);
    const limited = { maxRecordChars: 2048 };
    for (const end of [`\n{"a":1}`, '']) {
      const utf8 = Buffer.from(`\ufeff${before}${long}${end}`);
      const byte = (at: number): RegExp => new RegExp(`line 20001 \\(byte ${at}\\)`);
      await assert.rejects(read(utf8, limited), refusedAs('file_record_too_long', byte(3 + 20_000 * 15)));
      await assert.rejects(
        read(Buffer.from(`\ufeff${before}${long}${end}`, 'utf16le'), limited),
        refusedAs('file_record_too_long', byte(2 + 20_000 * 22)),
      );
    }
    await assert.rejects(
      read(`[${'{"a":"张三"},\n'.repeat(20_000)}${long}]`, limited),
      refusedAs('file_record_too_long', new RegExp(`byte ${1 + 20_000 * 16}\\)`)),
    );
    await assert.rejects(
      read(`[${'{"a":"张三"},\n'.repeat(20_000)}]]`),
      refusedAs('json_malformed', new RegExp(`byte ${1 + 20_000 * 16 + 1}\\)`)),
    );
    await assert.rejects(
      read(Buffer.from([0x7b, 0x22, 0xd5, 0xc5, 0x22, 0x7d])),
      refusedAs('file_encoding_wrong', /line 1/),
    );
    await assert.rejects(read(''), refusedAs('file_empty'));
    assert.deepEqual((await read(Buffer.from('\ufeff[{"a":"张"}]', 'utf16le'))).records, [{ a: '张' }]);
  });
});

test('real files: the GB code lists as JSON documents', async () => {
  for (const [name, entries] of Object.entries({
    'GB-2260': 6564,
    'GB-4754-2017': 1970,
    'GB-3304-1991': 56,
    'GB-6864-2003': 56,
  })) {
    const { records, bad } = await readAll('json', fileBytes(sharedData(`gb-codes/${name}.json`), 5_003));
    assert.deepEqual([records.length, bad.length], [entries, 0], name);
  }
});
