/** What offices' files hold that RFC 4180 does not know: marks of spreadsheets, other line ends, joined files, mixed encodings. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { Problem } from '../../terms/problem.ts';
import { bytesOf } from '../fixtures/bytes.ts';
import { readAll, rulesOf, type ReadAll } from '../fixtures/readAll.ts';
import { checkedOptions } from '../reading/optionsCheck.ts';
import { csv } from './csv.ts';

const read = (content: Uint8Array | string, options: object = {}, chunk = 4096): Promise<ReadAll> =>
  readAll('csv', bytesOf(content, chunk), options);

describe('marks of spreadsheets', () => {
  test('are removed and reported, cell by cell', async () => {
    const file = 'id,name\n="00123",\t张三\n"=""00045""",\u001f李四\n\'00067,"王五\t"\n';
    const { records, warnings, doubts, bad } = await read(file);
    assert.deepEqual(records, [
      ['00123', '张三'],
      ['00045', '李四'],
      ['00067', '王五'],
    ]);
    assert.deepEqual([doubts, bad], [[], []]);
    assert.deepEqual(
      warnings,
      ['2:1', '2:2', '3:1', '3:2', '4:1', '4:2'].map((place) => `${place} spreadsheet.mark`),
    );
  });

  test('marks of spreadsheets are retained with spreadsheetMarks: keep', async () => {
    const file = 'id,name\n"=""00045""",\'007\n="00123",张三\n';
    const { records, warnings, bad } = await read(file, { spreadsheetMarks: 'keep' });
    assert.deepEqual(records, [['="00045"', "'007"]]);
    assert.deepEqual(warnings, []);
    assert.deepEqual(rulesOf(bad), ['3 csv.quote']);
  });

  test('a formula that is not one text, and an apostrophe of a name, are values', async () => {
    const { records, warnings } = await read('a,b\n=1+2,\'s-Gravenhage\nx="1",O\'Brien\n="1"2,x\n');
    assert.deepEqual(records, [['=1+2', "'s-Gravenhage"]]);
    assert.deepEqual(warnings, []);
  });

  test('in the header too', async () => {
    assert.deepEqual((await read('="编号",姓名\n1,张三\n')).columns, ['编号', '姓名']);
  });
});

describe('line ends', () => {
  const cut = '编号,姓名,备注\r\n1,张三,第一行\n第二行\r\n2,李四,好\r\n';

  test('a lone LF in a CRLF file: both lines are held back, the others not', async () => {
    const { records, bad, doubts } = await read(cut);
    assert.deepEqual(doubts, ['2:0 lines.end']);
    assert.deepEqual(
      bad.map(({ line, problems }) => [line, ...problems.map(({ rule }) => rule)]),
      [[3, 'csv.ragged', 'lines.end']],
    );
    assert.equal(records.length, 2);
  });

  test('lineEnds: any doubts none of them', async () => {
    const { doubts, bad } = await read(cut, { lineEnds: 'any' });
    assert.deepEqual(doubts, []);
    assert.deepEqual(rulesOf(bad), ['3 csv.ragged']);
  });

  test('a lone CR in a file of LF, with ragged: fill', async () => {
    const { doubts } = await read('a,b,c\n1,x,y\rz\n2,x,y\n3,x,y\n', { ragged: 'fill' });
    assert.deepEqual(doubts, ['2:0 lines.end', '3:0 lines.end']);
  });

  test('files of one kind of line end are not doubted, quoted line ends neither', async () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const { doubts, records } = await read(['a,b', '1,"x\ny\rz\r\n"', '2,y', ''].join(end));
      assert.deepEqual(doubts, [], JSON.stringify(end));
      assert.equal(records.length, 2);
    }
  });

  test('a final 0x1A is no record; one elsewhere is a control', async () => {
    for (const encoding of ['utf-8', 'utf-16le', 'utf-16be'] as const) {
      const bytes = (text: string): Buffer => {
        const plain = Buffer.from(text, encoding === 'utf-8' ? 'utf8' : 'utf16le');
        return encoding === 'utf-16be' ? plain.swap16() : plain;
      };
      for (const end of ['\r\n\u001a', '\u001a\u001a', '\r\n']) {
        const { records, bad } = await read(bytes(`a,b\r\n1,x${end}`), { encoding }, 3);
        assert.deepEqual([records, bad], [[['1', 'x']], []], `${encoding} ${JSON.stringify(end)}`);
      }
      const middle = await read(bytes('a,b\n1,x\n\u001a2,y\n'), { encoding });
      assert.deepEqual(middle.doubts, ['3:1 text.invisible']);
      // 业 is 4E 1A: in UTF-16BE its second byte looks like an end mark
      for (const options of [{ encoding }, {}]) {
        const industry = await read(bytes(`\ufeffa,b\r\n1,建筑业`), options);
        assert.deepEqual([industry.records, industry.bad], [[['1', '建筑业']], []], encoding);
      }
    }
  });
});

test('without a header the first good record sets the width, not a broken line before it', async () => {
  for (const chunk of [1, 7, 4096]) {
    const found = await read('x,a"b,c\n1,2,3\n4,5,6\n7,8\n', { headerRows: [] }, chunk);
    assert.deepEqual(found.columns, ['1', '2', '3']);
    assert.deepEqual(found.lines, [2, 3]);
    assert.deepEqual(rulesOf(found.bad), ['1 csv.quote', '4 csv.ragged']);
  }
  const later = (start: string): unknown =>
    csv.divide?.(checkedOptions(csv, { encoding: 'utf-8', headerRows: [] }), Buffer.from(start));
  assert.ok(later('x,a"b,c\n1,2,3\n') !== undefined);
  assert.equal(later('x,a"b,c\n'), undefined, 'the first range would determine no columns');
  const none = await read('x,a"b,c\n', { headerRows: [] });
  assert.deepEqual([none.records, rulesOf(none.bad)], [[], ['1 csv.quote']]);
});

describe('joined files', () => {
  const joined = '\ufeffid,name\r\n1,x\r\n\ufeffid,name\r\n\ufeff2,"y"\r\n';

  test('an inner byte order mark is dropped, a record equal to the header doubted', async () => {
    const { records, doubts, warnings } = await read(joined);
    assert.deepEqual(records, [
      ['1', 'x'],
      ['id', 'name'],
      ['2', 'y'],
    ]);
    assert.deepEqual(doubts, ['3:0 header.repeated']);
    assert.deepEqual(warnings, ['3:0 text.mark', '4:0 text.mark']);
  });

  test('equal to the header as written in the file, for any names of columns', async () => {
    assert.deepEqual((await read(joined, { columns: ['a', 'b'] })).doubts, ['3:0 header.repeated']);
    assert.deepEqual(
      (await read('id,name\n1,x\nid,name\n', { headerRows: [], columns: ['id', 'name'] })).doubts,
      [],
    );
  });

  test('a range of a divided file uses header and line end of the file', async () => {
    const first = Buffer.from('id,name\r\n1,x\r\n');
    const division = csv.divide?.(
      {
        encoding: 'utf-8',
        separator: 'auto',
        quote: '"',
        headerRows: [1],
        ragged: 'bad',
        lineEnds: 'alike',
      },
      first,
    );
    const later = division?.later(['id', 'name'], first) as object;
    const doubts: string[] = [];
    for await (const batch of csv.read(bytesOf('id,name\r\n2,y\n3,z\r\n'), {
      maxRecordBytes: 4096,
      ...later,
    }))
      doubts.push(...batch.doubts.map(({ problem }) => `${problem.line} ${problem.rule}`));
    assert.deepEqual(doubts, ['1 header.repeated', '2 lines.end', '3 lines.end']);
  });
});

describe('two encodings in one file', () => {
  const gb = (text: string): Uint8Array => encodeGb18030(text);
  const file = Buffer.concat([
    gb('编号,姓名\n1,张三\n'),
    Buffer.from('2,李四\n'),
    gb('3,"王\n五"\n'),
    Buffer.from('4,"赵钱\n六七"\n'),
    gb('5,孙七\n'),
  ]);

  test('records in UTF-8 are doubted, declared or guessed, in chunks of any size', async () => {
    for (const options of [{ encoding: 'gb18030' }, {}])
      for (const chunk of [1, 7, 4096])
        assert.deepEqual((await read(file, options, chunk)).doubts, [
          '3:0 encoding.mixed',
          '6:0 encoding.mixed',
        ]);
  });

  test('only the tail of a long file differs', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `${i},张三\n`).join('');
    const long = Buffer.concat([gb(`编号,姓名\n${rows}`), Buffer.from('20000,李四\n'), gb('20001,王五')]);
    assert.deepEqual((await read(long, { encoding: 'gbk' }, 65_536)).doubts, ['20002:0 encoding.mixed']);
  });

  test('records in GB in a file of UTF-8 are bad', async () => {
    const mixed = Buffer.concat([Buffer.from('编号,姓名\n1,张三\n'), gb('2,李四\n')]);
    assert.deepEqual(rulesOf((await read(mixed, { encoding: 'utf-8' })).bad), ['3 encoding.invalid']);
  });

  test('a code page of single bytes', async () => {
    const mixed = Buffer.concat([Buffer.from('id,nom\n1,été\n', 'latin1'), Buffer.from('2,李四\n')]);
    assert.deepEqual((await read(mixed, { encoding: 'latin1' })).doubts.includes('3:0 encoding.mixed'), true);
  });
});

test('rows of separators only are skipped, also wider than the header; one empty value is a record', async () => {
  const { records, skipped, bad } = await read('a,b\n1,x\n,\n ,\u3000\n"",""\n,,,,\n2,\n');
  assert.deepEqual(
    [records, skipped, bad],
    [
      [
        ['1', 'x'],
        ['2', ''],
      ],
      4,
      [],
    ],
  );
  assert.deepEqual((await read('a\n""\nx\n')).records, [[''], ['x']]);
});

test('unnamed columns are doubted only where they hold something', async () => {
  assert.deepEqual((await read('编号,姓名,,,\n1,张三,,,\n')).doubts, []);
  assert.deepEqual((await read('编号,姓名,,,\n1,张三,x,,\n')).doubts, ['file 0:0 header.title']);
  assert.deepEqual((await read('标题,,,,\n1,张三,x,y,z\n')).doubts, ['file 0:0 header.title']);
});

test('a blank before a quotation mark is named, in the header with its refusal', async () => {
  assert.deepEqual(rulesOf((await read('a,b\n1, "x"\n2,x "y"\n')).bad), ['2 csv.quote-blank', '3 csv.quote']);
  await assert.rejects(read('a, "b"\n1,x\n'), (error) => {
    assert.equal(error instanceof Problem && error.code, 'file_header_missing');
    const [finding] = (error as Problem).extras.findings as { rule: string; message: { en: string } }[];
    assert.equal(finding?.rule, 'csv.quote-blank');
    assert.match(finding.message.en, /blank between a separator and a quotation mark/);
    return true;
  });
});

test('runs of ten megabytes of one character take time in proportion to them', async () => {
  const started = performance.now();
  for (const one of ['"', '=', "'", ',', ' ', '\t', '\r', '0', '锟', '\u200b', '\ufeff', '="'])
    for (const [before, after] of [
      ['', ''],
      ['x', 'x'],
      ['"', ''],
      ['="', '"'],
    ] as const) {
      const text = `a,b\n${before}${one.repeat(2_000_000 / one.length)}${after}\n1,x\n`;
      await read(text, { maxRecordBytes: 16_777_216 }, 1_000_000).catch((error: unknown) => {
        if (!(error instanceof Problem)) throw error;
      });
    }
  assert.equal(performance.now() - started < 60_000, true, 'some look at the text is no single pass');
});
