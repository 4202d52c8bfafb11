import type { Reader } from '../../../platform/database/reader.ts';

/**
 * Id of the request that one version of an agreement came from. The act that granted the request wrote the version under the same entry. A
 * request of the same name that ended otherwise does not count.
 */
export async function requestOfDocument(
  reader: Reader,
  { id, version }: { readonly id: string; readonly version: number },
): Promise<string | undefined> {
  const { rows } = await reader.query<{ id: string }>(
    `SELECT r.id FROM policy_document AS d
       JOIN request AS r ON r.agreement = d.id AND r.version = d.version AND r.consumer = d.consumer
       JOIN request_event AS e ON e.request = r.id AND e.exchange = d.submitted_by
      WHERE d.id = $1 AND d.version = $2 LIMIT 1`,
    [id, version],
  );
  return rows[0]?.id;
}
