import type { Reader } from '../../platform/database/reader.ts';

/** Ids of the datasets bound to a schema version. @param schema its urn */
export async function datasetsOfSchema(reader: Reader, schema: string): Promise<string[]> {
  const { rows } = await reader.query<{ readonly id: string }>(
    'SELECT id FROM dataset WHERE schema = $1 ORDER BY id',
    [schema],
  );
  return rows.map(({ id }) => id);
}

/** Datasets that are not retired, with the version each is bound to. @param schemas urns */
export async function datasetsBoundTo(
  reader: Reader,
  schemas: readonly string[],
): Promise<{ readonly id: string; readonly schema: string }[]> {
  const { rows } = await reader.query<{ readonly id: string; readonly schema: string }>(
    "SELECT id, schema FROM dataset WHERE schema = ANY ($1::text[]) AND state <> 'retired' ORDER BY id",
    [schemas],
  );
  return rows;
}
