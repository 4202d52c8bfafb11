/** Each rule of drift by a file that trips over it, for drift.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headers } from '../../clients/cli/demo/files/householdFile.ts';
import type { guardedDatasets } from './guardedDatasets.ts';
import { people, place, type Cells } from './householdRecords.ts';

const { sex, relation, address, mobile, income, moved } = place;

type Severity = 'warn' | 'reject';
/** Each rule of drift: what a dataset sets, the file that violates it, made of the one before, and the heading of each cell then. */
const trips: readonly {
  readonly code: string;
  readonly rules: (becomes: Severity) => object;
  readonly mode?: string;
  readonly next: (records: readonly Cells[]) => readonly Cells[];
  readonly headings?: (before: Cells) => Cells;
}[] = [
  {
    code: 'batch_shrunk',
    rules: (onDrift) => ({ mayShrink: 0.2, onDrift }),
    next: (records) => records.slice(0, 80),
  },
  {
    code: 'batch_grown',
    rules: (onDrift) => ({ mayGrow: 0.2, onDrift }),
    next: (records) => [...records, ...people(60, 92).map((cells) => [...cells, '乙'])],
  },
  {
    code: 'batch_field_emptied',
    rules: (onDrift) => ({ mayEmpty: 0.1, onDrift }),
    next: (records) => records.map((cells) => cells.with(mobile, '')),
  },
  {
    code: 'batch_codes_shifted',
    rules: (onDrift) => ({ mayShift: 0.1, onDrift }),
    next: (records) => records.map((cells) => cells.with(sex, '男')),
  },
  {
    code: 'batch_values_strayed',
    rules: (onDrift) => ({ mayStray: 0.05, onDrift }),
    next: (records) => records.map((cells) => cells.with(income, '98,765,432,100.00')),
  },
  {
    code: 'batch_deletes_many',
    rules: (onDrift) => ({ deleteWhere: { field: 'relation', is: ['其他'] }, mayDelete: 0.1, onDrift }),
    mode: 'upsert',
    next: (records) => records.map((cells, i) => (i < 20 ? cells.with(relation, '其他') : cells)),
  },
  {
    code: 'batch_columns_missing',
    rules: (onColumns) => ({ onColumns }),
    next: (records) => records.map((cells) => cells.slice(0, -1)),
    headings: (before) => before.slice(0, -1),
  },
  {
    code: 'batch_columns_added',
    rules: (onColumns) => ({ onColumns }),
    next: (records) => records.map((cells) => [...cells, '丙']),
    headings: (before) => [...before, '备注'],
  },
  {
    code: 'batch_columns_moved',
    rules: (onColumns) => ({ onColumns }),
    next: (records) => records.map((cells) => [...cells].toReversed()),
    headings: (before) => [...before].toReversed(),
  },
  {
    code: 'batch_rows_rewritten',
    rules: (onRewrite) => ({ onRewrite }),
    mode: 'upsert',
    next: (records) => records.map((cells, i) => (i === 3 ? cells.with(address, '改写后的地址') : cells)),
  },
  {
    code: 'batch_rule_broken',
    rules: (onBroken) => ({
      crossRules: [{ field: 'move_in_date', is: 'atLeast', fields: ['birth_date'], onBroken }],
    }),
    next: (records) => records.map((cells, i) => (i === 3 ? cells.with(moved, '18000101') : cells)),
  },
];

/** What becomes of it where it is not held for a person, which the other tests see. */
export function tripTests({
  dataset,
  sent,
}: Pick<ReturnType<typeof guardedDatasets>, 'dataset' | 'sent'>): void {
  test('each rule of drift may also be reported and published, or refused for good', async () => {
    const state = { warn: 'published', reject: 'rejected' } as const;
    for (const [nth, { code, rules, mode, next, headings = (before: Cells) => before }] of trips.entries())
      for (const becomes of ['warn', 'reject'] as const) {
        const id = await dataset(`trip-${nth}-${becomes}`, rules(becomes), mode);
        // no two datasets get the same bytes, which would be a finding of its own
        const before = people(110, 91).map((cells) => [
          ...cells.with(address, id).with(moved, '20230101'),
          '甲',
        ]);
        const names = [...headers, '所队'];
        const first = await sent(id, before, {}, names);
        assert.deepEqual([first.state, first.findings], ['published', []], `${code} ${becomes}`);
        const tripped = await sent(id, next(before), {}, headings(names));
        assert.deepEqual(
          [
            tripped.code,
            tripped.state,
            [...new Set(tripped.findings.map((one) => `${one.code} ${one.severity}`))],
          ],
          [becomes === 'warn' ? '200' : code, state[becomes], [`${code} ${becomes}`]],
        );
      }
  });
}
