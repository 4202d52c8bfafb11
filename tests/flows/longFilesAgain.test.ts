/** Files longer than the keys that are remembered while they are read, read once more: what is reported of them is what became of them. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { samples } from '../hub.ts';
import { guardedDatasets } from './guardedDatasets.ts';
import { idsOf, people } from './householdRecords.ts';
import { cityHub } from '../cityHub.ts';

const { hub, city } = await cityHub({ intake: { rememberedKeys: 5 } });
const { client } = city.publicSecurity;
const steward = await hub.token('han', ['steward'], 'pub-security');
const { dataset, sent } = guardedDatasets(hub, { operator: city.operator, steward, client });

test('rows that repeat a key near and far are bad rows of a trial too, and of a key the first row is the one', async () => {
  const id = await dataset('long');
  const citizens = people(200, 51);
  // the second repeats one that is remembered, the last one that is not
  const records = [
    ...citizens.slice(0, 3),
    ...citizens.slice(1, 2),
    ...citizens.slice(3),
    ...citizens.slice(150, 151),
  ];
  const { batch } = await sent(id, records);
  const sample = readDocuments(resolve(samples, 'household/dataset.yaml')).find(
    ({ kind }) => kind === 'Mapping',
  );
  const document = { ...(sample?.members['document'] as object), mapping: 'pub-security/long@2' };
  const trial = await hub.staff(steward, 'POST', `/v1/datasets/${id}/mapping-trials`, { document, batch });
  assert.equal(trial.status, 200, JSON.stringify(trial.json));
  const { counts, problems, difference } = trial.json as {
    counts: object;
    problems: readonly { rule: string; count: number; lines: readonly number[] }[];
    difference?: { added: number; removed: number; changed: number };
  };
  const { json } = await hub.staff(steward, 'GET', `/v1/batches/${batch}`);
  assert.equal(json['state'], 'published', JSON.stringify(json));
  assert.deepEqual(counts, { records: 202, rows: 200, bad: 2, skipped: 0 });
  assert.deepEqual(
    problems.map(({ rule, count, lines }) => [rule, count, lines]),
    [['key.repeated', 2, [5]]],
  );
  assert.deepEqual([difference?.added, difference?.removed, difference?.changed], [0, 0, 0]);
  for (const nth of [1, 150]) {
    const key = { person_id: idsOf(citizens)[nth] };
    const origin = await hub.staff(steward, 'POST', `/v1/datasets/${id}/rows/origin`, { key });
    // a line of headings, and after the third row the one that repeats the second
    assert.equal(origin.json['line'], nth === 1 ? 3 : nth + 3);
  }
});
