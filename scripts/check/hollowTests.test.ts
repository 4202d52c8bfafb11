import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hollowTests } from './hollowTests.ts';

const found = (text: string): string[] =>
  hollowTests('a.test.ts', text).map((one) => one.replace('a.test.ts:', ''));
const unsure = '1: no assertion of this test is sure to be reached';

test('a test whose assertions may never be reached is found', () => {
  for (const body of [
    'work();',
    'for (const one of found()) assert.ok(one);',
    'for (const one of given.filter(Boolean)) assert.ok(one);',
    "socket.on('data', (bytes) => assert.ok(bytes));",
    'setTimeout(() => assert.ok(x), 5);',
    'void work().catch((error) => assert.ok(error));',
    'given.forEach((one) => assert.ok(one));',
    'await Promise.all(given.map(async (one) => assert.ok(await one)));',
    'if (found !== undefined) assert.ok(found.good);',
    'if (a) assert.ok(b); else work();',
  ])
    assert.deepEqual(found(`test('x', () => { ${body} });`), [unsure], body);
  assert.deepEqual(found("test('x', () => { try { work(); } catch (error) { assert.ok(error); } });"), [
    unsure,
    '1: passes when nothing is thrown',
  ]);
  assert.deepEqual(
    found('const fails = () => { try { work(); } catch (error) { assert.equal(error.code, 1); } };'),
    ['1: passes when nothing is thrown'],
  );
});

test('an assertion that holds whatever happens is found', () => {
  const one = (text: string): string | undefined => found(text)[0]?.slice(3);
  assert.equal(one('assert.ok(true);'), 'holds whatever happens');
  assert.equal(one("assert('sent');"), 'holds whatever happens');
  for (const what of [
    '[]',
    'rows.filter(isGood)',
    'rows.length >= 0',
    'a || true',
    'typeof a',
    'new Set(rows)',
  ])
    assert.equal(one(`assert.ok(${what});`), 'holds whatever happens', what);
  assert.equal(one('assert.equal(a.b, a.b);'), 'compares a thing with itself');
  assert.equal(one('assert.rejects(work(), /no/);'), 'nobody awaits it');
  assert.equal(one('assert.match(text, /.*/);'), '/.*/ fits everything');
  assert.equal(one('assert.rejects(work(), /(?:)/);'), '/(?:)/ fits everything');
  assert.equal(one('await assert.rejects(work());'), 'any error will do: say which');
  assert.equal(one('assert.throws(() => work());'), 'any error will do: say which');
  assert.match(one('assert.ok(rows.every((row) => row.ok));') ?? '', /every/);
  assert.match(one('assert.ok(a && rows.every((row) => row.ok));') ?? '', /every/);
});

test('what is sure to be reached is left alone', () => {
  for (const text of [
    "test('x', () => { for (const one of [1, 2]) assert.ok(one); });",
    "const cases = [{ a: 1 }] as const; test('x', () => { for (const { a } of cases) assert.ok(a); });",
    "const cases = { a: 1 }; test('x', () => { for (const [k] of Object.entries(cases)) assert.ok(k); });",
    "test('x', () => { for (const one of nonEmpty(found())) assert.ok(one); });",
    "test('x', () => { assert.ok(nonEmpty(found()).every(Boolean)); });",
    "test('x', () => { [1, 2].forEach((one) => assert.ok(one)); });",
    "test('x', () => { if (a) assert.ok(b); else assert.fail(); });",
    'assert.ok(rows.length > 0 && rows.every((row) => row.ok));',
    "test('x', () => { for (let i = 0; i < 9; i += 1) assert.ok(f(i)); });",
    "const holds = (x) => assert.ok(x); test('x', async () => { await holds(1); });",
    "test('x', () => { fc.assert(fc.property(fc.nat(), () => true)); });",
    "test('x', async () => { await assert.rejects(work(), /no/); });",
    "test('x', () => { assert.equal(seal(1), seal(1)); });",
    'const codeOf = () => { try { work(); } catch (error) { assert.ok(error); return error.code; } return assert.fail(); };',
    'const f = () => { try { return read(); } catch (error) { assert.ok(error); } };',
  ])
    assert.deepEqual(found(text), [], text);
});
