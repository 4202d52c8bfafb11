/** The days of a request's stages: when they ended, or by when they are to end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stageSteps } from './stageSteps.ts';

type View = Parameters<typeof stageSteps>[0];

const stage = (code: string, days: number) =>
  ({ code, days, title: { zh: code, en: code }, by: 'office', role: 'steward' }) as const;
const stages = [stage('internal', 2), stage('office', 3), stage('provider', 10)];
const event = (act: string, at: string) => ({ seq: 1, act, person: 'p', at, exchange: 'e' });
const made = event('make', '2026-11-02T09:00:00+08:00');
/** Tuesday, 3 November 2026, in China. */
const now = Date.parse('2026-11-03T12:00:00+08:00');
const steps = (view: Partial<View>, at = now) =>
  stageSteps({ state: 'reviewing', stages, events: [made], ...view }, at).map(({ state, day }) =>
    [state, ...(day === undefined ? [] : [day])].join(' '),
  );

test('a finished stage has its day, the present one its deadline, and each later one its latest day', () => {
  const events = [made, event('pass', '2026-11-02T23:30:00+08:00')];
  assert.deepEqual(steps({ stage: 'office', due: '2026-11-06', events }), [
    'done 2026-11-02',
    'now 2026-11-06',
    // ten working days after Friday
    'next 2026-11-20',
  ]);
});

test('where the present stage is late, later ones are counted from today', () => {
  assert.deepEqual(steps({ stage: 'internal', due: '2026-10-30' }), [
    'now 2026-10-30',
    'next 2026-11-06',
    'next 2026-11-20',
  ]);
});

test('while a request is returned no deadline runs', () => {
  assert.deepEqual(steps({ state: 'returned', stage: 'internal' }), ['now', 'next', 'next']);
});

test('an approved request is done, a refused or withdrawn one ends in its stage', () => {
  const passes = [made, event('pass', '2026-11-02T10:00:00Z'), event('pass', '2026-11-03T10:00:00Z')];
  const done = { events: [...passes, event('approve', '2026-11-04T10:00:00Z')] };
  const days = ['done 2026-11-02', 'done 2026-11-03', 'done 2026-11-04'];
  assert.deepEqual(steps({ state: 'approved', ...done }), days);
  assert.deepEqual(steps({ state: 'granted', ...done }), days);
  const refused = [made, event('pass', '2026-11-02T10:00:00Z'), event('refuse', '2026-11-03T10:00:00Z')];
  assert.deepEqual(steps({ state: 'refused', events: refused }), [
    'done 2026-11-02',
    'stopped 2026-11-03',
    'unreached',
  ]);
  assert.deepEqual(steps({ state: 'withdrawn', events: [made, event('withdraw', '2026-11-02T10:00:00Z')] }), [
    'stopped 2026-11-02',
    'unreached',
    'unreached',
  ]);
});
