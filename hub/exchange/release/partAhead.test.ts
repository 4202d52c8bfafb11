import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PartAhead, type PageBegun } from './partAhead.ts';

const noon = Date.UTC(2026, 5, 1, 12);

interface Page {
  readonly name: string;
}

/** The page at a cursor `n`, of five that lie there. */
const page = (cursor: string): Promise<PageBegun<Page>> =>
  Promise.resolve({
    next: cursor === '5' ? undefined : String(Number(cursor) + 1),
    made: Promise.resolve({ name: cursor }),
  });

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
  const away = (): Promise<PageBegun<Page>> => Promise.reject(new Error('the database is away'));
  const ahead = new PartAhead<Page>();
  ahead.begin({ cursor: '1', now: noon, most: 4 }, away);
  assert.deepEqual(await names(ahead.take('1', noon)), []);
  ahead.begin({ cursor: '1', now: noon, most: 4 }, (cursor) => (cursor === '1' ? page(cursor) : away()));
  await settled();
  assert.deepEqual(await names(ahead.take('1', noon)), ['1'], 'what was read before goes');
});

test('a page is read while the one before it is masked; they go in their order, and none behind one that failed', async () => {
  const ahead = made();
  await ahead.take('1', noon);
  begun(ahead);
  await settled();
  await ahead.take('1', noon);
  const asked: string[] = [];
  const masked = new Map<string, { done: (page: Page) => void; failed: (error: Error) => void }>();
  const slowly = (cursor: string): Promise<PageBegun<Page>> => {
    asked.push(cursor);
    const name = new Promise<Page>((done, failed) => masked.set(cursor, { done, failed }));
    return Promise.resolve({ next: String(Number(cursor) + 1), made: name });
  };
  ahead.begin({ cursor: '1', now: noon, most: 4 }, slowly);
  await settled();
  assert.deepEqual(asked, ['1', '2']);
  masked.get('2')?.done({ name: '2' });
  await settled();
  assert.deepEqual(asked, ['1', '2'], 'no more than one is ahead of the masks');
  masked.get('1')?.done({ name: '1' });
  await settled();
  assert.deepEqual(asked, ['1', '2', '3', '4']);
  masked.get('4')?.done({ name: '4' });
  masked.get('3')?.failed(new Error('a mask failed'));
  assert.deepEqual(await names(ahead.take('1', noon)), ['1', '2']);
});
