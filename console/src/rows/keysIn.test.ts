import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keysIn } from './keysIn.ts';

test('keys are read a line each, as they come from a spreadsheet or a list, in the order that a line of names says', () => {
  assert.deepEqual(keysIn('\n 990101 \r\n990102,x\n', ['id']), {
    keys: [{ id: '990101' }, { id: '990102,x' }],
  });
  assert.deepEqual(keysIn('id\n1', ['id']).keys, [{ id: '1' }]);
  assert.deepEqual(
    keysIn('id\n1\nid', ['id']).keys,
    [{ id: '1' }, { id: 'id' }],
    'a heading is the first line alone',
  );
  assert.deepEqual(keysIn('"id"\n"990101"\n"a ""b"""', ['id']).keys, [{ id: '990101' }, { id: 'a "b"' }]);
  const two = ['station', 'hour'];
  assert.deepEqual(keysIn('A\t01\nB，02\nC, 03', two).keys, [
    { station: 'A', hour: '01' },
    { station: 'B', hour: '02' },
    { station: 'C', hour: '03' },
  ]);
  assert.deepEqual(keysIn('hour\tstation\n01\tA', two).keys, [{ station: 'A', hour: '01' }]);
});

test('the first line that is no key is named, and nothing after it is read', () => {
  const two = ['station', 'hour'];
  assert.deepEqual(keysIn('A,01\n\nB\nC,03', two), { keys: [{ station: 'A', hour: '01' }], unfit: 3 });
  assert.equal(keysIn('A,', two).unfit, 1);
  assert.equal(keysIn('A,1,2', two).unfit, 1);
  assert.deepEqual(keysIn(' \n', two), { keys: [] });
  assert.equal(keysIn('990101\t张三', ['id']).unfit, 1, 'a column beside the key is none of it');
});
