/** A changeover whose source was altered past the hub stops and shows why; those of other datasets go on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { cityHub } from '../cityHub.ts';
import { mapping, mappingOf, rowsMappingOf, schemaOf } from './householdVersions.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
const office = await hub.token('office', ['steward']);
const officer = await hub.token('officer', ['security']);
const author = await hub.token('author', ['steward'], 'pub-security');
const { client } = city.publicSecurity;
const limits = { maxBad: 100 };
const idOf = (name: string): string => `pub-security.${name}`;

/** A dataset with rows, and its changeover to the next major version. */
async function begun(name: string, mode: 'upsert' | 'snapshot', seed: number): Promise<void> {
  const post = async (token: string, path: string, body: object, status: number): Promise<void> => {
    const sent = await hub.staff(token, 'POST', path, body);
    assert.equal(sent.status, status, JSON.stringify(sent.json));
  };
  const path = `/v1/datasets/${idOf(name)}`;
  const title = { zh: '户籍', en: 'Household' };
  const made = { id: idOf(name), title, schema: 'urn:datong:household:1.0', mode };
  await post(city.operator, '/v1/datasets', { ...made, sharing: { type: 'unconditional' } }, 201);
  const files = `pub-security/${name}`;
  await post(author, `${path}/mappings`, { document: { ...mapping, mapping: `${files}@1`, limits } }, 201);
  const { bytes } = householdFile(40, seed);
  assert.equal((await client.sendFile(idOf(name), bytes, { mapping: name })).json.state, 'published');
  const next = mappingOf(2, 2, { mapping: `${files}@2`, limits });
  const byRows = mode === 'upsert' ? [rowsMappingOf(2, `${files}-rows@1`)] : [];
  const body = { schema: 'urn:datong:household:2.0', reason: '换版', mappings: [next, ...byRows] };
  await post(
    author,
    `${path}/changeover`,
    mode === 'upsert' ? { ...body, rowsBy: `${files}-rows` } : body,
    202,
  );
}

async function shown(name: string): Promise<readonly unknown[]> {
  const { json } = await hub.staff(author, 'GET', `/v1/datasets/${idOf(name)}/changeover`);
  return [json['stage'], json['problem']];
}

test('altered rows and damaged bytes stop their own changeover only', async () => {
  const document = schemaOf(2);
  const sent = await hub.staff(city.operator, 'POST', '/v1/schemas', { document });
  for (const token of [office, officer])
    await hub.staff(token, 'POST', `/v1/schemas/${document.$id}/decision`, {
      act: 'publish',
      digest: sent.json['digest'],
    });
  await begun('a-rows', 'upsert', 1);
  await begun('b-bytes', 'snapshot', 2);
  await begun('c-whole', 'snapshot', 3);
  const run = (): Promise<string | undefined> => hub.hub.runner.run('fillChangeovers');
  assert.equal(await run(), 'ok');
  const { rows } = await database.owner.query<{ table: string }>(
    `SELECT 'rows.' || tablename AS table FROM pg_tables WHERE schemaname = 'rows' AND tablename LIKE 'u!_%' ESCAPE '!'`,
  );
  for (const { table } of rows)
    await database.owner.query(
      `UPDATE ${table} SET f_name = '改动' WHERE _row = (SELECT min(_row) FROM ${table})`,
    );
  await database.owner.query(
    `UPDATE batch_part SET sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1)
      WHERE batch = (SELECT current_batch FROM dataset WHERE id = '${idOf('b-bytes')}')`,
  );
  assert.equal(await run(), 'rows_unauthenticated');
  assert.deepEqual(await shown('a-rows'), ['stopped', 'rows_unauthenticated']);
  assert.deepEqual(await shown('b-bytes'), ['stopped', 'sealed_bytes_damaged']);
  assert.deepEqual(await shown('c-whole'), ['ready', undefined]);
  assert.equal(await run(), 'ok', 'reported once');
});
