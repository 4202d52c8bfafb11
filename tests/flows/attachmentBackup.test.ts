/** Attachments in an archive: a database that is restored from it has their records and every byte. */
import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { openedBytes } from '../../hub/flows/attachments/sealing.ts';
import { AttachmentStorages } from '../../hub/flows/attachments/storage.ts';
import { attachmentById } from '../../hub/flows/attachments/store/attachments.ts';
import { databaseStorage } from '../../hub/flows/attachments/store/databaseStorage.ts';
import { sealerOf } from '../../hub/flows/sealer.ts';
import { backup } from '../../hub/platform/backup/store/backup.ts';
import { readArchive, restore } from '../../hub/platform/backup/store/restore.ts';
import { openDatabase } from '../../hub/platform/database/database.ts';
import { dropDatabase, ensureDatabase } from '../../hub/platform/database/ensureDatabase.ts';
import { openStream, sealStream } from '../../hub/platform/keys/sealedStream.ts';
import { withDatabase } from '../database.ts';
import { post, sha256 } from './intakeCalls.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
const { client } = city.ecology;
const dataset = 'ecology.odour-reports';

test('a restored database has the files that its rows name, and an upload under way', async () => {
  await city.apply('odour-reports/dataset.yaml');
  const upload = { field: 'papers', mediaType: 'application/pdf', name: 'p.pdf' };
  const bytes = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(9_000_000), Buffer.from('\n%%EOF\n')]);
  const { json } = await client.attachments.put(dataset, bytes, upload);
  await post(client, `/v1/datasets/${dataset}/rows`, [
    { report_id: 'B-1', district: 'east', papers: [json.attachment] },
  ]);
  let begun = '';
  const cut = client.attachments.put(dataset, bytes, {
    ...upload,
    onProgress: ({ attachment, sent }) => {
      begun = attachment;
      if (sent > 0) throw new Error('cut');
    },
  });
  await assert.rejects(cut, /cut/);

  const key = createSecretKey(randomBytes(32));
  const archive: Uint8Array[] = [];
  for await (const piece of sealStream(key, backup(database, 'yunxi'))) archive.push(piece);
  const opened = () =>
    openStream(
      key,
      (async function* () {
        for (const piece of archive) yield await Promise.resolve(piece);
      })(),
    );
  const name = `attachments_${process.pid}`;
  await ensureDatabase(database.address, name);
  const restored = await openDatabase(withDatabase(database.address, name), { durable: false });
  try {
    await restore(restored, await readArchive(opened()), opened());
    const storages = new AttachmentStorages(databaseStorage(restored.app));
    const row = await attachmentById(restored.app, json.attachment);
    assert.ok(row?.state === 'ready');
    const pieces: Uint8Array[] = [];
    for await (const piece of openedBytes(storages, sealerOf(hub.hub.keys.sealing), row)) pieces.push(piece);
    assert.equal(sha256(Buffer.concat(pieces)), sha256(bytes));
    const unfinished = await attachmentById(restored.app, begun);
    assert.deepEqual([unfinished?.state, unfinished?.received], ['receiving', 8 * 1024 * 1024]);
  } finally {
    await restored.close();
    await dropDatabase(database.address, name);
  }
});
