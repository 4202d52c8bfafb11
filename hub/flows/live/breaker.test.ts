import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Breaker } from './breaker.ts';

const limits = { failures: 2, pause: 100, maxPause: 250 };

test('failures in a row open it; one call tries for all; its success closes it', () => {
  const breaker = new Breaker(limits);
  assert.equal(breaker.enter(0), undefined);
  breaker.failed(0);
  assert.equal(breaker.enter(1), undefined, 'one failure is none');
  breaker.succeeded();
  breaker.failed(1);
  assert.equal(breaker.isOpen, false, 'in a row');
  breaker.failed(2);
  assert.deepEqual([breaker.isOpen, breaker.enter(3)], [true, 99]);
  assert.equal(breaker.enter(102), undefined, 'the one that tries');
  assert.equal(breaker.enter(103), 100, 'no other call at the same time');
  breaker.succeeded();
  assert.deepEqual([breaker.isOpen, breaker.enter(104)], [false, undefined]);
});

test('each try that fails doubles the pause, up to the maximum; one that was not made frees its place', () => {
  const breaker = new Breaker(limits);
  breaker.failed(0);
  breaker.failed(0);
  assert.equal(breaker.enter(100), undefined);
  breaker.failed(100);
  assert.equal(breaker.enter(200), 100, 'until 300');
  assert.equal(breaker.enter(300), undefined);
  breaker.failed(300);
  assert.equal(breaker.enter(301), 249);
  assert.equal(breaker.enter(550), undefined);
  breaker.left();
  assert.equal(breaker.enter(551), undefined);
});
