import assert from 'node:assert/strict';
import { test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/householdFile.ts';
import type { CodeList } from '../../schemas/codelists/codeList.ts';
import { sharedSchema } from '../../schemas/sharedSchemas.ts';
import { Problem } from '../../terms/problem.ts';
import { bytesOf } from '../fixtures/bytes.ts';
import { householdMapping } from '../fixtures/householdMapping.ts';
import { addTotals, noTotals } from '../limits.ts';
import { translateInWorker } from './translateInWorker.ts';

const regions: CodeList = {
  id: 'demo.region',
  version: '1',
  supplements: 'gbt2260',
  title: { zh: '示例区划', en: 'demo regions' },
  entries: ['990100', '990101', '990102', '990103'].map((code) => ({ code, zh: code })),
};
const task = {
  mapping: householdMapping,
  schema: sharedSchema('household@1').document,
  codeLists: [regions],
};

test('a worker gives the same rows, problems and totals; refusals keep their code', async () => {
  const file = householdFile(3000, 11);
  let totals = noTotals;
  const ids: unknown[] = [];
  for await (const batch of translateInWorker(bytesOf(file.bytes, 30_000), task)) {
    totals = addTotals(totals, batch);
    ids.push(...batch.rows.map((row) => row['person_id']));
  }
  assert.deepEqual(totals, { records: 3000, rows: file.good.length, bad: file.spoiled, skipped: 0 });
  assert.deepEqual(
    ids,
    file.good.map(({ id }) => id),
  );
  await assert.rejects(
    async () => {
      for await (const batch of translateInWorker(bytesOf('a,b\n1,2\n'), task))
        assert.fail(String(batch.records));
    },
    (error) => error instanceof Problem && error.code === 'mapping_column_missing',
  );
});
