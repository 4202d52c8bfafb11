import type { Reader } from '../database/reader.ts';

/** What waits for a second person, by which the entry that made it is found. */
export type Made =
  | { readonly entry: string }
  | { readonly document: string; readonly version: number }
  | { readonly schema: string };

const leafOf = "SELECT convert_from(leaf, 'UTF8')::jsonb #>> '{actor,insteadOf}' AS persons FROM audit_entry";

/** Persons in whose place it was made by a deputy, as the entry of it says. */
export async function insteadOf(reader: Reader, made: Made): Promise<readonly string[]> {
  const [condition, values]: readonly [string, readonly unknown[]] =
    'entry' in made
      ? ['$1', [made.entry]]
      : 'schema' in made
        ? ['(SELECT registered_by FROM schema_version WHERE urn = $1)', [made.schema]]
        : [
            '(SELECT submitted_by FROM policy_document WHERE id = $1 AND version = $2)',
            [made.document, made.version],
          ];
  const { rows } = await reader.query<{ persons: string | null }>(`${leafOf} WHERE id = ${condition}`, [
    ...values,
  ]);
  return rows[0]?.persons?.split(' ') ?? [];
}
