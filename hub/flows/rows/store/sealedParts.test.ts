import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { uuid7 } from '../../../../machine/uuid7.ts';
import { testDatabase } from '../../../../tests/database.ts';
import { sealerOf } from '../../sealer.ts';
import { openBatch } from '../../intake/store/batches.ts';
import { putPart, rawBytes, rawPieces } from './sealedParts.ts';

const database = await testDatabase();
const sealer = sealerOf(createSecretKey(Buffer.alloc(32, 7)));

/** A batch whose parts are so long. */
async function batchOf(
  ...lengths: readonly number[]
): Promise<{ readonly id: string; readonly bytes: Buffer }> {
  const id = uuid7(Date.now());
  await openBatch(database.app, { id, dataset: `a.${id}`, department: 'a' });
  const bytes = randomBytes(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const length of lengths) {
    const plain = bytes.subarray(at, at + length);
    await putPart(database.app, sealer, { batch: id, at, plain, sha256: Buffer.alloc(32) });
    at += length;
  }
  return { id, bytes };
}

async function all(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  for await (const piece of pieces) found.push(piece);
  return found;
}

async function* copies(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield new Uint8Array(piece);
}

test('parts come back in their order, one by one, and no later read overwrites them; or in pieces, of which each is valid until the next', async () => {
  const lengths = [2_500_000, 1, 65_537, 1_048_576, 3_000_000, 40];
  const { id, bytes } = await batchOf(...lengths);
  const parts = await all(rawBytes(database.app, sealer, id));
  assert.deepEqual(
    parts.map(({ length }) => length),
    lengths,
  );
  assert.ok(Buffer.concat(parts).equals(bytes));
  const pieces = await all(copies(rawPieces(database.app, sealer, id)));
  assert.equal(Math.max(...pieces.map(({ length }) => length)), 1_048_576);
  assert.ok(Buffer.concat(pieces).equals(bytes));
  const rest = await all(rawBytes(database.app, sealer, id, 2_500_001));
  assert.ok(Buffer.concat(rest).equals(bytes.subarray(2_500_001)));
});

test('a length that was altered past the hub is reported, and no part is read twice', async () => {
  const { id } = await batchOf(40_000, 30_000);
  for (const bytes of [1, 39_999, 40_001]) {
    await database.owner.query('UPDATE batch_part SET bytes = $2 WHERE batch = $1 AND at = 0', [id, bytes]);
    await assert.rejects(all(rawBytes(database.app, sealer, id)), { code: 'sealed_bytes_damaged' });
  }
});

test('of a part of which one bit differs nothing is given, though it differs in its last byte', async () => {
  const { id } = await batchOf(70_000, 200_000);
  await database.owner.query(
    `UPDATE batch_part SET sealed = set_byte(sealed, octet_length(sealed) - 1, get_byte(sealed, octet_length(sealed) - 1) # 1)
      WHERE batch = $1 AND at > 0`,
    [id],
  );
  let come = 0;
  await assert.rejects(
    async () => {
      for await (const piece of rawPieces(database.app, sealer, id)) come += piece.length;
    },
    { code: 'sealed_bytes_damaged' },
  );
  assert.equal(come, 70_000);
});
