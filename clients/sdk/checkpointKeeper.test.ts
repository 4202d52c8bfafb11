import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { newNotePair, newAuthority } from '../../machine/newKeyPair.ts';
import { openCheckpoint, signCheckpoint } from '../../log/checkpoint.ts';
import { leafHash } from '../../log/hash.ts';
import { noteSigner } from '../../log/note/noteKey.ts';
import { LeafTree } from '../../log/tree/leafTree.ts';
import { Problem } from '../../terms/problem.ts';
import { checkpointsInFile } from './checkpointFile.ts';
import { CheckpointKeeper, checkpointsInMemory, type CheckpointStore } from './checkpointKeeper.ts';
import { DatongProblem } from './datongProblem.ts';

const signer = noteSigner('datong/yunqi', newNotePair().privateKey);
const treeOf = (count: number, altered?: number): LeafTree =>
  new LeafTree(
    Array.from({ length: count }, (_, i) => leafHash(Buffer.from(`${i}${i === altered ? ' altered' : ''}`))),
  );
const folder = mkdtempSync(join(tmpdir(), 'datong-kept-'));
after(() => rmSync(folder, { recursive: true }));
const { rootCertificate } = await newAuthority('yunqi, test', Date.now());

/** A hub that answers out of one tree. */
const hubOf =
  (tree: LeafTree, requested: number[][] = []) =>
  (size: number, from: readonly number[]): Promise<unknown> => {
    requested.push([size, ...from]);
    if (size > tree.size)
      throw new DatongProblem(
        {
          status: 409,
          rawHeaders: [],
          body: Buffer.from(JSON.stringify({ code: 'log_shorter' })),
        },
        undefined,
      );
    const proofs = from.map((one) => ({
      from: one,
      proof: tree.consistencyProof(one, size).map((hash) => Buffer.from(hash).toString('base64')),
    }));
    return Promise.resolve({ size, checkpoint: '', proofs });
  };

let clock = 1_000_000;
const keeperOf = (store: CheckpointStore, ask: (size: number, from: readonly number[]) => Promise<unknown>) =>
  new CheckpointKeeper(store, ask, () => clock);
const show = (keeper: CheckpointKeeper, tree: LeafTree, size: number): Promise<void> => {
  const note = signCheckpoint(size, tree.root(size), signer);
  return keeper.see(note, openCheckpoint(note, [signer]));
};
const refusedWith = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;

describe('the newest checkpoint of a log', () => {
  test('grows with the log; many replies of one moment cost one question', async () => {
    const tree = treeOf(300);
    const requested: number[][] = [];
    const store = checkpointsInMemory();
    const keeper = keeperOf(store, hubOf(tree, requested));
    await show(keeper, tree, 10);
    assert.equal(requested.length, 0);
    for (const size of [12, 30, 25, 200]) await show(keeper, tree, size);
    await keeper.settle();
    assert.deepEqual(requested, [[200, 10, 12, 30, 25]]);
    assert.equal(keeper.size, 200);
    clock += 5_000;
    await show(keeper, tree, 300);
    assert.deepEqual(requested.at(-1), [300, 200]);
    assert.match((await store.read())?.checkpoint ?? '', /\n300\n/);
  });

  for (const [what, stored, forked, size] of [
    ['a rewritten log that is longer', 100, treeOf(200, 40), 150],
    ['a rewritten log of the same length', 100, treeOf(200, 40), 100],
    ['a log that was cut and signed on', 100, treeOf(80), 70],
  ] as const)
    test(`${what}, signed with the stolen key, is refused by the next process, and both heads are stored`, async () => {
      const path = join(folder, `${what}.json`);
      const store = checkpointsInFile(path, rootCertificate);
      const honest = treeOf(200);
      const first = keeperOf(store, hubOf(honest));
      await show(first, honest, stored);
      await first.settle();
      const next = keeperOf(store, hubOf(forked));
      await assert.rejects(show(next, forked, size), (error: unknown) => {
        assert.ok(error instanceof Problem && error.code === 'reply_log_forked');
        const conflict = JSON.parse(readFileSync(error.facts['place'] as string, 'utf8')) as Record<
          string,
          string
        >;
        assert.equal(openCheckpoint(conflict['kept'] ?? '', [signer]).size, stored);
        assert.equal(openCheckpoint(conflict['shown'] ?? '', [signer]).size, size);
        return true;
      });
      // it stays refused, here and in whatever runs later, even where the honest log is shown again
      await assert.rejects(show(next, honest, 120), refusedWith('reply_log_forked'));
      await assert.rejects(
        show(keeperOf(store, hubOf(forked)), forked, size),
        refusedWith('reply_log_forked'),
      );
    });

  test('two histories shown to one process between two proofs are both compared with the hub', async () => {
    const honest = treeOf(100);
    const other = treeOf(100, 3);
    const keeper = keeperOf(checkpointsInMemory(), hubOf(honest));
    await show(keeper, honest, 5);
    await show(keeper, honest, 50);
    await show(keeper, other, 60);
    await assert.rejects(keeper.settle(), refusedWith('reply_log_forked'));
  });

  test('a hub that proves nothing is reported, and not trusted for longer than a day', async () => {
    const tree = treeOf(100);
    const path = join(folder, 'silent.json');
    const silent = (): Promise<unknown> => Promise.reject(new Error('ECONNREFUSED'));
    const first = keeperOf(checkpointsInFile(path, rootCertificate), silent);
    await show(first, tree, 10);
    await show(first, tree, 20);
    await first.settle();
    assert.equal(first.unprovenSince, new Date(clock).toISOString());
    clock += 25 * 3_600_000;
    const next = keeperOf(checkpointsInFile(path, rootCertificate), silent);
    await assert.rejects(show(next, tree, 30), refusedWith('reply_log_unproven'));
    await assert.rejects(show(next, tree, 31), refusedWith('reply_log_unproven'), 'within the same second');
    const mended = keeperOf(checkpointsInFile(path, rootCertificate), hubOf(tree));
    await show(mended, tree, 30);
    await mended.settle();
    assert.deepEqual([mended.size, mended.unprovenSince], [31, undefined]);
    // answers that hold no proof count as none
    const empty = keeperOf(checkpointsInFile(path, rootCertificate), () => Promise.resolve({ proofs: [{}] }));
    await show(empty, tree, 40);
    await empty.settle();
    assert.equal(empty.size, 31);
    assert.ok(empty.unprovenSince !== undefined);
  });

  test('two programs of one department share the file', async () => {
    const tree = treeOf(100);
    const store = checkpointsInFile(join(folder, 'shared.json'), rootCertificate);
    const [one, two] = [keeperOf(store, hubOf(tree)), keeperOf(store, hubOf(treeOf(100, 7)))];
    await show(one, tree, 5);
    await one.settle();
    await show(two, tree, 5);
    await show(one, tree, 50);
    clock += 5_000;
    await one.settle();
    // the other was shown another history since: it differs from what the first one stored
    await assert.rejects(async () => {
      await show(two, treeOf(100, 7), 60);
      await two.settle();
    }, refusedWith('reply_log_forked'));
  });

  test('a fork that one program was shown without a proof is compared by the others, also after they stored another one', async () => {
    const tree = treeOf(100);
    const store = checkpointsInFile(join(folder, 'unproven.json'), rootCertificate);
    const silent = (): Promise<unknown> => Promise.reject(new Error('ECONNREFUSED'));
    const [honest, misled] = [keeperOf(store, hubOf(tree)), keeperOf(store, silent)];
    await show(honest, tree, 5);
    await show(misled, treeOf(100, 7), 60);
    await misled.settle();
    await show(honest, tree, 50);
    await assert.rejects(honest.settle(), refusedWith('reply_log_forked'));
    await assert.rejects(show(keeperOf(store, hubOf(tree)), tree, 50), refusedWith('reply_log_forked'));
  });

  test('a hub that proves nothing is trusted for 2,000 checkpoints', async () => {
    const tree = treeOf(2_100);
    const keeper = keeperOf(checkpointsInMemory(), () => Promise.resolve({ proofs: [] }));
    for (let size = 1; size <= 2_000; size += 1) await show(keeper, tree, size);
    await assert.rejects(async () => {
      for (let size = 2_001; size <= 2_010; size += 1) await show(keeper, tree, size);
    }, refusedWith('reply_log_unproven'));
  });

  test('a file that could not be read is read again', async () => {
    const tree = treeOf(10);
    const memory = checkpointsInMemory();
    let failures = 1;
    const store: CheckpointStore = {
      ...memory,
      read: () => ((failures -= 1) < 0 ? memory.read() : Promise.reject(new Error('EMFILE'))),
    };
    const keeper = keeperOf(store, hubOf(tree));
    await assert.rejects(show(keeper, tree, 5), /EMFILE/);
    await show(keeper, tree, 5);
    assert.equal(keeper.size, 5);
  });

  test('a file that named the hub by its certificate is named by its key once it is read', async () => {
    const path = join(folder, 'former.json');
    const store = checkpointsInFile(path, rootCertificate);
    const tree = treeOf(10);
    const checkpoint = signCheckpoint(10, tree.root(10), signer);
    await store.write({ checkpoint, waiting: [] });
    const named = readFileSync(path, 'utf8');
    const former = new X509Certificate(rootCertificate).fingerprint256.replaceAll(':', '').toLowerCase();
    writeFileSync(path, JSON.stringify({ ...JSON.parse(named), hub: `sha256:${former}` }));
    assert.deepEqual(await store.read(), { checkpoint, waiting: [] });
    assert.equal(readFileSync(path, 'utf8'), named);
  });

  test('a damaged file is reported, another hub’s is begun anew', async () => {
    const path = join(folder, 'damaged.json');
    writeFileSync(path, '{"v":1,"checkpoint":');
    const store = checkpointsInFile(path, rootCertificate);
    await assert.rejects(store.read(), refusedWith('configuration_invalid'));
    writeFileSync(path, JSON.stringify({ v: 1, hub: 'sha256:00', checkpoint: 'x', waiting: [] }));
    assert.equal(await store.read(), undefined);
  });
});
