import type { components } from '../../../../api/openapi.ts';
import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import { metProblem, nextRunAt, pausedNow, periodNow, windowOpen } from '../../../domain/pull.ts';
import { allowed } from '../../../pipeline/call.ts';
import { pullOf, requestPull } from '../store/pulls.ts';
import { decisiveRuns, isRequested, runsOf, type PullRunRow } from '../store/runs.ts';
import { moment, listedInOrder, names, oneMore, orderedPage } from '../../common/listing.ts';
import { namesOfIds } from '../../common/namesOfIds.ts';
import { seenBySenders, sent } from '../../../domain/cells.ts';
import { ofDataset, self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { pagePulls, type ListedPull } from '../store/pagePulls.ts';
import { reachOf, within } from '../../common/reach.ts';
import { defined, present } from '../../../../terms/defined.ts';

/** Code of the problem of a run that met one: of its source, or of its batch. */
export function problemOf({
  outcome,
  problem,
  batchState,
}: Pick<PullRunRow, 'outcome' | 'problem' | 'batchState'>): string | null {
  if (outcome !== 'read') return outcome;
  return batchState === 'receiving' ? 'pull_batch_broken_off' : (problem ?? 'internal_error');
}

/**
 * When a pull runs next.
 * @param runs `decisiveRuns`, the newest first @param now Unix milliseconds
 * @returns Unix milliseconds; undefined where no run is due
 */
export const nextRunOf = (
  { document: { schedule }, askedAt, pause }: Pick<ListedPull, 'document' | 'askedAt' | 'pause'>,
  runs: readonly PullRunRow[],
  now: number,
): number | undefined =>
  nextRunAt(schedule, { runs, asked: isRequested({ askedAt }, runs), pause }, now, chinaWorkingCalendar);

/** `PullRun` of openapi.yaml. @param now Unix milliseconds */
const pullRunView = (run: PullRunRow, now: number): components['schemas']['PullRun'] => ({
  run: run.id,
  period: run.period,
  begunAt: moment(run.begunAt),
  ...(run.endedAt === null ? {} : { endedAt: moment(run.endedAt) }),
  ...present({ outcome: run.outcome }),
  complete: run.complete,
  rows: run.rows,
  ...(typeof run.unread === 'string' ? { newColumns: run.unread } : {}),
  ...(run.batch === null || run.batchState === null ? {} : { batch: run.batch, batchState: run.batchState }),
  ...(metProblem(run, now) ? present({ problem: problemOf(run) }) : {}),
});

/** Number of runs returned, newest first. */
const maxShownRuns = 20;

/** Returns the source of a dataset and the outcomes of its last runs; the password is never returned. @throws Problem pull_unknown */
export const showPull = operation('showPull', {
  kind: 'inspect',
  permission: seenBySenders,
  owner: ofDataset,
  run: async (call, { database, identity }) => {
    const dataset = datasetId(call.params.dataset);
    const row = await pullOf(database.app, dataset);
    if (row === undefined) throw new Problem('pull_unknown', { dataset });
    const { pause } = row;
    const runs = await runsOf(database.app, dataset, decisiveRuns);
    const [last] = runs;
    const next =
      last !== undefined && metProblem(last, call.now) ? nextRunOf(row, runs, call.now) : undefined;
    const { schedule, key, ...document } = row.document;
    const period = periodNow(schedule, call.now, chinaWorkingCalendar);
    const answer: components['schemas']['PullShown'] = {
      dataset,
      pull: { ...document, key: [...key], schedule },
      digest: row.digest,
      author: row.author,
      approver: row.approver,
      ...namesOfIds(identity, { author: row.author, approver: row.approver }),
      setAt: moment(row.setAt),
      ...(pause === undefined || !pausedNow(pause, call.now)
        ? {}
        : { pause: { ...pause, ...namesOfIds(identity, { by: pause.by }), at: moment(pause.at) } }),
      ...defined({ period }),
      windowOpen: windowOpen(schedule, call.now),
      ...(next === undefined ? {} : { nextRunAt: moment(next) }),
      runs: runs.slice(0, maxShownRuns).map((run) => pullRunView(run, call.now)),
    };
    return allowed<'showPull'>(200, answer, { facts: { dataset, provider: providerOf(dataset) } });
  },
});

type Listed = components['schemas']['PullList']['pulls'][number];

const listPullsPermission = seenBySenders;

/**
 * GET /v1/pulls: returns the pulls of the caller's departments with the last run of each; to the data office all.
 * @throws Problem cursor_invalid
 */
export const listPulls = operation('listPulls', {
  kind: 'inspect',
  permission: listPullsPermission,
  owner: self,
  run: async (call, { database }) => {
    const page = orderedPage(call.query, names.code);
    const { department, failed } = call.query;
    const departments = within(reachOf(listPullsPermission, call.caller), department);
    const found = await pagePulls(database.app, {
      ...oneMore(page),
      departments,
      failed: failed === 'true',
    });
    return listedInOrder(
      call,
      'pulls',
      page,
      found,
      ({ dataset }) => dataset,
      ({ dataset, department: of, document: { source, schedule }, setAt, pause, last }): Listed => ({
        dataset,
        department: of,
        host: source.host,
        database: source.database,
        schedule,
        setAt: moment(setAt),
        ...(pause !== undefined && pausedNow(pause, call.now) ? { pausedUntil: pause.until } : {}),
        ...(last === undefined ? {} : { last: pullRunView(last, call.now) }),
      }),
    );
  },
});

/** Requests a run as soon as possible, regardless of the schedule. @throws Problem pull_unknown, pull_paused */
export const runPull = operation('runPull', {
  kind: 'management',
  permission: sent,
  owner: ofDataset,
  run: async (call, { database }) => {
    const dataset = datasetId(call.params.dataset);
    const unknown = new Problem('pull_unknown', { dataset });
    const row = await pullOf(database.app, dataset);
    if (row === undefined) throw unknown;
    if (row.pause !== undefined && pausedNow(row.pause, call.now))
      throw new Problem('pull_paused', { dataset, until: row.pause.until });
    return allowed<'runPull'>(
      202,
      { dataset, asked: true },
      {
        facts: { dataset, provider: providerOf(dataset), change: { kind: 'Pull', id: dataset, act: 'run' } },
        work: async (transaction) => {
          if (!(await requestPull(transaction, dataset, call.now))) throw unknown;
        },
      },
    );
  },
});
