import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskCatalogue } from './catalogue.ts';
import { readMaskRule } from './readMaskRule.ts';

test('a parameter that a mask does not have is refused with the names of those that it has, for each mask', () => {
  for (const { name, params } of maskCatalogue) {
    const read = readMaskRule({ mask: name, heads: 2 });
    assert.ok('code' in read, name);
    assert.deepEqual([read.code, read.at], ['unknown_param', '/heads']);
    const names = Object.keys(params);
    assert.ok(
      read.message.en.endsWith(names.length === 0 ? 'it takes none' : `it takes ${names.join(', ')}`),
    );
    for (const one of names) assert.ok(read.message.zh.includes(one), `${name}: ${one}`);
  }
});
