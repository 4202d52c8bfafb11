/** How many uploads are checked, and images masked, at once. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import sharp from 'sharp';
import { AttachmentStorages } from './storage.ts';
import { ImageDecoder } from './imageDecoder.ts';
import { Renditions } from './rendition.ts';
import type { AttachmentRow } from './store/attachments.ts';
import type { AttachmentStorage } from './store/storage.ts';

const never = (): never => assert.fail('not used');
const storage: AttachmentStorage = {
  name: 'database',
  begin: never,
  put: never,
  complete: never,
  read: never,
  remove: never,
};
function barrier(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}
const code = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (error as { code?: unknown }).code,
  );

test('two uploads are checked at once, one upload once, and more than 64 do not wait', async () => {
  const storages = new AttachmentStorages(storage);
  const gate = barrier();
  const checks: string[] = [];
  const check = (id: string): Promise<unknown> =>
    code(
      storages.inspected(id, () => {
        checks.push(id);
        return gate.opened;
      }),
    );
  const all = ['a', 'a', 'b', ...Array.from({ length: 64 }, (_, i) => `c${i}`)].map(check);
  await Promise.resolve();
  assert.deepEqual(checks, ['a', 'b']);
  assert.equal(await check('one too many'), 'attachments_busy');
  gate.open();
  assert.deepEqual(new Set(await Promise.all(all)), new Set(['done']));
  assert.equal(checks.length, 66);
  assert.equal(await check('a'), 'done');
  assert.equal(checks.length, 67, 'a later call is checked again');
});

test('one image is masked at once; what is in memory waits for none, and more than 64 do not wait', async () => {
  const renditions = new Renditions(new ImageDecoder());
  const bytes = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  const row = (): AttachmentRow => ({
    id: randomUUID(),
    dataset: 'a.b',
    department: 'a',
    field: 'photo',
    name: 'x',
    mediaType: 'image/png',
    bytes: bytes.length,
    sha256: Buffer.alloc(32),
    received: bytes.length,
    state: 'ready',
    storage: 'database',
    upload: '',
  });
  const gate = barrier();
  let reads = 0;
  const masked = (of: AttachmentRow, waits: boolean): Promise<unknown> =>
    code(
      renditions.of(of, { name: 'stripMetadata', params: {} }, async function* () {
        reads += 1;
        if (waits) await gate.opened;
        yield bytes;
      }),
    );
  const known = row();
  assert.equal(await masked(known, false), 'done');
  const all = [...Array.from({ length: 64 }, row), known, row()].map((of) => masked(of, true));
  assert.equal(await masked(known, false), 'done', 'while another one is masked');
  assert.equal(reads, 2);
  assert.equal(await masked(row(), false), 'attachments_busy');
  gate.open();
  assert.deepEqual(new Set(await Promise.all(all)), new Set(['done']));
});
