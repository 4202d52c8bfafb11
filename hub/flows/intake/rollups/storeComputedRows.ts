/**
 * Stores computed rows like those of a call: validated, in the submission of the day, with an entry. Rows, entry and position are one
 * transaction.
 */
import { uuid7 } from '../../../../machine/uuid7.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { defined } from '../../../../terms/defined.ts';
import { maxStanding } from '../../../domain/periods.ts';
import { withTransaction, type Transaction } from '../../../platform/database/transaction.ts';
import type { JobRun } from '../../../platform/jobs/job.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { periodsThere } from '../../rows/store/periods.ts';
import { checkRows } from '../rowsByCall/checkRows.ts';
import { periodOf, publication, ready } from '../rowsByCall/publishRows.ts';
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
  const fitting = await withinPeriods(services, dataset, rows);
  if (fitting.rows.length > 0)
    return [...fitting.reasons, ...(await publish(services, dataset, fitting.rows, run, move))];
  await withTransaction(services.database.app, move);
  return fitting.reasons;
}

/** The rows of periods that are there or may begin, the newest first. Others would exceed the number of periods of a dataset. */
async function withinPeriods(
  { database }: IntakeServices,
  { row: { id, intake }, schema }: LiveDataset,
  rows: readonly Row[],
): Promise<Rows> {
  const { periods } = intake;
  if (periods === undefined) return { rows, reasons: [] };
  const known = new Set(await periodsThere(database.app, id, schema));
  const brought = new Set(rows.map((row) => periodOf(row, periods) ?? ''));
  const begun = [...brought].filter((period) => !known.has(period)).sort();
  const over = new Set(begun.slice(0, Math.max(0, known.size + begun.length - maxStanding)));
  if (over.size === 0) return { rows, reasons: [] };
  const fitting = rows.filter((row) => !over.has(periodOf(row, periods) ?? ''));
  return {
    rows: fitting,
    reasons: [
      {
        zh: `数据资源最多 ${maxStanding} 个期间，${over.size} 个较早期间的 ${rows.length - fitting.length} 行未保存：请改用较长的期间`,
        en: `a dataset has at most ${maxStanding} periods; ${rows.length - fitting.length} rows of ${over.size} earlier periods are not stored: use longer periods`,
      },
    ],
  };
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
  await ready(services, dataset, read.periods);
  const checked = await checkRows(services, dataset, read);
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
      zh: `标准不接受 ${checked.bad.length} 行，如 ${field}（${rule}）：${message.zh}`,
      en: `the schema refuses ${checked.bad.length} rows, such as ${field} (${rule}): ${message.en}`,
    },
  ];
}
