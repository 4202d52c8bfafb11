import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Leaf } from './leaf.ts';
import { MonthCount } from './monthReport.ts';

const leaf = (more: Partial<Leaf>): Leaf => ({
  v: 1,
  id: '01890000-0000-7000-8000-000000000000',
  at: '2026-11-10T00:00:00.000Z',
  kind: 'release',
  operation: 'queryDataset',
  decision: 'allow',
  actor: { department: 'education' },
  consumer: 'education',
  provider: 'pub-security',
  dataset: 'pub-security.household',
  ...more,
});

test('calls, denials, rows, cases, consents, submissions and answered deadlines of a month of China’s calendar', () => {
  const count = new MonthCount('2026-11');
  const rows = { delivered: 3, withheld: 1 };
  const stream = { id: 'x', rows: 9 };
  const intake = { id: 'b', sha256: '', rows: 10, bad: 2 };
  const entries: readonly Partial<Leaf>[] = [
    { rows, matter: 'A' },
    { rows, matter: 'A' },
    { decision: 'deny', code: 'no_agreement', matter: 'B' },
    { stream: { ...stream, state: 'open' } },
    { stream: { ...stream, state: 'part' }, rows },
    { stream: { ...stream, state: 'complete' } },
    { kind: 'consent', change: { state: 'given' } },
    { kind: 'consent', change: { state: 'withdrawn' } },
    { kind: 'intake', batch: intake, dataset: 'ecology.air', consumer: 'ecology' },
    { kind: 'management', dataset: 'ecology.none', consumer: 'ecology' },
    { kind: 'management', change: { due: '2026-11-10', clockOf: 'pub-security' } },
    { kind: 'management', change: { due: '2026-11-09', clockOf: 'pub-security' }, dataset: 'ecology.air' },
    { kind: 'management', change: { due: '2026-11-30', clockOf: 'office' } },
    { kind: 'management', decision: 'deny', change: { due: '2026-11-10', clockOf: 'office' } },
    { kind: 'inspect', change: { due: '2026-11-10', clockOf: 'office' } },
    { kind: 'management', change: { due: '2026-11-10' } },
    { at: '2026-10-31T15:59:59.999Z', rows },
    { at: '2026-11-30T16:00:00.000Z', rows },
    { at: '2026-10-31T16:00:00.000Z', decision: 'deny', code: 'no_agreement' },
  ];
  for (const [index, one] of entries.entries()) count.add(index, leaf(one));
  const { total, byDepartment, byDataset, ...extent } = count.report();
  assert.deepEqual(extent, { v: 1, month: '2026-11', entries: 17, first: 0, last: 18 });
  assert.deepEqual(total, {
    calls: 5,
    denied: 2,
    rows: 9,
    withheld: 3,
    cases: 1,
    consentsGiven: 1,
    consentsWithdrawn: 1,
    batches: 1,
    rowsIn: 10,
    badIn: 2,
    inTime: 2,
    late: 1,
    denials: { no_agreement: 2 },
  });
  assert.deepEqual(Object.keys(byDepartment), ['ecology', 'education', 'office', 'pub-security']);
  const clocks = ({ inTime, late }: { readonly inTime: number; readonly late: number }): number[] => [
    inTime,
    late,
  ];
  assert.deepEqual(
    Object.entries(byDepartment).map(([name, figures]) => [name, ...clocks(figures)]),
    [
      ['ecology', 0, 0],
      ['education', 0, 0],
      ['office', 1, 0],
      ['pub-security', 1, 1],
    ],
  );
  assert.deepEqual(Object.values(byDataset).map(clocks), [
    [0, 1],
    [2, 0],
  ]);
  assert.equal(byDepartment['ecology']?.rowsIn, 10);
  assert.deepEqual(Object.keys(byDataset), ['ecology.air', 'pub-security.household']);
  assert.deepEqual(new MonthCount('2026-01').report().entries, 0);
});
