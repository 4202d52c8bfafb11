/** Conditions on moments find the same rows in SQL and outside of it, at whichever day of the text a row is decided. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meetsCondition } from '../../../../policies/meetsCondition.ts';
import { testDatabase } from '../../../../tests/database.ts';
import type { Column } from '../../../domain/rowTable/layout.ts';
import { momentSql } from './moments.ts';

const database = await testDatabase();

test('moments at any offset, on the days around a bound and beyond them', async () => {
  const texts = ['', '2026-09-09', '2026-02-30T00:00:00Z', '2026-09-20x'];
  for (let hour = -96; hour <= 96; hour += 6)
    for (const offset of ['Z', '+08:00', '+23:59', '-23:59'])
      texts.push(
        new Date(Date.UTC(2026, 8, 10) + hour * 3_600_000).toISOString().replace('.000Z', `.5${offset}`),
      );
  await database.owner.query('CREATE TABLE moment_text (t text COLLATE "C")');
  await database.owner.query('INSERT INTO moment_text SELECT unnest($1::text[])', [texts]);
  const at = '2026-09-10T00:00:00.5Z';
  const many = Array.from({ length: 30 }, (_, nth) =>
    new Date(Date.UTC(2026, 8, 8) + nth * 21_600_000 + 500).toISOString(),
  );
  const column: Pick<Column, 'name' | 'moments'> = { name: 't' as Column['name'], moments: 'mixed' };
  for (const [op, value] of [
    ...['gt', 'gte', 'lt', 'lte'].map((bound) => ['range', { [bound]: at }] as const),
    ['range', { gte: '2026-09-08', lt: '2026-09-13' }],
    ['range', { gt: '2026-09-11T00:00:00.5Z', lte: at }],
    ['range', { gt: at, lte: '9999-12-31T23:59:59Z' }],
    ['eq', at],
    ['in', [at, many[3], '2026-09-06T00:00:00.50Z']],
    ['in', many],
    ['in', ['x']],
  ] as const) {
    const condition = { field: 't', op, value };
    const values: unknown[] = [];
    const sql = momentSql(column as Column, condition, (one) => `$${values.push(one)}`);
    const { rows } = await database.owner.query<{ t: string }>(
      `SELECT t FROM moment_text WHERE ${sql}`,
      values,
    );
    assert.deepEqual(
      rows.map(({ t }) => t).toSorted(),
      texts.filter((one) => meetsCondition(condition, { format: 'date-time' }, one)).toSorted(),
      JSON.stringify(condition),
    );
  }
});
