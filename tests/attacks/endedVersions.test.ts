/** A database administrator puts versions of a deleted row back, once the row has come again: its history has none of them. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { administratorSession } from '../administratorSession.ts';
import { headers, json, refusal, row, streetCases } from '../flows/streetCases.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
const { client: provider } = city.ecology;
const { client: roads } = city.education;
const { dataset, push, change, read } = await streetCases(hub, city);
const administrator = await administratorSession(database, '-c session_replication_role=replica');
after(() => hub.stop());

for (const [what, ended] of [
  ['below its numbers', ''],
  [
    'in their own places, after the number that deleted ones leave was set back',
    'DELETE FROM row_version_ended',
  ],
] as const)
  test(`versions of a deleted row that are put back ${what}`, async () => {
    const id = await dataset();
    await push(id, [row('again', 'education')]);
    await change(roads, id, 'again', { version: 1, set: { note: 'erased' } });
    await change(roads, id, 'again', { version: 2, set: { note: 'now' } });
    await administrator.query(
      `CREATE TEMPORARY TABLE copy AS SELECT * FROM row_version WHERE dataset = '${id}'`,
    );
    await provider.call({
      method: 'POST',
      path: `/v1/datasets/${id}/deletions`,
      headers,
      receipt: 'optional',
      body: json({ keys: [{ case: 'again' }], reason: '误报' }),
    });
    if (ended !== '') await administrator.query(ended);
    await push(id, [row('again', 'education', { note: 'now' })]);
    const history = () =>
      read(roads, id, { history: true, limit: 1, filter: [{ field: 'case', op: 'eq', value: 'again' }] });
    assert.equal((await history()).records.length, 1);
    await administrator.query(
      'INSERT INTO row_version OVERRIDING SYSTEM VALUE SELECT * FROM copy ON CONFLICT DO NOTHING; DROP TABLE copy',
    );
    assert.equal(await refusal(history()), 'rows_unauthenticated');
  });
