/**
 * Versions of the rows that several departments change (`intake.cases`): who changed a row, when, and the row as it was. The content is
 * sealed with its place, so that an altered, moved or missing version is found when it is read. The newest one is compared with the stored
 * row (hub/flows/caseRow.ts), so that a deleted newest version is found too.
 */
import { createHash } from 'node:crypto';
import { Problem } from '../../../../terms/problem.ts';
import type { CaseDeadline } from '../../../domain/cases.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import type { Statements } from '../../../platform/database/untilAborted.ts';
import { momentOf, readMomentOrNull } from '../../../platform/database/values.ts';
import type { Sealer } from './sealedParts.ts';

type Row = Readonly<Record<string, unknown>>;

export interface RowVersion {
  readonly dataset: string;
  /** `textOfKey` of the row */
  readonly key: string;
  /** ascending by one; from 1 unless rows of the dataset were deleted */
  readonly version: number;
  /** the first version of the row */
  readonly first: number;
  /** id of the entry with which the row arrived; absent in versions of release 0.2.0, and in those that follow them */
  readonly begun?: string;
  readonly row: Row;
  /** names of the fields that changed */
  readonly fields: readonly string[];
  /** the transition that was made */
  readonly transition?: string;
  readonly department: string;
  /** id of the log entry */
  readonly exchange: string;
  /** Unix milliseconds */
  readonly at: number;
  /** null where rows are not partitioned by period */
  readonly period: string | null;
  /** the deadline that follows */
  readonly due: CaseDeadline | undefined;
  /** Unix milliseconds: when the row arrived */
  readonly opened: number;
  /** Unix milliseconds: when it entered its state */
  readonly since: number;
  /** departments that may make the transition that is due */
  readonly dueBy: readonly string[];
}

/** A row that arrives: its number follows from the versions that were deleted before. */
export type NewVersion = Omit<RowVersion, 'version' | 'first' | 'begun'>;

/** The stored name of a row: of fixed length, without the values of its key. */
export const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();

const contextOf = (dataset: string, key: Buffer, version: number): string =>
  `version ${version} of row ${key.toString('hex')} of ${dataset}`;

interface Sealed extends Pick<
  RowVersion,
  'row' | 'first' | 'begun' | 'fields' | 'transition' | 'department' | 'at' | 'opened' | 'since'
> {
  /** absent: none */
  readonly due?: CaseDeadline;
  /** with `due` */
  readonly dueBy?: readonly string[];
}

function sealed(sealer: Sealer, one: RowVersion): Buffer {
  const { row, fields, transition, department, at, due, dueBy, opened, since, first, begun } = one;
  const content: Sealed = {
    row,
    first,
    fields,
    department,
    at,
    opened,
    since,
    ...(begun === undefined ? {} : { begun }),
    ...(transition === undefined ? {} : { transition }),
    ...(due === undefined ? {} : { due, dueBy }),
  };
  const bytes = Buffer.from(JSON.stringify(content), 'utf8');
  return Buffer.from(sealer.seal(bytes, contextOf(one.dataset, hashOf(one.key), one.version)));
}

/** Stores the first versions of new rows; a row that has versions is skipped. Runs in the transaction of their entry. */
export async function beginVersions(
  transaction: Reader,
  sealer: Sealer,
  versions: readonly NewVersion[],
): Promise<void> {
  const [one] = versions;
  if (one === undefined) return;
  // a row that comes again after its deletion does not get the versions that changes of the former one named
  const { rows } = await transaction.query<{ version: number }>(
    'SELECT version FROM row_version_ended WHERE dataset = $1',
    [one.dataset],
  );
  const first = (rows[0]?.version ?? 0) + 1;
  const numbered = versions.map((each): RowVersion => ({
    ...each,
    first,
    version: first,
    begun: each.exchange,
  }));
  for (let from = 0; from < numbered.length; from += 500)
    await insert(transaction, sealer, numbered.slice(from, from + 500));
}

async function insert(reader: Reader, sealer: Sealer, versions: readonly RowVersion[]): Promise<void> {
  const [first] = versions;
  if (first === undefined) return;
  await reader.query(
    `INSERT INTO row_version (dataset, key_hash, version, department, exchange, at, period, due_transition, due_at, warn_at, due_by, sealed)
     SELECT $1, given.key_hash, $12, $2, $3, to_timestamp($4::float8 / 1000), given.period, given.due_transition,
            to_timestamp(given.due_at / 1000), to_timestamp(given.warn_at / 1000), string_to_array(given.due_by, ' '), given.sealed
       FROM unnest($5::bytea[], $6::text[], $7::text[], $8::float8[], $9::float8[], $10::text[], $11::bytea[])
              AS given(key_hash, period, due_transition, due_at, warn_at, due_by, sealed)
      WHERE NOT EXISTS (SELECT FROM row_version AS v WHERE v.dataset = $1 AND v.key_hash = given.key_hash)
     ON CONFLICT DO NOTHING`,
    [
      ...[first.dataset, first.department, first.exchange, first.at],
      versions.map(({ key }) => hashOf(key)),
      versions.map(({ period }) => period),
      versions.map(({ due }) => due?.transition ?? null),
      versions.map(({ due }) => due?.at ?? null),
      versions.map(({ due }) => due?.warnAt ?? null),
      versions.map(({ due, dueBy }) => (due === undefined ? null : dueBy.join(' '))),
      versions.map((one) => sealed(sealer, one)),
      first.version,
    ],
  );
}

/**
 * Stores the next version of a row, in the transaction that changes the row.
 * @returns false where the version before it is not the newest one any more, or the row was deleted
 */
export async function addVersion(
  transaction: Transaction,
  sealer: Sealer,
  next: RowVersion,
): Promise<boolean> {
  const { dataset, key, version, department, exchange, at, period, due, dueBy } = next;
  // a transition ends the notice of a deadline; another change may move the row to other departments
  const { rowCount } = await transaction.query({
    // planning it takes longer than running it: the plan is made once for a connection
    name: 'add_row_version',
    text: `WITH added AS (
       INSERT INTO row_version (dataset, key_hash, version, department, exchange, at, period, due_transition, due_at, due_by, sealed, warn_at)
       SELECT $1, $2, $3::integer, $4, $5, to_timestamp($6::float8 / 1000), $7, $8, to_timestamp($9::float8 / 1000), $10::text[], $11,
              to_timestamp($13::float8 / 1000)
        WHERE (SELECT max(version) FROM row_version WHERE dataset = $1 AND key_hash = $2) = $3::integer - 1
       ON CONFLICT DO NOTHING RETURNING due_by),
     ended AS (
       DELETE FROM case_notice WHERE dataset = $1 AND key_hash = $2 AND $12::boolean AND EXISTS (SELECT FROM added)),
     moved AS (
       UPDATE case_notice AS c SET departments = added.due_by FROM added
        WHERE c.dataset = $1 AND c.key_hash = $2 AND NOT $12::boolean AND added.due_by IS NOT NULL)
     SELECT FROM added`,
    values: [
      ...[dataset, hashOf(key), version, department, exchange, at, period],
      ...[due?.transition ?? null, due?.at ?? null, due === undefined ? null : dueBy],
      ...[sealed(sealer, next), next.transition !== undefined, due?.warnAt ?? null],
    ],
  });
  return rowCount === 1;
}

/** The newest version of a row. */
export interface NewestVersion extends Sealed {
  readonly version: number;
  /** id of the log entry */
  readonly exchange: string;
}

/**
 * The newest version of a row; undefined where the row has none.
 * @throws Problem sealed_bytes_damaged, or rows_unauthenticated where its deadline was altered
 */
export async function newestVersion(
  reader: Statements,
  sealer: Sealer,
  dataset: string,
  key: string,
): Promise<NewestVersion | undefined> {
  const hash = hashOf(key);
  const { rows } = await reader.query<StoredDeadline & { version: number; exchange: string }>({
    name: 'newest_row_version',
    text: `SELECT v.version, v.exchange, ${deadlineColumns} FROM row_version AS v
            WHERE v.dataset = $1 AND v.key_hash = $2 ORDER BY v.version DESC LIMIT 1`,
    values: [dataset, hash],
  });
  const [row] = rows;
  if (row === undefined) return undefined;
  const { version, exchange } = row;
  return { version, exchange, ...openedWithDeadline(sealer, { dataset, key: hash, version }, row) };
}

/** The deadline of a version, as it is stored next to its seal. */
export interface StoredDeadline {
  readonly sealed: Buffer;
  readonly transition: string | null;
  /** Unix milliseconds, as `momentOf` selects them */
  readonly due: string | null;
  readonly warn: string | null;
  readonly departments: readonly string[] | null;
}

/** Columns of a `StoredDeadline`, of the table `row_version AS v`. */
export const deadlineColumns = `v.sealed, v.due_transition AS transition, ${momentOf('v.due_at')} AS due, ${momentOf('v.warn_at')} AS warn, v.due_by AS departments`;

/**
 * The content of a version whose deadline is the sealed one. @param key hash of the key
 * @throws Problem sealed_bytes_damaged, or rows_unauthenticated where the deadline was altered
 */
export function openedWithDeadline(
  sealer: Sealer,
  { dataset, key, version }: { readonly dataset: string; readonly key: Buffer; readonly version: number },
  stored: StoredDeadline,
): Sealed {
  const content = opened(sealer, stored.sealed, contextOf(dataset, key, version));
  const { transition, due, warn, departments } = stored;
  const plain = [transition, readMomentOrNull(due), readMomentOrNull(warn), departments];
  const { due: deadline, dueBy = null } = content;
  const { transition: step = null, at = null, warnAt = null } = deadline ?? {};
  if (JSON.stringify(plain) !== JSON.stringify([step, at, warnAt, dueBy]))
    throw new Problem('rows_unauthenticated', { table: 'row_version' });
  return content;
}

const opened = (sealer: Sealer, bytes: Buffer, context: string): Sealed =>
  JSON.parse(Buffer.from(sealer.open(bytes, context)).toString('utf8')) as Sealed;

/**
 * The sequence number of the newest stored change. Of a row that is read afterwards, the newest version up to it is the version of that row
 * or an older one, never a newer one.
 */
export async function newestChange(reader: Reader, dataset: string): Promise<string> {
  const { rows } = await reader.query<{ newest: string | null }>(
    'SELECT max(sequence)::text AS newest FROM row_version WHERE dataset = $1',
    [dataset],
  );
  return rows[0]?.newest ?? '0';
}

/** The versions of rows at that point, by key. */
export async function versionsAt(
  reader: Reader,
  dataset: string,
  keys: readonly string[],
  change: string,
): Promise<readonly number[]> {
  const { rows } = await reader.query<{ hash: Buffer; version: number }>(
    `SELECT key_hash AS hash, max(version) AS version FROM row_version
      WHERE dataset = $1 AND key_hash = ANY ($2::bytea[]) AND sequence <= $3::bigint GROUP BY key_hash`,
    [dataset, keys.map(hashOf), change],
  );
  const found = new Map(rows.map(({ hash, version }) => [hash.toString('hex'), version]));
  return keys.map((key) => found.get(hashOf(key).toString('hex')) ?? 0);
}

/** The deadline of each of these versions; null where none follows, or there is no such version. @throws Problem as `newestVersion` */
export async function deadlinesAt(
  reader: Reader,
  sealer: Sealer,
  dataset: string,
  versions: readonly { readonly key: string; readonly version: number }[],
): Promise<(CaseDeadline | null)[]> {
  const { rows } = await reader.query<StoredDeadline & { hash: Buffer; version: number }>(
    `SELECT v.key_hash AS hash, v.version, ${deadlineColumns}
       FROM row_version AS v JOIN unnest($2::bytea[], $3::integer[]) AS wanted(key_hash, version)
         ON v.key_hash = wanted.key_hash AND v.version = wanted.version
      WHERE v.dataset = $1`,
    [dataset, versions.map(({ key }) => hashOf(key)), versions.map(({ version }) => version)],
  );
  const found = new Map(rows.map((row) => [row.hash.toString('hex'), row]));
  return versions.map(({ key, version }) => {
    const hash = hashOf(key);
    const stored = found.get(hash.toString('hex'));
    if (stored === undefined) return null;
    return openedWithDeadline(sealer, { dataset, key: hash, version }, stored).due ?? null;
  });
}

/** A version as it is read. */
export interface StoredVersion extends Sealed {
  readonly version: number;
}

/**
 * Versions of one row after a given one, the oldest first.
 * @param newest of the row
 * @throws Problem rows_unauthenticated where one was altered or is missing, or belongs to a row of the same key that was deleted
 */
export async function versionsAfter(
  reader: Reader,
  sealer: Sealer,
  { dataset, key, after, limit }: { dataset: string; key: string; after: number; limit: number },
  newest: Pick<NewestVersion, 'first' | 'begun'>,
): Promise<readonly StoredVersion[]> {
  const isOfRow = ({ first, begun }: Sealed): boolean =>
    first === newest.first && (newest.begun === undefined || begun === newest.begun);
  const hash = hashOf(key);
  const { rows } = await reader.query<{ version: number; sealed: Buffer }>(
    `SELECT version, sealed FROM row_version WHERE dataset = $1 AND key_hash = $2 AND version > $3 ORDER BY version LIMIT $4`,
    [dataset, hash, after, limit],
  );
  return rows.map(({ version, sealed: bytes }, nth) => {
    const content = opened(sealer, bytes, contextOf(dataset, hash, version));
    if (!isOfRow(content) || version !== (after === 0 ? content.first : after + 1) + nth)
      throw new Problem('rows_unauthenticated', { table: 'row_version' });
    return { version, ...content };
  });
}
