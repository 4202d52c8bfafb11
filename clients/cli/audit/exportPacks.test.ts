import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { VerbFailure } from '../verb.ts';
import { exportPacks } from './exportPacks.ts';

/** A hub whose packs have room for two of its entries. */
function smallPacks(total: number) {
  const requests: object[] = [];
  const ask = (request: { readonly from?: number }) => {
    requests.push(request);
    const first = request.from ?? 0;
    const end = Math.min(first + 2, total);
    const entries = Array.from({ length: end - first }, (_, at) => ({
      index: first + at,
      leaf: '',
      proof: [],
    }));
    return Promise.resolve({ checkpoint: '', entries, history: [], ...(end < total ? { next: end } : {}) });
  };
  return { requests, ask };
}

test('what exceeds one pack goes to further files, each from where the former ends', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'datong-packs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const { requests, ask } = smallPacks(5);
  await exportPacks({ out: join(folder, 'pack.json'), exchange: ['one'], history: [1] }, ask);
  assert.deepEqual(requests, [
    { exchanges: ['one'], history: [1] },
    { from: 2, history: [1] },
    { from: 4, history: [1] },
  ]);
  const files = ['pack.json', 'pack.2.json', 'pack.3.json'];
  assert.deepEqual(readdirSync(folder).sort(), files.toSorted());
  const indexes = files.flatMap((file) => {
    const { entries } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
      entries: { index: number }[];
    };
    return entries.map(({ index }) => index);
  });
  assert.deepEqual(indexes, [0, 1, 2, 3, 4]);
});

test('further files of an earlier export are neither overwritten nor left next to a new one: refused before any request', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'datong-packs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const out = join(folder, 'pack.json');
  const others = ['pack.x.json', 'pack.2.json.bak', 'pack.json', 'apack.2.json', 'pack.20261101.json'];
  for (const name of others) writeFileSync(join(folder, name), 'other');
  await exportPacks({ out }, smallPacks(5).ask);
  const again = smallPacks(1);
  await assert.rejects(exportPacks({ out }, again.ask), (error) => {
    assert.ok(error instanceof VerbFailure);
    assert.match(error.text.en, /pack\.2\.json, .*pack\.3\.json$/);
    return true;
  });
  assert.deepEqual(again.requests, []);
  assert.equal(
    (JSON.parse(readFileSync(out, 'utf8')) as { entries: unknown[] }).entries.length,
    2,
    'the first file is as it was',
  );
});

test('a further file that is there already is not overwritten where the export reaches it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'datong-packs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const third = join(folder, 'pack.3.json');
  writeFileSync(third, 'other');
  await exportPacks({ out: join(folder, 'pack.json') }, smallPacks(2).ask);
  await assert.rejects(exportPacks({ out: join(folder, 'pack.json') }, smallPacks(5).ask), (error) => {
    assert.ok(error instanceof VerbFailure);
    assert.match(error.text.en, /pack\.3\.json$/);
    return true;
  });
  assert.equal(readFileSync(third, 'utf8'), 'other');
});

test('standard output takes one pack: more entries are refused, and nothing is printed', async () => {
  await assert.rejects(exportPacks({}, smallPacks(5).ask), VerbFailure);
});

test('a hub whose answers do not advance ends the export', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'datong-packs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const ask = () => Promise.resolve({ checkpoint: '', entries: [], history: [], next: 2 });
  await assert.rejects(exportPacks({ out: join(folder, 'pack.json') }, ask), /do not get beyond entry 2/);
});
