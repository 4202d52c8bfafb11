import type { CsvOptions } from '../../../adapters/csv/options.ts';
import { Problem } from '../../../terms/problem.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { receives } from '../../domain/dataset.ts';
import type { PullDocument } from '../../domain/pull.ts';
import type { LiveMapping } from '../../registry/mappings.ts';
import type { Registry } from '../../registry/registry.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { intakeRulesOf } from '../../registry/store/datasets.ts';
import { hostedDataset } from '../../flows/hostedDataset.ts';
import { liveMapping } from '../../flows/intake/translationTarget.ts';
import { unavailable } from '../../registry/unavailable.ts';

/** Target of pulled rows: a dataset with the mapping that reads them. */
export interface PullTarget {
  readonly dataset: LiveDataset;
  readonly mapping: LiveMapping;
}

/**
 * Checks whether a pull may fill the dataset as currently registered.
 * @throws Problem dataset_unknown, dataset_unavailable, dataset_live, signed_only, mapping_unknown, mapping_unreadable, pull_invalid
 */
export function pullTarget(
  registry: Registry,
  id: string,
  document: Pick<PullDocument, 'mapping' | 'changed' | 'overlap'>,
): PullTarget {
  const dataset = hostedDataset(registry, id);
  const { row } = dataset;
  if (!receives(row.state)) throw unavailable(row);
  if (intakeRulesOf(row).signedOnly) throw new Problem('signed_only', { dataset: id });
  const mapping = liveMapping(dataset, document.mapping);
  if (!readsPulled(mapping))
    throw invalid({
      zh: `映射 ${mapping.label} 须读取 UTF-8、逗号分隔、第一行为表头的 CSV`,
      en: `the mapping ${mapping.label} must read CSV in UTF-8 with commas and one line of headings`,
    });
  if (document.changed !== undefined && row.mode !== 'upsert')
    throw invalid({
      zh: `${id} 按快照更新，每次须读取全部行：去掉 changed`,
      en: `${id} is a snapshot, of which all rows are read each time: leave out changed`,
    });
  if (document.changed === undefined && document.overlap !== undefined)
    throw invalid({ zh: '没有 changed 时 overlap 不起作用', en: 'overlap does nothing without changed' });
  return { dataset, mapping };
}

/** Returns whether the mapping reads the format of a run: UTF-8 with byte order mark, commas, double quotes, headings in the first line. */
function readsPulled({ compiled }: LiveMapping): boolean {
  if (compiled.format !== 'csv') return false;
  const { encoding, separator, quote, headerRows, columns } = compiled.options as CsvOptions;
  return (
    ['auto', 'utf-8'].includes(encoding) &&
    ['auto', ','].includes(separator) &&
    quote === '"' &&
    columns === undefined &&
    headerRows.length === 1 &&
    headerRows[0] === 1
  );
}

const invalid = (reason: Bilingual): Problem => new Problem('pull_invalid', { reason });
