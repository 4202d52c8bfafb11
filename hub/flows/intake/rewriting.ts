/** Keys of earlier batches that arrive again with other values, in an append-only dataset. */
import type { Finding } from '../../domain/guards.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import type { Pool } from '../../platform/database/database.ts';
import type { BatchRow } from './store/batches.ts';
import { intakeRulesOf } from '../../registry/store/datasets.ts';
import { leftOut } from '../rows/store/fetch.ts';
import { rewrittenRows } from '../rows/store/rowsToDelete.ts';

/**
 * Runs before a batch is published, and again if another one was published in between: of two batches with the same key, the later one gets
 * the finding.
 * @param lineOf physical line of a row of this file; 0 for rows taken over with a correction
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

/**
 * The alterations a held batch would make now, if they differ from those reported when it was held. undefined where they are equal, or
 * nothing is altered.
 */
export async function alteredSince(
  pool: Pool,
  batch: Pick<BatchRow, 'id' | 'findings'>,
  dataset: LiveDataset,
): Promise<Finding | undefined> {
  const [now] = await rewriteFindings(pool, batch.id, dataset, () => 0);
  const reported = batch.findings.find(({ code }) => code === 'batch_rows_rewritten');
  return now === undefined || now.severity === 'warn' || now.about === reported?.about ? undefined : now;
}
