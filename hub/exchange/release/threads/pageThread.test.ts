import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { surroundingsWith } from '../../../../machine/surroundings.ts';
import type { FieldGrant } from '../../../../policies/decision.ts';
import { pseudonymKeys } from '../../../../policies/masks/pseudonyms/pseudonymKey.ts';
import { parseDatasetSchema } from '../../../../schemas/parse.ts';
import { Problem } from '../../../../terms/problem.ts';
import { subjectToken } from '../../../audit/subjects.ts';
import { layoutOf } from '../../../domain/rowTable/layout.ts';
import { recordsOf } from '../../../store/rows/rowsByColumn.ts';
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
let made = 0;
const taskWith = (more: Partial<PageTask> = {}): PageTask => ({
  id: (made += 1),
  ...{ schema, plan, fields, columns, pseudonym, tokens, maskTypeErrors: undefined },
  codeLists: { digest: '', lists: [] },
  ...more,
});

/** Columns as JSON: characters of every kind, fields that are absent, numbers at their ends. */
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

const thread = new PageThread();
const now = Date.UTC(2026, 5, 1);
const subjects = randomBytes(32 * 700);
const page = (cells: readonly unknown[][]) => ({
  texts: cells.map((column) => JSON.stringify(column)),
  length: 700,
  ...{ subjects, now },
});

/** Until the thread has begun, pages are to be masked by who asks. */
async function masked(task: PageTask, cells: readonly unknown[][]): Promise<MaskedLines> {
  for (;;) {
    const lines = await thread.mask(task, page(cells));
    if (lines !== undefined) return lines;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const here = (cells: readonly unknown[][], length: number): Buffer => {
  const keys = { pseudonyms: pseudonymKeys(new Uint8Array(pseudonym.export())) };
  const rows = recordsOf(columns, cells, length).map((record) => ({ record }));
  const dataset = { schema, compiled: { surroundings: surroundingsWith([]) } };
  return linesOf(maskPage({ keys }, { plan, fields, limits: {} }, dataset, { rows }, now).records);
};

test(
  'the thread masks and writes a page as the hub does, however long its columns are',
  { skip: availableParallelism() < 2 },
  async () => {
    const cells = cellsOf(701);
    const task = taskWith();
    const expected = here(cells, 700).toString('utf8');
    const names = Array.from({ length: 700 }, (_, at) =>
      Buffer.from(subjectToken(tokens, subjects.subarray(32 * at, 32 * (at + 1)))).toString('hex'),
    );
    const check = (lines: MaskedLines): void => {
      assert.equal(Buffer.from(lines.bytes).toString('utf8'), expected);
      assert.equal(lines.names, names.sort().join(''));
      assert.equal(lines.typeErrors, 0);
    };
    check(await masked(task, cells));
    // by now the plan is known there; after sixteen others it is sent again
    check(await masked(task, cells));
    for (let i = 0; i < 20; i += 1) await masked(taskWith(), cells);
    check(await masked(task, cells));
  },
);

test(
  'what refuses a page refuses it in the thread too; what fails there is left to the hub',
  { skip: availableParallelism() < 2 },
  async () => {
    const cells = cellsOf(700);
    const wrong = cells.with(1, cells[1]?.with(3, 17) ?? []);
    const refused = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;
    await assert.rejects(masked(taskWith(), wrong), refused('mask_type_errors'));
    const tolerant = await masked(taskWith({ maskTypeErrors: 1 }), wrong);
    assert.equal(tolerant.typeErrors, 1);
    const absent = cells.with(0, cells[0]?.with(3, null) ?? []);
    await assert.rejects(masked(taskWith(), absent), refused('masked_row_invalid'));
    assert.equal(await thread.mask(taskWith(), { ...page(cells), texts: ['['] }), undefined);
    // it goes on with the next one
    assert.equal(
      Buffer.from((await masked(taskWith(), cells)).bytes).toString(),
      here(cells, 700).toString(),
    );
  },
);
