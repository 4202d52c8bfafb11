/** The buffer on disk: order, calls that are the same after a crash, lines that a crash cut off, damage, and the rejects file. */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DiskBuffer, noTotals } from './diskBuffer.ts';
import { VerbFailure } from '../verb.ts';
import { RejectsFile } from './rejectsFile.ts';
import type { BufferedMessage } from './segmentFile.ts';

const home = mkdtempSync(join(tmpdir(), 'datong-buffer-'));
after(() => rmSync(home, { recursive: true, force: true }));
const message = (n: number, rows = [`{"n":${n},"text":"盐"}`]): BufferedMessage => ({
  packetId: n,
  digest: String(n).padStart(16, '0'),
  at: 1_000 + n,
  rows,
});
const idsOf = (messages: readonly BufferedMessage[]): readonly number[] =>
  messages.map(({ packetId }) => packetId);

test('messages come back in their order, over segments and processes, each answered once', async () => {
  const folder = join(home, 'order');
  let buffer = await DiskBuffer.open(folder, 100);
  for (let n = 1; n <= 20; n += 1) await buffer.append([message(n)]);
  const seen: number[] = [];
  for (let i = 0; buffer.waitingBytes > 0; i += 1) {
    const { messages, to } = await buffer.next(3, 1_000);
    seen.push(...idsOf(messages));
    await buffer.begin({ to, key: `key-${i}`, without: [] });
    await buffer.end({ ...noTotals, calls: i + 1 });
    await buffer.close();
    buffer = await DiskBuffer.open(folder, 100);
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 20 }, (_, i) => i + 1),
  );
  assert.ok(buffer.totals.calls >= 7, String(buffer.totals.calls));
  assert.ok(readdirSync(folder).filter((name) => name.endsWith('.rows')).length <= 2);
  assert.deepEqual(idsOf(await buffer.newest(2)), [19, 20]);
  await buffer.append([message(21)]);
  assert.deepEqual(idsOf((await buffer.next(3, 1_000)).messages), [21]);
  await buffer.close();
});

test('a call is begun while a segment ends', async () => {
  const buffer = await DiskBuffer.open(join(home, 'rotation'), 50);
  await buffer.append([message(1)]);
  for (let n = 2; n <= 60; n += 1) {
    const appended = buffer.append([message(n)]);
    // at each moment of the append
    for (let i = 0; i < n % 12; i += 1) await Promise.resolve();
    await Promise.all([buffer.sync(), appended]);
  }
  assert.deepEqual(idsOf(await buffer.newest(1)), [60]);
  await buffer.close();
});

test('rejects of several callers at once are all counted', async () => {
  const file = await RejectsFile.open(join(home, 'together.jsonl'), 2 ** 20);
  const one = (id: string) => ({ id, at: '2026-09-01T00:00:00Z', rule: 'r', payload: Buffer.from(id) });
  await Promise.all(Array.from({ length: 20 }, (_, n) => file.add([one(`${n}`)])));
  assert.deepEqual(file.counts, { stored: 20, notStored: 0 });
  await file.close();
});

test('a call that was begun is the same after a crash', async () => {
  const folder = join(home, 'begun');
  const buffer = await DiskBuffer.open(folder);
  await buffer.append([message(1), message(2), message(3)]);
  const { to } = await buffer.next(2, 1_000);
  await buffer.begin({ to, key: 'key', without: [1] });
  await buffer.append([message(4)]);
  const again = await DiskBuffer.open(folder);
  assert.deepEqual(again.call, { to, key: 'key', without: [1] });
  assert.deepEqual(await again.messagesTo(to), [message(1), message(2)]);
  await again.end(noTotals);
  assert.deepEqual(idsOf((await again.next(10, 1_000)).messages), [3, 4]);
  await Promise.all([buffer.close(), again.close()]);
});

test('limits: rows of a call, bytes of a call, at least one message', async () => {
  const buffer = await DiskBuffer.open(join(home, 'limits'));
  await buffer.append([message(1, ['{}', '{}', '{}']), message(2), message(3)]);
  assert.deepEqual(idsOf((await buffer.next(2, 1_000)).messages), [1]);
  assert.deepEqual(idsOf((await buffer.next(4, 1_000)).messages), [1, 2]);
  assert.deepEqual(idsOf((await buffer.next(4, 10)).messages), [1]);
  await buffer.close();
});

test('a line that a crash cut off is removed; damage elsewhere is refused', async () => {
  const folder = join(home, 'torn');
  const buffer = await DiskBuffer.open(folder, 60);
  for (const n of [1, 2, 3]) await buffer.append([message(n)]);
  await buffer.close();
  const [first = '', ...more] = readdirSync(folder).sort();
  const last = join(folder, more.at(-1) ?? first);
  appendFileSync(last, '9\t0000000000000009\t1\t{"n":');
  appendFileSync(last, Buffer.alloc(8));
  const again = await DiskBuffer.open(folder, 60);
  assert.deepEqual(idsOf(await again.newest(9)).at(-1), 3);
  await again.append([message(4)]);
  assert.deepEqual(idsOf(await again.newest(1)), [4]);
  await again.close();
  writeFileSync(join(folder, first), 'what is this\n');
  await assert.rejects(DiskBuffer.open(folder, 60), { exit: 4 });
});

test('rejects: a damaged line is reported by its number and not quoted; others cannot read the file', async () => {
  const path = join(home, 'damaged.ndjson');
  const whole = `${JSON.stringify({ id: 'a', rule: 'r', payload: 'x'.repeat(1_000) })}\n`;
  for (const [content, line] of [
    [`${whole}11010519491231002X\n${whole}`, 2],
    [`${whole.repeat(3_000)}11010519491231002X\n`, 3_001],
    [`${whole}7\n`, 2],
  ] as const) {
    writeFileSync(path, content, { mode: 0o644 });
    await assert.rejects(RejectsFile.open(path, 2 ** 24), (error) => {
      assert.ok(error instanceof VerbFailure);
      assert.equal(error.exit, 4);
      assert.match(error.message, new RegExp(`line ${line} of .*damaged\\.ndjson`));
      return !error.message.includes('110105');
    });
  }
  writeFileSync(path, whole, { mode: 0o644 });
  await (await RejectsFile.open(path, 2 ** 24)).close();
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('rejects: written once, counted beyond the limit, a cut line removed', async () => {
  const path = join(home, 'rejects.ndjson');
  const one = {
    id: 'a',
    at: '2026-01-01T00:00:00Z',
    dataset: 'a.b',
    rule: 'payload.json',
    payload: Buffer.from('{'),
  };
  const file = await RejectsFile.open(path, 300);
  await file.add([one, { ...one, id: 'b', payload: Buffer.alloc(2 ** 17) }]);
  await file.add([one]);
  assert.deepEqual(file.counts, { stored: 1, notStored: 1 });
  await file.close();
  appendFileSync(path, '{"id":');
  const again = await RejectsFile.open(path, 300);
  assert.deepEqual(
    again.earlier.map(({ id }) => id),
    ['a'],
  );
  await again.add([one, { ...one, id: 'c' }]);
  await again.close();
  const ids = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id: string }).id);
  assert.deepEqual(ids, ['a', 'c']);
});
