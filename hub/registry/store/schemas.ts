/** Schema versions (数据集标准). The text of a version never changes; a draft is replaced by another. */
import { firstSealedRows, sealedRow, sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import { statesBefore, stateAfter } from '../../domain/lifeCycle.ts';
import {
  publishedStates,
  schemaVersionLife,
  type SchemaVersionAct,
  type SchemaVersionState,
  type SchemaWaiver,
} from '../../domain/schemaVersion.ts';
import type { Knex } from 'knex';
import {
  byDepartment,
  pageRows,
  type ListOrder,
  type OrderedPage,
  type PageRows,
} from '../../platform/database/pages.ts';
import type { Reader } from '../../platform/database/reader.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { momentOf, readMoment, narrowed } from '../../platform/database/values.ts';

export type Compatibility = 'BACKWARD' | 'FORWARD' | 'FULL';

export interface SchemaRow {
  /** `urn:datong:<name>:<major>.<minor>` */
  readonly urn: string;
  readonly name: string;
  readonly major: number;
  readonly minor: number;
  /** JSON text with its properties in the order of registration */
  readonly document: string;
  /** hex SHA-256 of the canonical text */
  readonly digest: string;
  readonly state: SchemaVersionState;
  /** code of the department that owns the name; null: the data office */
  readonly owner: string | null;
  /** compatibility between all versions of its major version */
  readonly compatibility: Compatibility;
  readonly needsSecond: boolean;
  readonly needsOfficer: boolean;
  /** incompatibilities approved by a waiver; null: none */
  readonly waiver: SchemaWaiver | null;
  /** ids of persons; the author of older versions is unknown */
  readonly author: string | null;
  readonly approver: string | null;
  readonly officer: string | null;
  /** why it was returned, deprecated or retired */
  readonly reason: string | null;
  /** last day of a deprecated version, `YYYY-MM-DD` */
  readonly sunset: string | null;
  /** urn of the version that replaces it */
  readonly successor: string | null;
}

const schemaColumns =
  'urn, name, major, minor, document, digest, state, owner, compatibility, needs_second AS "needsSecond", ' +
  'needs_officer AS "needsOfficer", waiver, author, approver, officer, reason, sunset, successor';

/** Every version that was published, oldest first. */
export const listSchemas = (reader: Reader): Promise<SchemaRow[]> =>
  sealedRows<SchemaRow>(
    reader,
    'schema_version',
    `SELECT ${schemaColumns} FROM schema_version WHERE state = ANY($1) ORDER BY name, major, minor`,
    [publishedStates],
  );

/**
 * Versions that wait for a second person or the security officer, oldest first; with the entry that started the review, whose first 48
 * bits are the time.
 */
export const listSchemasInReview = (reader: Reader): Promise<(SchemaRow & { readonly step: string })[]> =>
  sealedRows<SchemaRow & { readonly step: string }>(
    reader,
    'schema_version',
    `SELECT ${schemaColumns}, coalesce(decided_by, registered_by) AS step FROM schema_version WHERE state = 'inReview' ORDER BY registered_at, urn`,
  );

export const schemaByUrn = (reader: Reader, urn: string): Promise<SchemaRow | undefined> =>
  sealedRow<SchemaRow>(
    reader,
    'schema_version',
    `SELECT ${schemaColumns} FROM schema_version WHERE urn = $1`,
    [urn],
  );

/** The owner of a name; undefined if it has no version. */
export async function schemaOwner(
  reader: Reader,
  name: string,
): Promise<Pick<SchemaRow, 'owner'> | undefined> {
  const rows = await firstSealedRows<Pick<SchemaRow, 'owner'>>(
    reader,
    'schema_version',
    'SELECT owner FROM schema_version WHERE name = $1 ORDER BY major, minor',
    [name],
    1,
  );
  return rows[0];
}

/** Blocks other registrations and publications of versions under this name until the transaction ends. */
export async function lockSchemaName(transaction: Transaction, name: string): Promise<void> {
  await transaction.query("SELECT pg_advisory_xact_lock(hashtext('schema name'), hashtext($1))", [name]);
}

/** @param exchange id of the entry that registers it */
export async function insertSchema(
  reader: Reader,
  row: Omit<SchemaRow, 'officer' | 'reason' | 'sunset' | 'successor'>,
  exchange: string,
): Promise<void> {
  await reader.query(
    `INSERT INTO schema_version (urn, name, major, minor, document, digest, state, owner, compatibility, needs_second, needs_officer,
       author, approver, registered_by, waiver)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      ...[row.urn, row.name, row.major, row.minor, row.document, row.digest, row.state, row.owner],
      ...[row.compatibility, row.needsSecond, row.needsOfficer, row.author, row.approver, exchange],
      row.waiver === null ? null : JSON.stringify(row.waiver),
    ],
  );
}

/** Data that an act writes in addition to the state; the approver is cleared if the version is a draft again. */
export interface SchemaMove {
  readonly approver?: string | null;
  readonly officer?: string | null;
  readonly reason?: string;
  readonly sunset?: string;
  readonly successor?: string;
}

/** @param exchange the entry of the act @returns false if its state no longer allows the act */
export async function moveSchema(
  reader: Reader,
  urn: string,
  act: SchemaVersionAct,
  move: SchemaMove,
  exchange: string,
): Promise<boolean> {
  const { approver = null, officer = null, reason = null, sunset = null, successor = null } = move;
  const { rowCount } = await reader.query(
    `UPDATE schema_version SET state = $2, decided_by = $3, reason = $6,
            approver = CASE WHEN $2 = 'draft' THEN NULL ELSE coalesce($4, approver) END,
            officer = CASE WHEN $2 = 'draft' THEN NULL ELSE coalesce($5, officer) END,
            sunset = coalesce($7, sunset), successor = coalesce($8, successor)
      WHERE urn = $1 AND state = ANY($9)`,
    [
      ...[urn, stateAfter(schemaVersionLife, act), exchange, approver, officer, reason, sunset, successor],
      statesBefore(schemaVersionLife, act),
    ],
  );
  return rowCount === 1;
}

/** Records the first of two approvals. @returns false if it is no longer in review, or another person has approved first */
export async function agreeToSchema(
  reader: Reader,
  { urn, approver, officer, needsOfficer }: Pick<SchemaRow, 'urn' | 'approver' | 'officer' | 'needsOfficer'>,
  exchange: string,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE schema_version SET approver = $2, officer = $3, decided_by = $4, needs_officer = $5
      WHERE urn = $1 AND state = 'inReview' AND (approver IS NULL OR approver = $2) AND (officer IS NULL OR officer = $3)`,
    [urn, approver, officer, exchange, needsOfficer],
  );
  return rowCount === 1;
}

/** @param state a draft, or a published version without uses @returns false if it is no longer in that state */
export async function removeSchema(
  reader: Reader,
  { urn, digest, state }: Pick<SchemaRow, 'urn' | 'digest' | 'state'>,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    'DELETE FROM schema_version WHERE urn = $1 AND digest = $2 AND state = $3',
    [urn, digest, state],
  );
  return rowCount === 1;
}

export interface DeprecatedSchema {
  readonly urn: string;
  /** id of the entry that deprecated it */
  readonly by: string;
  /** its last day, `YYYY-MM-DD` */
  readonly sunset: string;
}

/** Deprecated versions, which answer until their last day. */
export const deprecatedSchemas = (reader: Reader): Promise<DeprecatedSchema[]> =>
  sealedRows<DeprecatedSchema>(
    reader,
    'schema_version',
    `SELECT urn, decided_by AS "by", sunset FROM schema_version WHERE state = 'deprecated' ORDER BY urn`,
  );

/** Versions of code lists that add codes to a list, and the lists to which it adds its own; withdrawn ones are excluded. */
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

interface SchemasQuery extends OrderedPage {
  readonly name: string | undefined;
  readonly state: string | undefined;
  /** must occur in its text */
  readonly text: string | undefined;
  /** urns of further results, in addition to those found by text */
  readonly furtherUrns?: readonly string[];
  /** departments whose unpublished versions are included; undefined: of all departments */
  readonly unpublishedOf: readonly string[] | undefined;
}

type Dated = SchemaRow & { readonly registeredAt: number };

const columns = `${schemaColumns}, ${momentOf('registered_at')} AS moment`;

const dated = ({ moment, ...row }: SchemaRow & { readonly moment: string }): Dated => ({
  ...row,
  registeredAt: readMoment(moment),
});

/** Schema versions by name and version, each with the time of its registration (Unix milliseconds). `after` is a urn. */
export async function pageSchemas(
  reader: Reader,
  { name, state, text, furtherUrns = [], unpublishedOf, ...page }: SchemasQuery,
): Promise<PageRows<Dated>> {
  return pageRows(reader, { columns, order, permit, narrow }, page, dated);

  function permit(rows: Knex.QueryBuilder): void {
    if (unpublishedOf !== undefined)
      rows.where((either) => void either.whereIn('state', publishedStates).orWhereIn('owner', unpublishedOf));
  }

  function narrow(rows: Knex.QueryBuilder): void {
    if (text !== undefined)
      rows.whereRaw('(position(lower(?) in lower(document)) > 0 OR urn = ANY (?))', [text, [...furtherUrns]]);
    narrowed(rows, { name, state });
  }
}

const order: ListOrder = {
  table: 'schema_version',
  id: ['urn'],
  sorts: {
    name: (row) => [`${row}.name`, `${row}.major`, `${row}.minor`],
    owner: (row) => [byDepartment(`${row}.owner`), `${row}.name`, `${row}.major`, `${row}.minor`],
    registered: (row) => [`${row}.registered_at`],
  },
  usual: 'name',
  showsAltered: true,
};

export async function datedSchema(reader: Reader, urn: string): Promise<Dated | undefined> {
  const { rows } = await reader.query<SchemaRow & { readonly moment: string }>(
    `SELECT ${columns} FROM schema_version WHERE urn = $1`,
    [urn],
  );
  return rows.map(dated)[0];
}

/**
 * Versions that refer, directly or through others, to one whose text contains a string, and do not contain it themselves. Some of them
 * refer to another part of it.
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
