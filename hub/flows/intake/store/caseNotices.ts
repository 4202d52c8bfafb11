/**
 * Notices of deadlines of transitions (`intake.cases`): a warning before the deadline, then the deadline that passed. Each is found once,
 * and stored until the transition is made or the row is deleted. The columns of a deadline are compared with its seal before it is noticed.
 */
import { keyedRows, unaltered, type KeyedRow } from '../../../platform/database/authenticated/keyedRows.ts';
import { firstSealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import {
  composer,
  momentAt,
  momentOf,
  readMoment,
  readMomentOrNull,
} from '../../../platform/database/values.ts';
import { deadlineColumns, openedWithDeadline, type StoredDeadline } from '../../rows/store/rowVersions.ts';
import type { Sealer } from '../../rows/store/sealedParts.ts';

export type NoticeStage = 'warn' | 'miss';

/** A place in the order of the moments of a stage. */
export interface NoticePlace {
  /** PostgreSQL's text of the moment */
  readonly at: string;
  readonly sequence: string;
}

export interface NoticedRows {
  readonly dataset: string;
  readonly provider: string;
  readonly transition: string;
  /** departments that may make the transition */
  readonly departments: readonly string[];
  readonly rows: readonly DueRow[];
}

/** A row whose deadline is the sealed one. */
interface DueRow {
  /** SHA-256 of its key */
  readonly key: Buffer;
  /** the newest version */
  readonly version: number;
  /** Unix milliseconds */
  readonly due: number;
}

/** A row that is read, with its place. */
interface ReadRow extends StoredDeadline {
  readonly dataset: string;
  readonly provider: string;
  readonly key: Buffer;
  readonly version: number;
  readonly at: string;
  readonly sequence: string;
  readonly newest: boolean;
}

const momentColumn = { warn: 'warn_at', miss: 'due_at' } as const;

/**
 * Rows of which a stage came after a place and is not noticed yet, by dataset, transition and departments. @param now Unix milliseconds
 */
export async function dueNotices(
  reader: Reader,
  sealer: Sealer,
  stage: NoticeStage,
  { after, now, limit }: { readonly after: NoticePlace; readonly now: number; readonly limit: number },
): Promise<{
  readonly noticed: readonly NoticedRows[];
  /** one for each row whose deadline or notice is not the sealed one; it is not noticed */
  readonly failures: readonly unknown[];
  readonly isFull: boolean;
  /** the last place that was read; undefined: none */
  readonly last: NoticePlace | undefined;
  /** the last place before the first failure; undefined: none */
  readonly complete: NoticePlace | undefined;
}> {
  const column = momentColumn[stage];
  const { rows } = await reader.query<ReadRow>(
    `SELECT v.dataset, d.department AS provider, v.key_hash AS key, v.version, ${deadlineColumns},
            v.${column}::text AS at, v.sequence::text AS sequence,
            NOT EXISTS (SELECT FROM row_version AS n WHERE n.dataset = v.dataset AND n.key_hash = v.key_hash AND n.version > v.version)
              AS newest
       FROM row_version AS v JOIN dataset AS d ON d.id = v.dataset
      WHERE v.${column} IS NOT NULL AND (v.${column}, v.sequence) > ($1::timestamptz, $2::bigint)
        AND v.${column} <= ${momentAt('$3')}
      ORDER BY v.${column}, v.sequence LIMIT $4`,
    [after.at, after.sequence, now, limit],
  );
  const groups = new Map<string, NoticedRows & { readonly rows: DueRow[] }>();
  const failures: unknown[] = [];
  const isFull = rows.length === limit;
  let complete: NoticePlace | undefined;
  const notices = await keyedRows(
    reader,
    'case_notice',
    rows.map(({ dataset, key }) => [dataset, `\\x${key.toString('hex')}`]),
  );
  for (const [at, row] of rows.entries()) {
    try {
      if (row.newest && isDue(notices[at], stage)) addDue(groups, sealer, row);
    } catch (error) {
      failures.push(error);
    }
    if (failures.length === 0) complete = placeOf(row);
  }
  const [end] = rows.slice(-1);
  return {
    noticed: [...groups.values()],
    failures,
    isFull,
    last: end === undefined ? undefined : placeOf(end),
    complete,
  };
}

const placeOf = ({ at, sequence }: ReadRow): NoticePlace => ({ at, sequence });

/**
 * Whether a row has no notice of a stage yet. @param notice of the row
 * @throws Problem rows_unauthenticated where it was written, altered or deleted past the hub
 */
function isDue(notice: KeyedRow | undefined, stage: NoticeStage): boolean {
  const values = unaltered(notice, 'case_notice');
  return values === undefined || (stage === 'miss' && values['missed'] !== 'true');
}

/** @throws Problem sealed_bytes_damaged, rows_unauthenticated */
function addDue(
  groups: Map<string, NoticedRows & { readonly rows: DueRow[] }>,
  sealer: Sealer,
  row: ReadRow,
): void {
  const { dataset, provider, key, version } = row;
  const { due, dueBy: departments = [] } = openedWithDeadline(sealer, row, row);
  // a deadline that was found has a column, which the seal has too
  if (due === undefined) return;
  const { transition, at } = due;
  const name = JSON.stringify([dataset, transition, ...departments]);
  const group = groups.get(name) ?? { dataset, provider, transition, departments, rows: [] };
  group.rows.push({ key, version, due: at });
  groups.set(name, group);
}

/** The next moment of a stage after a place, Unix milliseconds; undefined where there is none. */
export async function nextNotice(
  reader: Reader,
  stage: NoticeStage,
  after: NoticePlace,
): Promise<number | undefined> {
  const column = momentColumn[stage];
  const { rows } = await reader.query<{ at: string | null }>(
    `SELECT ${momentOf(column)} AS at FROM row_version
      WHERE ${column} IS NOT NULL AND (${column}, sequence) > ($1::timestamptz, $2::bigint) ORDER BY ${column}, sequence LIMIT 1`,
    [after.at, after.sequence],
  );
  return readMomentOrNull(rows[0]?.at ?? null) ?? undefined;
}

/**
 * Stores notices, in the transaction of their entry. The dataset is locked, as each change of a row does: a transition that is made at the
 * same time comes before or after. @returns how many rows still have the version that was read
 */
export async function storeNotices(
  transaction: Transaction,
  stage: NoticeStage,
  { dataset, transition, departments, rows }: NoticedRows,
  exchange: string,
): Promise<number> {
  await transaction.query('SELECT FROM dataset WHERE id = $1 FOR UPDATE', [dataset]);
  const { rowCount } = await transaction.query(
    `INSERT INTO case_notice (dataset, key_hash, version, transition, due_at, missed, departments, exchange)
     SELECT $1, given.key_hash, given.version, $5, to_timestamp(given.due / 1000), $6, $7::text[], $8
       FROM unnest($2::bytea[], $3::integer[], $4::float8[]) AS given(key_hash, version, due)
      WHERE given.version = (SELECT max(v.version) FROM row_version AS v WHERE v.dataset = $1 AND v.key_hash = given.key_hash)
     ON CONFLICT (dataset, key_hash) DO UPDATE
       SET version = excluded.version, missed = true, departments = excluded.departments, exchange = excluded.exchange
       WHERE excluded.missed AND NOT case_notice.missed`,
    [
      ...[
        dataset,
        rows.map(({ key }) => key),
        rows.map(({ version }) => version),
        rows.map(({ due }) => due),
      ],
      ...[transition, stage === 'miss', departments, exchange],
    ],
  );
  return rowCount ?? 0;
}

interface NoticeCount {
  readonly dataset: string;
  readonly provider: string;
  readonly transition: string;
  readonly departments: readonly string[];
  readonly missed: boolean;
  readonly rows: number;
  /** Unix milliseconds: the first of the deadlines */
  readonly due: number;
}

/** Noticed rows, counted by dataset, transition, departments and stage; the first deadline comes first. */
export async function countNotices(reader: Reader, limit: number): Promise<readonly NoticeCount[]> {
  const { rows } = await reader.query<Omit<NoticeCount, 'due' | 'rows'> & { count: string; due: string }>(
    `SELECT c.dataset, d.department AS provider, c.transition, c.departments, c.missed, count(*) AS count, ${momentOf('min(c.due_at)')} AS due
       FROM case_notice AS c JOIN dataset AS d ON d.id = c.dataset
      GROUP BY c.dataset, d.department, c.transition, c.departments, c.missed
      ORDER BY min(c.due_at), c.dataset, c.transition LIMIT $1`,
    [limit],
  );
  return rows.map(({ count, due, ...one }) => ({ ...one, rows: Number(count), due: readMoment(due) }));
}

/** A case that was noticed, with the row of its newest version. */
interface NoticedCase {
  readonly row: Readonly<Record<string, unknown>>;
  /** its place in the order of the deadlines */
  readonly place: NoticedPlace;
}

export interface NoticedPlace {
  /** PostgreSQL's text of the deadline */
  readonly due: string;
  /** hash of the key, hex */
  readonly key: string;
}

/**
 * Cases of a dataset of which departments were warned or whose deadline passed, the first deadline first.
 * @param wanted missed: only those whose deadline passed; department: only those that it may act on, absent: all
 * @throws Problem sealed_bytes_damaged, rows_unauthenticated
 */
export async function noticedCases(
  reader: Reader,
  sealer: Sealer,
  dataset: string,
  wanted: {
    readonly missed: boolean;
    readonly department: string | undefined;
    readonly after: NoticedPlace | undefined;
    readonly limit: number;
  },
): Promise<readonly NoticedCase[]> {
  const { missed, department, after, limit } = wanted;
  const query = composer
    .select(composer.raw(`v.key_hash AS key, v.version, ${deadlineColumns}, c.due_at::text AS place`))
    .fromRaw(
      `case_notice AS c
       CROSS JOIN LATERAL (SELECT * FROM row_version AS n WHERE n.dataset = c.dataset AND n.key_hash = c.key_hash
                            ORDER BY n.version DESC LIMIT 1) AS v`,
    )
    .where('c.dataset', dataset)
    .orderByRaw('c.due_at, c.key_hash');
  if (missed) query.whereRaw('c.missed');
  if (department !== undefined) query.whereRaw('? = ANY (c.departments)', [department]);
  if (after !== undefined)
    query.whereRaw('(c.due_at, c.key_hash) > (?::timestamptz, ?::bytea)', [
      after.due,
      Buffer.from(after.key, 'hex'),
    ]);
  const { sql, bindings } = query.toSQL().toNative();
  const rows = await firstSealedRows<StoredDeadline & { key: Buffer; version: number; place: string }>(
    reader,
    ['case_notice', 'c'],
    sql,
    bindings,
    limit,
  );
  return rows.map((stored) => {
    const { key, version, place } = stored;
    const { row } = openedWithDeadline(sealer, { dataset, key, version }, stored);
    return { row, place: { due: place, key: key.toString('hex') } };
  });
}
