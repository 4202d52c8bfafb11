import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../../terms/problem.ts';
import { rangeHeaders, rangeOf } from './byteRange.ts';

const [bytes, maxAtOnce] = [2_016, 1_000];
/** What a reply to these headers has: its bytes, or the code of the refusal. */
function answered(range: string | undefined, size = bytes, more: readonly string[] = []): string {
  const rawHeaders = [...(range === undefined ? [] : ['Range', range]), ...more];
  try {
    const found = rangeOf({ rawHeaders }, size, maxAtOnce);
    return rangeHeaders(found, size)['content-range'] ?? `${found.from}-${found.to}`;
  } catch (error) {
    assert.ok(error instanceof Problem);
    if (error.code === 'range_invalid')
      assert.deepEqual(error.extras.headers, { 'content-range': `bytes */${size}` });
    return error.code;
  }
}

test('each form of one range, RFC 9110 §14.1.2', () => {
  for (const [range, expected] of [
    ['bytes=0-9', 'bytes 0-9/2016'],
    ['bytes=5-5', 'bytes 5-5/2016'],
    ['bytes=2010-', 'bytes 2010-2015/2016'],
    ['bytes=2010-9999', 'bytes 2010-2015/2016'],
    ['bytes=2010-99999999999999999999', 'bytes 2010-2015/2016'],
    ['bytes=-5', 'bytes 2011-2015/2016'],
    ['BYTES=-5', 'bytes 2011-2015/2016'],
    // as much of it as one reply holds
    ['bytes=-9999', 'bytes 0-999/2016'],
    ['bytes=16-', 'bytes 16-1015/2016'],
    // none of the file
    ['bytes=2016-', 'range_invalid'],
    ['bytes=-0', 'range_invalid'],
    // no ranges
    ['bytes=5-2', 'range_invalid'],
    ['bytes=-', 'range_invalid'],
    ['bytes=', 'range_invalid'],
    ['bytes=a-b', 'range_invalid'],
    ['bytes=+1-2', 'range_invalid'],
    ['bytes=99999999999999999999-', 'range_invalid'],
  ] as const)
    assert.equal(answered(range), expected, range);
});

test('of several ranges the first one that the file has', () => {
  assert.equal(answered('bytes=4-5,0-1'), 'bytes 4-5/2016');
  assert.equal(answered('bytes=9999-, -3'), 'bytes 2013-2015/2016');
  assert.equal(answered('bytes=,0-1 ,'), 'bytes 0-1/2016');
  assert.equal(answered('bytes=9999-,8888-'), 'range_invalid');
  assert.equal(answered('bytes=0-1,x'), 'range_invalid');
});

test('without a range, in another unit, or under If-Range the whole file, as far as one reply holds it', () => {
  const ignored = [
    [undefined, []],
    ['items=0-1', []],
    ['bytes', []],
    ['bytes=0-1', ['If-Range', '"x"']],
    ['bytes=0-1', ['if-range', 'Sat, 28 Nov 2026 00:00:00 GMT']],
  ] as const;
  for (const [range, more] of ignored) {
    assert.equal(answered(range, 900, more), '0-900');
    assert.equal(answered(range, bytes, more), 'range_wanted');
  }
  assert.equal(answered('bytes=0-1', bytes, ['range', 'bytes=2-3']), 'header_duplicate');
});
