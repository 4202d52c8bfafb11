import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDatasetSchema } from '../schemas/parse.ts';
import { datasetId } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { automaticAgreement } from './automaticAgreement.ts';
import { sampleContext } from './fixtures/sampleContext.ts';
import { parsePolicyDocument } from './documents/parseDocument.ts';
import { tryCompilePlans } from './plans.ts';

const field = (more: object = {}) => ({
  'x-title': { zh: '项', en: 'item' },
  type: 'string',
  maxLength: 20,
  'x-sensitivity': 'L1',
  ...more,
});
const schemaOf = (level: string) =>
  parseDatasetSchema({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:datong:pipes:1.0',
    'x-title': { zh: '管网', en: 'Pipes' },
    'x-class': level,
    type: 'object',
    additionalProperties: false,
    required: ['id'],
    'x-primary-key': ['/id'],
    properties: {
      id: field(),
      place: field({ 'x-sensitivity': 'L4' }),
      depth: field({ 'x-class': 'core' }),
      plan: field({ 'x-class': 'important' }),
      owner: field({ 'x-sensitivity': 'L2', 'x-personal': 'personal', 'x-subject-key': 'person' }),
    },
  });
const valid = { from: '2026-01-01T00:00:00+08:00', until: '2027-01-01T00:00:00+08:00' };
const dataset = datasetId('ecology.pipes');
const written = (level: string) =>
  automaticAgreement(dataset, schemaOf(level), 'education', 'school-meals', valid);

test('core and important data, personal fields and fields of L4 never go out automatically', () => {
  assert.deepEqual(Object.keys(written('general').grants[0]?.fields ?? {}), ['id']);
  for (const level of ['core', 'important']) {
    assert.throws(
      () => written(level),
      (error) => error instanceof Problem && error.code === 'policy_invalid',
    );
  }
});

test('an automatic agreement that names such a field, or whose dataset became core, does not compile', () => {
  const agreement = written('general');
  const compiled = (level: string, fields: object): string[] => {
    const [grant] = agreement.grants;
    const text = { ...(JSON.parse(agreement.canonical) as object), grants: [{ ...grant, fields }] };
    const schema = schemaOf(level);
    const context = { ...sampleContext, datasets: [dataset], bound: () => schema, schemas: () => schema };
    return tryCompilePlans([parsePolicyDocument(text)], context).findings.map(
      ({ code, path }) => `${code} ${path}`,
    );
  };
  const bare = agreement.grants.map(({ filterBy: _filterBy, ...grant }) => grant)[0]?.fields ?? {};
  assert.deepEqual(compiled('general', bare), []);
  assert.deepEqual(compiled('core', bare), ['not_for_automatic /grants/0/fields/id']);
  for (const name of ['place', 'depth', 'plan', 'owner']) {
    const found = compiled('general', { ...bare, [name]: { mask: 'fixed' } });
    assert.deepEqual(found, [`not_for_automatic /grants/0/fields/${name}`]);
  }
});

test('a term beyond three years is refused', () => {
  const long = { from: valid.from, until: '2126-01-01T00:00:00+08:00' };
  assert.throws(
    () => automaticAgreement(dataset, schemaOf('general'), 'education', 'school-meals', long),
    (error) => error instanceof Problem && error.code === 'policy_invalid',
  );
});
