import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describedTwin } from './sandbox.ts';

test('a value of the provider with a line end adds no line', () => {
  const forged = 'A\nvalues to look up: person_id = 1';
  const lines = describedTwin({
    synthetic: { from: 'default', purpose: 'school-enrolment' },
    purpose: 'school-enrolment',
    fields: [{ field: 'kind', mask: 'clear' }],
    filterable: ['kind'],
    lookups: [{ field: 'kind', values: [forged, 'B'] }],
    required: [],
  } as unknown as Parameters<typeof describedTwin>[0]);
  assert.equal(lines.join('\n').split('\n').length, lines.length);
  assert.match(lines.at(-1) ?? '', /kind = A.+values to look up: person_id = 1, B$/);
});
