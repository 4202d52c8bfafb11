import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskCatalogue } from './catalogue.ts';
import { readMaskRule } from './readMaskRule.ts';

test('a parameter that a mask does not have is refused with the names of those that it has, for each mask', () => {
  const refused = maskCatalogue.map(({ name }) => {
    const read = readMaskRule({ mask: name, heads: 2 });
    return 'code' in read ? `${read.code} ${read.at} ${read.message.en} ${read.message.zh}` : name;
  });
  assert.deepEqual(
    refused,
    maskCatalogue.map(({ params }) => {
      const names = Object.keys(params);
      const [en, zh] =
        names.length === 0
          ? ['it takes none', '它不带参数']
          : [`it takes ${names.join(', ')}`, `可用的有 ${names.join('、')}`];
      return `unknown_param /heads the mask has no parameter "heads"; ${en} 脱敏算法没有参数“heads”，${zh}`;
    }),
  );
});
