import type { Reader } from '../../platform/database/reader.ts';

/** Versions of code lists that add codes to a list, and the lists that it adds its own to; none of them withdrawn. */
export async function supplementsOf(
  reader: Reader,
  list: string,
): Promise<{ readonly added: readonly string[]; readonly to: readonly string[] }> {
  const { rows } = await reader.query<{ id: string; version: string; to: string }>(
    `SELECT id, version, document::jsonb ->> 'supplements' AS "to" FROM code_list
      WHERE withdrawn_by IS NULL AND document::jsonb ? 'supplements'
        AND (document::jsonb ->> 'supplements' = $1 OR id = $1) ORDER BY id, version`,
    [list],
  );
  const added = rows.filter(({ to }) => to === list).map(({ id, version }) => `${id}@${version}`);
  return { added, to: [...new Set(rows.filter(({ id }) => id === list).map(({ to }) => to))] };
}
