/** Entries and sets that the verifier cannot decide are counted; no content of a file ends the verifier with an error. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EvidenceFile, StoredSet } from '../../log/pack/evidenceFile.ts';
import type { Leaf } from '../../log/leaf.ts';
import { digestOfLines } from '../plans.ts';
import { replayEvidence } from './replayEvidence.ts';

const fileOf = (sets: readonly StoredSet[], schemas: EvidenceFile['schemas'] = {}): EvidenceFile =>
  ({ sets, registries: {}, documents: {}, schemas, notices: {} }) as unknown as EvidenceFile;
const release: Leaf = {
  v: 1,
  id: 'call',
  at: '2026-06-01T00:00:00.000Z',
  kind: 'release',
  operation: 'queryDataset',
  decision: 'allow',
  actor: {},
};
const replayed = (leaves: readonly Partial<Leaf>[], sets: readonly StoredSet[] = []) =>
  replayEvidence(
    fileOf(sets),
    leaves.map((leaf, index) => ({ index, leaf: { ...release, ...leaf } })),
  );

test('an allowed entry about data without a policy set is counted as undecided', () => {
  const dataset = 'pub-security.household';
  const stream = { id: 'stream', state: 'aborted', why: 'hub_lost' } as const;
  const rows = { delivered: 3, withheld: 0 };
  for (const [leaf, unknown] of [
    [{ dataset }, 1],
    [{ fields: { name: 'clear' } }, 1],
    [{ rows }, 1],
    [{ dataset, stream, rows }, 1],
    // nothing was released
    [{ dataset, decision: 'deny', code: 'nonce_replayed' }, 0],
    [{ dataset, stream, rows: { delivered: 0, withheld: 0 } }, 0],
    [{ operation: 'subscribe', consumer: 'education' }, 0],
    [{ kind: 'inspect', dataset }, 0],
  ] as const)
    assert.equal(replayed([leaf]).unknown, unknown, JSON.stringify(leaf));
});

test('any number of readings and sets is read', () => {
  const lines = ['agr-a@1 digest', 'res-a@1 digest'];
  const policy = digestOfLines(lines);
  const readings = Array.from({ length: 200_000 }, (_, epoch) => ({ epoch, registries: `${epoch % 2}` }));
  const leaf = { policy, dataset: 'pub-security.household', consumer: 'education', epoch: 7 };
  const { findings, unknown } = replayed([leaf], [{ policy, lines, readings }]);
  assert.deepEqual([findings, unknown], [[], 1]);
});

test('a schema that is nested too deeply is none', () => {
  const depth = 50_000;
  const text = `${'{"type":"object","properties":{"a":'.repeat(depth)}{}${'}}'.repeat(depth)}`;
  const file = fileOf([], { 'urn:datong:deep:1.0': text });
  assert.deepEqual(replayEvidence(file, []).findings, []);
});

test('documents of a set whose texts are not there are named: one of them may be a restriction', () => {
  const lines = ['res-a@1 digest', 'agr-a@1 digest'];
  const policy = digestOfLines(lines);
  const set = { policy, lines, readings: [{ epoch: 0, registries: 'digest' }] };
  assert.deepEqual(replayed([{ policy }], [set]).unread, ['agr-a@1', 'res-a@1']);
  assert.deepEqual(replayed([], [set]).unread, [], 'sets that decide nothing here do not count');
});
