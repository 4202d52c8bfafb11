import type { Reader } from '../../platform/database/reader.ts';
import type { MappingRow } from './mappings.ts';

/** Every version of every mapping of a dataset, oldest first, without the texts. */
export async function mappingsOfDataset(
  reader: Reader,
  dataset: string,
): Promise<Pick<MappingRow, 'name' | 'version' | 'digest'>[]> {
  const { rows } = await reader.query<Pick<MappingRow, 'name' | 'version' | 'digest'>>(
    'SELECT name, version, digest FROM mapping WHERE dataset = $1 ORDER BY name, version',
    [dataset],
  );
  return rows;
}
