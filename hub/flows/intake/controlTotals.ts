/** Control totals (对账文件): what the sender says its file holds, held against what was read. */
import type { CompiledMapping } from '../../../adapters/mapping/compile.ts';
import { compareDecimal, decimalText, parseDecimal, timesDecimal } from '../../../terms/decimal.ts';
import { Problem } from '../../../terms/problem.ts';
import type { ControlTotals } from '../../domain/batch.ts';
import type { Finding } from '../../domain/guards.ts';
import { layoutOf, type Column } from '../../domain/rowTable/layout.ts';
import { intakeRulesOf } from '../../registry/store/datasets.ts';
import type { Pool } from '../../platform/database/database.ts';
import type { BatchRow } from './store/batches.ts';
import { sumsOf } from '../rows/store/measures.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import type { Loading } from './loading.ts';
import type { Translation } from './translateBatch.ts';

/**
 * The totals that a batch is held to: its own, or those of the whole that it corrects and whose good rows come with it.
 * @param stored the corrected batch, where its rows come too
 * @throws Problem control_totals_missing, control_digest_mismatch, control_field_unknown
 */
export function controlOf(
  {
    control,
    sha256,
    corrects,
  }: {
    readonly control?: ControlTotals | undefined;
    readonly sha256: string;
    readonly corrects?: string | undefined;
  },
  dataset: LiveDataset,
  mapping: CompiledMapping,
  stored: Pick<BatchRow, 'control'> | undefined,
): ControlTotals | null {
  if (control === undefined) {
    if (corrects === undefined && intakeRulesOf(dataset.row).controlTotals)
      throw new Problem('control_totals_missing', { dataset: dataset.row.id }, { at: '/body/control' });
    return stored?.control ?? null;
  }
  if (control.sha256 !== undefined && control.sha256 !== sha256)
    throw new Problem('control_digest_mismatch', {}, { at: '/body/control/sha256' });
  for (const name of Object.keys(control.sums ?? {}))
    if (summed(name, dataset, mapping) === undefined)
      throw new Problem('control_field_unknown', { dataset: dataset.row.id }, { at: '/body/control/sums' });
  return control;
}

/** A field of numbers by its name, or by the column of the file that the mapping makes it from, with the factor between them. */
function summed(
  name: string,
  { schema }: LiveDataset,
  { fields }: Pick<CompiledMapping, 'fields'>,
): { readonly column: Column; readonly times: string } | undefined {
  const { byField } = layoutOf(schema);
  const own = byField.get(name);
  const read = fields.find(({ spec }) => spec.from === name);
  const column = own ?? byField.get(read?.target.name ?? '');
  if (column === undefined || !(column.decimal || column.kind === 'integer' || column.kind === 'number'))
    return undefined;
  return { column, times: own === undefined ? (read?.spec.times ?? '1') : '1' };
}

/** What of the totals does not hold. Rows that the mapping leaves out are not counted; those that failed are in no sum. */
export async function controlFindings(
  pool: Pool,
  { batch, dataset, mapping }: Pick<Loading, 'batch' | 'dataset' | 'mapping'>,
  { counts }: Translation,
): Promise<readonly Finding[]> {
  const { control } = batch;
  if (control === null) return [];
  const findings: Finding[] = [];
  const came = counts.records - counts.skipped;
  if (control.rows !== undefined && control.rows !== came)
    findings.push({
      code: 'batch_control_rows',
      severity: 'hold',
      facts: { declared: control.rows, found: came },
    });
  const requested = Object.entries(control.sums ?? {}).flatMap(([name, declared]) => {
    const found = summed(name, dataset, mapping.compiled);
    const sum = found === undefined ? undefined : parseDecimal(declared);
    const times = parseDecimal(found?.times ?? '1');
    return found === undefined || sum === undefined || times === undefined
      ? []
      : [{ column: found.column, declared: timesDecimal(sum, times) }];
  });
  const sums = await sumsOf(
    pool,
    batch.id,
    requested.map(({ column }) => column),
  );
  for (const [i, { column, declared }] of requested.entries()) {
    const found = parseDecimal(sums[i] ?? '');
    if (found === undefined || compareDecimal(found, declared) !== 0)
      findings.push({
        code: 'batch_control_sum',
        severity: 'hold',
        facts: {
          field: column.field,
          declared: decimalText(declared),
          found: sums[i] ?? '',
          bad: counts.bad,
        },
      });
  }
  return findings;
}
