import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { requestTerm } from './requestTerm.ts';

test('a demonstration requests agreements that end after its day, in any year', () => {
  assert.deepEqual(requestTerm(Date.parse('2030-12-31T16:00:00Z')), {
    from: '2031-01-01T00:00:00+08:00',
    until: '2033-01-01T00:00:00+08:00',
  });
  // a fixed day would end them
  for (const file of ['leaveForViewer.ts', 'acts/requestAct.ts'])
    assert.doesNotMatch(readFileSync(resolve(import.meta.dirname, file), 'utf8'), /until: '20/, file);
});

test('samples with a fixed term have the longest one', () => {
  const samples = resolve(import.meta.dirname, '../../../samples');
  const ends = readdirSync(samples, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) =>
      [
        ...readFileSync(resolve(samples, file), 'utf8').matchAll(
          /^valid: .*from: '(.{10}).*until: '(.{10})/gm,
        ),
      ].map(([, from, until]) => `${file} ${from} ${until}`),
    );
  assert.ok(ends.length > 10);
  assert.deepEqual(
    ends.filter((one) => !one.endsWith(' 2026-01-01 2029-01-01')),
    [],
  );
});
