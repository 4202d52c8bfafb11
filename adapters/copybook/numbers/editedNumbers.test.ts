import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Problem } from '../../../terms/problem.ts';
import { rulesOf } from '../../fixtures/readAll.ts';
import { firstRecord, readHost } from '../fixtures/readHost.ts';

/** What a picture shows → what comes out. */
async function shown(picture: string, text: string, options: object = {}): Promise<unknown> {
  const record = await firstRecord(`01 R.\n 05 A PIC ${picture}.\n`, Buffer.from(text), {
    encoding: 'ascii',
    ...options,
  });
  return (record as { A: unknown } | undefined)?.A;
}

describe('edited pictures', () => {
  test('give the number they show', async () => {
    assert.equal(await shown('ZZ,ZZ9.99-', ' 1,234.50-'), '-1234.50');
    assert.equal(await shown('$$$9.99CR', ' $12.00  '), '12.00');
    assert.equal(await shown('$$$9.99CR', ' $12.00CR'), '-12.00');
    assert.equal(await shown('$$$9.99DB', ' $12.00DB'), '-12.00');
    assert.equal(await shown('***9', '***7'), '7');
    assert.equal(await shown('+(4)9', '  -42'), '-42');
    assert.equal(await shown('9(3).9(2)', '012.30'), '12.30');
    assert.equal(await shown('Z,ZZZ', '     '), null);
  });

  test('a picture with other insertions is text', async () => {
    assert.equal(await shown('99/99/9999', '31/12/2024'), '31/12/2024');
    assert.equal(await shown('9(4)B99', '2024 12'), '2024 12');
  });

  test('V and P: the point is not in the record', async () => {
    assert.equal(await shown('Z(3)9V99', '  1250'), '12.50');
    assert.equal(await shown('Z(3)9V99-', '  1250-'), '-12.50');
    assert.equal(await shown('Z(3)9V99', '   005'), '0.05');
    assert.equal(await shown('ZZ9PP', ' 12'), '1200');
    assert.equal(await shown('-VPP99', '-12'), '-0.0012');
  });

  test('asterisks all over are a zero', async () => {
    assert.equal(await shown('***.**', '***.**'), '0.00');
    assert.equal(await shown('****', '****'), '0');
    assert.equal(await shown('**,***.99', '******.50'), '0.50');
  });

  test('DECIMAL-POINT IS COMMA', async () => {
    const comma = { decimalComma: true };
    assert.equal(await shown('Z.ZZ9,99-', '1.234,50-', comma), '-1234.50');
    assert.equal(await shown('ZZ9,99', ' 12,50', comma), '12.50');
    assert.equal(await shown('ZZ9,99', ' 12,50'), '1250', 'without it a comma only groups');
  });

  test('external floating point', async () => {
    assert.equal(await shown('+9.99E+99', '+1.50E-03'), 0.0015);
    assert.equal(
      await shown('-9(3)E-99', '-015E 02'),
      -1500,
      'a minus sign in the picture shows a blank for plus',
    );
    assert.equal(await shown('-9(3)E-99', '-015E-02'), -0.15);
  });

  test('what does not show a number is a bad record', async () => {
    for (const text of ['12a45', '1.2.3', '*1*2*', '1-2.3', '1 2.3', '-.-.-']) {
      const { bad } = await readHost('01 R.\n 05 A PIC ZZ9.9.\n', Buffer.from(text), { encoding: 'ascii' });
      assert.deepEqual(rulesOf(bad), ['1 copybook.number'], text);
    }
  });

  test('a picture that contradicts itself is refused: two decimal points, or a group mark after one', async () => {
    for (const picture of ['Z.ZZZ.ZZ9', 'Z.ZZ9,99', 'ZZ9.9V9', 'ZZ9PP.9', 'ZZ9V-9', 'ZZP9', 'S9.9', '9C']) {
      await assert.rejects(
        shown(picture, '0'.repeat(9)),
        (error) => error instanceof Problem && error.code === 'copybook_invalid',
        picture,
      );
    }
  });
});
