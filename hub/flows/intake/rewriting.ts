/** Keys of earlier batches that come again with other values, of a dataset whose rows are only added to. */
import type { Finding } from '../../domain/guards.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import type { Pool } from '../../platform/database/database.ts';
import type { BatchRow } from './store/batches.ts';
import { intakeRulesOf } from '../../registry/store/datasets.ts';
import { leftOut } from '../rows/store/fetch.ts';
import { rewrittenRows } from '../rows/store/rowsToDelete.ts';

/**
 * Asked when a batch is about to be published, and again where another one was published meanwhile: of two that bring one key, the later
 * one has the finding.
 * @param lineOf physical line of a row of this file; 0 for rows that came along with a correction
 */
export async function rewriteFindings(
  pool: Pool,
  batch: string,
  { row, schema }: LiveDataset,
  lineOf: (row: number) => number,
): Promise<readonly Finding[]> {
  const rules = intakeRulesOf(row);
  const { onRewrite } = rules;
  if (onRewrite === undefined) return [];
  const { rows, places, digest } = await rewrittenRows(pool, batch, row.id, schema, leftOut(rules, schema));
  if (rows === 0) return [];
  const lines = places.map(lineOf).filter((line) => line > 0);
  const facts = { rows, lines: lines.length === 0 ? '–' : lines.join(', ') };
  return [{ code: 'batch_rows_rewritten', severity: onRewrite, facts, about: digest }];
}

/** What a held batch would alter now, where that is not what was told of it when it was held. undefined where it is, or nothing is altered. */
export async function alteredSince(
  pool: Pool,
  batch: Pick<BatchRow, 'id' | 'findings'>,
  dataset: LiveDataset,
): Promise<Finding | undefined> {
  const [now] = await rewriteFindings(pool, batch.id, dataset, () => 0);
  const reported = batch.findings.find(({ code }) => code === 'batch_rows_rewritten');
  return now === undefined || now.severity === 'warn' || now.about === reported?.about ? undefined : now;
}
