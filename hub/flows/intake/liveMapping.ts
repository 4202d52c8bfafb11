import { Problem } from '../../../terms/problem.ts';
import type { LiveMapping } from '../../registry/mappings.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import type { BatchRow } from './store/batchRow.ts';

/** A mapping of a dataset by any of its names, as it compiles now. @throws Problem mapping_unknown, mapping_unreadable */
export function liveMapping(dataset: LiveDataset, name: string): LiveMapping {
  const mapping = dataset.mappings.get(name);
  const facts = { dataset: dataset.row.id, mapping: name };
  if (mapping === undefined) throw new Problem('mapping_unknown', facts);
  if (mapping.compiled === undefined) throw new Problem('mapping_unreadable', facts);
  return mapping;
}

/** A code page that came beside a file is of a DBF table. @throws Problem code_page_without_table */
export function checkCodePage(
  { codePage }: Pick<BatchRow, 'codePage'>,
  { label, compiled: { format } }: ReturnType<typeof liveMapping>,
): void {
  if (codePage !== null && format !== 'dbf')
    throw new Problem('code_page_without_table', { mapping: label, format });
}
