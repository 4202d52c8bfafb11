import type { Reader } from '../database/reader.ts';

/** Ids of the datasets bound to a schema version. @param schema its urn */
export async function datasetsOfSchema(reader: Reader, schema: string): Promise<string[]> {
  const { rows } = await reader.query<{ readonly id: string }>(
    'SELECT id FROM dataset WHERE schema = $1 ORDER BY id',
    [schema],
  );
  return rows.map(({ id }) => id);
}
