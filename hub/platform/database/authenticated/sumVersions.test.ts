/** What a process accepts of the sums that it and others wrote. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rememberedVersions } from '../../../../tests/rememberedVersions.ts';
import type { TableSum } from './seals.ts';
import { SumVersions } from './sumVersions.ts';
import { forAll, includes, maxWriters, united, withWriter } from './writers.ts';

const name = 'purpose';
const processOf = (id: string): SumVersions => new SumVersions(rememberedVersions(id));
let sums = 0n;

/** Writes the next sum and commits it. */
function commits(one: SumVersions, before: TableSum | undefined): TableSum {
  assert.ok(before === undefined || one.isNewest(name, before));
  const next = one.next(name, before, { count: 1, sum: (sums += 1n) });
  one.written(name, next);
  one.seen(name, next);
  return next;
}
/** A transaction that writes it and is undone. */
function undoes(one: SumVersions, before: TableSum): TableSum {
  const next = one.next(name, before, { count: 1, sum: (sums += 1n) });
  one.written(name, next);
  one.undo(new Map([[name, next]]));
  return next;
}

test('a sum of another process counts where it descends from what this one knows, and not otherwise', () => {
  const [one, other, third] = [processOf('a'), processOf('b'), processOf('c')];
  const first = commits(one, undefined);
  const second = commits(other, first);
  assert.equal(one.isNewest(name, second), true);
  const lost = commits(one, second);
  let put = commits(other, second);
  for (let nth = 0; nth < 5; nth += 1) {
    assert.equal(one.isNewest(name, put), false, `${nth} more changes`);
    assert.equal(third.isNewest(name, put), true, 'it knows neither');
    put = commits(nth % 2 === 0 ? third : other, put);
  }
  assert.equal(one.isNewest(name, lost), true);
});

test('a snapshot from before a commit is no fault: what was known before it counts', () => {
  const [one, other] = [processOf('a'), processOf('b')];
  const first = commits(one, undefined);
  const known = one.known(name);
  const second = commits(one, commits(other, first));
  assert.equal(one.isNewest(name, first, known), true);
  assert.equal(one.isNewest(name, first), false);
  // noted late: it does not take the place of the newer one
  one.seen(name, first);
  assert.equal(one.known(name).sum, second.sum);
});

test('no process goes on from an undone transaction of another one', () => {
  const [one, other] = [processOf('a'), processOf('b')];
  const first = commits(one, undefined);
  const undone = undoes(one, first);
  // versions of others above the undone one do not make it valid
  one.seen(name, commits(other, commits(other, commits(other, first))));
  let put = commits(processOf('c'), undone);
  for (let nth = 0; nth < 4; nth += 1) put = commits(processOf('c'), put);
  assert.equal(one.isNewest(name, put), false);
  assert.equal(one.isNewest(name, undone), false);
});

test('another process has the same id, from a copy of the state folder: what it wrote with an undone version counts', () => {
  const [one, copy] = [processOf('a'), processOf('a')];
  const first = commits(one, undefined);
  const undone = undoes(one, first);
  const second = commits(copy, first);
  assert.equal(second.version, undone.version);
  assert.equal(one.isNewest(name, second), true);
  assert.equal(one.isNewest(name, undone), false);
});

test('one that is to count for all does so for processes that know later ones, and they notice when it is put back', () => {
  const [one, other] = [processOf('a'), processOf('b')];
  const first = commits(one, undefined);
  for (let nth = 0, last = first; nth < 10; nth += 1) last = commits(one, last);
  const put = commits(other, first);
  assert.equal(one.isNewest(name, put), false);
  const accepted = other.nextForAll(name, put, put);
  assert.equal(one.isNewest(name, accepted), true);
  one.seen(name, accepted);
  assert.equal(one.isNewest(name, commits(other, put)), false);
  assert.equal(one.isNewest(name, commits(processOf('c'), accepted)), true);
});

test('what the vector of a sum says it lacks is known from then on', () => {
  const [one, other] = [processOf('a'), processOf('b')];
  const first = commits(one, undefined);
  commits(one, first);
  const put = commits(other, first);
  assert.equal(other.isNewest(name, put), true);
  const { writers: lacks } = one.known(name);
  assert.ok(lacks !== undefined);
  assert.equal(other.isNewest(name, { ...put, lacks }), false);
  assert.equal(other.isNewest(name, put), false, 'also after the mark was removed');
});

test('one that is to count for all is newer than what a process with a fast clock has accepted, as far as a mark says so', () => {
  const [one, other, fast] = [processOf('a'), processOf('b'), processOf('c')];
  const first = commits(other, undefined);
  const ahead = { ...fast.nextForAll(name, first, first), version: Date.now() + 3_600_000 };
  const accepted = { ...ahead, writers: forAll('c', ahead.version) };
  one.seen(name, accepted);
  const put = { ...commits(other, first), lacks: accepted.writers };
  assert.equal(one.isNewest(name, other.nextForAll(name, put, put)), true);
});

test('of more than 64 processes those with the oldest changes are left out; none takes that for a fault', () => {
  const processes = Array.from({ length: 3 * maxWriters }, (_, nth) => processOf(`p${nth}`));
  let last: TableSum | undefined;
  for (const one of processes) {
    last = commits(one, last);
    assert.ok(Object.keys(last.writers?.of ?? {}).length <= maxWriters);
  }
  assert.ok(last !== undefined);
  for (const one of processes) assert.equal(one.isNewest(name, last), true);
  const [newest = assert.fail(), before = assert.fail()] = processes.toReversed();
  const former = last;
  last = commits(newest, last);
  assert.equal(newest.isNewest(name, commits(before, former)), false, 'a change that is not left out');
  let put: TableSum = former;
  for (const one of processes.slice(0, maxWriters - 2)) put = commits(one, put);
  assert.equal(newest.isNewest(name, put), false, 'after changes of 62 processes');
});

test('vectors', () => {
  const one = withWriter(forAll('a', 5), 'b', 9);
  assert.deepEqual(one, { floor: 5, of: { b: 9 } }, 'the floor includes a');
  assert.equal(includes(one, { floor: 5, of: { a: 5 } }), true);
  assert.equal(includes(one, { floor: 5, of: { a: 6 } }), false);
  assert.equal(includes(one, { floor: 6, of: {} }), false, 'it does not descend from what set the floor');
  assert.deepEqual(united(one, undefined, { floor: 0, of: { b: 7, c: 6, d: 4 } }), {
    floor: 5,
    of: { b: 9, c: 6 },
  });
});
