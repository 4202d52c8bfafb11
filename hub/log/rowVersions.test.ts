/** The file of versions: earlier releases read it, and this release reads theirs. */
import assert from 'node:assert/strict';
import { createHmac, createSecretKey } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, mock, test } from 'node:test';
import { RowVersions, rowVersionsFile } from './rowVersions.ts';

const key = createSecretKey(Buffer.alloc(32, 5));
const parent = mkdtempSync(join(tmpdir(), 'datong-versions-'));
after(() => rmSync(parent, { recursive: true, force: true }));
let folders = 0;
const newFolder = (): string => join(parent, String((folders += 1)));
const never = (): Promise<boolean> => Promise.reject(new Error('asked'));
const open = (folder: string): Promise<RowVersions> =>
  RowVersions.open(folder, key, (error) => assert.fail(String(error)));

interface Content {
  versions: object;
  sums: object;
  mac: string;
  sumsMac: string;
  vectors?: { process: string; olderUntil?: number; writers: object };
  vectorsMac?: string;
}
const read = (folder: string): Content =>
  JSON.parse(readFileSync(rowVersionsFile(folder), 'utf8')) as Content;
const write = (folder: string, content: Content): void =>
  writeFileSync(rowVersionsFile(folder), JSON.stringify(content));

/** What the release without vectors would have written in the place of a file. */
function asOfOlder(folder: string): void {
  const { vectors: _, vectorsMac: _mac, ...content } = read(folder);
  write(folder, content);
}

const sum = { version: 7, sum: 255n, writers: { floor: 2, of: { a: 7, b: 3 } } };

test('a process has its id and what it knows again after a restart', async () => {
  const folder = newFolder();
  const first = await open(folder);
  await first.begin(() => Promise.resolve(false));
  first.note('purpose', sum);
  first.note('purpose', { version: 5, sum: 1n, writers: { floor: 0, of: { c: 5 } } });
  await first.flush();
  const again = await open(folder);
  await again.begin(never);
  assert.equal(again.process, first.process);
  assert.match(again.process, /^[0-9a-f]{16}$/);
  assert.deepEqual(again.get('purpose'), { ...sum, writers: { floor: 2, of: { a: 7, b: 3, c: 5 } } });
  assert.equal(again.isOlderExpected(), false);
  assert.notEqual((await open(newFolder())).process, first.process);
});

test('a copy of a folder has what the process knew, and another id, also after restarts', async () => {
  const [folder, copy] = [newFolder(), newFolder()];
  const one = await open(folder);
  await one.begin(() => Promise.resolve(false));
  one.note('purpose', sum);
  await one.flush();
  cpSync(folder, copy, { recursive: true });
  const other = await open(copy);
  await other.begin(never);
  assert.notEqual(other.process, one.process);
  assert.deepEqual(other.get('purpose'), sum);
  await other.flush();
  assert.equal((await open(copy)).process, other.process);
  assert.equal((await open(folder)).process, one.process);
});

test('a file with other vectors is refused', async () => {
  const folder = newFolder();
  const one = await open(folder);
  await one.begin(() => Promise.resolve(true));
  one.note('purpose', sum);
  await one.flush();
  const content = read(folder);
  const { vectors = assert.fail() } = content;
  for (const altered of [
    { ...vectors, writers: {} },
    { ...vectors, process: '00'.repeat(8) },
    { ...vectors, place: 'elsewhere 1:2' },
    { ...vectors, olderUntil: (vectors.olderUntil ?? 0) + 1 },
  ]) {
    write(folder, { ...content, vectors: altered });
    await assert.rejects(open(folder), { code: 'log_inconsistent' });
  }
});

test('the release before reads the file as it was', async () => {
  const folder = newFolder();
  const one = await open(folder);
  await one.begin(() => Promise.resolve(false));
  one.note('purpose', sum);
  await one.flush();
  const { versions, sums, mac, sumsMac } = read(folder);
  assert.deepEqual([versions, sums], [{ purpose: 7 }, { purpose: 'ff' }]);
  const macOf = (text: string): string => createHmac('sha256', key).update(text).digest('base64url');
  assert.equal(mac, macOf(`datong row versions 1\n${JSON.stringify(versions)}`));
  assert.equal(sumsMac, macOf(`datong row sums 1\n${mac}\n${JSON.stringify(sums)}`));
});

test('what an older process left out does not come back with a snapshot from before that, also after a restart', async () => {
  const folder = newFolder();
  const first = await open(folder);
  await first.begin(() => Promise.resolve(true));
  const before = { version: 5, sum: 1n, writers: { floor: 0, of: { b: 5 } } };
  first.note('purpose', before);
  const after = { version: 7, sum: 2n, writers: { floor: 0, of: { '': 7 } } };
  first.note('purpose', after, 7);
  first.note('purpose', before);
  assert.deepEqual(first.get('purpose'), after);
  await first.flush();
  const again = await open(folder);
  again.note('purpose', before);
  assert.deepEqual(again.get('purpose'), after);
});

test('a process that stopped during an upgrade and starts after it does not know who wrote what; one that ran does', async () => {
  const { now } = Date;
  const at = (hours: number): void => void mock.method(Date, 'now', () => now() + hours * 3_600_000);
  const starts = async (folder: string): Promise<RowVersions> => {
    const made = await open(folder);
    await made.begin(() => Promise.resolve(true));
    return made;
  };
  const [stopped, runs] = [newFolder(), newFolder()];
  for (const folder of [stopped, runs]) {
    const one = await starts(folder);
    one.note('purpose', sum);
    await one.flush();
    at(23);
    assert.deepEqual((await starts(folder)).get('purpose'), sum);
    mock.restoreAll();
  }
  const running = await starts(runs);
  at(25);
  running.note('person', sum);
  await running.flush();
  at(30);
  assert.deepEqual((await starts(stopped)).get('purpose'), { version: 7, sum: 255n });
  assert.deepEqual((await starts(runs)).get('purpose'), sum);
  mock.restoreAll();
});

test('older processes are expected for a day from the first start on, in a folder or on a database of theirs', async () => {
  const { now } = Date;
  const hours = (count: number): void => void mock.method(Date, 'now', () => now() + count * 3_600_000);
  after(() => mock.restoreAll());
  const folder = newFolder();
  const one = await open(folder);
  await one.begin(() => Promise.resolve(false));
  one.note('purpose', sum);
  await one.flush();
  asOfOlder(folder);

  const upgraded = await open(folder);
  await upgraded.begin(never);
  assert.notEqual(upgraded.process, one.process);
  assert.deepEqual(upgraded.get('purpose'), { version: 7, sum: 255n }, 'who wrote it is not known');
  const empty = newFolder();
  const fresh = await open(empty);
  await fresh.begin(() => Promise.resolve(true));
  for (const made of [upgraded, fresh]) {
    await made.flush();
    assert.equal(made.isOlderExpected(), true);
  }
  hours(23);
  for (const again of [await open(folder), await open(empty)]) {
    await again.begin(never);
    assert.equal(again.isOlderExpected(), true);
    await again.flush();
  }
  hours(25);
  for (const again of [await open(folder), await open(empty)]) {
    await again.begin(never);
    assert.equal(again.isOlderExpected(), false);
  }
});
