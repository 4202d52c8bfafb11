import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../../../terms/problem.ts';
import { rulesOf } from '../../fixtures/readAll.ts';
import { binarySize } from './binaryNumbers.ts';
import { firstRecord, layoutOf, readHost } from '../fixtures/readHost.ts';

describe('byte order of binary numbers', () => {
  const copybook = `01 R.
 05 A PIC S9(4) COMP.
 05 B PIC S9(9) COMP-5.
 05 C PIC 9(18) BINARY.
 05 D COMP-1.
 05 E COMP-2.
`;
  const bytes = (comp: 'BE' | 'LE', native: 'BE' | 'LE'): Buffer => {
    const out = Buffer.alloc(26);
    out[`writeInt16${comp}`](-1234, 0);
    out[`writeInt32${native}`](-2_000_000_001, 2);
    out[`writeBigUInt64${comp}`](123_456_789_012_345_678n, 6);
    out[`writeFloat${native}`](3.14, 14);
    out[`writeDouble${native}`](-2.5, 18);
    return out;
  };
  const wanted = { A: -1234, B: -2_000_000_001, C: '123456789012345678', D: 3.14, E: -2.5 };
  const ieee = { floatFormat: 'ieee754' };

  test('big-endian unless the options say otherwise', async () => {
    assert.deepEqual(await firstRecord(copybook, bytes('BE', 'BE'), ieee), wanted);
  });

  test('little: all of them', async () => {
    const options = { ...ieee, binaryEndian: 'little' };
    assert.deepEqual(await firstRecord(copybook, bytes('LE', 'LE'), options), wanted);
  });

  test('comp5-little: COMP-5 and floats alone', async () => {
    const options = { ...ieee, binaryEndian: 'comp5-little' };
    assert.deepEqual(await firstRecord(copybook, bytes('BE', 'LE'), options), wanted);
  });

  test('hexadecimal floats stay big-endian', async () => {
    const hex = Buffer.from('4276a000c276a00000000000', 'hex');
    const floats = '01 R.\n 05 A COMP-1.\n 05 B COMP-2.\n';
    assert.deepEqual(await firstRecord(floats, hex, { binaryEndian: 'little' }), { A: 118.625, B: -118.625 });
  });

  test('the wrong byte order shows as bad records where the digits of the picture are passed, COMP-5 apart', async () => {
    const file = Buffer.alloc(2);
    file.writeInt16BE(30, 0);
    const { bad } = await readHost('01 R.\n 05 A PIC S9(3) COMP.\n', file, { binaryEndian: 'little' });
    assert.deepEqual(rulesOf(bad), ['1 copybook.number']);
    const five = await firstRecord('01 R.\n 05 A PIC S9(3) COMP-5.\n', file, { binaryEndian: 'little' });
    assert.deepEqual(five, { A: 7680 });
  });
});

describe('range and size', () => {
  test('COMP-5 holds all that its bytes hold, signed and unsigned, with decimals', async () => {
    const copybook = `01 R.
 05 A PIC 9(4) COMP-5.
 05 B PIC S9(4) COMP-5.
 05 C PIC 9(9) COMP-5.
 05 D PIC 9(18) COMP-5.
 05 E PIC S9(18) COMP-5.
 05 F PIC 9V9 COMP-5.
 05 G PIC S9(2)PP COMP-5.
`;
    const bytes = Buffer.alloc(30);
    bytes.writeUInt16LE(65_535, 0);
    bytes.writeInt16LE(-32_768, 2);
    bytes.writeUInt32LE(4_294_967_295, 4);
    bytes.writeBigUInt64LE(18_446_744_073_709_551_615n, 8);
    bytes.writeBigInt64LE(-9_223_372_036_854_775_808n, 16);
    bytes.writeUInt16LE(65_535, 24);
    bytes.writeInt16LE(-32_768, 26);
    bytes[0] = 0xfe;
    assert.deepEqual(await firstRecord(copybook, bytes.subarray(0, 28), { binaryEndian: 'little' }), {
      A: 65_534,
      B: -32_768,
      C: 4_294_967_295,
      D: '18446744073709551615',
      E: '-9223372036854775808',
      F: '6553.5',
      G: -3_276_800,
    });
  });

  test('sizes by digits: of IBM hosts, of GnuCOBOL, of Micro Focus', () => {
    const sizes = (signed: boolean, rule: '2-4-8' | '1-2-4-8' | '1-8'): string =>
      Array.from({ length: 18 }, (_, i) => binarySize(i + 1, signed, rule)).join('');
    assert.equal(sizes(true, '2-4-8'), '222244444888888888');
    assert.equal(sizes(false, '1-2-4-8'), '112244444888888888');
    assert.equal(sizes(true, '1-8'), '112233444556667788');
    assert.equal(sizes(false, '1-8'), '112233344555667788');
    assert.equal(binarySize(19, true, '2-4-8'), undefined);
  });

  test('numbers of any size and byte order, exact', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 18 }),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom('2-4-8', '1-2-4-8', '1-8'),
        fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }),
        async (digits, signed, little, rule, any) => {
          const reduced = any % 10n ** BigInt(digits);
          const value = signed || reduced >= 0n ? reduced : -reduced;
          const size = binarySize(digits, signed, rule) ?? 0;
          const bytes = Buffer.alloc(8);
          bytes.writeBigInt64BE(value);
          const part = Buffer.from(bytes.subarray(8 - size));
          if (little) part.reverse();
          const picture = `PIC ${signed ? 'S' : ''}9(${digits})`;
          const record = await firstRecord(`01 R.\n 05 A ${picture} COMP.\n`, part, {
            binaryEndian: little ? 'little' : 'big',
            binarySize: rule,
          });
          assert.deepEqual(record, { A: digits <= 15 ? Number(value) : value.toString() });
        },
      ),
      { seed: 5, numRuns: 600 },
    );
  });

  test('more than 18 digits, and usages that a picture cannot have, are refused', async () => {
    for (const clauses of [
      'PIC 9(19) COMP',
      'PIC X(2) COMP-5',
      'PIC X(2) COMP-3',
      'PIC ZZ9 COMP',
      'PIC 9(4) NATIONAL',
      'PIC N(4) COMP-3',
    ]) {
      await assert.rejects(
        layoutOf(`01 R.\n 05 A ${clauses}.\n`),
        (error) => error instanceof Problem && error.code === 'copybook_invalid',
        clauses,
      );
    }
  });
});
