/** Control totals (对账文件): compares the sender's stated totals with the records read. */
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
 * The totals that apply to a batch: its own, or those of the corrected whole if its good rows are taken over.
 * @param stored the corrected batch, where its rows are taken over too
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

/** A numeric field, by its name or by the file column that the mapping derives it from, with the factor between them. */
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

/** The totals that differ. Rows skipped by the mapping are not counted; failed rows are in no sum. */
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
