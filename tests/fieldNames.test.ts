/** A name of a field that lint passes is passed by every later step, and a heading of any kind is drafted under such a name. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { parse } from 'yaml';
import { filterTerms } from '../clients/cli/filterTerms.ts';
import { flagOf } from '../clients/cli/fetch/queryOptions.ts';
import { columnDefinition, layoutOf } from '../hub/domain/rowTable/layout.ts';
import { shippedSurroundings } from '../machine/surroundings.ts';
import { check } from '../policies/documents/parseDocument.ts';
import { draftSchema } from '../schemas/draft/draftSchema.ts';
import { readRows } from '../schemas/draft/readRows.ts';
import { lintSchema } from '../schemas/lint/lintSchema.ts';
import { isReservedName } from '../schemas/lint/shape.ts';
import { parseDatasetSchema } from '../schemas/parse.ts';
import { schemaTypes } from '../machine/schemaTypes.ts';
import { csvCell } from '../terms/csvCell.ts';
import { isFieldName } from '../terms/fieldName.ts';
import { testDatabase } from './database.ts';
import { typeErrors } from './typeErrors.ts';
import { validTerm } from './newYear.ts';

const seed = 50;
const word = { type: 'string', maxLength: 9, 'x-title': { zh: '名', en: 'Name' }, 'x-sensitivity': 'L1' };
const schemaOf = (names: readonly string[]): object => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:datong:names:1.0',
  'x-title': { zh: '名', en: 'Names' },
  type: 'object',
  additionalProperties: false,
  properties: JSON.parse(
    `{${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(word)}`).join(',')}}`,
  ) as object,
});

/** Names as offices write them, names of the rule, and any text. */
const names = fc.oneof(
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,62}$/),
  fc.stringMatching(/^[A-Za-z0-9_.\- ]{0,70}$/),
  fc.constantFrom(
    ...['许可证编号', 'PM2.5', 'a-b', '1a', '_batch', 'constructor', 'select', 'order', 'user', 'Ａ', ''],
    ...['a'.repeat(63), 'a'.repeat(64), 'class', 'in', 'null', 'É', 'a\n', 'a"b', "a'b", 'a/b', 'é_1'],
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);

const contract = parse(readFileSync('openapi.yaml', 'utf8')) as {
  components: { schemas: Record<string, Record<string, never>> };
};
const { FieldName, FilterTerm, Query } = contract.components.schemas;
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema({ $id: 'https://contract.test/', components: contract.components });
const inContract = (name: string) =>
  ajv.compile({ $ref: `https://contract.test/#/components/schemas/${name}` });
const isQuery = inContract('Query');

/** An agreement that uses one name wherever an agreement names a field. */
const agreementOf = (name: string): object => ({
  kind: 'Agreement',
  id: 'agr-names',
  version: 1,
  title: { zh: '名', en: 'Names' },
  provider: 'market',
  consumer: 'transport',
  purposes: ['permit-check'],
  basis: { type: 'statutory', reference: '办法', clause: '第一条' },
  valid: validTerm,
  grants: [
    {
      dataset: 'market.names',
      schema: 'names@1',
      filterBy: [name],
      lookupBy: [name],
      rows: { all: [{ field: name, op: 'eq', value: 'x' }] },
      fields: { [name]: { mask: 'clear' }, [`${name}[].${name}`]: { mask: 'clear' } },
      aggregates: [
        { id: 'by-name', title: { zh: '名', en: 'Names' }, by: [name], sum: ['other'], minGroup: 5 },
      ],
    },
  ],
});

/** Every place that a name goes to after registration, and whether it takes it as it is. */
const places: readonly (readonly [string, (name: string) => boolean])[] = [
  ['agreement', (name) => check({ value: agreementOf(name), file: 'x' }).findings.length === 0],
  [
    'fields, filter and sort of a query',
    (name) =>
      isQuery({ fields: [name], filter: [{ field: name, op: 'eq', value: 'x' }], sort: [`-${name}`] }),
  ],
  [
    'filter of the command line',
    (name) => {
      const [term] = filterTerms([`${name}=x`]);
      return term?.field === name && flagOf(name, { filter: [`${name}=x`] }) === '--filter';
    },
  ],
  ['address', (name) => encodeURIComponent(name) === name],
  ['heading of an export', (name) => csvCell(name, ',') === name && csvCell(name, '\t') === name],
  ['member of JSON', (name) => JSON.stringify({ [name]: 1 }) === `{"${name}":1}`],
];

test('what lint passes, every later step takes; what a later step would refuse, lint refuses', () => {
  assert.ok(FieldName && FilterTerm && Query);
  let [passed, refused] = [0, 0];
  fc.assert(
    fc.property(names, (name) => {
      const findings = lintSchema(schemaOf([name]), shippedSurroundings);
      assert.equal(findings.length === 0, isFieldName(name) && !isReservedName(name), JSON.stringify(name));
      if (findings.length > 0) {
        refused += 1;
        return;
      }
      passed += 1;
      for (const [place, takes] of places) assert.equal(takes(name), true, `${place}: ${name}`);
    }),
    { seed, numRuns: 600 },
  );
  assert.ok(passed > 100 && refused > 100, `${passed} passed, ${refused} refused`);
});

test('each name has a column of its own in SQL and is a member of generated types as it is, reserved words among them', async () => {
  const some = [
    ...new Set([
      ...fc.sample(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,62}$/), { seed, numRuns: 120 }),
      ...['select', 'order', 'user', 'class', 'in', 'Select', 'a'.repeat(63)],
    ]),
  ].filter((name) => !isReservedName(name));
  const schema = parseDatasetSchema(schemaOf(some), shippedSurroundings);
  const layout = layoutOf(schema);
  const database = await testDatabase();
  const columns = layout.columns.map(columnDefinition).join(', ');
  await database.owner.query(`CREATE TABLE public.names_of_fields (${columns})`);
  const { rows } = await database.owner.query(
    "SELECT 1 FROM information_schema.columns WHERE table_name = 'names_of_fields'",
  );
  assert.equal(rows.length, some.length, 'no two names have the same column');
  const types = await schemaTypes(schema);
  for (const name of some) assert.match(types, new RegExp(`^ *${name}\\??: `, 'm'));
  assert.deepEqual(typeErrors(new Map([['/names.mts', types]])), []);
});

test('headings of any kind are drafted under names that lint passes, with the heading as the title', () => {
  const headings = fc.array(
    fc.oneof(names, fc.constantFrom('许可证编号', '经营者名称', '面积（亩）', '2023年收入', '海鲜')),
    {
      minLength: 1,
      maxLength: 20,
    },
  );
  fc.assert(
    fc.property(headings, fc.string({ unit: 'grapheme', maxLength: 20 }), (cells, file) => {
      const [table] = readRows(file, [
        ['标题', ...cells],
        ['x', ...cells.map(() => 'y')],
      ]);
      assert.ok(table);
      const draft = draftSchema(table, shippedSurroundings);
      const bad = draft.findings.filter(({ code }) => /^(name|id)_/.test(code));
      assert.deepEqual(bad, [], JSON.stringify({ cells, file }));
      assert.equal(new Set(draft.fields.map(({ field }) => field)).size, table.columns.length);
    }),
    { seed, numRuns: 200 },
  );
  const [table] = readRows('食品经营许可', [
    ['许可证编号', '经营者名称', '有效期至', '海鲜', '面积（亩）', 'PM2.5'],
    ['JY1', '甲店', '2027-01-01', '是', '3', '7'],
  ]);
  assert.ok(table);
  const draft = draftSchema(table, shippedSurroundings);
  const fields = ['permit_no', 'operator_name', 'valid_until', 'haixian', 'area', 'PM2_5'];
  assert.deepEqual(
    draft.fields.map(({ field }) => field),
    fields,
  );
  assert.equal(draft.schema['$id'], 'urn:datong:food-business-permit:1.0');
  const properties = draft.schema['properties'] as Record<string, { 'x-title': { zh: string } }>;
  assert.equal(properties['permit_no']?.['x-title'].zh, '许可证编号');
});
