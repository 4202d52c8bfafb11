import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../../terms/problem.ts';
import { readAll } from '../../fixtures/readAll.ts';
import { bytesOf } from '../../fixtures/bytes.ts';
import { firstRecord } from '../fixtures/readHost.ts';

const ascii = { encoding: 'ascii' };

test('debugging lines are comments, words for the listing and a generated table declaration are passed over', async () => {
  const copybook = [
    '       EXEC SQL DECLARE CITY.PERSON TABLE',
    '         ( ID  CHAR(2) NOT NULL )',
    '       END-EXEC.',
    "       TITLE 'PERSON RECORD'",
    '       01  R.',
    '      D    05  TRACE PIC X(4).',
    '           05  A PIC X(2).',
    '       EJECT',
    '           05  B PIC 9.',
    '       SKIP2.',
    '           05  SKIP1 PIC X.',
  ].join('\n');
  const { records } = await readAll('copybook', bytesOf('ab7!'), { copybook, ...ascii });
  assert.deepEqual(records, [{ A: 'ab', B: 7, SKIP1: '!' }]);
});

test('an item without the period before it is refused, with the line of the item that it would be lost in', async () => {
  for (const lost of [
    '05 A PIC X VALUE SPACES\n 05 B PIC 9.',
    '05 A PIC X VALUE 1\n 05 B.\n 10 C PIC X.',
    '05 A VALUE SPACES\n 05 B PIC 9.',
    '05 A PIC X.\n 88 A1 VALUE 1\n 05 B PIC 9.',
    "05 A PIC X.\n 88 A1 VALUE 'a'\n 05 PIC 9.",
    '05 A COMP-1 VALUE 1\n 05 COMP-2.',
    '05 A OCCURS 2 INDEXED BY I\n 10 B PIC X.',
    '05 A OCCURS 2 ASCENDING KEY B\n 10 B PIC X.',
    '05 A PIC X BLANK WHEN ZERO\n 05 B PIC 9.',
    '05 A PIC X REDEFINES B REDEFINES C.',
    '05 A PIC X OCCURS 2 OCCURS 3.',
    '05 A PIC X.\n 66 D RENAMES A\n 05 B PIC 9.',
  ])
    await assert.rejects(
      firstRecord(`01 R.\n ${lost}\n`, Buffer.from('1234'), ascii),
      (error) =>
        error instanceof Problem && error.code === 'copybook_invalid' && /line [23] /.test(error.message),
      lost,
    );
});

test('clauses of values are passed over, with numbers, ranges, constants and literals in them', async () => {
  const copybook = `01 R.
 05 A PIC X(2) VALUE IS SPACES.
  88 A1 VALUES ARE 1 THRU 5, 7 THROUGH 9, 10 ZERO 'x' X'C1'.
  88 A2 VALUE 5 WHEN SET TO FALSE IS 0.
 05 B PIC 9(2) VALUE 10 COMP-3.
 05 C VALUE 1 PIC 9.
 66 D RENAMES A THRU B.
 05 E OCCURS 2 TIMES ASCENDING KEY IS E1 INDEXED BY I J.
  10 E1 PIC X VALUE ALL '*'.
`;
  assert.deepEqual(await firstRecord(copybook, Buffer.from('ab\u0001\u002c7xy'), ascii), {
    A: 'ab',
    B: 12,
    C: 7,
    E: [{ E1: 'x' }, { E1: 'y' }],
  });
});

test('*> in a literal is text, and a comment after it', async () => {
  const items = [
    "05 A PIC X(2) VALUE '*>'.",
    '05 B PIC X VALUE "*>" . *> the person\'s "mark',
    "05 C PIC X. *> '",
  ];
  for (const source of [
    `       01 R.\n${items.map((item) => `       ${item}\n`).join('')}`,
    `01 R.\n${items.map((item) => `${item}\n`).join('')}`,
    "       01 R.\n       05 A PIC X(2) VALUE '1 *>\n      -    '*>'.\n       05 B PIC X.\n       05 C PIC X.\n",
  ]) {
    const { records } = await readAll('copybook', bytesOf('abcd'), { copybook: source, ...ascii });
    assert.deepEqual(records, [{ A: 'ab', B: 'c', C: 'd' }], source);
  }
});

test('SIGN, USAGE and their exceptions below a group', async () => {
  const copybook = `01 R SIGN IS LEADING SEPARATE CHARACTER.
 05 A PIC S9(2).
 05 G SIGN TRAILING SEPARATE.
  10 B PIC S9(2).
  10 C PIC 9(2).
 05 H USAGE COMP-3.
  10 D PIC S9(3).
  10 E PIC S9(2) DISPLAY.
`;
  const bytes = Buffer.concat([Buffer.from('-1234-56'), Buffer.from([0x78, 0x9c]), Buffer.from('+01')]);
  assert.deepEqual(await firstRecord(copybook, bytes, ascii), {
    A: -12,
    G: { B: -34, C: 56 },
    H: { D: 789, E: 1 },
  });
});

test('PIC N of DISPLAY-1 is double-byte text of the host', async () => {
  const bytes = Buffer.from([0x48, 0xa0, 0x49, 0x41]);
  assert.deepEqual(await firstRecord('01 R.\n 05 A PIC N(2) DISPLAY-1.\n', bytes), { A: '啊薄' });
});

test('a very long line is read once', async () => {
  const begun = performance.now();
  for (const line of [
    '>>SOURCE '.repeat(60_000),
    `01 EJECT${' '.repeat(150_000)}x`,
    `EJECT${' '.repeat(150_000)}x\n01 R.`,
    `01 A ${'*>'.repeat(75_000)}\u2028`,
  ])
    await assert.rejects(
      readAll('copybook', bytesOf('a'), { copybook: line, ...ascii }),
      (error) => error instanceof Problem,
    );
  assert.ok(performance.now() - begun < 5_000, 'some expression goes back over its text');
});
