/** What uses a version of a schema or ever did, so that it cannot be discarded. */
import type { SealedName } from '../../platform/database/authenticated/rules.ts';
import type { Reader } from '../../platform/database/reader.ts';
import type { SchemaRow } from './schemas.ts';

export interface SchemaUse {
  readonly kind:
    | 'dataset'
    | 'batch'
    | 'changeover'
    | 'topic'
    | 'schema'
    | 'agreement'
    | 'mapping'
    | 'template'
    | 'proposal';
  readonly count: number;
  /** the first of them by name */
  readonly first: string;
}

/** The sealed tables that `usesOfSchema` reads by a plain statement: a decision that rests on it compares them. */
export const sealedUses: readonly SealedName[] = [
  'dataset',
  'batch',
  'changeover',
  'schema_version',
  'proposal',
  'policy_document',
  'mapping',
  'request_template',
];

/**
 * Datasets bound to it in any state, what was stored under it, versions that refer to it, and later versions of its major, which were
 * compared with it, and proposals that wait and name it. Agreements, mappings and templates name a major: they count where it is the only
 * version of that major.
 */
export async function usesOfSchema(
  reader: Reader,
  { urn, name, major, minor }: Pick<SchemaRow, 'urn' | 'name' | 'major' | 'minor'>,
): Promise<readonly SchemaUse[]> {
  const { rows } = await reader.query<SchemaUse>(
    `WITH sole AS (
       SELECT NOT EXISTS (SELECT 1 FROM schema_version WHERE name = $2 AND major = $3 AND urn <> $1) AS version),
     used (kind, name) AS (
       SELECT 'dataset', id FROM dataset WHERE schema = $1
       UNION ALL SELECT 'batch', id::text FROM batch WHERE schema_urn = $1
       UNION ALL SELECT 'changeover', dataset FROM changeover WHERE $1 IN (from_schema, to_schema)
       UNION ALL (SELECT DISTINCT 'topic', topic FROM event WHERE schema = $1)
       UNION ALL SELECT 'schema', urn FROM schema_version
        WHERE urn <> $1 AND ($1 IN (successor, waiver ->> 'restores') OR name = $2 AND major = $3 AND minor > $4
              OR position('"' || $1 || '"' in document) > 0 OR position('"' || $1 || '#' in document) > 0)
       UNION ALL SELECT 'proposal', id::text FROM proposal, sole
        WHERE state = 'waiting' AND (position('"' || $1 || '"' in body || params::text) > 0
              OR position('"' || $1 || '#' in body) > 0 OR sole.version AND position($5 in body) > 0)
       UNION ALL SELECT 'agreement', id FROM policy_document, sole WHERE sole.version AND position($5 in text) > 0
       UNION ALL SELECT 'mapping', name FROM mapping, sole WHERE sole.version AND position($5 in document) > 0
       UNION ALL SELECT 'template', code FROM request_template, sole
        WHERE sole.version AND position($5 in document::text) > 0)
     SELECT kind, count(DISTINCT name)::int AS count, min(name) AS first FROM used GROUP BY kind ORDER BY kind`,
    [urn, name, major, minor, JSON.stringify(`${name}@${major}`)],
  );
  return rows;
}
