import assert from 'node:assert/strict';
import { test } from 'node:test';
import { surroundingsWith } from '../../../machine/surroundings.ts';
import type { Permission } from '../../../policies/decision.ts';
import { pseudonymKeys } from '../../../policies/masks/pseudonyms/pseudonymKey.ts';
import { compileSchema } from '../../../schemas/compile.ts';
import { parseDatasetSchema } from '../../../schemas/parse.ts';
import { Problem } from '../../../terms/problem.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { maskPage } from './maskPage.ts';

const document = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:datong:wall:1.0',
  'x-title': { zh: '墙', en: 'Wall' },
  type: 'object',
  properties: {
    colour: {
      'x-title': { zh: '颜色', en: 'Colour' },
      'x-sensitivity': 'L1',
      type: 'string',
      'x-code': { list: 'urn:datong:code:paint' },
    },
  },
  additionalProperties: false,
};

/** The dataset under a version of the list. */
function wallWith(codes: readonly string[]): LiveDataset {
  const title = { zh: '颜色', en: 'colours' };
  const entries = codes.map((code) => ({ code, zh: code }));
  const surroundings = surroundingsWith([{ id: 'paint', version: String(codes.length), title, entries }]);
  const schema = parseDatasetSchema(document, surroundings);
  return { schema, compiled: compileSchema(schema, surroundings) } as unknown as LiveDataset;
}

test('a plan that stands under two versions of a code list masks by the list of the call', () => {
  const keys = { pseudonyms: pseudonymKeys(new Uint8Array(32)) };
  const permission = {
    plan: { consumer: 'education' },
    fields: [{ field: 'colour', mask: { name: 'clear', params: {} }, floors: [] }],
    limits: {},
  } as unknown as Permission;
  const page = { rows: [{ record: { colour: 'green' } }] } as unknown as Parameters<typeof maskPage>[3];
  const [before, after] = [wallWith(['red']), wallWith(['red', 'green'])];
  const refused = (): unknown => maskPage({ keys }, permission, before, page, 0);
  assert.throws(refused, (error) => error instanceof Problem && error.code === 'masked_row_invalid');
  assert.deepEqual(maskPage({ keys }, permission, after, page, 0).records, [{ colour: 'green' }]);
  assert.throws(refused, Problem);
});
