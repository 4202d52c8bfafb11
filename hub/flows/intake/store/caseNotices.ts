/**
 * Notices of deadlines of transitions (`intake.cases`): a warning before the deadline, then the deadline that passed. Each is found once,
 * and stored until the transition is made or the row is deleted.
 */
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { momentOf, readMoment, readMomentOrNull } from '../../../platform/database/values.ts';

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
  /** SHA-256 of the keys of the rows */
  readonly keys: readonly Buffer[];
  /** Unix milliseconds: the first of their deadlines */
  readonly due: number;
}

const momentColumn = { warn: 'warn_at', miss: 'due_at' } as const;

/**
 * Rows of which a stage came after a place and is not noticed yet, by dataset, transition and departments. @param now Unix milliseconds
 * @returns the last place that was read as well; undefined where there is none
 */
export async function dueNotices(
  reader: Reader,
  stage: NoticeStage,
  { after, now, limit }: { readonly after: NoticePlace; readonly now: number; readonly limit: number },
): Promise<{
  readonly noticed: readonly NoticedRows[];
  readonly read: number;
  readonly last: NoticePlace | undefined;
}> {
  const column = momentColumn[stage];
  const { rows } = await reader.query<
    Omit<NoticedRows, 'keys' | 'due'> & {
      readonly key: Buffer;
      readonly due: string;
      readonly at: string;
      readonly sequence: string;
      readonly open: boolean;
    }
  >(
    `SELECT v.dataset, d.department AS provider, v.key_hash AS key, v.due_transition AS transition, coalesce(v.due_by, '{}') AS departments,
            ${momentOf('v.due_at')} AS due, v.${column}::text AS at, v.sequence::text AS sequence,
            NOT EXISTS (SELECT FROM row_version AS n WHERE n.dataset = v.dataset AND n.key_hash = v.key_hash AND n.version > v.version)
              AND NOT EXISTS (SELECT FROM case_notice AS c
                               WHERE c.dataset = v.dataset AND c.key_hash = v.key_hash AND c.missed >= $5::boolean) AS open
       FROM row_version AS v JOIN dataset AS d ON d.id = v.dataset
      WHERE v.${column} IS NOT NULL AND (v.${column}, v.sequence) > ($1::timestamptz, $2::bigint)
        AND v.${column} <= to_timestamp($3::float8 / 1000)
      ORDER BY v.${column}, v.sequence LIMIT $4`,
    [after.at, after.sequence, now, limit, stage === 'miss'],
  );
  const groups = new Map<string, NoticedRows & { readonly keys: Buffer[] }>();
  for (const { dataset, provider, key, transition, departments, due, open } of rows) {
    if (!open) continue;
    const name = [dataset, transition, ...departments].join(' ');
    const first = { dataset, provider, transition, departments, keys: [], due: readMoment(due) };
    const group = groups.get(name) ?? first;
    group.keys.push(key);
    groups.set(name, { ...group, due: Math.min(group.due, readMoment(due)) });
  }
  const last = rows.at(-1);
  return {
    noticed: [...groups.values()],
    read: rows.length,
    last: last === undefined ? undefined : { at: last.at, sequence: last.sequence },
  };
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
 * same time comes before or after. @returns how many rows still have the deadline
 */
export async function storeNotices(
  transaction: Transaction,
  stage: NoticeStage,
  { dataset, transition, departments, keys }: NoticedRows,
  { now, exchange }: { readonly now: number; readonly exchange: string },
): Promise<number> {
  await transaction.query('SELECT FROM dataset WHERE id = $1 FOR UPDATE', [dataset]);
  const { rowCount } = await transaction.query(
    `INSERT INTO case_notice (dataset, key_hash, version, transition, due_at, missed, departments, exchange)
     SELECT $1, given.key_hash, n.version, n.due_transition, n.due_at, $6, $7::text[], $5
       FROM unnest($2::bytea[]) AS given(key_hash)
      CROSS JOIN LATERAL (SELECT v.version, v.due_transition, v.due_at, v.warn_at, v.due_by FROM row_version AS v
                           WHERE v.dataset = $1 AND v.key_hash = given.key_hash ORDER BY v.version DESC LIMIT 1) AS n
      WHERE n.due_transition = $3 AND coalesce(n.due_by, '{}') = $7::text[] AND n.${momentColumn[stage]} <= to_timestamp($4::float8 / 1000)
     ON CONFLICT (dataset, key_hash) DO UPDATE
       SET version = excluded.version, missed = true, departments = excluded.departments, exchange = excluded.exchange
       WHERE excluded.missed AND NOT case_notice.missed`,
    [dataset, keys, transition, now, exchange, stage === 'miss', departments],
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
