import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chinaWorkingCalendar } from '../../terms/calendar/chinaWorkingCalendar.ts';
import {
  dueRun,
  metProblem,
  nextRunAt,
  periodNow,
  windowOpen,
  type EndedRun,
  type PullSchedule,
} from './pull.ts';

const at = (text: string): number => Date.parse(`${text}:00+08:00`);
const period = (schedule: PullSchedule, moment: string) =>
  periodNow(schedule, at(moment), chinaWorkingCalendar);

test('a window is time of day in China, and may pass midnight', () => {
  const open = (window: string, time: string): boolean =>
    windowOpen({ every: 'day', window }, at(`2026-11-16T${time}`));
  assert.deepEqual(
    ['00:59', '01:00', '04:59', '05:00'].map((time) => open('01:00-05:00', time)),
    [false, true, true, false],
  );
  assert.deepEqual(
    ['21:59', '22:00', '23:59', '00:00', '05:59', '06:00'].map((time) => open('22:00-06:00', time)),
    [false, true, true, true, true, false],
  );
  assert.equal(windowOpen({ every: 'day' }, at('2026-11-16T12:00')), true);
});

test('working days follow the calendar with its holidays; longer periods begin on their so manieth working day', () => {
  assert.equal(period({ every: 'workday' }, '2026-10-07T12:00'), undefined, 'National Day');
  assert.equal(period({ every: 'workday' }, '2026-10-10T12:00'), '2026-10-10', 'a Saturday made up for it');
  assert.equal(period({ every: 'day' }, '2026-10-07T12:00'), '2026-10-07');
  assert.equal(period({ every: 'hour' }, '2026-10-07T09:30'), '2026-10-07T09');
  assert.equal(period({ every: 'month', on: 2 }, '2026-10-08T12:00'), undefined);
  assert.equal(period({ every: 'month', on: 2 }, '2026-10-09T12:00'), '2026-10-01');
  assert.equal(
    period({ every: 'month', on: 2 }, '2026-10-31T12:00'),
    '2026-10-01',
    'whenever the hub was off before',
  );
  assert.equal(period({ every: 'week' }, '2026-11-18T12:00'), '2026-11-16');
});

const daily: PullSchedule = { every: 'day', window: '01:00-05:00' };
const ended = (
  moment: string,
  outcome: string,
  complete = false,
  state: EndedRun['batchState'] = 'published',
): EndedRun => ({
  period: moment.slice(0, 10),
  endedAt: at(moment),
  outcome,
  complete,
  batchState: outcome === 'read' ? state : null,
  problem: null,
});
const due = (moment: string, runs: readonly EndedRun[], requested = false) =>
  dueRun(daily, { runs, asked: requested }, at(moment), chinaWorkingCalendar);

test('one run that reads everything is enough for a period, inside its window', () => {
  assert.equal(due('2026-11-16T00:30', []), undefined);
  assert.equal(due('2026-11-16T02:00', []), '2026-11-16');
  assert.equal(due('2026-11-16T02:00', [ended('2026-11-15T02:00', 'read', true)]), '2026-11-16');
  for (const outcome of ['read', 'nothing_new'])
    assert.equal(due('2026-11-16T04:00', [ended('2026-11-16T02:00', outcome, true)]), undefined);
  assert.equal(
    due('2026-11-16T14:00', [ended('2026-11-16T02:00', 'read', true)], true),
    '2026-11-16',
    'asked for',
  );
});

test('a run that took the maximum of rows continues at once; a failed run after a pause that doubles', () => {
  assert.equal(due('2026-11-16T02:00', [ended('2026-11-16T02:00', 'read')]), '2026-11-16');
  assert.equal(due('2026-11-16T02:00', [ended('2026-11-16T02:00', 'read', false, 'failed')]), undefined);
  const failed = (count: number) =>
    Array.from({ length: count }, () => ended('2026-11-16T02:00', 'pull_source_slow'));
  assert.equal(due('2026-11-16T02:00', failed(1)), undefined);
  assert.equal(due('2026-11-16T02:01', failed(1)), '2026-11-16');
  assert.equal(due('2026-11-16T02:03', failed(3)), undefined);
  assert.equal(due('2026-11-16T02:04', failed(3)), '2026-11-16');
  assert.equal(due('2026-11-16T02:59', failed(30)), undefined);
  assert.equal(due('2026-11-16T03:00', failed(30)), '2026-11-16', 'an hour at most');
  const left: EndedRun = {
    period: '2026-11-16',
    endedAt: null,
    outcome: null,
    complete: false,
    batchState: null,
    problem: null,
  };
  assert.equal(due('2026-11-16T02:00', [left]), '2026-11-16', 'what a dead hub left is done again');
});

test('a run that read everything is done again where its batch failed or was never committed, and not where a check or a person decides', () => {
  const runs = (state: EndedRun['batchState']) => [ended('2026-11-16T02:00', 'read', true, state)];
  for (const state of ['failed', 'receiving'] as const) {
    assert.equal(due('2026-11-16T02:00', runs(state)), undefined, `${state}: after a pause`);
    assert.equal(due('2026-11-16T02:01', runs(state)), '2026-11-16', state);
  }
  for (const state of [
    'checking',
    'held',
    'published',
    'superseded',
    'rejected',
    'dropped',
    'expired',
  ] as const)
    assert.equal(due('2026-11-16T04:59', runs(state)), undefined, state);
  const part = [ended('2026-11-16T02:00', 'read', false, 'rejected')];
  assert.equal(due('2026-11-16T04:59', part), undefined, 'nor where there was more to read');
  const outdated = [{ ...ended('2026-11-16T02:00', 'read', true, 'rejected'), problem: 'batch_outdated' }];
  assert.equal(
    due('2026-11-16T02:00', outdated),
    undefined,
    'its dataset took up another version: after a pause',
  );
  assert.equal(
    due('2026-11-16T02:01', outdated),
    '2026-11-16',
    'the same rows pass under the present version',
  );
  const often = [...runs('failed'), ...runs('failed'), ...runs('failed')];
  assert.equal(due('2026-11-16T02:35', often), undefined);
  assert.equal(due('2026-11-16T02:36', often), '2026-11-16');
  const ofMonth = (all: readonly EndedRun[], now: string, asked = false) =>
    dueRun(
      { every: 'month' },
      { runs: all.map((run) => ({ ...run, period: '2026-11-01' })), asked },
      at(now),
      chinaWorkingCalendar,
    );
  const monthly = (count: number, now: string, asked = false) =>
    ofMonth(
      Array.from({ length: count }, () => ended('2026-11-16T02:00', 'read', true, 'failed')),
      now,
      asked,
    );
  assert.equal(monthly(5, '2026-11-16T23:35'), undefined);
  assert.equal(monthly(5, '2026-11-16T23:36'), '2026-11-01', 'the last one');
  assert.equal(monthly(6, '2026-11-30T23:59'), undefined, 'no further one in the period');
  assert.equal(monthly(6, '2026-11-16T02:00', true), '2026-11-01', 'asked for');
  assert.equal(monthly(6, '2026-12-01T12:00'), '2026-12-01', 'the next period');
  // the run after one whose batch was never committed ends it as broken off, with its batch
  const brokenOff = (count: number, outcome: string): readonly EndedRun[] =>
    Array.from({ length: count }, () => ({
      ...ended('2026-11-16T02:00', outcome),
      batchState: 'expired',
    }));
  const never = (before: number, outcome = 'pull_batch_broken_off') => [
    ...runs('receiving'),
    ...brokenOff(before, outcome),
  ];
  assert.equal(ofMonth(never(4), '2026-11-16T23:35'), undefined);
  assert.equal(ofMonth(never(4), '2026-11-16T23:36'), '2026-11-01', 'the last one');
  assert.equal(ofMonth(never(5), '2026-11-30T23:59'), undefined, 'no further one in the period');
  const ended6 = brokenOff(6, 'pull_batch_broken_off');
  assert.equal(ofMonth(ended6, '2026-11-30T23:59'), undefined, 'nor where the next run did not begin');
  assert.equal(
    ofMonth(never(5, 'pull_broken_off'), '2026-11-16T02:01'),
    '2026-11-01',
    'a run that was broken off while it read is no repetition',
  );
  const interrupted = brokenOff(6, 'pull_broken_off');
  assert.equal(ofMonth(interrupted, '2026-11-16T02:31'), undefined);
  assert.equal(ofMonth(interrupted, '2026-11-16T02:32'), '2026-11-01', 'it waits as any other problem');
});

test('a run met a problem where its source did, or its batch failed or was rejected by a check', () => {
  const endedAt = at('2026-11-16T02:00');
  const met = (outcome: string | null, batchState: EndedRun['batchState'] = null, now = endedAt): boolean =>
    metProblem({ outcome, batchState, endedAt }, now);
  assert.deepEqual(
    [met('pull_source_slow'), met('read', 'failed'), met('read', 'rejected')],
    [true, true, true],
  );
  for (const state of ['checking', 'held', 'published', 'superseded', 'dropped', 'expired'] as const)
    assert.equal(met('read', state), false, state);
  assert.deepEqual([met(null), met('nothing_new')], [false, false]);
  const receiving = [60_000, 60_001].map((age) => met('read', 'receiving', endedAt + age));
  assert.deepEqual(receiving, [false, true], 'nor where the batch was not committed a minute later');
  assert.equal(met(null, 'receiving', endedAt + 60_001), false, 'it still reads');
});

test('the next run after a failure: a retry within the window, or the first of the next period, after a pause', () => {
  const next = (runs: readonly EndedRun[], now: string, schedule = daily, until?: string) => {
    const pull = { runs, asked: false, pause: until === undefined ? undefined : { until } };
    const found = nextRunAt(schedule, pull, at(now), chinaWorkingCalendar);
    return found === undefined ? undefined : new Date(found + 8 * 3_600_000).toISOString().slice(0, 16);
  };
  const failed = (count: number, time = '2026-11-16T02:00') =>
    Array.from({ length: count }, () => ended(time, 'read', true, 'failed'));
  assert.equal(next(failed(1), '2026-11-16T02:00'), '2026-11-16T02:01');
  assert.equal(next(failed(1), '2026-11-16T02:05'), '2026-11-16T02:05');
  assert.equal(next(failed(3), '2026-11-16T02:00'), '2026-11-16T02:36');
  assert.equal(
    next(failed(5), '2026-11-16T02:00'),
    '2026-11-17T01:00',
    'the window of the next day is earlier',
  );
  assert.equal(next(failed(6), '2026-11-16T02:00'), '2026-11-17T01:00', 'the scheduled run comes');
  assert.equal(next(failed(6), '2026-11-16T02:00', { every: 'day' }), '2026-11-17T00:00');
  assert.equal(next(failed(6), '2026-11-16T02:00', daily, '2026-11-20'), '2026-11-21T01:00');
  const monthly = failed(6).map((run) => ({ ...run, period: '2026-11-01' }));
  assert.equal(next(monthly, '2026-11-16T02:00', { every: 'month', on: 2 }), '2026-12-02T00:00');
  const hourly = failed(3).map((run) => ({ ...run, period: '2026-11-16T02' }));
  assert.equal(next(hourly, '2026-11-16T02:30', { every: 'hour' }), '2026-11-16T02:36');
  const slow = ended('2026-11-16T04:30', 'pull_source_slow');
  assert.equal(next([slow], '2026-11-16T04:30'), '2026-11-16T04:31');
  const rejected = [ended('2026-11-16T02:00', 'read', true, 'rejected')];
  assert.equal(next(rejected, '2026-11-16T02:00'), '2026-11-17T01:00', 'a check would reject it again');
});
