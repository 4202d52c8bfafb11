import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Problem } from '../../terms/problem.ts';
import { rulesOf } from '../fixtures/readAll.ts';
import { encodeEbcdic as text, packed } from './fixtures/hostBytes.ts';
import { firstRecord, readHost, sourceOf } from './fixtures/readHost.ts';

const ascii = { encoding: 'ascii' };

describe('what is forgiven is doubted', () => {
  test('a minus sign on a number without one, a digit more than the picture has', async () => {
    const copybook = '01 R.\n 05 A PIC 9(3) COMP-3.\n 05 B PIC S9(4) COMP-3.\n 05 C PIC 9(2).\n';
    const bytes = Buffer.concat([packed('-123'), packed('-98765'), Buffer.from([0xf4, 0xd2])]);
    const { records, doubts } = await readHost(copybook, bytes);
    assert.deepEqual(records, [{ A: -123, B: -98765, C: -42 }]);
    assert.deepEqual(doubts, ['1:1 copybook.sign', '1:3 copybook.digits', '1:6 copybook.sign']);
    const zero = Buffer.concat([packed('-000'), packed('00000'), Buffer.from([0xf0, 0xd0])]);
    assert.deepEqual((await readHost(copybook, zero)).doubts, ['1:1 copybook.sign', '1:6 copybook.sign']);
    const plain = Buffer.concat([packed('123'), packed('-08765'), Buffer.from([0xf4, 0xc2])]);
    assert.deepEqual((await readHost(copybook, plain)).doubts, [], 'a plus sign says nothing else');
  });

  test('controls and bytes on which code pages differ are blanks; low-values that fill a field up are none', async () => {
    const copybook = '01 R.\n 05 A PIC X(4).\n';
    const cell = async (hex: string, options: object): Promise<[unknown, readonly string[]]> => {
      const { records, doubts } = await readHost(copybook, Buffer.from(hex, 'hex'), options);
      return [(records[0] as { A: unknown }).A, doubts];
    };
    const reported = ['1:1 copybook.blanked'];
    assert.deepEqual(await cell('c10dc240', {}), ['A B', reported]);
    assert.deepEqual(await cell('c15ac240', {}), ['A!B', ['1:1 copybook.page']], '! or ] by the page');
    assert.deepEqual(await cell('c142c240', {}), ['A B', reported]);
    assert.deepEqual(await cell('c15ac240', { codePage: 'cp037' }), ['A!B', []]);
    assert.deepEqual(await cell('c1c20000', {}), ['AB', []]);
    assert.deepEqual(await cell('c100c240', {}), ['A B', reported]);
    assert.deepEqual(await cell('ffffffff', {}), [null, []]);
    assert.deepEqual(await cell('c1ffffff', { codePage: 'cp037' }), ['A', reported]);
    assert.deepEqual(await cell('c10dc200', { codePage: 'cp935' }), ['A B', reported]);
    assert.deepEqual(await cell('c1c20000', { codePage: 'cp935' }), ['AB', []]);
    assert.deepEqual(await cell('41094220', ascii), ['A B', reported]);
    assert.deepEqual(await cell('41420000', ascii), ['AB', []]);
  });

  test('double bytes without their SI', async () => {
    const copybook = '01 R.\n 05 A PIC X(5).\n';
    const cut = Buffer.from([0xc1, 0x0e, 0x48, 0xa0, 0x40]);
    const { records, doubts, bad } = await readHost(copybook, cut, { codePage: 'cp935' });
    assert.deepEqual([records, doubts, rulesOf(bad)], [[], [], ['1 copybook.text']], 'half a character');
    const open = Buffer.from([0x0e, 0x48, 0xa0, 0x40, 0x40]);
    const read = await readHost(copybook, open, { codePage: 'cp935' });
    assert.deepEqual([read.records, read.doubts], [[{ A: '啊' }], ['1:1 copybook.shift']]);
  });

  test('a byte that a page does not define is a problem, not a lost character', async () => {
    const { bad } = await readHost('01 R.\n 05 A PIC X.\n', Buffer.from([0x70]), { codePage: 'cp424' });
    assert.deepEqual(rulesOf(bad), ['1 copybook.text']);
  });

  test('records that end before or after what the copybook describes', async () => {
    const copybook = '01 R.\n 05 A PIC X(3).\n 05 N PIC 9(2).\n';
    const word = (body: Buffer): Buffer => Buffer.concat([Buffer.from([0, body.length, 0, 0]), body]);
    const bytes = Buffer.concat([
      word(text('abc12')),
      word(text('ab')),
      word(text('abc1')),
      word(text('abc12x')),
    ]);
    const { records, doubts } = await readHost(copybook, bytes, { recordFormat: 'V' });
    assert.deepEqual(records, [
      { A: 'abc', N: 12 },
      { A: 'ab', N: null },
      { A: 'abc', N: null },
      { A: 'abc', N: 12 },
    ]);
    assert.deepEqual(doubts, ['2:1 copybook.short', '3:4 copybook.short', '4:0 copybook.long']);
  });

  test('a list whose count is below its least, or no number, is a problem', async () => {
    const copybook = '01 R.\n 05 N PIC 9.\n 05 T PIC X OCCURS 1 TO 3 DEPENDING ON N.\n';
    for (const line of ['0abc', ' abc'])
      assert.deepEqual(rulesOf((await readHost(copybook, Buffer.from(line), ascii)).bad), [
        '1 copybook.occurs',
      ]);
  });
});

describe('lines of text', () => {
  const copybook = '01 R.\n 05 A PIC X(3).\n 05 N PIC 9(2).\n';
  const lines = { ...ascii, recordFormat: 'D' };

  test('blank lines are skipped; blanks that were cut off are blanks; half a number is none', async () => {
    const read = await readHost(copybook, Buffer.from('abc12\n\r\n   \nab\nabc1\nabc  \n'), lines);
    assert.equal(read.skipped, 2);
    assert.deepEqual(read.records, [
      { A: 'abc', N: 12 },
      { A: 'ab', N: null },
      { A: 'abc', N: null },
    ]);
    assert.deepEqual(rulesOf(read.bad), ['5 copybook.number']);
    assert.deepEqual(read.doubts, []);
  });

  test('a longer line is doubted, but for blanks', async () => {
    const { records, doubts } = await readHost(copybook, Buffer.from('abc12  \nabc123\n'), lines);
    assert.equal(records.length, 2);
    assert.deepEqual(doubts, ['2:0 copybook.long']);
  });

  test('ascii refuses bytes above 7F; UTF-8, GBK and others have a name', async () => {
    const name = '01 R.\n 05 A PIC X(4).\n';
    const gbk = Buffer.from([0xd5, 0xc5, 0xc8, 0xfd, 10]);
    const { bad } = await readHost(name, gbk, lines);
    assert.deepEqual(
      bad[0]?.problems.map(({ header, column, rule }) => [header, column, rule]),
      [['A', 1, 'copybook.text']],
    );
    for (const encoding of ['gbk', 'GB18030', 'gb2312'])
      assert.deepEqual(await firstRecord(name, gbk, { ...lines, encoding }), { A: '张三' });
    assert.deepEqual(await firstRecord(name, Buffer.from('张a\n'), { ...lines, encoding: 'utf-8' }), {
      A: '张a',
    });
    const broken = Buffer.from([0xe5, 0xbc, 0x41, 10]);
    assert.deepEqual(rulesOf((await readHost(name, broken, { ...lines, encoding: 'utf-8' })).bad), [
      '1 copybook.text',
    ]);
    const western = { ...lines, encoding: 'windows-1252' };
    assert.deepEqual(await firstRecord(name, Buffer.from([0x80, 0x35, 0xe9, 10]), western), { A: '€5é' });
    assert.deepEqual(rulesOf((await readHost(name, Buffer.from([0x81, 10]), western)).bad), [
      '1 copybook.text',
    ]);
  });
});

describe('code pages of single fields', () => {
  test('of EBCDIC, and of the ASCII family in an EBCDIC record', async () => {
    const copybook = '01 R.\n 05 A PIC X(2).\n 05 B PIC X(2).\n 05 C PIC X(2).\n 05 D PIC X(2).\n';
    const bytes = Buffer.from([0x54, 0x44, 0xc6, 0xf3, 0x80, 0x35, 0xc1, 0xc2]);
    const fieldCodePages = { A: 'cp870', B: 'cp1251', C: 'cp1252' };
    assert.deepEqual(await firstRecord(copybook, bytes, { fieldCodePages }), {
      A: 'ůţ',
      B: 'Жу',
      C: '€5',
      D: 'AB',
    });
  });

  test('of edited pictures', async () => {
    const copybook = '01 R.\n 05 A PIC XX/XX.\n 05 B PIC ZZ9.9-.\n';
    const bytes = Buffer.concat([Buffer.from([0xd4, 0xc6, 0x2f, 0xf3, 0xe9]), Buffer.from(' 12.5-')]);
    assert.deepEqual(await firstRecord(copybook, bytes, { fieldCodePages: { A: 'cp1251', B: 'cp1252' } }), {
      A: 'ФЖ/уй',
      B: '-12.5',
    });
  });

  test('a field that is no text has none', async () => {
    const fields = [
      'PIC 9(3)',
      'PIC S9(3) COMP-3',
      'COMP-1',
      'PIC N(2)',
      'PIC G(2) DISPLAY-1',
      'PIC X(2) COMP-X',
    ];
    for (const field of fields)
      await assert.rejects(
        firstRecord(`01 R.\n 05 A ${field}.\n 05 B PIC X.\n`, Buffer.alloc(20), {
          fieldCodePages: { A: 'cp273' },
        }),
        { code: 'copybook_invalid', message: /line 2 .*fieldCodePages/ },
        field,
      );
    const mapped = '01 R.\n 05 A PIC X OCCURS 2.\n';
    await assert.rejects(firstRecord(mapped, Buffer.alloc(2), { occursMappings: { A: { x: 1 } } }), {
      code: 'copybook_invalid',
      message: /line 2 .*occursMappings/,
    });
    const group = '01 R.\n 05 A.\n  10 B PIC X.\n';
    await assert.rejects(firstRecord(group, Buffer.alloc(1), { fieldCodePages: { A: 'cp273' } }), {
      code: 'copybook_invalid',
    });
  });
});

describe('numbers beyond eighteen digits', () => {
  test('binary: sixteen bytes of GnuCOBOL, as few as needed of Micro Focus, in both byte orders', async () => {
    const copybook = '01 R.\n 05 A PIC S9(20) BINARY.\n 05 B PIC 9(3).\n';
    const value = -12345678901234567890n;
    const wide = Buffer.from(BigInt.asUintN(128, value).toString(16).padStart(32, '0'), 'hex');
    const options = { ...ascii, binarySize: '1-2-4-8' };
    const expected = { A: '-12345678901234567890', B: 7 };
    const three = Buffer.from('007');
    assert.deepEqual(await firstRecord(copybook, Buffer.concat([wide, three]), options), expected);
    const little = Buffer.concat([Buffer.from(wide).reverse(), three]);
    assert.deepEqual(await firstRecord(copybook, little, { ...options, binaryEndian: 'little' }), expected);
    const nine = Buffer.concat([wide.subarray(7), three]);
    assert.deepEqual(await firstRecord(copybook, nine, { ...ascii, binarySize: '1-8' }), expected);
    const beyond = Buffer.concat([Buffer.from(`7f${'ff'.repeat(15)}`, 'hex'), three]);
    assert.deepEqual(rulesOf((await readHost(copybook, beyond, options)).bad), ['1 copybook.number']);
  });

  test('COMP-X and COMP-6 of Micro Focus', async () => {
    const copybook =
      '01 R.\n 05 A PIC X(2) COMP-X.\n 05 B PIC 9(3) COMP-X.\n 05 C PIC 9(3) COMP-6.\n 05 D PIC 99 COMP-X.\n';
    const bytes = Buffer.from([0xff, 0xfe, 0x03, 0xe7, 0x01, 0x23, 0xfa]);
    assert.deepEqual(await firstRecord(copybook, bytes, { binaryEndian: 'little' }), {
      A: 65534,
      B: 999,
      C: 123,
      D: 250,
    });
    bytes[4] = 0x0a;
    assert.deepEqual(rulesOf((await readHost(copybook, bytes)).bad), ['1 copybook.number']);
  });
});

describe('what is refused is named', () => {
  const refusal = async (copybook: string, options: object = {}): Promise<Problem> => {
    const error: unknown = await readHost(copybook, Buffer.alloc(50), options).catch(
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof Problem && error.code === 'copybook_invalid', String(error));
    return error;
  };
  const why = ({ extras }: Problem): string => JSON.stringify(extras.findings ?? []);

  test('usages and pictures that no compiler knows, numbers that IBM does not have, SIGN without S', async () => {
    assert.match(why(await refusal('01 R.\n 05 A PIC 9(4) COMP-9.\n')), /COMP-9 is no usage of any compiler/);
    assert.match(why(await refusal('01 R.\n 05 A PIC S9(3).99.\n')), /S and a decimal point/);
    assert.match(why(await refusal('01 R.\n 05 A PIC S9(19) COMP.\n')), /18 digits at most/);
    for (const picture of ['9(3)', 'X(3)', 'ZZ9'])
      assert.match(
        why(await refusal(`01 R.\n 05 A PIC ${picture} SIGN LEADING SEPARATE.\n`)),
        /SIGN needs a picture with S/,
      );
    assert.match((await refusal('01 R.\n 05 A PIC S9 COMP-X.\n')).message, /line 2/);
    assert.match((await refusal('COPY OTHER.\n')).next.en, /COPY must be written out first$/);
  });
});

describe('sources of copybooks', () => {
  test('text that begins in column 7', async () => {
    const source = [
      '      * a remark',
      '      01 R.',
      '        05 A PIC X(2).',
      '      05 B PIC 9',
      '          COMP-3.',
      '',
    ];
    const { records } = await readHost('01 X PIC X.', Buffer.from([0x61, 0x62, 0x7c]), {
      ...ascii,
      copybook: source.join('\n'),
    });
    assert.deepEqual(records, [{ A: 'ab', B: 7 }]);
    const numbered = ['00010001 R.', '000200  05 A PIC X.', '00030005 B PIC 9.'].join('\n');
    const read = await readHost('01 X PIC X.', Buffer.from('x5'), { ...ascii, copybook: numbered });
    assert.deepEqual(read.records, [{ A: 'x', B: 5 }]);
    assert.ok(sourceOf('01 R.').startsWith('       01'), 'others begin in column 8');
  });

  test('a very long field of mixed text', async () => {
    const record = await firstRecord('01 R.\n 05 A PIC X(125000).\n', text('ab'.repeat(62_500)), {
      codePage: 'cp935',
    });
    assert.equal((record as { A: string }).A.length, 125_000);
    const pairs = Buffer.concat([
      Buffer.from([0x0e]),
      Buffer.alloc(124_998, Buffer.from([0x48, 0xa0])),
      Buffer.from([0x0f]),
    ]);
    const chinese = await firstRecord('01 R.\n 05 A PIC X(125000).\n', pairs, { codePage: 'cp935' });
    assert.equal((chinese as { A: string }).A, '啊'.repeat(62_499));
  });

  test('a run of blanks in a very long field is passed once', async () => {
    const copybook = '01 R.\n 05 A PIC X(125000).\n';
    const begun = performance.now();
    const blanks = `a${' '.repeat(124_998)}b`;
    const read = await readHost(copybook, Buffer.from(blanks), { ...ascii, trim: 'right' });
    assert.deepEqual(read.records, [{ A: blanks }]);
    const lowValues = Buffer.alloc(125_000);
    lowValues.write('a');
    lowValues.write('b', 124_999);
    const { records, doubts } = await readHost(copybook, lowValues, { ...ascii, trim: 'right' });
    assert.deepEqual([records, doubts], [[{ A: blanks }], ['1:1 copybook.blanked']]);
    assert.ok(performance.now() - begun < 5_000, 'some expression goes back over its text');
  });
});
