import { sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface DeprecatedSchema {
  readonly urn: string;
  /** id of the entry that deprecated it */
  readonly by: string;
  /** its last day, `YYYY-MM-DD` */
  readonly sunset: string;
}

/** Versions that are on their way out, and answer until then. */
export async function deprecatedSchemas(reader: Reader): Promise<DeprecatedSchema[]> {
  const rows = await sealedRows<DeprecatedSchema>(
    reader,
    'schema_version',
    `SELECT urn, decided_by AS "by", sunset FROM schema_version WHERE state = 'deprecated' ORDER BY urn`,
  );
  return rows;
}
