import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PartAhead } from './partAhead.ts';

const noon = Date.UTC(2026, 5, 1, 12);

interface Page {
  readonly name: string;
  readonly next: string | undefined;
}

/** The page at a cursor `n`, of five that lie there. */
const page = (cursor: string): Promise<Page> =>
  Promise.resolve({ name: cursor, next: cursor === '5' ? undefined : String(Number(cursor) + 1) });

const begun = (ahead: PartAhead<Page>, { cursor = '1', now = noon, most = 4 } = {}): PartAhead<Page> => {
  ahead.begin({ cursor, now, most }, page);
  return ahead;
};
const made = (now = noon): PartAhead<Page> => begun(new PartAhead<Page>(), { now });
const names = async (taken: Promise<readonly Page[]>): Promise<readonly string[]> =>
  (await taken).map(({ name }) => name);
/** Whatever is read ahead has been read. */
const settled = (): Promise<void> => new Promise(setImmediate);

test('what was made ahead is taken once, for its place, while it is fresh and of the year', async () => {
  const ahead = made();
  assert.deepEqual(await names(ahead.take('1', noon + 1_000)), ['1']);
  assert.deepEqual(await names(ahead.take('1', noon + 1_000)), [], 'taken already');
  assert.deepEqual(await names(made().take('1', noon + 1_001)), [], 'old');
  assert.deepEqual(await names(made().take('2', noon)), [], 'another place');
  assert.deepEqual(await names(made().take(undefined, noon)), [], 'the first part');
  const midnight = Date.UTC(2027, 0, 1);
  assert.deepEqual(await names(made(midnight - 500).take('1', midnight - 1)), ['1']);
  assert.deepEqual(await names(made(midnight - 500).take('1', midnight)), [], 'tokens of another year');
});

test('each part that was taken in time lets twice as many pages be read ahead, one that was not begins with one again', async () => {
  const ahead = made();
  const read = async (cursor: string, most = 4): Promise<readonly string[]> => {
    begun(ahead, { cursor, most });
    await settled();
    return names(ahead.take(cursor, noon));
  };
  assert.deepEqual(await names(ahead.take('1', noon)), ['1']);
  assert.deepEqual(await read('1'), ['1', '2']);
  assert.deepEqual(await read('1'), ['1', '2', '3', '4']);
  assert.deepEqual(await read('1'), ['1', '2', '3', '4'], 'no more than may go as one part');
  assert.deepEqual(await read('4'), ['4', '5'], 'no more than there are');
  assert.deepEqual(await read('1', 1), ['1'], 'where rows are counted, a page');
  begun(ahead);
  assert.deepEqual(await names(ahead.take('1', noon + 1_001)), [], 'its reader was too slow');
  assert.deepEqual(await read('1'), ['1']);
});

test('whose turn comes before all is read goes with what there is, and what nobody waits for is not read on', async () => {
  const ahead = made();
  await ahead.take('1', noon);
  const asked: string[] = [];
  const goOn: (() => void)[] = [];
  ahead.begin({ cursor: '1', now: noon, most: 4 }, async (cursor) => {
    asked.push(cursor);
    await new Promise<void>((resolve) => goOn.push(resolve));
    return page(cursor);
  });
  const taken = names(ahead.take('1', noon));
  goOn[0]?.();
  assert.deepEqual(await taken, ['1']);
  await settled();
  assert.deepEqual(asked, ['1']);
});

test('what fails ahead is made again in its turn, and fails there if it must', async () => {
  const away = (): Promise<Page> => Promise.reject(new Error('the database is away'));
  const ahead = new PartAhead<Page>();
  ahead.begin({ cursor: '1', now: noon, most: 4 }, away);
  assert.deepEqual(await names(ahead.take('1', noon)), []);
  ahead.begin({ cursor: '1', now: noon, most: 4 }, (cursor) => (cursor === '1' ? page(cursor) : away()));
  await settled();
  assert.deepEqual(await names(ahead.take('1', noon)), ['1'], 'what was read before goes');
});
