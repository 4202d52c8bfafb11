/** SQL of deadlines of open events: what is due by now, and who was notified of a missed one. */
import type { ReachedStage, StepState } from '../../../domain/openEvent.ts';
import { Problem } from '../../../../terms/problem.ts';
import { keyedRows, unalteredRow } from '../../../platform/database/authenticated/keyedRows.ts';
import { firstSealedRows, sealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { momentAt, momentOf, readMoment, readMomentOrNull } from '../../../platform/database/values.ts';
import {
  eventColumns,
  readEvent,
  readStep,
  stepColumns,
  type OpenEventRow,
  type StepRow,
  type StoredEvent,
  type StoredStep,
} from './openEvents.ts';

export interface EscalationRow {
  readonly event: string;
  readonly step: string;
  readonly department: string;
  readonly stage: number;
  readonly recipient: string;
  readonly role: string;
  readonly dueAt: number;
  readonly at: number;
  readonly exchange: string;
  readonly notice: string | null;
}

/** What an event opened under. */
export interface Opening {
  readonly plan: string;
  readonly revision: number;
  readonly publisher: string;
}

export interface DueStep extends StepRow, Opening {}

/** A portion of what is due by a moment. */
export interface DuePortion {
  /** Unix milliseconds */
  readonly now: number;
  readonly maxEvents: number;
  /** receives a problem where rows that were changed past the hub are left out */
  readonly failures: unknown[];
  /** ids of events that are left out */
  readonly without: readonly string[];
}

/** Steps in which something is due, the longest first. */
export async function dueSteps(
  reader: Reader,
  { now, maxEvents, failures, without }: DuePortion,
): Promise<StepRow[]> {
  const rows = await firstSealedRows<StoredStep>(
    reader,
    ['event_step', 's'],
    `SELECT ${stepColumns} FROM event_step AS s
      WHERE s.next_at <= ${momentAt('$1')} AND s.event <> ALL ($2::uuid[])
      ORDER BY s.next_at, s.event, s.step, s.department`,
    [now, without],
    maxEvents,
    failures,
  );
  return rows.map(readStep);
}

/**
 * What events opened under, from rows that were compared with their seals: a plan or publisher that was altered past the hub would end the
 * escalation of a step, or name another plan in its entry.
 * @returns by event, without those whose row was changed past the hub
 */
export async function openingsOf(
  reader: Reader,
  steps: readonly Pick<StepRow, 'event'>[],
): Promise<ReadonlyMap<string, Opening>> {
  const events = [...new Set(steps.map(({ event }) => event))];
  const rows = await keyedRows(
    reader,
    'open_event',
    events.map((event) => [event]),
  );
  return new Map(
    events.flatMap((event, nth) => {
      const row = rows[nth];
      if (row?.state !== 'valid') return [];
      const { plan, revision, department } = row.values;
      return [[event, { plan: plan ?? '', revision: Number(revision), publisher: department ?? '' }]];
    }),
  );
}

/** The event of a step. Only a change past the hub can make it absent. @throws Problem rows_unauthenticated */
export function authenticOpening(opening: Opening | undefined): Opening {
  if (opening === undefined) throw new Problem('rows_unauthenticated', { table: 'open_event' });
  return opening;
}

/** When a step was due, Unix milliseconds. @throws Problem rows_unauthenticated where its row was changed past the hub */
export async function authenticDue(
  reader: Reader,
  { event, step, department }: Pick<StepRow, 'event' | 'step' | 'department'>,
): Promise<number> {
  const row = await unalteredRow(reader, 'event_step', [event, step, department]);
  if (typeof row?.['due_at'] !== 'string') throw new Problem('rows_unauthenticated', { table: 'event_step' });
  return Date.parse(row['due_at']);
}

/** Events whose time is over. */
export async function endingEvents(
  reader: Reader,
  { now, maxEvents, failures, without }: DuePortion,
): Promise<OpenEventRow[]> {
  const rows = await firstSealedRows<StoredEvent>(
    reader,
    ['open_event', 'e'],
    `SELECT ${eventColumns} FROM open_event AS e
      WHERE e.state = 'open' AND e.ends_at <= ${momentAt('$1')} AND e.id <> ALL ($2::uuid[])
      ORDER BY e.ends_at, e.id`,
    [now, without],
    maxEvents,
    failures,
  );
  return rows.map(readEvent);
}

/**
 * When the next deadline, stage or end is due, Unix milliseconds; undefined where nothing is.
 * @param after only what is due after this moment; absent: also what is overdue
 */
export async function nextDue(reader: Reader, after?: number): Promise<number | undefined> {
  const isLater = (column: string): string =>
    after === undefined ? '' : ` AND ${column} > ${momentAt('$1')}`;
  const { rows } = await reader.query<{ next: string | null }>(
    `SELECT ${momentOf(`least((SELECT min(next_at) FROM event_step WHERE next_at IS NOT NULL${isLater('next_at')}),
                              (SELECT min(ends_at) FROM open_event WHERE state = 'open'${isLater('ends_at')}))`)} AS next`,
    after === undefined ? [] : [after],
  );
  return readMomentOrNull(rows[0]?.next ?? null) ?? undefined;
}

/** @returns false where the step was answered or reached this stage in the meantime */
export async function missStep(
  transaction: Transaction,
  {
    event,
    step,
    department,
    stage,
    state,
  }: Pick<StepRow, 'event' | 'step' | 'department' | 'stage' | 'state'>,
  to: { readonly state: StepState; readonly stage: number; readonly next: number | undefined },
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `UPDATE event_step SET state = $5, stage = $6, next_at = ${momentAt('$7')}
      WHERE event = $1 AND step = $2 AND department = $3 AND stage = $4 AND state = $8 AND next_at IS NOT NULL`,
    [event, step, department, stage, to.state, to.stage, to.next ?? null, state],
  );
  return rowCount === 1;
}

export async function insertEscalation(
  transaction: Transaction,
  { event, step, department }: Pick<StepRow, 'event' | 'step' | 'department'>,
  stage: ReachedStage,
  more: {
    readonly recipient: string;
    readonly at: number;
    readonly exchange: string;
    readonly notice: string | null;
  },
): Promise<void> {
  await transaction.query(
    `INSERT INTO event_escalation (event, step, department, stage, recipient, role, due_at, at, exchange, notice)
     VALUES ($1, $2, $3, $4, $5, $6, ${momentAt('$7')}, ${momentAt('$8')}, $9, $10)`,
    [
      ...[event, step, department, stage.stage, more.recipient, stage.role, stage.dueAt, more.at],
      ...[more.exchange, more.notice],
    ],
  );
}

/** A stage that no event has made known to subscribers. */
export interface SilentStage extends Pick<StepRow, 'event' | 'step' | 'department'> {
  readonly stage: number;
  readonly role: ReachedStage['role'];
  readonly recipient: string;
  /** when it was reached, as the database writes it */
  readonly moment: string;
}

/** What is read of the stages that no event has made known. */
export interface SilentPortion {
  /** Unix milliseconds: stages that were reached later */
  readonly since: number;
  /** names of types of notices: stages of plans that name one of them */
  readonly types: readonly string[];
  /** the last stage of the portion before; its moment as the database writes it */
  readonly after: Pick<SilentStage, 'moment' | 'event' | 'step' | 'department' | 'stage'> | undefined;
  readonly maxEvents: number;
  /** receives a problem where rows that were changed past the hub are left out */
  readonly failures: unknown[];
}

const silentStageRows = `event_escalation AS x JOIN open_event AS e ON e.id = x.event
       JOIN response_plan AS p ON p.code = e.plan AND p.revision = e.revision
      WHERE x.notice IS NULL AND x.at > ${momentAt('$1')} AND p.document ->> 'noticeType' = ANY ($2::text[])`;

/** A portion of the stages that were stored without an event, because the type took none then. The oldest first. */
export async function silentStages(
  reader: Reader,
  { since, types, after, maxEvents, failures }: SilentPortion,
): Promise<readonly SilentStage[]> {
  const { moment, event, step, department, stage } = after ?? {};
  return firstSealedRows<SilentStage>(
    reader,
    ['event_escalation', 'x'],
    `SELECT x.event, x.step, x.department, x.stage, x.recipient, x.role, x.at::text AS moment
       FROM ${silentStageRows}
        ${after === undefined ? '' : 'AND (x.at, x.event, x.step, x.department, x.stage) > ($3::timestamptz, $4::uuid, $5::text, $6::text, $7::integer)'}
      ORDER BY x.at, x.event, x.step, x.department, x.stage`,
    [since, types, ...(after === undefined ? [] : [moment, event, step, department, stage])],
    maxEvents,
    failures,
  );
}

/** Whether stages wait for one of these types. Without seals: an added row only makes the hub search again. */
export async function hasSilentStages(
  reader: Reader,
  since: number,
  types: readonly string[],
): Promise<boolean> {
  if (types.length === 0) return false;
  const { rows } = await reader.query(`SELECT FROM ${silentStageRows} LIMIT 1`, [since, types]);
  return rows.length > 0;
}

/** States which event made a stage known. @returns false where one did in the meantime */
export async function nameNotice(
  transaction: Transaction,
  { event, step, department, stage }: Pick<SilentStage, 'event' | 'step' | 'department' | 'stage'>,
  notice: string,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `UPDATE event_escalation SET notice = $5
      WHERE event = $1 AND step = $2 AND department = $3 AND stage = $4 AND notice IS NULL`,
    [event, step, department, stage, notice],
  );
  return rowCount === 1;
}

/** Without those that were written or changed past the hub. */
export async function escalationsOf(reader: Reader, events: readonly string[]): Promise<EscalationRow[]> {
  const rows = await sealedRows<
    Omit<EscalationRow, 'at' | 'dueAt'> & { readonly moment: string; readonly due: string }
  >(
    reader,
    'event_escalation',
    `SELECT event, step, department, stage, recipient, role, ${momentOf('due_at')} AS due, ${momentOf('at')} AS moment, exchange, notice
       FROM event_escalation WHERE event = ANY ($1::uuid[]) ORDER BY event, step, department, stage`,
    [events],
  );
  return rows.map(({ moment, due, ...row }) => ({ ...row, at: readMoment(moment), dueAt: readMoment(due) }));
}
