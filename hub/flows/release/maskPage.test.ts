import assert from 'node:assert/strict';
import { test } from 'node:test';
import { surroundingsWith } from '../../../machine/surroundings.ts';
import type { Permission } from '../../../policies/decision.ts';
import { pseudonymKeys } from '../../../policies/masks/pseudonyms/pseudonymKey.ts';
import { compileSchema } from '../../../schemas/compile.ts';
import { parseDatasetSchema } from '../../../schemas/parse.ts';
import { Problem } from '../../../terms/problem.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { MaskPrefetch, maskPage } from './maskPage.ts';

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

const keys = { pseudonyms: pseudonymKeys(new Uint8Array(32)) };
const permission = {
  plan: { consumer: 'education' },
  fields: [{ field: 'colour', mask: { name: 'clear', params: {} }, floors: [] }],
  limits: {},
} as unknown as Permission;
const rowsOf = (...colours: readonly unknown[]) => colours.map((colour) => ({ record: { colour } }));

test('a plan that is in force under two versions of a code list masks by the list of the call', () => {
  const page = { rows: rowsOf('green') };
  const [before, after] = [wallWith(['red']), wallWith(['red', 'green'])];
  const refused = (): unknown => maskPage({ keys }, permission, before, page, 0);
  assert.throws(refused, (error) => error instanceof Problem && error.code === 'masked_row_invalid');
  assert.deepEqual(maskPage({ keys }, permission, after, page, 0).records, [{ colour: 'green' }]);
  assert.throws(refused, Problem);
});

test('of rows masked before it is known whether they leave, only those that leave count', () => {
  const wall = wallWith(['red', 'green']);
  const [red, blue, number, green] = rowsOf('red', 'blue', 3, 'green');
  assert.ok(red && blue && number && green);
  const ahead = new MaskPrefetch({ keys }, permission, wall, 0);
  ahead.add([red, blue, number]);
  const released = (...rows: ReturnType<typeof rowsOf>): ReturnType<typeof maskPage> =>
    maskPage({ keys }, permission, wall, { rows }, 0, ahead);
  assert.deepEqual(released(red, green), {
    records: [{ colour: 'red' }, { colour: 'green' }],
    typeErrors: 0,
  });
  assert.throws(
    () => released(red, blue),
    (error) => error instanceof Problem && error.code === 'masked_row_invalid',
  );
  assert.throws(
    () => released(red, number),
    (error) => error instanceof Problem && error.code === 'mask_type_errors',
  );
  const unreadable = {
    get record(): never {
      throw new TypeError('unreadable');
    },
  };
  ahead.add([unreadable]);
  assert.equal(released(red).records.length, 1);
  assert.throws(() => released(red, unreadable), TypeError);
  const tolerant = { ...permission, plan: { ...permission.plan }, limits: { maskTypeErrors: 1 } };
  const tolerated = new MaskPrefetch({ keys }, tolerant, wall, 0);
  tolerated.add([number]);
  assert.equal(maskPage({ keys }, tolerant, wall, { rows: [number] }, 0, tolerated).typeErrors, 1);
  assert.equal(maskPage({ keys }, tolerant, wall, { rows: [red] }, 0, tolerated).typeErrors, 0);
});
