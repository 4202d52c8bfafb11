import type { Reader } from '../reader.ts';
import { sealingOf } from './rowSealing.ts';
import { valuesIn, type SealedValues } from './keyedRows.ts';
import type { SealedName } from './rules.ts';
import { allRows, type SelectedRow } from './sealStore.ts';

/**
 * Rows of a table, from the statement that compared all its rows with their seals and with the sum of the table. A decision that reads the
 * rows by another statement could see what an administrator altered after the comparison: they can hold a lock for which that statement
 * waits.
 * @param isWanted which rows are returned; the others are compared too, but not kept in memory
 * @throws Problem rows_unauthenticated where a row of the table was changed past the hub
 */
export async function comparedTable(
  reader: Reader,
  name: SealedName,
  isWanted: (values: SealedValues) => boolean = () => true,
): Promise<readonly SealedValues[]> {
  const sealing = sealingOf(reader);
  let wanted: SealedValues[] = [];
  const onRow = ({ content }: SelectedRow): void => {
    const values = content === null ? undefined : valuesIn(name, content);
    if (values !== undefined && isWanted(values)) wanted.push(values);
  };
  if (sealing?.isActive === true) {
    const onStart = (): void => {
      wanted = [];
    };
    await sealing.refuseUnauthentic(reader, [name], { onStart, onRow });
  } else {
    const { rows } = await reader.query<SelectedRow>(allRows(name));
    for (const row of rows) onRow(row);
  }
  return wanted;
}
