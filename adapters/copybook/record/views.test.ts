import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Problem } from '../../../terms/problem.ts';
import { rulesOf } from '../../fixtures/readAll.ts';
import { checkedOptions } from '../../reading/optionsCheck.ts';
import { copybook } from '../copybook.ts';
import { encodeEbcdic as text, packed } from '../fixtures/hostBytes.ts';
import { firstRecord, readHost } from '../fixtures/readHost.ts';

const segments = `01 R.
 05 SEG-ID PIC X.
 05 PERSON.
  10 P-ID PIC X(4).
  10 P-AMOUNT PIC S9(5)V99 COMP-3.
 05 EMPLOYER REDEFINES PERSON.
  10 E-CODE PIC X(8).
`;
/** P-AMOUNT is no packed number. */
const unreadable = Buffer.from('d7c1f0f0f2c1c2c3c4', 'hex');
const chosen = { segmentField: 'SEG-ID', segmentRedefines: { P: 'PERSON', E: 'EMPLOYER' } };

describe('views of the same bytes', () => {
  test('a view that options choose must fit', async () => {
    const { records, bad, doubts } = await readHost(segments, unreadable, chosen);
    assert.deepEqual([records, rulesOf(bad), doubts], [[], ['1 copybook.number'], []]);
    assert.deepEqual(
      bad[0]?.problems.map(({ header, column }) => [header, column]),
      [['PERSON/P-AMOUNT', 6]],
    );
    const employer = Buffer.concat([text('E'), unreadable.subarray(1)]);
    assert.deepEqual((await readHost(segments, employer, chosen)).records, [
      { 'SEG-ID': 'E', EMPLOYER: { 'E-CODE': 'A002ABCD' } },
    ]);
  });

  test('without a discriminator, a view that does not fit is null and reported once, for any fault in it', async () => {
    const { records, doubts } = await readHost(segments, unreadable);
    assert.deepEqual(records, [
      {
        'SEG-ID': 'P',
        PERSON: { 'P-ID': 'A002', 'P-AMOUNT': null },
        EMPLOYER: { 'E-CODE': 'A002ABCD' },
      },
    ]);
    assert.deepEqual(doubts, ['1:6 copybook.view']);
    const stored = await readHost(segments, unreadable, { views: 'keep' });
    assert.deepEqual([stored.records, stored.doubts], [records, []]);
  });

  test('where no view fits, each reports its problem, even where all are retained', async () => {
    const numbers = '01 R.\n 05 A PIC S9(3) COMP-3.\n 05 B REDEFINES A PIC 9(2).\n';
    for (const options of [{}, { views: 'keep' }]) {
      const { bad } = await readHost(numbers, Buffer.from([0xc1, 0x40]), options);
      assert.deepEqual(
        bad[0]?.problems.map(({ header, rule }) => [header, rule]),
        [
          ['A', 'copybook.number'],
          ['B', 'copybook.number'],
        ],
      );
    }
  });

  test('a record type that the options do not name is doubted; one that has no group is named by ""', async () => {
    const trailer = text('T00000002');
    const { records, doubts } = await readHost(segments, trailer, chosen);
    assert.deepEqual(records, [{ 'SEG-ID': 'T' }]);
    assert.deepEqual(doubts, ['1:0 copybook.segment']);
    const named = { ...chosen, segmentRedefines: { ...chosen.segmentRedefines, T: '' } };
    const known = await readHost(segments, trailer, named);
    assert.deepEqual([known.records, known.doubts], [records, []]);
  });

  test('several 01 levels are views of one record area', async () => {
    const levels = '01 PERSON.\n 05 K PIC X.\n 05 N PIC 9(3).\n01 FIRM.\n 05 K PIC X.\n 05 NAME PIC X(3).\n';
    assert.deepEqual(await firstRecord(levels, text('P012')), {
      PERSON: { K: 'P', N: 12 },
      FIRM: { K: 'P', NAME: '012' },
    });
    const redefineRules = { PERSON: { field: 'K', is: 'P' }, FIRM: { field: 'K', is: 'F' } };
    assert.deepEqual((await readHost(levels, text('P012Fabc'), { redefineRules })).records, [
      { PERSON: { K: 'P', N: 12 } },
      { FIRM: { K: 'F', NAME: 'abc' } },
    ]);
  });

  test('doubts of records that become lists of another record name the path in that record', async () => {
    const tree = `01 R.
 05 T PIC X.
 05 FIRM.
  10 NAME PIC X(3).
 05 STAFF REDEFINES FIRM.
  10 AGE PIC 9(2).
  10 FILLER PIC X.
`;
    const options = {
      segmentField: 'T',
      segmentRedefines: { F: 'FIRM', S: 'STAFF' },
      segmentChildren: { FIRM: ['STAFF'] },
    };
    const bytes = Buffer.concat([text('Fabc'), text('S'), Buffer.from([0xf4, 0xd2, 0x40])]);
    const { records, doubts } = await readHost(tree, bytes, options);
    assert.deepEqual(records, [{ T: 'F', FIRM: { NAME: 'abc', STAFF: [{ AGE: -42 }] } }]);
    assert.deepEqual(doubts, ['2:2 copybook.sign']);
  });
});

test('parents and children inside other groups are attached, and problems name the path in the parent', async () => {
  const nested = `01 R.
 05 T PIC X.
 05 BODY.
  10 INNER.
   15 P.
    20 PN PIC X(3).
   15 C REDEFINES P.
    20 CN PIC 9(3).
`;
  const options = {
    segmentField: 'T',
    segmentRedefines: { P: 'P', C: 'C' },
    segmentChildren: { P: ['C'] },
  };
  const { records, bad } = await readHost(nested, text('PabcC001C002PdefC0x1'), options);
  assert.deepEqual(records, [{ T: 'P', BODY: { INNER: { P: { PN: 'abc', C: [{ CN: 1 }, { CN: 2 }] } } } }]);
  const columns = bad.flatMap(({ problems }) => problems.map(({ header }) => header));
  assert.deepEqual([rulesOf(bad), columns], [['4 copybook.number'], ['BODY/INNER/P/C/CN']]);
});

describe('levels of parents and children', () => {
  const levels = '01 R.\n 05 T PIC X.\n 05 P.\n  10 PN PIC X.\n'.concat(
    ...['C', 'G', 'H', 'N'].map((name) => ` 05 ${name} REDEFINES P.\n  10 ${name}N PIC 9.\n`),
  );
  const options = {
    segmentField: 'T',
    segmentRedefines: { P: 'P', C: 'C', G: 'G', H: 'H', N: 'N' },
    segmentChildren: { P: ['C', 'N'], C: ['G'], G: ['H'] },
  };

  test('a record is never attached below an earlier sibling of its parent', async () => {
    const { records, bad } = await readHost(levels, text('P1C1G1H1C2H2'), options);
    const [c1, c2] = [{ CN: 1, G: [{ GN: 1, H: [{ HN: 1 }] }] }, { CN: 2 }];
    assert.deepEqual(records, [{ T: 'P', P: { PN: '1', C: [c1, c2] } }]);
    assert.deepEqual(rulesOf(bad), ['6 copybook.orphan']);
  });

  test('children that cannot be attached by what is written are refused with their place, before a file is read', () => {
    const refused = (segmentChildren: object, place: string): void => {
      const given = { copybook: levels, ...options, segmentChildren };
      assert.throws(
        () => checkedOptions(copybook, given),
        (error) => {
          assert.ok(error instanceof Problem && error.code === 'adapter_options_invalid');
          const [found, ...more] = error.extras.findings as readonly { readonly path: string }[];
          assert.deepEqual([found?.path, more], [place, []]);
          return true;
        },
      );
    };
    refused({ P: ['C'], N: ['C'] }, '/segmentChildren/N/0');
    refused({ P: ['C', 'C', 'P'] }, '/segmentChildren/P/2');
    refused({ C: ['C'] }, '/segmentChildren/C/0');
    refused({ C: ['G'], G: ['H'], H: ['C'] }, '/segmentChildren/H/0');
  });

  test('a child that is named again below the same parent changes nothing', async () => {
    for (const segmentChildren of [{ P: ['C', 'C'] }, { P: ['C'], p: ['c'] }]) {
      const { records } = await readHost(levels, text('P1C1'), { ...options, segmentChildren });
      assert.deepEqual(records, [{ T: 'P', P: { PN: '1', C: [{ CN: 1 }] } }]);
    }
  });
});

describe('rules that choose a view', () => {
  const kinds = `01 R.
 05 K PIC X.
 05 A.
  10 AN PIC 9(2).
 05 B REDEFINES A.
  10 BN PIC S9(3) COMP-3.
 05 C REDEFINES A.
  10 CT PIC X(4).
`;

  test('by a field, the first that holds; one without a rule where none holds', async () => {
    const redefineRules = { B: { field: 'K', is: ['B', 'X'] }, A: { field: 'K', is: 'A' } };
    const bytes = Buffer.concat([text('A12..'), text('X'), packed('-123'), text('  '), text('Zabcd')]);
    const { records, bad, doubts } = await readHost(kinds, bytes, { redefineRules });
    assert.deepEqual(records, [
      { K: 'A', A: { AN: 12 } },
      { K: 'X', B: { BN: -123 } },
      { K: 'Z', C: { CT: 'abcd' } },
    ]);
    assert.deepEqual([bad, doubts], [[], []]);
    const wrong = await readHost(kinds, text('Bab  '), { redefineRules });
    assert.deepEqual(rulesOf(wrong.bad), ['1 copybook.number'], 'a chosen view must fit');
  });

  test('by the length of the record; where every view has a rule and none holds, that is a doubt', async () => {
    const word = (body: Buffer): Buffer => Buffer.concat([Buffer.from([0, body.length, 0, 0]), body]);
    const redefineRules = { A: { length: 3 }, C: { length: [5, 9] }, B: { length: 4 } };
    const bytes = Buffer.concat([word(text('x12')), word(text('xabcd')), word(text('x'))]);
    const { records, doubts } = await readHost(kinds, bytes, { redefineRules, recordFormat: 'V' });
    assert.deepEqual(records, [{ K: 'x', A: { AN: 12 } }, { K: 'x', C: { CT: 'abcd' } }, { K: 'x' }]);
    assert.deepEqual(doubts, ['3:2 copybook.segment']);
  });

  test('rules inside a view that is not there ask nothing', async () => {
    const nested = `01 R.
 05 T PIC X.
 05 A.
  10 K PIC X.
  10 N PIC 9(2).
  10 M REDEFINES N PIC X(2).
 05 B REDEFINES A.
  10 TEXT PIC X(3).
`;
    const options = {
      segmentField: 'T',
      segmentRedefines: { A: 'A', B: 'B' },
      redefineRules: { N: { field: 'K', is: 'n' }, M: { field: 'K', is: 'm' } },
    };
    const { records, doubts } = await readHost(nested, text('An12Amx!BxyzAq12'), options);
    assert.deepEqual(records.slice(0, 3), [
      { T: 'A', A: { K: 'n', N: 12 } },
      { T: 'A', A: { K: 'm', M: 'x!' } },
      { T: 'B', B: { TEXT: 'xyz' } },
    ]);
    assert.deepEqual(doubts, ['2:3 copybook.page', '4:3 copybook.segment']);
  });

  test('values are compared in the form of their field: numbers without leading zeros, texts without blanks', async () => {
    const layout = `01 R.
 05 N PIC 99.
 05 A PIC X.
 05 B REDEFINES A PIC 9.
`;
    const redefineRules = { B: { field: 'N', is: ['01', ' 2'] } };
    const read = await readHost(layout, text('011022033'), { redefineRules });
    assert.deepEqual(read.records, [
      { N: 1, B: 1 },
      { N: 2, B: 2 },
      { N: 3, A: '3' },
    ]);
    const segments = { segmentField: 'N', segmentRedefines: { '01': 'A', '2': 'B' } };
    const typed = await readHost(layout, text('011022'), segments);
    assert.deepEqual(
      [typed.records, typed.doubts],
      [
        [
          { N: 1, A: '1' },
          { N: 2, B: 2 },
        ],
        [],
      ],
    );
    await assert.rejects(
      readHost(layout, text('011'), { ...segments, segmentRedefines: { '01': 'A', '1': 'B' } }),
      (error) => error instanceof Problem && error.code === 'adapter_options_invalid',
    );
    const blank = { B: { field: 'K', is: ' ' }, A: { field: 'K', is: 'a ' } };
    assert.deepEqual(
      (await readHost(kinds, text('    7a12  '), { redefineRules: { C: blank.B, A: blank.A } })).records,
      [
        { K: '', C: { CT: '7' } },
        { K: 'a', A: { AN: 12 } },
      ],
    );
    const lengths = { recordLengthField: 'N', recordLengthMap: { '03': 3 } };
    assert.deepEqual(
      (await readHost('01 R.\n 05 N PIC 99.\n 05 A PIC X.\n', text('03a03b'), lengths)).records,
      [
        { N: 3, A: 'a' },
        { N: 3, A: 'b' },
      ],
    );
    const list = '01 R.\n 05 N PIC 99.\n 05 L PIC X OCCURS 0 TO 3 DEPENDING ON N.\n';
    assert.deepEqual((await readHost(list, text('01xyz'), { occursMappings: { L: { '01': 2 } } })).records, [
      { N: 1, L: ['x', 'y'] },
    ]);
  });

  test('of several fields of a name the group decides; where they are one place, none need be named', async () => {
    const doubled = `01 R.
 05 HEADER.
  10 KIND PIC X.
 05 BODY.
  10 KIND PIC X.
  10 A PIC X.
  10 B REDEFINES A PIC 9.
`;
    const options = (field: string): object => ({ redefineRules: { B: { field, is: 'n' } } });
    for (const [field, record] of [
      ['KIND OF HEADER', { HEADER: { KIND: 'n' }, BODY: { KIND: 't', B: 1 } }],
      ['kind in body', { HEADER: { KIND: 'n' }, BODY: { KIND: 't', A: '1' } }],
    ] as const)
      assert.deepEqual((await readHost(doubled, text('nt1'), options(field))).records, [record], field);
    for (const option of [
      options('KIND'),
      options('KIND OF NONE'),
      { segmentField: 'KIND', segmentRedefines: { n: 'A' } },
      { recordLengthField: 'KIND' },
    ])
      await assert.rejects(
        readHost(doubled, text('nt1'), option),
        (error) => error instanceof Problem && error.code === 'copybook_reference',
        JSON.stringify(option),
      );
  });

  test('fields of one name and place are one field only where their type is the same', async () => {
    const read = (type: string, field: string): Promise<unknown> => {
      const layout = `01 R.
 05 A.
  10 KIND PIC 9(2).
 05 B REDEFINES A.
  10 KIND PIC ${type}.
`;
      return readHost(layout, text('01'), { redefineRules: { B: { field, is: '1' } } });
    };
    await read('9(2)', 'KIND');
    for (const type of ['X(2)', '9V9', 'S9(2)', '9(3) COMP-3']) {
      await assert.rejects(
        read(type, 'KIND'),
        (error) => error instanceof Problem && error.code === 'copybook_reference',
        type,
      );
      await read(type, 'KIND OF A');
    }
  });

  test('an item that shares only the name of a view is always there', async () => {
    const doubled = `01 R.
 05 T PIC X.
 05 H.
  10 DATA PIC X(2).
 05 DATA.
  10 A PIC X.
 05 BODY REDEFINES DATA PIC 9.
`;
    for (const options of [
      { segmentField: 'T', segmentRedefines: { B: 'BODY', D: 'DATA' } },
      { redefineRules: { DATA: { field: 'T', is: 'D' } } },
    ])
      assert.deepEqual((await readHost(doubled, text('Bhh1Dhhx'), options)).records, [
        { T: 'B', H: { DATA: 'hh' }, BODY: 1 },
        { T: 'D', H: { DATA: 'hh' }, DATA: { A: 'x' } },
      ]);
  });

  test('a field in or after a list of variable size cannot choose: its position is unknown', async () => {
    const layout = `01 R.
 05 N PIC 9.
 05 L OCCURS 0 TO 3 DEPENDING ON N.
  10 M PIC X.
 05 K PIC X.
 05 A PIC X.
 05 B REDEFINES A PIC 9.
`;
    const options = (field: string): object => ({ redefineRules: { B: { field, is: 'b' } } });
    const refused = (error: unknown): boolean =>
      error instanceof Problem &&
      error.code === 'copybook_invalid' &&
      /position/.test(JSON.stringify(error.extras));
    const variable = { variableSizeOccurs: true };
    await assert.rejects(readHost(layout, text('1xb1'), { ...options('K'), ...variable }), refused);
    for (const more of [{}, variable])
      await assert.rejects(readHost(layout, text('1x  b1'), { ...options('M'), ...more }), refused);
    assert.deepEqual((await readHost(layout, text('1x  b1'), options('K'))).records, [
      { N: 1, L: [{ M: 'x' }], K: 'b', B: 1 },
    ]);
  });

  test('a rule for what is not there, or for a record type, is refused', async () => {
    for (const options of [
      { redefineRules: { NONE: { length: 3 } } },
      { redefineRules: { A: { field: 'NONE', is: '1' } } },
      { redefineRules: { A: { length: 3 } }, segmentField: 'K', segmentRedefines: { A: 'A' } },
    ])
      await assert.rejects(
        readHost(kinds, text('A12..'), options),
        (error) => error instanceof Problem && error.code === 'copybook_reference',
      );
    for (const rule of [{}, { field: 'K' }, { is: 'A' }, { length: 0 }])
      await assert.rejects(
        readHost(kinds, text('A12..'), { redefineRules: { A: rule } }),
        (error) => error instanceof Problem && error.code === 'adapter_options_invalid',
      );
  });
});
