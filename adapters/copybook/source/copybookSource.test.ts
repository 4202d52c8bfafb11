import assert from 'node:assert/strict';
import { test } from 'node:test';
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
