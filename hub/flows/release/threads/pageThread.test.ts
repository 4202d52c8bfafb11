import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import fc from 'fast-check';
import { surroundingsWith } from '../../../../machine/surroundings.ts';
import type { FieldGrant } from '../../../../policies/decision.ts';
import { maskCatalogue } from '../../../../policies/masks/catalogue.ts';
import type { MaskKind } from '../../../../policies/masks/mask.ts';
import { readMaskRule } from '../../../../policies/masks/readMaskRule.ts';
import { patternIds } from '../../../../policies/masks/suppressed/redactScanner.ts';
import { pseudonymKeys } from '../../../../policies/masks/pseudonyms/pseudonymKey.ts';
import { parseDatasetSchema } from '../../../../schemas/parse.ts';
import { Problem } from '../../../../terms/problem.ts';
import { subjectToken } from '../../../log/subjects.ts';
import { layoutOf } from '../../../domain/rowTable/layout.ts';
import { recordsOf } from '../../rows/store/rowsByColumn.ts';
import { linesOf } from '../linesOf.ts';
import { maskPage } from '../maskPage.ts';
import type { MaskedLines, PageTask } from './messages.ts';
import { PageThread } from './pageThread.ts';

const named = (zh: string, en: string) => ({ 'x-title': { zh, en }, 'x-sensitivity': 'L1' });
const schema = parseDatasetSchema({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:datong:person:1.0',
  'x-title': { zh: '人', en: 'Person' },
  type: 'object',
  additionalProperties: false,
  required: ['id', 'name'],
  'x-primary-key': ['/id'],
  'x-sensitivity': 'L1',
  properties: {
    id: { type: 'string', maxLength: 20, ...named('编号', 'id') },
    name: { type: 'string', maxLength: 60, ...named('姓名', 'name') },
    guardian: { type: ['string', 'null'], maxLength: 20, ...named('监护人', 'guardian') },
    level: { type: ['number', 'null'], ...named('值', 'level') },
    tags: { type: 'array', maxItems: 5, items: { type: 'string', maxLength: 20 }, ...named('标', 'tags') },
  },
});
const { columns } = layoutOf(schema);
const clear = { name: 'clear', params: {} };
const fields: readonly FieldGrant[] = [
  { field: 'id', floors: [], mask: clear },
  { field: 'name', floors: [], mask: { name: 'personName', params: { fixed: false } } },
  {
    field: 'guardian',
    floors: [],
    mask: { name: 'pseudonym', params: { domain: 'person', algorithm: 'sha256' } },
  },
  { field: 'level', floors: [], mask: clear },
  { field: 'tags[]', floors: [], mask: clear },
];
const pseudonym = createSecretKey(Buffer.alloc(32, 5));
const tokens = createSecretKey(Buffer.alloc(32, 6));
const plan = { consumer: 'education' };
let taskCount = 0;
const taskWith = (more: Partial<PageTask> = {}): PageTask => ({
  id: (taskCount += 1),
  schema,
  plan,
  fields,
  columns,
  pseudonym,
  tokens,
  maskTypeErrors: undefined,
  csv: undefined,
  codeLists: { digest: '', lists: [] },
  ...more,
});

/** Columns of cells: characters of every kind, absent fields, extreme numbers. */
function cellsOf(length: number): unknown[][] {
  const each = (value: (at: number) => unknown): unknown[] => Array.from({ length }, (_, at) => value(at));
  return [
    each((at) => `id ${at}`),
    each((at) => String.fromCodePoint(0x20 + at, 0x22, 0x5c, 0x4e00 + at, 0x1f600 + (at % 60))),
    each((at) => (at % 3 === 0 ? null : `g${at % 40}`)),
    each((at) => [null, 0.1 + at, -0, 5e-324, 1e21][at % 5]),
    each((at) => (at % 4 === 0 ? null : [`t${at}`, '\u2028"\\'])),
  ];
}

/** A JSON array as PostgreSQL writes it. */
const asStored = (column: readonly unknown[]): string =>
  `[${column.map((value) => JSON.stringify(value)).join(', ')}]`;

const thread = new PageThread();
const now = Date.UTC(2026, 5, 1);
const subjects = randomBytes(32 * 700);
const page = (cells: readonly unknown[][]) => ({
  texts: cells.map(asStored),
  length: 700,
  held: cells[0]?.length ?? 0,
  subjects,
  now,
});

/** Masks a page in the thread. Until the thread has started it returns no lines, so this repeats the page. */
async function maskInThread(task: PageTask, cells: readonly unknown[][]): Promise<MaskedLines> {
  for (;;) {
    const lines = await thread.mask(task, page(cells));
    if (lines !== undefined) return lines;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The lines of a page that the hub masks without the thread. */
const maskHere = (cells: readonly unknown[][], length: number, csv?: readonly string[]): Buffer => {
  const keys = { pseudonyms: pseudonymKeys(new Uint8Array(pseudonym.export())) };
  const rows = recordsOf(columns, cells, length).map((record) => ({ record }));
  const dataset = { schema, compiled: { surroundings: surroundingsWith([]) } };
  return linesOf(maskPage({ keys }, { plan, fields, limits: {} }, dataset, { rows }, now).records, csv);
};

test(
  'the thread masks and writes a page as the hub does, also where its columns have more cells than rows',
  { skip: availableParallelism() < 2 },
  async () => {
    const cells = cellsOf(701);
    const task = taskWith();
    const expected = maskHere(cells, 700).toString('utf8');
    const names = Array.from({ length: 700 }, (_, at) =>
      Buffer.from(subjectToken(tokens, subjects.subarray(32 * at, 32 * (at + 1)))).toString('hex'),
    );
    const check = (lines: MaskedLines): void => {
      assert.equal(Buffer.from(lines.bytes).toString('utf8'), expected);
      assert.equal(Buffer.from(lines.subjects).toString('hex'), names.join(''));
      assert.equal(lines.typeErrors, 0);
    };
    check(await maskInThread(task, cells));
    // the thread knows the plan now; after sixteen other plans it is sent again
    check(await maskInThread(task, cells));
    for (let i = 0; i < 20; i += 1) await maskInThread(taskWith(), cells);
    check(await maskInThread(task, cells));
    const csv = ['name', 'level', 'guardian', 'tags'];
    const { bytes, subjects: same } = await maskInThread(taskWith({ csv }), cells);
    assert.equal(Buffer.from(bytes).toString('utf8'), maskHere(cells, 700, csv).toString('utf8'));
    assert.equal(Buffer.from(same).toString('hex'), names.join(''));
  },
);

test(
  'the thread refuses a page as the hub does; where the thread itself fails, it returns no lines and the hub masks the page',
  { skip: availableParallelism() < 2 },
  async () => {
    const cells = cellsOf(700);
    const wrong = cells.with(1, cells[1]?.with(3, 17) ?? []);
    const refused = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;
    await assert.rejects(maskInThread(taskWith(), wrong), refused('mask_type_errors'));
    const tolerant = await maskInThread(taskWith({ maskTypeErrors: 1 }), wrong);
    assert.equal(tolerant.typeErrors, 1);
    const absent = cells.with(0, cells[0]?.with(3, null) ?? []);
    await assert.rejects(maskInThread(taskWith(), absent), refused('masked_row_invalid'));
    assert.equal(await thread.mask(taskWith(), { ...page(cells), texts: ['['] }), undefined);
    // it continues with the next page
    assert.equal(
      Buffer.from((await maskInThread(taskWith(), cells)).bytes).toString(),
      maskHere(cells, 700).toString(),
    );
  },
);

/** Parameters of the masks that require them, or that have more than their defaults. */
const rules: Readonly<Record<string, object>> = {
  address: { level: 'city', list: 'demo.region' },
  band: { edges: [0, 100, 500] },
  dateTrunc: { to: 'month' },
  floorTo: { step: 10 },
  keep: { head: 1, tail: 1, from: 0 },
  pseudonym: { domain: 'person' },
  redactText: { patterns: [...patternIds] },
  geoGrid: { metres: 500 },
};
const regions = {
  id: 'demo.region',
  version: '1',
  title: { zh: '', en: '' },
  entries: [
    { code: '990000', zh: '云省' },
    { code: '990100', zh: '云栖市' },
  ],
};

/** A field of a type that the mask accepts, and values of it. */
function fieldOf({ types, formats }: MaskKind): readonly [object, fc.Arbitrary<unknown>] {
  const text = fc.oneof(
    fc.constantFrom('13800001111', '沪A12345', 'a@b.cn', '云省云栖市"1"号', '990101198311126692', '\\\u2028'),
    fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter((one) => !one.includes('\0')),
  );
  const day = fc.date({ min: new Date('1920-01-01'), max: new Date('2026-01-01'), noInvalidDate: true });
  if (types.includes('object') && !types.includes('string')) {
    const degree = { type: 'number' };
    const properties = {
      lon: { ...degree, ...named('经', 'lon') },
      lat: { ...degree, ...named('纬', 'lat') },
    };
    const place = {
      type: ['object', 'null'],
      additionalProperties: false,
      required: ['lon', 'lat'],
      properties,
    };
    const degrees = fc.double({ min: 30, max: 120, noNaN: true });
    return [place, fc.record({ lon: degrees, lat: degrees.map((at) => at / 2) })];
  }
  if (formats?.includes('date') === true)
    return [{ type: ['string', 'null'], format: 'date' }, day.map((at) => at.toISOString().slice(0, 10))];
  return types[0] === 'integer'
    ? [{ type: ['integer', 'null'] }, fc.integer({ min: -600, max: 600 })]
    : [{ type: ['string', 'null'], maxLength: 400 }, text];
}

test(
  'the thread writes the same bytes as the hub, for any mask and any values',
  { skip: availableParallelism() < 2 },
  async () => {
    const kinds = maskCatalogue.map((mask) => [mask, ...fieldOf(mask)] as const);
    const schemaOfAll = parseDatasetSchema({
      ...schema.document,
      $id: 'urn:datong:masks:1.0',
      properties: {
        id: { type: 'string', maxLength: 20, ...named('编号', 'id') },
        name: { type: 'string', maxLength: 20, ...named('名', 'name') },
        ...Object.fromEntries(
          kinds.map(([{ name }, field]) => [name.toLowerCase(), { ...field, ...named(name, name) }] as const),
        ),
      },
    });
    const grants: readonly FieldGrant[] = kinds.map(([{ name }]) => {
      const read = readMaskRule({ mask: name, ...rules[name] });
      assert.ok('use' in read, name);
      return { field: name.toLowerCase(), floors: [], mask: read.use };
    });
    const { columns: allColumns } = layoutOf(schemaOfAll);
    const surroundings = surroundingsWith([regions]);
    for (let round = 0; round < 3; round += 1) {
      const cells = allColumns.map(({ field }, at) => {
        const values = kinds.find(([{ name }]) => name.toLowerCase() === field)?.[2] ?? fc.constant('x');
        const isRequired = field === 'id' || field === 'name';
        return fc.sample(isRequired ? values : fc.option(values, { freq: 5 }), {
          numRuns: 700,
          seed: 10 * round + at,
        });
      });
      // as they come from the database
      const stored = cells.map((column) => JSON.parse(JSON.stringify(column)) as unknown[]);
      const rows = recordsOf(allColumns, stored, 700).map((record) => ({ record }));
      const keys = { pseudonyms: pseudonymKeys(new Uint8Array(pseudonym.export())) };
      const permission = { plan, fields: grants, limits: {} };
      const { records } = maskPage(
        { keys },
        permission,
        { schema: schemaOfAll, compiled: { surroundings } },
        { rows },
        now,
      );
      for (const csv of [undefined, grants.map(({ field }) => field)]) {
        const more = { schema: schemaOfAll, fields: grants, columns: allColumns, csv };
        const lists = { codeLists: { digest: 'regions', lists: [regions] } };
        const lines = await maskInThread(taskWith({ ...more, ...lists }), cells);
        assert.equal(Buffer.from(lines.bytes).toString('utf8'), linesOf(records, csv).toString('utf8'));
        assert.ok(lines.bytes.length > 700 * 50);
      }
    }
  },
);

test(
  'a page that is not masked in time fails; the thread returns no lines for the pages after it, and a new one starts',
  { skip: availableParallelism() < 2 },
  async () => {
    const impatient = new PageThread(1);
    const cells = cellsOf(700);
    const task = taskWith();
    const mask = () => impatient.mask(task, page(cells));
    for (let round = 0; round < 2; round += 1) {
      let results: readonly PromiseSettledResult<MaskedLines | undefined>[] = [];
      // no page fails before the thread has started
      while (results[0]?.status !== 'rejected') {
        await new Promise((resolve) => setTimeout(resolve, 20));
        results = await Promise.allSettled([mask(), mask(), mask()]);
      }
      assert.match(String(results[0].reason), /not masked in time/);
      assert.deepEqual(results.slice(1), [
        { status: 'fulfilled', value: undefined },
        { status: 'fulfilled', value: undefined },
      ]);
    }
  },
);
