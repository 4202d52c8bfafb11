/** Queries about a stored file wait for a place among their like, and are refused in time; incoming files are not delayed. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { samples } from '../hub.ts';
import { guardedDatasets } from './guardedDatasets.ts';
import { idsOf, people } from './householdRecords.ts';
import { post, reported } from './intakeCalls.ts';
import { lastLeaf } from './leaves.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ intake: { rereadsAtOnce: 0, rereadPatience: 10 } });
const { client } = city.publicSecurity;
const steward = await hub.token('han', ['steward'], 'pub-security');
const { dataset, sent } = guardedDatasets(hub, { operator: city.operator, steward, client });

test('each question that has a file read again is refused while there is no place; files come in all the same', async () => {
  const id = await dataset('asked-about');
  const citizens = people(30, 41);
  const { batch } = await sent(id, citizens);
  const held = await sent(id, people(31, 42), { control: { rows: 1 } });
  assert.equal(held.state, 'held');
  const key = { person_id: idsOf(citizens)[0] };
  const sample = readDocuments(resolve(samples, 'household/dataset.yaml')).find(
    ({ kind }) => kind === 'Mapping',
  );
  const document = { ...(sample?.members['document'] as object), mapping: 'pub-security/asked-about@2' };
  const asks: readonly (readonly [string, string, object?])[] = [
    ['GET', `/v1/batches/${batch}/fields/name`],
    ['GET', `/v1/batches/${held.batch}/difference`],
    ['POST', `/v1/datasets/${id}/rows/origin`, { key }],
    ['POST', `/v1/datasets/${id}/mapping-trials`, { document, batch }],
  ];
  for (const [method, path, body] of asks) {
    const answer = await hub.staff(steward, method, path, body);
    assert.deepEqual([path, answer.status, answer.json['code']], [path, 429, 'rereads_busy']);
  }
  assert.equal(await reported(post(client, `/v1/datasets/${id}/rows/origin`, { key })), 'rereads_busy');
  const leaf = await lastLeaf(database);
  assert.deepEqual([leaf.operation, leaf.decision], ['traceRow', 'deny'], 'a refusal is logged');
});
