/** SQL of open events and of what departments owe in each. */
import type { Closing, OpenEventState, StepState } from '../../../domain/openEvent.ts';
import { refuseAlteredRows } from '../../../platform/database/authenticated/refuseAlteredRows.ts';
import { allSealedRows, sealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import type { Knex } from 'knex';
import {
  byDepartment,
  itself,
  pageRows,
  type ListOrder,
  type OrderedPage,
  type PageRows,
} from '../../../platform/database/pages.ts';
import {
  momentAt,
  momentOf,
  narrowed,
  readMoment,
  readMomentOrNull,
} from '../../../platform/database/values.ts';
import { defined } from '../../../../terms/defined.ts';

/** An event that opens. Times are Unix milliseconds. */
export interface NewOpenEvent {
  readonly id: string;
  readonly plan: string;
  readonly revision: number;
  readonly department: string;
  readonly topic: string;
  readonly type: string;
  readonly purpose: string | null;
  /** SHA-256 of the value by which a later event closes it */
  readonly closeKey: Buffer | null;
  readonly openedAt: number;
  readonly endsAt: number;
  readonly steps: readonly { readonly step: string; readonly department: string; readonly dueAt: number }[];
}

export type ClosingCause = 'event' | 'person' | 'time';

interface Closed {
  /** Unix milliseconds */
  readonly at: number;
  readonly cause: ClosingCause;
  readonly exchange: string;
  /** of a caller */
  readonly closing?: Closing;
}

export interface OpenEventRow extends Omit<NewOpenEvent, 'steps' | 'closeKey'> {
  readonly state: OpenEventState;
  /** log entry of its publication */
  readonly openedBy: string;
  readonly closedAt: number | null;
  readonly closedBy: string | null;
  readonly cause: ClosingCause | null;
  /** why a caller closed it; null where none did, or before reasons were asked for */
  readonly closingCode: Closing['code'] | null;
  readonly closingReason: string | null;
}

export interface StepRow {
  readonly event: string;
  readonly step: string;
  readonly department: string;
  readonly state: StepState;
  readonly dueAt: number;
  readonly stage: number;
  readonly answeredAt: number | null;
  readonly answeredBy: string | null;
}

/** @param openedBy log entry of its publication */
export async function insertOpenEvent(
  transaction: Transaction,
  event: NewOpenEvent,
  openedBy: string,
): Promise<void> {
  const { steps } = event;
  await transaction.query(
    `INSERT INTO open_event (id, plan, revision, department, topic, type, purpose, close_key, state, opened_at, opened_by, ends_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', ${momentAt('$9')}, $10, ${momentAt('$11')})`,
    [
      ...[event.id, event.plan, event.revision, event.department, event.topic, event.type, event.purpose],
      ...[event.closeKey, event.openedAt, openedBy, event.endsAt],
    ],
  );
  await transaction.query(
    `INSERT INTO event_step (event, step, department, state, due_at, next_at)
     SELECT $1, step, department, 'waiting', ${momentAt('due')}, ${momentAt('due')}
       FROM unnest($2::text[], $3::text[], $4::double precision[]) AS one (step, department, due)`,
    [
      event.id,
      steps.map(({ step }) => step),
      steps.map(({ department }) => department),
      steps.map(({ dueAt }) => dueAt),
    ],
  );
}

/** Open events of a plan. */
export async function countOpen(reader: Reader, plan: string): Promise<number> {
  const { rows } = await reader.query<{ count: string }>(
    "SELECT count(*) AS count FROM open_event WHERE plan = $1 AND state = 'open'",
    [plan],
  );
  return Number(rows[0]?.count ?? 0);
}

/**
 * Open events of a revision that a later event with this value closes. The commit refuses an altered one. One that is hidden past the hub
 * stays open until its end or until a person closes it: to compare the whole table would let any altered row hold back all publications.
 * @returns ids
 */
export async function openWithKey(
  reader: Reader,
  { plan, revision, key }: { readonly plan: string; readonly revision: number; readonly key: Buffer },
): Promise<string[]> {
  const { rows } = await reader.query<{ id: string }>(
    "SELECT id FROM open_event WHERE plan = $1 AND revision = $2 AND close_key = $3 AND state = 'open' ORDER BY id",
    [plan, revision, key],
  );
  return rows.map(({ id }) => id);
}

/** Nothing is due in it any more. @returns false where it was closed before */
export async function closeOpenEvent(
  transaction: Transaction,
  id: string,
  { at, cause, exchange, closing }: Closed,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `UPDATE open_event SET state = 'closed', closed_at = ${momentAt('$2')}, cause = $3, closed_by = $4,
            closing_code = $5, closing_reason = $6
      WHERE id = $1 AND state = 'open'`,
    [id, at, cause, exchange, closing?.code ?? null, closing?.reason ?? null],
  );
  if (rowCount !== 1) return false;
  await transaction.query('UPDATE event_step SET next_at = NULL WHERE event = $1 AND next_at IS NOT NULL', [
    id,
  ]);
  return true;
}

/** What the closing of an event states. */
export interface ClosingFacts {
  /** that it concerns, by code, separated by spaces */
  readonly departments: string;
  /** that ends with it */
  readonly purpose?: string;
}

/** As they are now: until the closing is stored, deliveries, missed deadlines and other open events change them. */
export async function closingFacts(
  reader: Pick<Reader, 'query'>,
  event: Pick<OpenEventRow, 'id' | 'purpose'>,
): Promise<ClosingFacts> {
  const purpose = await purposeEndedBy(reader, event);
  return { departments: (await concernedBy(reader, event)).join(' '), ...defined({ purpose }) };
}

/**
 * The same before the closing, after the rows that name the departments were compared: a department whose row was deleted past the hub would
 * not be sent the closing.
 * @throws Problem rows_unauthenticated
 */
export async function checkedClosingFacts(
  reader: Reader,
  event: Pick<OpenEventRow, 'id' | 'purpose'>,
): Promise<ClosingFacts> {
  await refuseAlteredConcerns(reader, event.id);
  return closingFacts(reader, event);
}

/** Compares the rows that name the departments which an event concerns. @throws Problem rows_unauthenticated */
export async function refuseAlteredConcerns(reader: Reader, event: string): Promise<void> {
  for (const name of ['event_step', 'event_escalation', 'event_delivery'] as const)
    await refuseAlteredRows(reader, name, event);
}

export const isSameClosing = (one: ClosingFacts, other: ClosingFacts): boolean =>
  one.departments === other.departments && one.purpose === other.purpose;

/** @returns the purpose that ends with an event: undefined where it has none, or another open event needs it */
export async function purposeEndedBy(
  reader: Pick<Reader, 'query'>,
  { id, purpose }: Pick<OpenEventRow, 'id' | 'purpose'>,
): Promise<string | undefined> {
  if (purpose === null) return undefined;
  const { rows } = await reader.query(
    "SELECT FROM open_event WHERE purpose = $1 AND id <> $2 AND state = 'open' LIMIT 1",
    [purpose, id],
  );
  return rows.length === 0 ? purpose : undefined;
}

/** SELECT of the departments that owe something in an event, that a missed deadline was escalated to, or to which the event left. */
export const concernedDepartments = (event: string): string =>
  `SELECT department FROM event_step WHERE event = ${event}
    UNION SELECT recipient FROM event_escalation WHERE event = ${event}
    UNION SELECT department FROM event_delivery WHERE event = ${event}`;

/** By code. */
async function concernedBy(
  reader: Pick<Reader, 'query'>,
  { id }: Pick<OpenEventRow, 'id'>,
): Promise<readonly string[]> {
  const { rows } = await reader.query<{ department: string }>(
    `${concernedDepartments('$1')} ORDER BY department`,
    [id],
  );
  return rows.map(({ department }) => department);
}

/** Until the transaction ends, no other one changes the event. */
export async function lockOpenEvent(
  transaction: Transaction,
  id: string,
): Promise<OpenEventState | undefined> {
  const { rows } = await transaction.query<{ state: OpenEventState }>(
    'SELECT state FROM open_event WHERE id = $1 FOR UPDATE',
    [id],
  );
  return rows[0]?.state;
}

export type StoredEvent = Omit<OpenEventRow, 'openedAt' | 'endsAt' | 'closedAt'> & {
  readonly opened: string;
  readonly ends: string;
  readonly closed: string | null;
};

export const eventColumns = `e.id, e.plan, e.revision, e.department, e.topic, e.type, e.purpose, e.state, ${momentOf('e.opened_at')} AS opened,
  e.opened_by AS "openedBy", ${momentOf('e.ends_at')} AS ends, ${momentOf('e.closed_at')} AS closed, e.closed_by AS "closedBy", e.cause,
  e.closing_code AS "closingCode", e.closing_reason AS "closingReason"`;

export const readEvent = ({ opened, ends, closed, ...row }: StoredEvent): OpenEventRow => ({
  ...row,
  openedAt: readMoment(opened),
  endsAt: readMoment(ends),
  closedAt: readMomentOrNull(closed),
});

/** @throws Problem rows_unauthenticated where it was changed past the hub */
export async function openEventById(reader: Reader, id: string): Promise<OpenEventRow | undefined> {
  const text = `SELECT ${eventColumns} FROM open_event AS e WHERE e.id = $1`;
  return (await allSealedRows<StoredEvent>(reader, ['open_event', 'e'], text, [id])).map(readEvent)[0];
}

/** The newest first. @param departments publishers, or those that owe something or are notified of a missed deadline; undefined: all */
export async function pageOpenEvents(
  reader: Reader,
  {
    state,
    departments,
    ...page
  }: OrderedPage & {
    readonly state: OpenEventState | undefined;
    readonly departments: readonly string[] | undefined;
  },
): Promise<PageRows<OpenEventRow>> {
  const list = {
    columns: eventColumns,
    from: 'open_event AS e',
    order,
    permit: (rows: Knex.QueryBuilder): void => {
      if (departments === undefined) return;
      const own = [...departments];
      rows.whereRaw(
        `(e.department = ANY (?::text[])
          OR EXISTS (SELECT 1 FROM event_step AS s WHERE s.event = e.id AND s.department = ANY (?::text[]))
          OR EXISTS (SELECT 1 FROM event_escalation AS x WHERE x.event = e.id AND x.recipient = ANY (?::text[])))`,
        [own, own, own],
      );
    },
    narrow: (rows: Knex.QueryBuilder): void => void narrowed(rows, { 'e.state': state }),
  };
  return pageRows(reader, list, page, readEvent);
}

/** By id they are in the order in which they opened. */
const order: ListOrder = {
  table: 'open_event',
  alias: 'e',
  id: ['id'],
  sorts: {
    opened: itself,
    ends: (row) => [`${row}.ends_at`],
    department: (row) => [byDepartment(`${row}.department`)],
  },
  usual: '-opened',
};

export const stepColumns = `s.event, s.step, s.department, s.state, ${momentOf('s.due_at')} AS due, s.stage,
  ${momentOf('s.answered_at')} AS answered, s.answered_by AS "answeredBy"`;

export type StoredStep = Omit<StepRow, 'dueAt' | 'answeredAt'> & {
  readonly due: string;
  readonly answered: string | null;
};

export const readStep = ({ due, answered, ...row }: StoredStep): StepRow => ({
  ...row,
  dueAt: readMoment(due),
  answeredAt: readMomentOrNull(answered),
});

/** Without those that were changed past the hub. @param departments only what these owe; undefined: all */
export async function stepsOf(
  reader: Reader,
  events: readonly string[],
  departments?: readonly string[],
): Promise<StepRow[]> {
  const ofDepartments = departments === undefined ? '' : 'AND s.department = ANY ($2::text[])';
  const rows = await sealedRows<StoredStep>(
    reader,
    ['event_step', 's'],
    `SELECT ${stepColumns} FROM event_step AS s
      WHERE s.event = ANY ($1::uuid[]) ${ofDepartments} ORDER BY s.event, s.due_at, s.step, s.department`,
    departments === undefined ? [events] : [events, departments],
  );
  return rows.map(readStep);
}

/** @param change states of steps as they are from now on */
export async function answerSteps(
  transaction: Transaction,
  event: string,
  department: string,
  steps: readonly { readonly step: string; readonly state: StepState }[],
  { at, exchange }: { readonly at: number; readonly exchange: string },
): Promise<void> {
  await transaction.query(
    `UPDATE event_step AS s SET state = one.state, next_at = NULL, answered_at = ${momentAt('$3')}, answered_by = $4
       FROM unnest($5::text[], $6::text[]) AS one (step, state)
      WHERE s.event = $1 AND s.department = $2 AND s.step = one.step`,
    [event, department, at, exchange, steps.map(({ step }) => step), steps.map(({ state }) => state)],
  );
}
