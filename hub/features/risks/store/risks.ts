/** Findings of the rules over the log. */
import { maxEntries } from '../../../domain/risks/grouped.ts';
import type { Risk, RiskRule } from '../../../domain/risks/risk.ts';
import { allSealedRows, limitedSealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import { composer, narrowed, statementOf } from '../../../platform/database/values.ts';
import type { Reader, Statement } from '../../../platform/database/reader.ts';

export type RiskState = 'open' | 'escalated' | 'acknowledged';

/** A row of `risk`. Days are `YYYY-MM-DD`, calendar of China. */
export interface RiskRow {
  readonly id: string;
  readonly rule: RiskRule;
  readonly day: string;
  readonly key: string;
  readonly consumer: string | null;
  readonly official: string | null;
  /** id of the member of staff whose own acts it is about */
  readonly person: string | null;
  readonly departments: readonly string[];
  readonly count: number;
  readonly limit: number;
  readonly entries: readonly number[];
  /** Unix milliseconds */
  readonly foundAt: number;
  readonly due: string;
  readonly exchange: string;
  readonly state: RiskState;
  readonly escalatedBy: string | null;
  readonly escalation: string | null;
  readonly acknowledgedBy: string | null;
  readonly acknowledgement: string | null;
}

const columns = `id, rule, day::text AS day, key, consumer, official, person, departments, count::double precision AS count,
  "limit"::double precision AS "limit", entries::double precision[] AS entries, (extract(epoch FROM found_at) * 1000)::double precision AS "foundAt",
  due::text AS due, exchange, state, escalated_by AS "escalatedBy", escalation, acknowledged_by AS "acknowledgedBy", acknowledgement`;

/**
 * Inserts a finding in the transaction of its entry.
 * @param reported.now Unix milliseconds
 * @param reported.due `YYYY-MM-DD`
 * @returns false if it exists already
 */
export async function insertRisk(
  transaction: Reader,
  { rule, day, key, consumer, official, person, departments, count, limit, entries }: Risk,
  reported: { readonly id: string; readonly now: number; readonly due: string; readonly exchange: string },
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `INSERT INTO risk (id, rule, day, key, consumer, official, departments, count, "limit", entries, found_at, due, exchange, person)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, to_timestamp($11 / 1000.0), $12, $13, $14) ON CONFLICT (rule, day, key) DO NOTHING`,
    [
      ...[reported.id, rule, day, key, consumer ?? null, official ?? null, [...departments], count, limit],
      ...[[...entries], reported.now, reported.due, reported.exchange, person ?? null],
    ],
  );
  return rowCount === 1;
}

/**
 * Updates a finding that has grown since it was reported. What an earlier portion of its day added is retained: its entries, and its
 * number where that is higher.
 * @param risk.from index from which on its entries were judged
 * @returns false if it was never reported
 */
export async function growRisk(reader: Reader, risk: Risk & { readonly from: number }): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE risk SET departments = ARRAY(SELECT DISTINCT unnest($4::text[] || CASE WHEN earlier = '{}' THEN '{}' ELSE departments END) ORDER BY 1),
            count = CASE WHEN earlier = '{}' THEN $5 ELSE greatest(count, $5) END,
            entries = (earlier || $6::bigint[])[:${maxEntries}]
       FROM (SELECT id AS told, ARRAY(SELECT one FROM unnest(entries) AS one WHERE one < $7) AS earlier
               FROM risk WHERE rule = $1 AND day = $2 AND key = $3) AS known
      WHERE id = told`,
    [risk.rule, risk.day, risk.key, [...risk.departments], risk.count, [...risk.entries], risk.from],
  );
  return rowCount === 1;
}

export interface RiskFilter {
  /** departments whose entries they name; absent: all */
  readonly departments?: readonly string[];
  readonly unanswered?: boolean;
  readonly rule?: string | undefined;
  readonly consumer?: string | undefined;
  /** only findings after this one in the list */
  readonly after?: RiskPlace;
}

/** The position of a finding in the list. */
export interface RiskPlace {
  readonly acknowledged: boolean;
  /** `YYYY-MM-DD` */
  readonly due: string;
  readonly id: string;
}

/**
 * Unacknowledged findings first, the earliest due first; then the others, the latest due first. On the same day the newest comes first.
 */
export async function listRisks(reader: Reader, filter: RiskFilter, maxRows: number): Promise<RiskRow[]> {
  const { departments, unanswered, rule, consumer, after } = filter;
  const query = narrowed(composer('risk').select(composer.raw(columns)), { rule, consumer });
  if (departments !== undefined) {
    const own = [...departments];
    const narrow = rule !== undefined || consumer !== undefined || (await areFew(reader, own));
    // where many match, a page is found sooner by scanning the list in order than by reading all matches
    query.whereRaw(narrow ? ownOnes : '(departments && ?) IS TRUE', [own]);
  }
  if (unanswered === true) query.whereNot('state', 'acknowledged');
  if (after !== undefined) {
    const { acknowledged, due, id } = after;
    query.whereRaw(
      acknowledged
        ? "state = 'acknowledged' AND (due, id) < (?::date, ?::uuid)"
        : "(state = 'acknowledged' OR due > ?::date OR (due = ?::date AND id < ?::uuid))",
      acknowledged ? [due, id] : [due, due, id],
    );
  }
  const order =
    "(state = 'acknowledged'), CASE WHEN state <> 'acknowledged' THEN risk.due END, risk.due DESC, risk.id DESC";
  query.orderByRaw(order);
  const limited = (limit: number): Statement => statementOf(query.clone().limit(limit));
  return limitedSealedRows<RiskRow>(reader, 'risk', limited, maxRows);
}

/** A separate subquery, so that the database does not scan the whole list for them. */
const ownOnes = 'id IN (SELECT * FROM (SELECT id FROM risk WHERE departments && ? OFFSET 0) AS own)';

/** Up to this number of findings are read and sorted. */
const few = 2_000;

async function areFew(reader: Reader, departments: readonly string[]): Promise<boolean> {
  const { rows } = await reader.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM (SELECT FROM risk WHERE departments && $1 LIMIT $2) AS own',
    [[...departments], few + 1],
  );
  return (rows[0]?.count ?? 0) <= few;
}

/** @throws Problem rows_unauthenticated where it was changed past the hub */
export async function riskById(reader: Reader, id: string): Promise<RiskRow | undefined> {
  const text = `SELECT ${columns} FROM risk WHERE id::text = $1`;
  const rows = await allSealedRows<RiskRow>(reader, 'risk', text, [id]);
  return rows[0];
}

/** Number of unacknowledged findings whose due day has passed. @param today `YYYY-MM-DD`, calendar of China */
export async function countOverdueRisks(reader: Reader, today: string): Promise<number> {
  const { rows } = await reader.query<{ count: string }>(
    "SELECT count(*) FROM risk WHERE state <> 'acknowledged' AND due < $1::date",
    [today],
  );
  return Number(rows[0]?.count ?? 0);
}

/** @returns false when it was escalated or acknowledged before */
export async function escalateRisk(
  transaction: Reader,
  { id, by, reason }: { readonly id: string; readonly by: string; readonly reason: string },
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    "UPDATE risk SET state = 'escalated', escalated_by = $2, escalation = $3 WHERE id = $1 AND state = 'open'",
    [id, by, reason],
  );
  return rowCount === 1;
}

/** @returns false when it was acknowledged before */
export async function acknowledgeRisk(
  transaction: Reader,
  { id, by, reason }: { readonly id: string; readonly by: string; readonly reason: string },
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `UPDATE risk SET state = 'acknowledged', acknowledged_by = $2, acknowledgement = $3
      WHERE id = $1 AND state <> 'acknowledged'`,
    [id, by, reason],
  );
  return rowCount === 1;
}
