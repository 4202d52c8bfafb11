/**
 * Stores computed rows like those of a call: validated, in the submission of the day, with an entry. Rows, entry and position are one
 * transaction.
 */
import { uuid7 } from '../../../../machine/uuid7.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { defined } from '../../../../terms/defined.ts';
import { withTransaction, type Transaction } from '../../../platform/database/transaction.ts';
import type { JobRun } from '../../../platform/jobs/job.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { checkRows } from '../rowsByCall/checkRows.ts';
import { publication, ready } from '../rowsByCall/publishRows.ts';
import { readRows } from '../rowsByCall/readRows.ts';
import type { IntakeServices } from '../services.ts';

export interface Rows {
  readonly rows: readonly Row[];
  readonly reasons: readonly Bilingual[];
}
export type Row = Readonly<Record<string, unknown>>;

/** @param move stores the position, in the same transaction @returns why rows are not stored */
export async function storeComputedRows(
  services: IntakeServices,
  dataset: LiveDataset,
  rows: readonly Row[],
  run: JobRun,
  move: (transaction: Transaction) => Promise<void>,
): Promise<readonly Bilingual[]> {
  if (rows.length > 0) return publish(services, dataset, rows, run, move);
  await withTransaction(services.database.app, move);
  return [];
}

/** @returns why rows were refused */
async function publish(
  services: IntakeServices,
  dataset: LiveDataset,
  rows: readonly Row[],
  run: JobRun,
  move: (transaction: Transaction) => Promise<void>,
): Promise<readonly Bilingual[]> {
  const now = run.now();
  const bytes = Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n'), 'utf8');
  const { subjectKey, registry } = services;
  const { surroundings } = registry.current;
  const read = await readRows({ bytes, form: 'lines' }, dataset, undefined, {
    subjectKey,
    surroundings,
    now,
  });
  const over = await ready(services, dataset, read);
  const checked = await checkRows(services, dataset, read, { over });
  const exchange = uuid7(now);
  const { effects } = await publication({ bytes, now, exchange }, services, dataset, {
    read,
    checked,
    work: move,
  });
  const { facts, claims, work } = effects;
  await run.act({ kind: 'intake', exchange, facts, ...defined({ claims, work }) });
  await effects.whenDurable?.('');
  const [first] = checked.bad.flatMap(({ problems }) => problems);
  if (first === undefined) return [];
  const { field, rule, message } = first;
  return [
    {
      zh: `${checked.bad.length} 行不符合标准或接收规则，如 ${field}（${rule}）：${message.zh}`,
      en: `${checked.bad.length} rows break the schema or the intake rules, such as ${field} (${rule}): ${message.en}`,
    },
  ];
}
