import { publishedStates } from '../../domain/schemaVersion.ts';
import { composer, narrowed, rowsOf } from '../../platform/database/compiled.ts';
import { momentOf, readMoment } from '../../platform/database/moment.ts';
import type { Page } from '../../platform/database/page.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { schemaColumns, type SchemaRow } from './schemas.ts';

export interface SchemasWanted extends Page {
  readonly name: string | undefined;
  readonly state: string | undefined;
  /** stands somewhere in its text */
  readonly text: string | undefined;
  /** urns of those that are found beside the text */
  readonly beside?: readonly string[];
  /** departments whose versions are told before they are published too; undefined: everybody's */
  readonly unpublishedOf: readonly string[] | undefined;
}

type Dated = SchemaRow & { readonly registeredAt: number };

const columns = `${schemaColumns}, ${momentOf('registered_at')} AS moment`;
const dated = ({ moment, ...row }: SchemaRow & { readonly moment: string }): Dated => ({
  ...row,
  registeredAt: readMoment(moment),
});

/** Schema versions by name and version, each with when it was registered (Unix milliseconds). `after` is a urn. */
export async function pageSchemas(
  reader: Reader,
  { after, most, name, state, text, beside = [], unpublishedOf }: SchemasWanted,
): Promise<Dated[]> {
  const query = composer('schema_version').select(composer.raw(columns));
  if (after !== undefined)
    query.whereRaw(
      '(name, major, minor) > (SELECT s.name, s.major, s.minor FROM schema_version s WHERE s.urn = ?)',
      [after],
    );
  if (unpublishedOf !== undefined)
    query.where((either) => void either.whereIn('state', publishedStates).orWhereIn('owner', unpublishedOf));
  if (text !== undefined)
    query.whereRaw('(position(lower(?) in lower(document)) > 0 OR urn = ANY (?))', [text, [...beside]]);
  narrowed(query, { name, state });
  const rows = await rowsOf<SchemaRow & { readonly moment: string }>(
    reader,
    query.orderBy(['name', 'major', 'minor']).limit(most),
  );
  return rows.map(dated);
}

export async function datedSchema(reader: Reader, urn: string): Promise<Dated | undefined> {
  const { rows } = await reader.query<SchemaRow & { readonly moment: string }>(
    `SELECT ${columns} FROM schema_version WHERE urn = $1`,
    [urn],
  );
  return rows.map(dated)[0];
}

/**
 * Versions that refer to one in which a text stands, over however many others, and in which it does not stand itself; some of them refer to
 * another part of it.
 */
export async function schemasReferring(reader: Reader, text: string): Promise<string[]> {
  const { rows } = await reader.query<{ readonly urn: string }>(
    `WITH RECURSIVE reference AS MATERIALIZED (
       SELECT DISTINCT s.urn, found[1] AS target
         FROM schema_version AS s, regexp_matches(s.document, '"\\$ref"\\s*:\\s*"(urn:datong:[a-z0-9-]+:[0-9]+[.][0-9]+)', 'g') AS found
        WHERE position('"$ref"' in s.document) > 0),
     reached (urn) AS (
       SELECT r.urn FROM reference AS r JOIN schema_version AS s ON s.urn = r.target
        WHERE position(lower($1) in lower(s.document)) > 0
       UNION SELECT r.urn FROM reference AS r JOIN reached ON reached.urn = r.target)
     SELECT urn FROM reached JOIN schema_version AS s USING (urn) WHERE position(lower($1) in lower(s.document)) = 0 ORDER BY urn`,
    [text],
  );
  return rows.map(({ urn }) => urn);
}
