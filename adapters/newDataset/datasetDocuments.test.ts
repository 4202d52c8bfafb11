import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shippedSurroundings } from '../../machine/surroundings.ts';
import { draftSchema } from '../../schemas/draft/draftSchema.ts';
import { readDdl } from '../../schemas/draft/readDdl.ts';
import { datasetDrafted } from './datasetDocuments.ts';

test('a listed value of the key is never null, also where the source allows an empty one', async () => {
  const [table] = readDdl(
    "CREATE TABLE t (no varchar(9) NOT NULL, kind enum('A','B'), at date, other enum('C','D'))",
  );
  assert.ok(table);
  const drafted = await datasetDrafted(
    draftSchema(table, shippedSurroundings),
    {
      department: 'transport',
      name: 'kinds',
      title: { zh: '种类', en: 'Kinds' },
      key: ['no', 'kind', 'at'],
      levels: new Map(),
      markedTexts: new Set(),
      subject: undefined,
      sharing: 'none',
      conditions: '',
      mode: 'upsert',
      every: undefined,
    },
    undefined,
    shippedSurroundings,
    0,
  );
  assert.ok('documents' in drafted, JSON.stringify(drafted));
  const properties = drafted.documents.schema['properties'] as Readonly<Record<string, { enum?: unknown }>>;
  assert.deepEqual(
    [properties['kind']?.enum, properties['at'], properties['other']?.enum],
    [['A', 'B'], { ...properties['at'], type: 'string' }, ['C', 'D', null]],
  );
});
