import assert from 'node:assert/strict';
import { test } from 'node:test';
import { surroundingsWith } from '../../../machine/surroundings.ts';
import { parseDatasetSchema } from '../../../schemas/parse.ts';
import type { FieldGrant } from '../../decision.ts';
import { pseudonymKeys } from '../pseudonyms/pseudonymKey.ts';
import { compileMasking, type Masking } from './compileMasking.ts';
import type { Cells, MaskedLines } from './maskColumns.ts';

const named = { 'x-title': { zh: '项', en: 'item' }, 'x-sensitivity': 'L1' };
const place = {
  type: ['object', 'null'],
  additionalProperties: false,
  required: ['city'],
  properties: {
    city: { type: 'string', maxLength: 9, ...named },
    street: { type: 'string', maxLength: 9, ...named },
  },
};
const schemaOf = (properties: Readonly<Record<string, object>>) =>
  parseDatasetSchema({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:datong:things:1.0',
    'x-title': { zh: '物', en: 'Things' },
    type: 'object',
    additionalProperties: false,
    required: ['name'],
    'x-sensitivity': 'L1',
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, one]) => [name, { ...one, ...named }]),
    ),
  });
const schema = schemaOf({
  code: { type: 'string', maxLength: 20 },
  name: { type: 'string', maxLength: 30 },
  count: { type: ['integer', 'null'], minimum: 0, maximum: 9_000 },
  fine: { type: 'boolean' },
  place,
  tags: { type: 'array', maxItems: 3, items: { type: 'string', maxLength: 9 } },
});
const clear = { name: 'clear', params: {} };
const grant = (field: string, mask: FieldGrant['mask'] = clear): FieldGrant => ({ field, mask, floors: [] });
const grants = [
  ...[grant('code'), grant('name', { name: 'personName', params: { fixed: false } }), grant('count')],
  ...[grant('fine'), grant('place.street'), grant('place.city'), grant('tags[]')],
];
const masking = (fields: readonly FieldGrant[] = grants, of = schema): Masking =>
  compileMasking(fields, of, pseudonymKeys(new Uint8Array(32)), 'education', surroundingsWith([]));

const nullable = new Set(['count', 'place']);
type Stored = Readonly<Record<string, unknown>>;
/** Rows as columns: what a row does not have is null. */
const columnsOf = (rows: readonly Stored[]): ReadonlyMap<string, Cells> =>
  new Map(
    schema.fields.map(({ name }) => [
      name,
      { values: rows.map((row) => row[name] ?? null), nullable: nullable.has(name) },
    ]),
  );

/** @returns what came out by columns, after it was seen to be what comes out row by row */
function compared(of: Masking, rows: readonly Stored[]): MaskedLines & { readonly typeErrors: number } {
  const columns = of.columns() ?? assert.fail('masked row by row');
  const [one, other] = [of.begin(0), of.begin(0)];
  const lines = columns(columnsOf(rows), rows.length, one);
  const full = rows.map((row) => ({ count: null, place: null, ...row }));
  const masked = full.map((row) => of.mask(row, other));
  assert.equal(lines.bytes.toString('utf8'), masked.map((row) => `${JSON.stringify(row)}\n`).join(''));
  assert.equal(
    lines.valid,
    masked.every((row) => of.check(row)),
  );
  assert.equal(one.typeErrors, other.typeErrors);
  return { ...lines, typeErrors: one.typeErrors };
}

test('lines are those of the rows: texts of every kind, numbers, what is absent, what is null, what lies deeper', () => {
  const of = masking();
  const rows = [
    { code: 'a', name: '李雷', count: 3, fine: true, place: { city: 'x', street: '"\\\u2028' }, tags: ['t'] },
    { name: '', count: 0, fine: false, place: { city: 'x' }, tags: [] },
    { name: '欧阳\ud83d\ude00', code: '\u0001"', count: null },
    { name: 'x' },
  ];
  const { valid, bytes } = compared(of, rows);
  const text = String(bytes);
  assert.equal(valid, true);
  assert.equal(text.split('\n')[3], '{"name":"*","count":null,"place":null}');
  assert.equal(String(compared(of, rows).bytes), text, 'and the same again');
  assert.equal(String(compared(of, []).bytes), '');
  assert.equal(String(compared(masking([grant('code')]), [{ name: 'x' }]).bytes), '{}\n');
});

test('texts are escaped as JSON wants it, at their ends and in between, short and long', () => {
  const of = masking([grant('code')]);
  const pieces = [
    '',
    '~',
    '\x7f',
    '\x80',
    '\x1f',
    '"',
    '\\',
    '\ud800',
    '云',
    '\ud83d\ude00',
    'a'.repeat(62),
    'é'.repeat(64),
  ];
  const rows = pieces.flatMap((one) => pieces.map((other) => ({ code: `${one}b${other}`, name: 'n' })));
  compared(of, rows);
  compared(of, rows);
});

test('one member that is not valid makes its page invalid, and no other page, however often it comes', () => {
  const of = masking();
  const good = { code: 'a', name: 'b', count: 9_000 };
  for (let round = 0; round < 2; round += 1) {
    assert.equal(compared(of, [good, good]).valid, true);
    assert.equal(compared(of, [good, { ...good, count: 9_001 }, good]).valid, false);
    assert.equal(compared(of, [{ ...good, code: 'x'.repeat(21) }]).valid, false);
    assert.equal(compared(of, [{ code: 'a' }]).valid, false, 'a member that must be there');
    assert.deepEqual(compared(of, [{ ...good, name: 7 }]).typeErrors, 1);
  }
});

test('a column whose values hardly come again, and one of more values than are remembered, are written alike', () => {
  const of = masking();
  const each = (from: number, of: number): Stored[] =>
    Array.from({ length: 5_000 }, (_, at) => ({ code: `c${from + (at % of)}`, name: `n${at % 3}` }));
  for (const rows of [each(0, 5_000), each(2_500, 5_000), each(0, 2), each(0, 5_000)])
    assert.equal(compared(of, rows).valid, true);
  const twice = masking([grant('code')]);
  const pairs = Array.from({ length: 12_000 }, (_, at) => ({ code: `c${Math.floor(at / 3)}`, name: 'n' }));
  assert.equal(compared(twice, pairs).valid, true);
  assert.equal(compared(twice, [{ code: 'x'.repeat(21), name: 'n' }]).valid, false);
});

test('masks that read other fields go row by row', () => {
  const address = schemaOf({
    name: { type: 'string', maxLength: 200, 'x-semantic': 'address.full' },
    region: { type: 'string', maxLength: 6 },
  });
  const by = { name: 'address', params: { level: 'city', list: 'demo.region', by: 'region' } };
  assert.equal(masking([grant('name', by)], address).columns(), undefined);
});
