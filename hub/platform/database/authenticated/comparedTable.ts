import type { Reader } from '../reader.ts';
import { sealingOf } from './rowSealing.ts';
import { valuesIn, type SealedValues } from './keyedRows.ts';
import type { SealedName } from './rules.ts';
import { allRows, type SelectedRow } from './sealStore.ts';

/**
 * All rows of a table, from the statement that compared them with their seals and with the sum of the table. A decision that reads the
 * rows by another statement could see what an administrator altered after the comparison: they can hold a lock for which that statement
 * waits. Only for tables with few rows.
 * @throws Problem rows_unauthenticated where a row of the table was changed past the hub
 */
export async function comparedTable(reader: Reader, name: SealedName): Promise<readonly SealedValues[]> {
  const sealing = sealingOf(reader);
  let rows: SelectedRow[] = [];
  if (sealing?.isActive === true) await sealing.refuseUnauthentic(reader, [name], rows);
  else rows = (await reader.query<SelectedRow>(allRows(name))).rows;
  return rows.flatMap(({ content }) => (content === null ? [] : [valuesIn(name, content)]));
}
