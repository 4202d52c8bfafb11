import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chinaWorkingCalendar } from '../../terms/calendar/chinaWorkingCalendar.ts';
import { casesText, deadlineOf, partiesOf, shownDeadline, type CaseRules, type Transition } from './cases.ts';

const rules: CaseRules = {
  state: 'status',
  transitions: [
    { id: 'accept', from: 'open', to: 'accepted', by: ['roads', 'parks', 'everywhere'] },
    { id: 'check', from: 'accepted', to: 'checked', by: ['office'] },
  ],
  contributors: [
    {
      department: 'roads',
      rows: {
        all: [
          { field: 'assigned_to', is: 'me' },
          { field: 'district', in: ['east', 'west'] },
        ],
      },
    },
    { department: 'parks', rows: { all: [{ field: 'assigned_to', is: 'me' }] } },
    { department: 'everywhere' },
  ],
};
const parties = (transition: string, assigned: string, district: string): readonly string[] =>
  partiesOf(rules, transition, { assigned_to: assigned, district }, 'office');

test('a transition is due from those who may make it, of the rows that they may change', () => {
  assert.deepEqual(parties('accept', 'roads', 'east'), ['roads', 'everywhere']);
  assert.deepEqual(parties('accept', 'roads', 'north'), ['everywhere'], 'all conditions hold together');
  assert.deepEqual(parties('accept', 'parks', 'east'), ['parks', 'everywhere']);
  assert.deepEqual(parties('check', 'roads', 'east'), ['office'], 'the provider may change every row');
  assert.deepEqual(parties('gone', 'roads', 'east'), [], 'the rules have no such transition any more');
});

test('the log entry has the deadlines of transitions and the rows of contributors', () => {
  const text = casesText({
    state: 'status',
    states: { open: { zh: '待受理', en: 'waiting' } },
    starts: ['open'],
    transitions: [
      { id: 'accept', from: 'open', to: 'accepted', by: ['education'], within: { workdays: 2 } },
      {
        id: 'finish',
        title: { zh: '办结', en: 'Finish' },
        from: 'accepted',
        to: 'done',
        by: ['education'],
        within: { hours: 24 },
        warn: { hours: 4 },
      },
      { id: 'check', from: 'done', to: 'checked', by: ['ecology'] },
    ],
    contributors: [
      {
        department: 'education',
        sets: ['note'],
        rows: {
          all: [
            { field: 'assigned_to', is: 'me' },
            { field: 'district', in: ['a', 'b'] },
          ],
        },
      },
      { department: 'health' },
    ],
    subjectFields: ['case', 'place'],
  });
  assert.deepEqual(text.split(' | '), [
    'status starts as open',
    'accept: status open → accepted by education within 2 working days',
    'finish (办结 / Finish): status accepted → done by education within 24 hours warn 4 hours',
    'check: status done → checked by ecology',
    'status open (待受理 / waiting)',
    'education: note where assigned_to is me and district in a, b',
    'health: ',
    'the subject sees case, place',
  ]);
});

test('deadlines of hours and of working days, and their warnings', () => {
  const due = (more: Pick<Transition, 'within' | 'warn'>, since: string): readonly unknown[] => {
    const one = { id: 'accept', from: 'open', to: 'accepted', by: ['office'], ...more };
    const found = deadlineOf(
      { state: 'status', transitions: [one] },
      'open',
      Date.parse(since),
      chinaWorkingCalendar,
    );
    return [found?.at, found?.warnAt].map((at) => (at === undefined ? at : new Date(at).toISOString()));
  };
  const wednesday = '2026-09-30T15:00:00+08:00';
  assert.deepEqual(due({ within: { hours: 24 } }, wednesday), ['2026-10-01T07:00:00.000Z', undefined]);
  assert.deepEqual(due({ within: { hours: 24 }, warn: { hours: 4 } }, wednesday), [
    '2026-10-01T07:00:00.000Z',
    '2026-10-01T03:00:00.000Z',
  ]);
  // National Day is 1 to 7 October; the day of entry does not count
  assert.deepEqual(due({ within: { workdays: 2 }, warn: { workdays: 1 } }, wednesday), [
    '2026-10-09T16:00:00.000Z',
    '2026-10-08T16:00:00.000Z',
  ]);
  assert.deepEqual(due({ within: { workdays: 1 }, warn: { hours: 4 } }, wednesday), [
    '2026-10-08T16:00:00.000Z',
    '2026-10-08T12:00:00.000Z',
  ]);
  // in China it is the next day already
  assert.deepEqual(due({ within: { workdays: 1 } }, '2026-09-28T23:30:00Z'), [
    '2026-09-30T16:00:00.000Z',
    undefined,
  ]);
  assert.deepEqual(due({}, wednesday), [undefined, undefined]);
});

test('a deadline in working days beyond the announced holidays is provisional, one in hours is not', () => {
  const counted: CaseRules = {
    ...rules,
    transitions: [
      { id: 'accept', from: 'open', to: 'accepted', by: ['roads'], within: { workdays: 5 } },
      { id: 'check', from: 'accepted', to: 'checked', by: ['office'], within: { hours: 240 } },
    ],
  };
  const shown = (state: string, since: string): object | undefined => {
    const due = deadlineOf(counted, state, Date.parse(since), chinaWorkingCalendar);
    return due && shownDeadline(counted, due, chinaWorkingCalendar);
  };
  // 1 January is a holiday in each year
  assert.deepEqual(shown('open', '2026-12-25T10:00:00+08:00'), {
    transition: 'accept',
    at: '2027-01-04T16:00:00.000Z',
    provisional: true,
  });
  assert.deepEqual(shown('open', '2026-12-24T10:00:00+08:00'), {
    transition: 'accept',
    at: '2026-12-31T16:00:00.000Z',
  });
  assert.deepEqual(shown('accepted', '2026-12-25T10:00:00+08:00'), {
    transition: 'check',
    at: '2027-01-04T02:00:00.000Z',
  });
});
