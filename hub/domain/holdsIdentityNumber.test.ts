import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdsIdentityNumber } from './holdsIdentityNumber.ts';

test('a whole number that is an identity number is found between any signs', () => {
  for (const text of [
    '11010519491231002X',
    '11010519491231002x',
    '990101201805060011',
    '110105491231002',
    'RX-990101201805060011',
    '京教〔990101201805060011〕号',
    'official:110105491231002/7',
    '990101201805060011X',
    '１１０１０５１９４９１２３１００２Ｘ',
    '2026/1 990101201805060011',
  ])
    assert.ok(holdsIdentityNumber(text), text);
});

test('numbers of cases are none', () => {
  for (const text of [
    'RX-2026-000123',
    '京教〔2026〕1号',
    '990101201805060012',
    '990101201813060012',
    '990101201805060011345',
    '1990101201805060011',
    '110105490231002',
    '000105491231002',
    '110105-19491231-002X',
    '',
  ])
    assert.ok(!holdsIdentityNumber(text), text);
});
