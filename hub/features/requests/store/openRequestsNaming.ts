import type { Agreement } from '../../../../policies/documents/agreement.ts';
import { composer, rowsOf } from '../../../platform/database/values.ts';
import type { Reader } from '../../../platform/database/reader.ts';

export interface RequestedGrants {
  /** of the request */
  readonly id: string;
  /** its grants on these datasets, as last written: requested, supplemented or offered */
  readonly grants: Agreement['grants'];
}

/**
 * Open requests that now ask for one of these datasets, newest first. No other part of them is read. Only requests to the datasets' own
 * providers are examined.
 * @param departments only those whose consumer or provider is one of these; undefined: every one
 * @param maxRows maximum number returned
 */
export async function openRequestsNaming(
  reader: Reader,
  datasets: readonly string[],
  departments: readonly string[] | undefined,
  maxRows: number,
): Promise<RequestedGrants[]> {
  const query = composer
    .select('r.id', 'asked.grants')
    .from(
      composer.raw(
        `request AS r
      CROSS JOIN LATERAL (
        SELECT (e.said ->> 'document')::jsonb -> 'grants' AS grants FROM request_event AS e
         WHERE e.request = r.id AND e.said ->> 'document' IS NOT NULL
         ORDER BY e.seq DESC LIMIT 1) AS written
      CROSS JOIN LATERAL (
        SELECT jsonb_agg(one.said) AS grants FROM jsonb_array_elements(written.grants) AS one (said)
         WHERE one.said ->> 'dataset' = ANY (?)) AS asked`,
        [[...datasets]],
      ),
    )
    .whereRaw('NOT r.closed')
    .whereRaw("r.provider IN (SELECT split_part(id, '.', 1) FROM unnest(?::text[]) AS named (id))", [
      [...datasets],
    ])
    .whereNotNull('asked.grants');
  if (departments !== undefined)
    query.whereRaw('(r.consumer = ANY (?) OR r.provider = ANY (?))', [[...departments], [...departments]]);
  return rowsOf<RequestedGrants>(reader, query.orderBy('r.id', 'desc').limit(maxRows));
}
