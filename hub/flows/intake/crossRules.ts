/** Rules across the fields of a row, held against the rows of a loaded batch. */
import { comparedAs, crossColumns, crossFindings, type Broken } from '../../domain/crossRule.ts';
import type { Finding } from '../../domain/guards.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import type { Pool } from '../../platform/database/database.ts';
import { intakeRulesOf } from '../../registry/store/datasets.ts';
import { leftOut } from '../rows/store/leftOut.ts';
import { brokenRows } from '../rows/store/brokenRows.ts';

/** @param lineOf physical line of a row of this file; 0 for rows that came along with a correction */
export async function crossRuleFindings(
  pool: Pool,
  batch: string,
  { row, schema }: LiveDataset,
  lineOf: (row: number) => number,
): Promise<readonly Finding[]> {
  const rules = intakeRulesOf(row);
  const but = leftOut(rules, schema);
  const all: Broken[] = [];
  for (const rule of rules.crossRules ?? []) {
    const columns = crossColumns(rule, schema);
    // a dataset goes over to no version without the fields that its rules name
    if (columns === undefined) throw new Error(`${row.id}: no fields for ${rule.field}`);
    const days = comparedAs(schema, rule.field) === 'date';
    const { compared, broken, places } = await brokenRows(pool, batch, { is: rule.is, columns, days }, but);
    all.push({ rule, compared, broken, lines: places.map(lineOf).filter((line) => line > 0) });
  }
  return crossFindings(all);
}
