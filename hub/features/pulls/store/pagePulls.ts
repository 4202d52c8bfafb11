import type { Knex } from 'knex';
import { maxCommitDelay, type PullDocument, type PullPause } from '../../../domain/pull.ts';
import { momentOf, readMoment, readMomentOrNull } from '../../../platform/database/values.ts';
import {
  itself,
  pageRows,
  type ListOrder,
  type OrderedPage,
  type PageRows,
} from '../../../platform/database/pages.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { PullRunRow } from './runs.ts';

export interface PullsQuery extends OrderedPage {
  /** absent: all departments */
  readonly departments?: readonly string[] | undefined;
  /** only those whose last run met a problem, or whose batch did */
  readonly failed?: boolean;
  /** in addition to failed pulls, those paused on this civil date; has no effect without `failed` */
  readonly pausedOn?: string;
}

export interface ListedPull {
  readonly dataset: string;
  readonly department: string;
  readonly document: PullDocument;
  /** Unix milliseconds */
  readonly setAt: number;
  /** the last pause, over or not */
  readonly pause?: Pick<PullPause, 'until' | 'at'>;
  /** time of the last request for a run, Unix milliseconds */
  readonly askedAt: number | null;
  /** the newest run; absent before the first */
  readonly last?: PullRunRow;
  /** Unix milliseconds: if the newest run failed, the end of the first failed run since the last success */
  readonly failingSince?: number;
}

interface Stored extends Pick<ListedPull, 'dataset' | 'department' | 'document'> {
  readonly set: string;
  readonly asked: string | null;
  readonly until: string | null;
  readonly paused: string;
  readonly id: string | null;
  readonly period: string;
  readonly begun: string;
  readonly ended: string | null;
  readonly outcome: string | null;
  readonly complete: boolean;
  readonly batch: string | null;
  readonly batchState: PullRunRow['batchState'];
  readonly problem: string | null;
  readonly rows: string;
  readonly failing: string | null;
}

/** SQL of `metProblem`. @param run alias of the run @param state SQL of the state of its batch */
const hasProblem = (run: string, state: string): string =>
  `(${run}.outcome NOT IN ('read', 'nothing_new') OR (${run}.outcome = 'read' AND coalesce(${state} IN ('failed', 'rejected')
    OR (${state} = 'receiving' AND ${run}.ended_at < now() - interval '${maxCommitDelay} milliseconds'), false)))`;
/** SQL of whether a run came to its end without a problem. */
const hasSucceeded = (run: string, state: string): string =>
  `(${run}.outcome IS NOT NULL AND NOT ${hasProblem(run, state)})`;
const withBatch = (run: string, batch: string): string =>
  `pull_run AS ${run} LEFT JOIN batch AS ${batch} ON ${batch}.id = ${run}.batch`;
const columns = `p.dataset, d.department, p.document, ${momentOf('p.set_at')} AS set, ${momentOf('p.asked_at')} AS asked, p.paused_until::text AS until, ${momentOf('p.paused_at')} AS paused, r.id, r.period, ${momentOf('r.begun_at')} AS begun,
  ${momentOf('r.ended_at')} AS ended, r.outcome, r.complete, r.batch, r.rows, r.batch_state AS "batchState", r.problem,
  CASE WHEN ${hasProblem('r', 'r.batch_state')} THEN (SELECT ${momentOf('min(f.ended_at)')} FROM ${withBatch('f', 'fb')}
    WHERE f.dataset = p.dataset AND ${hasProblem('f', 'fb.state')} AND f.outcome <> 'pull_broken_off' AND f.begun_at > coalesce(
      (SELECT g.begun_at FROM ${withBatch('g', 'gb')} WHERE g.dataset = p.dataset AND ${hasSucceeded('g', 'gb.state')} ORDER BY g.begun_at DESC LIMIT 1),
      '-infinity')) END AS failing`;
const tables = `pull AS p JOIN dataset AS d ON d.id = p.dataset
  LEFT JOIN LATERAL (SELECT n.*, nb.state AS batch_state, nb.problem FROM ${withBatch('n', 'nb')}
    WHERE n.dataset = p.dataset ORDER BY n.begun_at DESC, n.id DESC LIMIT 1) AS r ON true`;

/** Pulls that have not been ended, by dataset. */
export async function pagePulls(
  reader: Reader,
  { departments, failed, pausedOn, ...page }: PullsQuery,
): Promise<PageRows<ListedPull>> {
  return pageRows(reader, { columns, from: tables, order, permit, narrow }, page, read);

  function permit(rows: Knex.QueryBuilder): void {
    if (departments !== undefined) rows.whereIn('d.department', [...departments]);
  }

  function narrow(rows: Knex.QueryBuilder): void {
    rows.whereNull('p.ended_by');
    if (failed === true)
      rows.where((either) => {
        either.whereRaw(hasProblem('r', 'r.batch_state'));
        if (pausedOn !== undefined) either.orWhere('p.paused_until', '>=', pausedOn);
      });
  }
}

const order: ListOrder = {
  table: 'pull',
  alias: 'p',
  id: ['dataset'],
  sorts: { dataset: itself, set: (row) => [`${row}.set_at`] },
  usual: 'dataset',
};

const read = ({
  dataset,
  department,
  document,
  set,
  asked: requested,
  until,
  paused,
  id,
  begun,
  ended,
  rows: count,
  failing,
  ...run
}: Stored): ListedPull => ({
  dataset,
  department,
  document,
  setAt: readMoment(set),
  askedAt: readMomentOrNull(requested),
  ...(until === null ? {} : { pause: { until, at: readMoment(paused) } }),
  ...(failing === null ? {} : { failingSince: readMoment(failing) }),
  ...(id === null
    ? {}
    : {
        last: {
          ...run,
          id,
          begunAt: readMoment(begun),
          endedAt: readMomentOrNull(ended),
          rows: Number(count),
        },
      }),
});
