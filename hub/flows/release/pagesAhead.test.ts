import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PagePipeline, type MakePage, type PageBegun, type PagesQuery } from './pagePipeline.ts';

const noon = Date.UTC(2026, 5, 1, 12);
const basis = ['the plan', 'the dataset'];

/** The page at a cursor `n`, of twelve that lie there; the first has none. */
const page: MakePage<string> = (cursor = '0') =>
  Promise.resolve({
    next: cursor === '11' ? undefined : String(Number(cursor) + 1),
    made: Promise.resolve(cursor),
  });

interface Reading {
  readonly asked: string[];
  readonly take: (cursor: string | undefined, more?: Partial<PagesQuery<string>>) => Promise<string>;
  readonly ahead: PagePipeline<string>;
  /** moves the clock */
  readonly pass: (milliseconds: number) => void;
}

/** Pages by number, and which of them were asked for in which order. */
function reading(make: MakePage<string> = page, began = noon): Reading {
  let now = began;
  const ahead = new PagePipeline<string>(() => now);
  const requested: string[] = [];
  const noted: MakePage<string> = (cursor, at) => {
    requested.push(cursor ?? '0');
    return make(cursor, at);
  };
  return {
    ahead,
    asked: requested,
    take: async (cursor, more = {}) => {
      const pages = await ahead.take({ cursor, now, maxPages: 4, basis, make: noted, ...more });
      return pages.join(' ');
    },
    pass: (milliseconds) => (now += milliseconds),
  };
}

/** All prefetched pages have been read. */
const settled = (): Promise<void> => new Promise(setImmediate);

/** Pages whose rows are there at once, and whose masks are let through one by one. */
function masks() {
  const held = new Map<string, { done: () => void; failed: () => void }>();
  const make: MakePage<string> = (cursor = '0') => {
    const made = new Promise<string>((done, failed) =>
      held.set(cursor, { done: () => done(cursor), failed: () => failed(new Error('a mask failed')) }),
    );
    return Promise.resolve({ next: String(Number(cursor) + 1), made });
  };
  return { make, held };
}

test('the first part is one page; later ones are prefetched and go together, each once, in their order', async () => {
  const { take, asked: requested } = reading();
  assert.equal(await take(undefined), '0');
  await settled();
  assert.equal(await take('1'), '1 2 3 4');
  assert.equal(await take('5', { maxPages: 1 }), '5', 'where rows are counted, a page');
  assert.equal(await take('6'), '6 7 8 9');
  assert.equal(await take('10'), '10 11', 'no more than there are');
  assert.deepEqual(
    requested,
    Array.from({ length: 12 }, (_, at) => String(at)),
  );
  assert.equal(await take('3'), '3', 'another place is read anew');
});

test('no more pages wait than a part and a little may hold, and none is read once no part needs them', async () => {
  const { take, asked: requested, ahead } = reading();
  await take(undefined);
  await settled();
  assert.equal(requested.length, 4, 'a reader who reads nothing more has three pages in memory');
  await take('1');
  await settled();
  assert.equal(requested.length, 11);
  ahead.stop();
  const single = reading();
  await single.take(undefined, { maxPages: 1 });
  await settled();
  assert.equal(single.asked.length, 4);
  single.ahead.stop();
  await settled();
  assert.equal(single.asked.length, 4);
});

test('one page is read while one is masked and one waits to be', async () => {
  const { make, held } = masks();
  const { take, asked: requested } = reading(make);
  const taken = take(undefined);
  await settled();
  assert.deepEqual(requested, ['0', '1', '2']);
  held.get('1')?.done();
  await settled();
  assert.deepEqual(requested, ['0', '1', '2'], 'no more lie here before anything has left');
  held.get('0')?.done();
  assert.equal(await taken, '0 1', 'what is ready goes too');
  await settled();
  assert.deepEqual(requested, ['0', '1', '2', '3', '4']);
});

test('a part waits for more pages for a limited time', async () => {
  const { make, held } = masks();
  const { take, pass } = reading(make);
  const first = take(undefined);
  held.get('0')?.done();
  await first;
  await settled();
  const second = take('1');
  held.get('1')?.done();
  await settled();
  held.get('2')?.done();
  await settled();
  pass(50);
  held.get('3')?.done();
  assert.equal(await second, '1 2 3');
  pass(50);
  held.get('4')?.done();
  assert.equal(await take('4'), '4', 'it was begun that long ago');
});

test('what was made is read again where it is old, of another year, or was decided on anything else', async () => {
  const slow = reading();
  await slow.take(undefined);
  await settled();
  slow.pass(1_000);
  assert.equal(await slow.take('1'), '1 2 3 4');
  await settled();
  slow.pass(1_001);
  assert.equal(await slow.take('5'), '5', 'its reader was too slow');
  await settled();
  assert.deepEqual(slow.asked.slice(-2), ['5', '6'], 'then one page is read ahead');
  assert.equal(await slow.take('6'), '6 7', 'and twice as many after each part that was taken in time');
  const newYear = reading(page, Date.UTC(2027, 0, 1) - 500);
  await newYear.take(undefined);
  await settled();
  newYear.pass(499);
  assert.equal(await newYear.take('1'), '1 2 3 4');
  newYear.pass(1);
  assert.equal(await newYear.take('5'), '5', 'tokens of another year');
  const newDay = reading(page, Date.UTC(2026, 5, 1, 16) - 500);
  await newDay.take(undefined);
  await settled();
  newDay.pass(499);
  assert.equal(await newDay.take('1'), '1 2 3 4');
  await settled();
  newDay.pass(1);
  assert.equal(await newDay.take('5'), '5', 'an age of yesterday, in China');
  const changed = reading();
  await changed.take(undefined);
  await settled();
  assert.equal(await changed.take('1', { basis: ['another plan', 'the dataset'] }), '1');
});

test('pages of two years do not go as one part', async () => {
  const { make, held } = masks();
  const { take, pass } = reading(make, Date.UTC(2027, 0, 1) - 10);
  const first = take(undefined);
  held.get('0')?.done();
  await first;
  const now = Date.UTC(2027, 0, 1) - 1;
  pass(20);
  for (const at of ['1', '2', '3']) held.get(at)?.done();
  await settled();
  held.get('4')?.done();
  assert.equal(await take('1', { now }), '1 2 3');
});

test('a prefetched page that fails is made again in its turn, and fails there if it must', async () => {
  let away = true;
  const failing: MakePage<string> = (cursor, at) =>
    cursor === '2' && away ? Promise.reject(new Error('the database is away')) : page(cursor, at);
  const { take, asked: requested } = reading(failing);
  assert.equal(await take(undefined), '0');
  assert.equal(await take('1'), '1', 'what was read before goes');
  await assert.rejects(take('2'), /away/);
  assert.deepEqual(requested, ['0', '1', '2', '2']);
  away = false;
  assert.equal(await take('2'), '2');
});

test('nothing is delivered from after a page whose masks failed', async () => {
  const { make, held } = masks();
  const { take, asked: requested } = reading(make);
  const first = take(undefined);
  held.get('0')?.done();
  await first;
  await settled();
  held.get('1')?.done();
  await settled();
  held.get('3')?.done();
  held.get('2')?.failed();
  assert.equal(await take('1'), '1');
  const again = take('2');
  await settled();
  held.get('2')?.done();
  assert.equal(await again, '2');
  assert.equal(requested.filter((cursor) => cursor === '3').length, 2, 'what was behind it is made again');
});

test('a page that is made now is made at the moment of its entry', async () => {
  const moments: number[] = [];
  const { take, pass } = reading((cursor, at): Promise<PageBegun<string>> => {
    moments.push(at);
    return page(cursor, at);
  });
  pass(5);
  await take(undefined, { now: noon - 7 });
  await settled();
  assert.deepEqual(moments.slice(0, 2), [noon - 7, noon + 5]);
});
