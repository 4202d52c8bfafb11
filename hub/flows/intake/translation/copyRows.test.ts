import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { schemaOf } from '../../../../adapters/fixtures/schemaOf.ts';
import { parseDatasetSchema } from '../../../../schemas/parse.ts';
import { Problem } from '../../../../terms/problem.ts';
import { readTuples } from '../../../../tests/readTuples.ts';
import { subjectHash } from '../../../domain/subjectHash.ts';
import { CopyRows, longFile } from './copyRows.ts';
import { ownMemory } from './shelf.ts';

const fields = schemaOf('two@1', {
  id: { type: 'string', maxLength: 400, 'x-subject-key': 'person', 'x-sensitivity': 'L3' },
  name: { type: 'string', maxLength: 400 },
});
const schema = parseDatasetSchema(fields.document);
const subjectKey = createSecretKey(randomBytes(32));

test('each row has the hash of its own person, however long the value is and whichever rows between are left out', () => {
  const rows = new CopyRows({ schema, subjectKey }, ['id', 'name']);
  const people = [
    '110101199003078515',
    '',
    'x'.repeat(48),
    'x'.repeat(49),
    '欧阳娜',
    'UNKNOWN-IDENTITY-0001号',
    '110101199003078516',
    'y'.repeat(300),
    '7',
    '8',
    '9',
    '10',
    '11',
  ];
  // at first they are hashed one by one
  for (let nth = 1; nth < longFile - 20; nth += 1)
    assert.equal(rows.add([String(nth), 'name'], nth, nth - 1), undefined);
  const [first] = readTuples(rows.taken(ownMemory).tuples);
  assert.equal(first?.[3]?.toString('hex'), subjectHash(subjectKey, 'person', '1'));
  for (const split of [people.length, 3, 1]) {
    const found: string[] = [];
    for (let from = 0; from < people.length; from += split) {
      for (const [nth, id] of people.slice(from, from + split).entries()) {
        assert.equal(rows.add([id, 'name'], nth + 1, nth * 2), undefined);
        assert.equal(rows.add(['left out', 'a\0b'], nth + 1, nth * 2 + 1)?.length, 1);
      }
      const { tuples } = rows.taken(ownMemory);
      for (const fields of readTuples(tuples)) found.push(fields[3]?.toString('hex') ?? '');
    }
    assert.deepEqual(
      found,
      people.map((id) => subjectHash(subjectKey, 'person', id)),
      String(split),
    );
  }
});

test('texts that a mapping adds to short records do not fill the memory: such a file is refused', () => {
  const long = 'x'.repeat(2 ** 20);
  const rows = new CopyRows({ schema, subjectKey }, ['id', 'name']);
  const added = (): void => {
    for (let nth = 1; nth <= 300; nth += 1) rows.add([String(nth), long], nth, nth - 1);
  };
  assert.throws(added, (error) => {
    assert.ok(error instanceof Problem && error.code === 'file_rows_too_large');
    assert.deepEqual(error.facts, { line: 256 });
    return true;
  });
});
