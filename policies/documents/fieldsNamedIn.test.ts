import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Grant } from './agreement.ts';
import { fieldsNamedIn } from './fieldsNamedIn.ts';

const title = { zh: '甲', en: 'a' };

test('each part of a grant names its fields, and nothing else in it is a field', () => {
  const grant: Grant = {
    dataset: 'pub-security.household',
    schema: 'household@1',
    rows: { all: [{ field: 'district', op: 'eq', value: 'id' }] },
    filterBy: ['region'],
    lookupBy: ['number'],
    facts: [
      { id: 'adult', title, all: [{ field: 'born', ageAtLeast: 18 }], limits: { callsPerDay: 1 } },
      { id: 'same', title, all: [{ field: 'called', equals: 'asked' }], limits: { callsPerDay: 1 } },
    ],
    aggregates: [
      { id: 'by-kind', title, by: ['kind'], sum: ['amount'], minGroup: 10 },
      { id: 'all', title, by: ['place'], minGroup: 10 },
    ],
    fields: {
      'contacts[].phone': { mask: 'partial', head: 3, tail: 0 },
      home: { mask: 'address', level: 'city', by: 'division' },
    },
    reasons: { home: 'title' },
    consent: { required: true, guardianUnder: 14, birth: 'birth_date', guardian: 'guardian_id' },
  };
  assert.deepEqual([...fieldsNamedIn(grant)].sort(), [
    ...['amount', 'birth_date', 'born', 'called', 'contacts[].phone', 'district', 'division', 'guardian_id'],
    ...['home', 'kind', 'number', 'place', 'region'],
  ]);
  assert.deepEqual(fieldsNamedIn({ dataset: 'a.b', schema: 'b@1', fields: {} }), []);
});
