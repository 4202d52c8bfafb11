import assert from 'node:assert/strict';
import { test } from 'node:test';
import { casesText } from './cases.ts';

test('the log entry has the deadlines of transitions and the rows of contributors', () => {
  const text = casesText({
    state: 'status',
    transitions: [
      { id: 'accept', from: 'open', to: 'accepted', by: ['education'], within: { workdays: 2 } },
      { id: 'finish', from: 'accepted', to: 'done', by: ['education'], within: { hours: 24 } },
      { id: 'check', from: 'done', to: 'checked', by: ['ecology'] },
    ],
    contributors: [
      {
        ...{ department: 'education', sets: ['note'] },
        rows: {
          all: [
            { field: 'assigned_to', is: 'me' },
            { field: 'district', in: ['a', 'b'] },
          ],
        },
      },
      { department: 'health' },
    ],
  });
  assert.deepEqual(text.split(' | '), [
    'accept: status open → accepted by education within 2 working days',
    'finish: status accepted → done by education within 24 hours',
    'check: status done → checked by ecology',
    'education: note where assigned_to is me and district in a, b',
    'health: ',
  ]);
});
