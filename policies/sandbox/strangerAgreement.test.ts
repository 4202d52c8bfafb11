/** The agreement under which a department without any sees invented rows. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { parseDatasetSchema } from '../../schemas/parse.ts';
import { datasetId } from '../../terms/ids.ts';
import { strangerAgreement } from './strangerAgreement.ts';

const schema = parseDatasetSchema(
  JSON.parse(readFileSync(resolve('schemas/shared/air-quality-hourly.json'), 'utf8')),
);
const termAt = (at: string): unknown => {
  const agreement = strangerAgreement(
    datasetId('ecology.air'),
    schema,
    'education',
    new Set(),
    Date.parse(at),
  );
  assert.ok(agreement);
  return agreement.valid;
};

test('its term is that of the calendar year in China, and the same all year', () => {
  assert.deepEqual(termAt('2026-12-31T16:00:00Z'), {
    from: '2027-01-01T00:00:00+08:00',
    until: '2029-01-01T00:00:00+08:00',
  });
  assert.deepEqual(termAt('2027-12-31T15:59:59.999Z'), termAt('2026-12-31T16:00:00Z'));
});
