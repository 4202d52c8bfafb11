/** SQL of response plans, each a row a revision. */
import type { FilterTerm } from '../../../../policies/decision.ts';
import type { EscalationStage, Grade } from '../../../domain/openEvent.ts';
import type { Role } from '../../../domain/permissions.ts';
import { Problem } from '../../../../terms/problem.ts';
import { maxFindings } from '../../../platform/database/authenticated/compareRows.ts';
import { sealingOf } from '../../../platform/database/authenticated/rowSealing.ts';
import { allSealedRows, sealedRow, sealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import {
  byDepartment,
  bySound,
  itself,
  pageRows,
  type ListOrder,
  type OrderedPage,
  type PageRows,
} from '../../../platform/database/pages.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { inSnapshot, type Transaction } from '../../../platform/database/transaction.ts';
import { momentOf, narrowed, readMoment } from '../../../platform/database/values.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';

/** `ResponsePlan` of openapi.yaml, as it was registered. */
export interface PlanDocument {
  readonly id: string;
  readonly title: Bilingual;
  readonly type: string;
  readonly when?: readonly FilterTerm[];
  readonly steps: readonly {
    readonly id: string;
    readonly title: Bilingual;
    readonly departments: readonly string[];
    readonly grade: Grade;
    readonly withinSeconds: number;
    readonly roles?: readonly Role[];
    readonly escalations?: readonly EscalationStage[];
  }[];
  readonly purpose?: string;
  readonly closedBy?: { readonly type: string; readonly field: string };
  readonly maxHours: number;
  readonly noticeType?: string;
}

export interface PlanRow {
  readonly code: string;
  readonly revision: number;
  readonly document: PlanDocument;
  readonly digest: string;
  readonly department: string;
  readonly topic: string;
  readonly type: string;
  readonly purpose: string | null;
  /** why it was withdrawn; null while events open under it */
  readonly withdrawn: string | null;
}

export interface ListedPlan extends PlanRow {
  /** Unix milliseconds */
  readonly registeredAt: number;
}

const columns = 'code, revision, document, digest, department, topic, type, purpose, withdrawn';

/** The newest revision. */
export const planByCode = (reader: Reader, code: string): Promise<PlanRow | undefined> =>
  sealedRow<PlanRow>(
    reader,
    'response_plan',
    `SELECT ${columns} FROM response_plan WHERE code = $1 AND NOT superseded`,
    [code],
  );

const nameOf = (code: string, revision: number): string => `${code}@${revision}`;

/** The revisions under which events opened, each as a function of its plan and revision. */
export async function plansOfEvents(
  reader: Reader,
  events: readonly { readonly plan: string; readonly revision: number }[],
): Promise<(event: { readonly plan: string; readonly revision: number }) => PlanDocument | undefined> {
  const named = new Map(events.map((event) => [nameOf(event.plan, event.revision), event]));
  const wanted = [...named.values()];
  const rows = await sealedRows<PlanRow>(
    reader,
    'response_plan',
    `SELECT ${columns} FROM response_plan JOIN unnest($1::text[], $2::integer[]) AS wanted (plan, number)
         ON wanted.plan = code AND wanted.number = revision`,
    [wanted.map(({ plan }) => plan), wanted.map(({ revision }) => revision)],
  );
  const plans = new Map(rows.map(({ code, revision, document }) => [nameOf(code, revision), document]));
  return ({ plan, revision }) => plans.get(nameOf(plan, revision));
}

/**
 * The plan of an open event. The event refers to its row, so that only a change past the hub can make it absent.
 * @throws Problem rows_unauthenticated
 */
export function authenticPlan(plan: PlanDocument | undefined): PlanDocument {
  if (plan === undefined) throw new Problem('rows_unauthenticated', { table: 'response_plan' });
  return plan;
}

/** A plan whose events a publication can open or close. */
export interface TopicPlan extends PlanRow {
  /** events open under it; otherwise they only close: it was superseded or withdrawn */
  readonly live: boolean;
}

/**
 * Plans under which events of a topic open, and revisions under which events are open.
 * @throws Problem rows_unauthenticated where one of them was changed past the hub: a publication would open or close nothing under it
 */
export function plansOfTopic(reader: Reader, topic: string): Promise<readonly TopicPlan[]> {
  return allSealedRows<TopicPlan>(
    reader,
    'response_plan',
    `SELECT ${columns}, NOT superseded AND withdrawn IS NULL AS live FROM response_plan
      WHERE topic = $1 AND (NOT superseded AND withdrawn IS NULL OR EXISTS (
        SELECT FROM open_event AS e WHERE e.plan = code AND e.revision = response_plan.revision AND e.state = 'open'))
      ORDER BY code, revision`,
    [topic],
  );
}

export async function pagePlans(
  reader: Reader,
  { department, ...page }: OrderedPage & { readonly department: string | undefined },
): Promise<PageRows<ListedPlan>> {
  return pageRows(
    reader,
    {
      columns: `${columns}, ${momentOf('registered_at')} AS moment`,
      order,
      narrow: (rows) => void narrowed(rows, { department }),
    },
    page,
    ({ moment, ...row }: PlanRow & { readonly moment: string }) => ({
      ...row,
      registeredAt: readMoment(moment),
    }),
  );
}

const order: ListOrder = {
  table: 'response_plan',
  only: (row) => `NOT ${row}.superseded`,
  id: ['code'],
  sorts: {
    code: itself,
    title: (row) => [bySound(`${row}.document #>> '{title,zh}'`)],
    department: (row) => [byDepartment(`${row}.department`)],
  },
  usual: 'code',
};

/** The next revision takes the place of the newest one. @param actingPersons two persons, which the table demands */
export async function insertPlan(
  transaction: Transaction,
  row: PlanRow,
  actingPersons: { readonly author: string; readonly approver: string | null },
  exchange: string,
): Promise<void> {
  await transaction.query('UPDATE response_plan SET superseded = true WHERE code = $1 AND NOT superseded', [
    row.code,
  ]);
  await transaction.query(
    `INSERT INTO response_plan
       (code, revision, document, digest, department, topic, type, purpose, withdrawn, author, approver, registered_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      ...[row.code, row.revision, JSON.stringify(row.document), row.digest, row.department, row.topic],
      ...[row.type, row.purpose, row.withdrawn, actingPersons.author, actingPersons.approver, exchange],
    ],
  );
}

/** The department whose plans a purpose is bound to; undefined where no plan ever named it. */
export async function departmentOfPurpose(reader: Reader, purpose: string): Promise<string | undefined> {
  const { rows } = await reader.query<{ department: string }>(
    'SELECT department FROM response_plan WHERE purpose = $1 LIMIT 1',
    [purpose],
  );
  return rows[0]?.department;
}

/** Purposes of plans, as far as they are known. */
export interface PlanPurposes {
  /** until when each is open (Unix milliseconds); 0 where no event is */
  readonly ends: ReadonlyMap<string, number>;
  /** whether plans were changed past the hub: they are to be compared again soon */
  readonly isAltered: boolean;
  /** set while a plan may be hidden: of other purposes only these are certainly none of a plan */
  readonly free?: ReadonlySet<string>;
}

/**
 * Purposes that plans ever named. A plan may be withdrawn or name another purpose by now. Under such a plan no further event opens; those
 * that are open still open its purpose. An open event whose row has no valid seal opens nothing. A purpose that no plan names is always
 * open: so the plans are compared first, in the same snapshot.
 * @param before purposes of the last reading, which count while a plan may be hidden
 */
export const purposesOfPlans = (
  pool: Pool,
  before: { readonly bound: Iterable<string>; readonly free: ReadonlySet<string> },
): Promise<PlanPurposes> =>
  inSnapshot(pool, async (snapshot) => {
    const changes = await changesPastHub(snapshot);
    const { rows: bound } = await snapshot.query<{ purpose: string }>(
      'SELECT DISTINCT purpose FROM response_plan WHERE purpose IS NOT NULL',
    );
    const open = await sealedRows<{ purpose: string; until: string }>(
      snapshot,
      ['open_event', 'e'],
      `SELECT e.purpose, ${momentOf('e.ends_at')} AS until FROM open_event AS e WHERE e.purpose IS NOT NULL AND e.state = 'open'`,
    );
    const named = [...(changes === 'hidden' ? before.bound : []), ...bound.map(({ purpose }) => purpose)];
    const ends = new Map(named.map((purpose) => [purpose, 0]));
    for (const { purpose, until } of open) {
      const end = ends.get(purpose);
      if (end !== undefined) ends.set(purpose, Math.max(end, readMoment(until)));
    }
    return { ends, isAltered: changes !== undefined, ...(changes === 'hidden' ? { free: before.free } : {}) };
  });

/**
 * `hidden`: a row of the hub was altered or removed, so a purpose that a plan names may be missing. `added`: only rows without the hub's seal
 * were added; they hide no plan, and the purposes that they name are closed.
 */
async function changesPastHub(snapshot: Transaction): Promise<'hidden' | 'added' | undefined> {
  const sealing = sealingOf(snapshot);
  const found = (await sealing?.verify(snapshot, ['response_plan'])) ?? [];
  if (found.length === 0) return undefined;
  sealing?.suspect();
  // further ones are not named
  const isWhole = found.length < maxFindings;
  return isWhole && found.every(({ code }) => code === 'row_unsealed') ? 'added' : 'hidden';
}
