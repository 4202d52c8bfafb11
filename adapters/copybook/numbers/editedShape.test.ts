import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editedShape } from './editedShape.ts';
import { nonEmpty } from '../../../tests/nonEmpty.ts';

const fits = (symbols: string, shown: string): boolean => editedShape(symbols, '.')(shown);

/** A picture, texts that it can show, texts that it cannot. */
const cases: readonly [string, readonly string[], readonly string[]][] = [
  ['+99.999', ['+12.345', '-12.345'], ['-120333', ' 12.345', '12.345+', '+12,345', '+1.2345']],
  ['-99', [' 12', '-12'], ['+12', '-1 ', '1-2']],
  ['ZZ9.9', ['  1.5', '123.4', '007.0'], ['  1,5', '1 1.5', '   .5', ' 1.5 ', '12.34']],
  ['ZZ,ZZ9', ['     1', '12,345', '   123'], ['12.345', ' ,  12', '123456', '1,2345']],
  [
    '$$,$$9.99',
    ['    $1.00', '  $123.45', '$1,234.56', '   $12.00'],
    ['     1.00', '$    1.00', '$$,$$1.00', ' 1,234.56', ' $123.45'],
  ],
  ['--,--9', ['    -1', '    12', ' 1,234', '-1,234', '  -123'], ['-    1', '  --12', ' +1234']],
  ['+++9', ['  +1', '-123', ' +12'], ['   1', '+  1', '+-12']],
  ['***9.99', ['***1.50', '1231.50'], ['   1.50', '**1*.50', '***1,50']],
  ['***.**', ['***.**', '**1.50', '***.05'], ['*****.', '***.* ']],
  ['$ZZ9', ['$  7', '$123'], ['   7', ' $ 7']],
  ['ZZ9CR', [' 12CR', ' 12  '], [' 12C ', ' 12DB', 'CR 12']],
  ['ZZ9-', [' 12-', ' 12 '], ['-12 ', ' 12+']],
  ['Z(3)', ['  7', '123'], ['7  ', ' a7']],
];

/** A picture with its repetitions written out: `Z(3)` is `ZZZ`. */
const expanded = (symbols: string): string =>
  symbols.replaceAll(/(.)\((\d+)\)/g, (_, symbol: string, times: string) => symbol.repeat(Number(times)));

test('an edited picture accepts exactly the texts that it can show', () => {
  for (const [picture, right, wrong] of cases) {
    for (const shown of nonEmpty(right))
      assert.ok(fits(expanded(picture), shown), `${picture} shows «${shown}»`);
    for (const shown of wrong)
      assert.ok(!fits(expanded(picture), shown), `${picture} cannot show «${shown}»`);
  }
});
