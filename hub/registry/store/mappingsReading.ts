import type { Reader } from '../../platform/database/reader.ts';
import type { MappingRow } from './mappings.ts';

type Found = Pick<MappingRow, 'dataset' | 'name' | 'version' | 'document'>;

/** Versions of mappings that files may still be read by: those for one of these datasets. */
export async function mappingsFor(reader: Reader, datasets: readonly string[]): Promise<Found[]> {
  const { rows } = await reader.query<Found>(
    `SELECT dataset, name, version, document FROM mapping
      WHERE dataset = ANY ($1::text[]) AND left_by IS NULL ORDER BY dataset, name, version`,
    [datasets],
  );
  return rows;
}

/** Those that turn words into codes by a code list, whichever of its versions they name and under whatever condition. */
export async function mappingsByCodeList(reader: Reader, list: string): Promise<Found[]> {
  const { rows } = await reader.query<Found>(
    `SELECT m.dataset, m.name, m.version, m.document FROM mapping AS m JOIN dataset AS d ON d.id = m.dataset
      WHERE m.left_by IS NULL AND d.state <> 'retired'
        AND EXISTS (SELECT FROM jsonb_path_query(m.document::jsonb, 'strict $.fields.**.code') AS named (code)
                     WHERE jsonb_typeof(named.code) = 'string' AND split_part(named.code #>> '{}', '@', 1) = $1)
      ORDER BY m.dataset, m.name, m.version`,
    [list],
  );
  return rows;
}
