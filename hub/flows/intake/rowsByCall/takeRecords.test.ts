import assert from 'node:assert/strict';
import { test } from 'node:test';
import { schemaOf } from '../../../../adapters/fixtures/schemaOf.ts';
import { treeBatch, type CellGroup } from '../../../../adapters/reading/reader.ts';
import { shippedSurroundings } from '../../../../machine/surroundings.ts';
import { compileSchema } from '../../../../schemas/compile.ts';
import type { RowProblem } from '../../../../terms/rowProblem.ts';
import { asTheyAre } from './takeRecords.ts';

test('a field of the key is never null or absent, also where a schema that was registered formerly allows it', () => {
  const word = { type: ['string', 'null'], maxLength: 9 };
  const fields = { code: { enum: ['A', null] }, part: word, note: word };
  const schema = { ...schemaOf('one@1', fields, []), primaryKey: ['code', 'part'] };
  const taken: unknown[] = [];
  const read = asTheyAre(compileSchema(schema, shippedSurroundings), (values) => {
    taken.push([...values]);
    return undefined;
  });
  const problemsOf = (record: CellGroup): readonly unknown[] =>
    read({ ...treeBatch(), records: [record], lines: [7] }).bad.flatMap(({ line, problems }) =>
      problems.map(({ rule, field, got }) => [line, rule, field, got]),
    );
  assert.deepEqual(problemsOf({ code: 'A', part: 'x', note: null }), []);
  assert.deepEqual(problemsOf({ code: null, part: 'x' }), [[7, 'required', 'code', 'null']]);
  assert.deepEqual(problemsOf({ code: null }), [
    [7, 'required', 'code', 'null'],
    [7, 'required', 'part', 'null'],
  ]);
  assert.deepEqual(taken, [['A', 'x', null]]);
});

test('the name of a member that the schema does not have is shown only where no number of a person can be in it', () => {
  const schema = schemaOf('one@1', { code: { type: 'string', maxLength: 9 } });
  const read = asTheyAre(compileSchema(schema, shippedSurroundings), () => undefined);
  const fieldsOf = (name: string): readonly string[] => {
    const records = [{ code: 'A', [name]: 1 }];
    const doubt: RowProblem = {
      ...{ line: 7, column: 0, header: name, field: '', rule: 'number.inexact', got: 'number' },
      message: { zh: '', en: '' },
    };
    return [[], [{ record: 0, problem: doubt }]].flatMap((doubts) =>
      read({ ...treeBatch(), records, lines: [7], doubts }).bad.flatMap(({ problems }) =>
        problems.flatMap(({ field, header }) => [field, header]),
      ),
    );
  };
  assert.ok(fieldsOf('mobile2').includes('mobile2'), 'a misspelt field is named');
  for (const name of ['id110101199003077715', 'p-13800001111', '王小明'])
    assert.ok(!fieldsOf(name).some((shown) => shown.includes(name)), name);
});
