/** Attachments where rows are deleted, read again under another version of their schema, or left behind by one. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { samples } from '../hub.ts';
import { ageAttachments, post, reported } from './intakeCalls.ts';
import { newestLeaves } from './leaves.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
const { client } = city.ecology;
const dataset = 'ecology.odours';
const about = `/v1/datasets/${dataset}`;
const author = await hub.token('author', ['steward'], 'ecology');
const second = await hub.token('second', ['steward'], 'ecology');

interface Schema {
  $id: string;
  properties: Record<string, unknown>;
}
const [schema] = readDocuments(join(samples, 'odour-reports/dataset.yaml'));
const original = schema?.members['document'] as Schema;
/** The version without `papers`, and with the photo in a field of this name. */
const versionOf = (major: number, photo: string): Schema => {
  const { papers: _, photo: field, ...properties } = original.properties;
  return {
    ...original,
    $id: `urn:datong:odour-report:${major}.0`,
    properties: { ...properties, [photo]: field },
  };
};
const apply = (documents: readonly object[]): Promise<void> => city.apply(documents, [city.ecology]);
before(async () => {
  await apply([
    { kind: 'Schema', document: original },
    {
      kind: 'Dataset',
      id: dataset,
      title: { zh: '异味', en: 'Odours' },
      schema: original.$id,
      mode: 'upsert',
      sharing: { type: 'none' },
      intake: { byCall: { onBad: 'refuse' }, deleteWhere: { field: 'district', is: ['gone'] } },
    },
  ]);
  const document = {
    mapping: 'ecology/odours@1',
    target: 'odour-report@1',
    source: { format: 'csv' },
    limits: { maxBad: 0 },
    fields: {
      report_id: { from: 'report' },
      district: { from: 'district' },
      photo: { from: 'photo', nullIf: [''] },
    },
  };
  const answer = await hub.staff(author, 'POST', `${about}/mappings`, { document });
  assert.equal(answer.status, 201, JSON.stringify(answer.json));
});

const put = async (field: string): Promise<string> => {
  const isPhoto = field === 'photo';
  const bytes = isPhoto
    ? Buffer.from(
        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
        'base64',
      )
    : Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(500), Buffer.from('\n%%EOF\n')]);
  const upload = { field, mediaType: isPhoto ? 'image/png' : 'application/pdf', name: `${randomUUID()}.x` };
  return (await client.attachments.put(dataset, bytes, upload)).json.attachment;
};
const push = (rows: readonly object[]) => post(client, `${about}/rows`, rows);
const sweep = () => hub.hub.runner.run('sweepAttachments');
const age = (...ids: readonly string[]) => ageAttachments(database, ...ids);
const left = async (...ids: readonly string[]): Promise<readonly boolean[]> => {
  const { rows } = await database.app.query<{ id: string }>('SELECT id FROM attachment WHERE id = ANY($1)', [
    ids,
  ]);
  return ids.map((id) => rows.some((row) => row.id === id));
};

test('a row that deletes another one needs no file, by call and by file', async () => {
  const [one, other] = [await put('photo'), await put('photo')];
  await push([
    { report_id: 'R-1', district: 'east', photo: one },
    { report_id: 'R-2', district: 'east', photo: other },
  ]);
  await database.owner.query('DELETE FROM attachment WHERE id = ANY($1)', [[one, other]]);
  assert.equal(await reported(push([{ report_id: 'R-3', district: 'east', photo: one }])), 'rows_refused');
  const { json } = await push([{ report_id: 'R-1', district: 'gone', photo: one }]);
  assert.equal((json as { deletions: number }).deletions, 1, JSON.stringify(json));
  const csv = Buffer.from(`report,district,photo\nR-2,gone,${other}\n`);
  const sent = await client.sendFile(dataset, csv, { mapping: 'odours' });
  assert.equal(sent.json.state, 'published', JSON.stringify(sent.json));
});

test('a refused file is named in its entry', async () => {
  const bytes = Buffer.from('<svg/>');
  const begun = await client.attachments
    .put(dataset, bytes, { field: 'photo', mediaType: 'image/png', name: 'x.png' })
    .catch((error: unknown) => error as { code: string });
  assert.equal('code' in begun ? begun.code : '', 'attachment_type_wrong');
  const [leaf] = await newestLeaves(database, 1);
  assert.deepEqual(
    [leaf?.decision, leaf?.change?.['field'], leaf?.change?.['state'], leaf?.provider],
    ['deny', 'photo', 'refused', 'ecology'],
  );
  const { rows } = await database.app.query('SELECT FROM attachment WHERE id = $1 AND state = $2', [
    leaf?.change?.['attachment'],
    'removed',
  ]);
  assert.equal(rows.length, 1);
});

test('an upload is continued with the same file only', async () => {
  const upload = { field: 'papers', mediaType: 'application/pdf', name: `${randomUUID()}.pdf` };
  const bytes = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(9_000_000), Buffer.from('\n%%EOF\n')]);
  let begun = '';
  const progress: number[] = [];
  const cut = client.attachments.put(dataset, bytes, {
    ...upload,
    onProgress: ({ attachment, sent }) => {
      progress.push(sent);
      begun = attachment;
      if (sent > 0) throw new Error('cut');
    },
  });
  await assert.rejects(cut, /cut/);
  assert.equal(progress[0], 0, 'the id is known before the first part is sent');
  const again = (content: Buffer, more: object = {}) =>
    reported(client.attachments.put(dataset, content, { ...upload, attachment: begun, ...more }));
  const altered = Buffer.from(bytes);
  altered[5_000_000] = (altered[5_000_000] ?? 0) ^ 1;
  await assert.rejects(client.attachments.put(dataset, altered, { ...upload, attachment: begun }), {
    code: 'attachment_other',
  });
  await assert.rejects(
    client.attachments.put(dataset, bytes, { ...upload, attachment: begun, field: 'photo' }),
    {
      code: 'attachment_other',
    },
  );
  assert.equal(await again(bytes), '200');
});

describe('a changeover', changeover);

function changeover(): void {
  const mappingOf = (major: number, photo: string): object => ({
    mapping: `ecology/odour-rows@1`,
    target: `odour-report@${major}`,
    source: { format: 'json', options: {} },
    limits: { maxBad: 0 },
    fields: {
      report_id: { from: 'report_id' },
      district: { from: 'district' },
      [photo]: { from: 'photo' },
    },
  });
  const begin = async (major: number, photo: string): Promise<void> => {
    await apply([{ kind: 'Schema', document: versionOf(major, photo) }]);
    const answer = await hub.staff(author, 'POST', `${about}/changeover`, {
      schema: `urn:datong:odour-report:${major}.0`,
      mappings: [mappingOf(major, photo)],
      reason: '检测报告不再采集',
      rowsBy: 'ecology/odour-rows',
    });
    assert.equal(answer.status, 202, JSON.stringify(answer.json));
    for (let i = 0; i < 2; i += 1) assert.equal(await hub.hub.runner.run('fillChangeovers'), 'ok');
  };
  const shown = async () => (await hub.staff(author, 'GET', `${about}/changeover`)).json;
  const decide = (token: string, body: object) =>
    hub.staff(token, 'POST', `${about}/changeover/decision`, body);

  test('a changeover whose rows would name files of another field stops', async () => {
    const [photo, paper] = [await put('photo'), await put('papers')];
    await push([{ report_id: 'C-1', district: 'east', photo, papers: [paper] }]);
    await begin(2, 'picture');
    const { stage, problem } = await shown();
    assert.deepEqual([stage, problem], ['stopped', 'batch_attachments_missing']);
    assert.equal((await decide(author, { act: 'abandon', reason: '字段改名' })).status, 200);
  });

  test('one that keeps the field switches, and files that only the former version names stay as long as its rows', async () => {
    const [photo, paper] = [await put('photo'), await put('papers')];
    await push([
      { report_id: 'C-1', district: 'east' },
      { report_id: 'C-2', district: 'east', photo, papers: [paper] },
    ]);
    await begin(3, 'photo');
    const { stage, digest, stops } = await shown();
    assert.equal(stage, 'ready', JSON.stringify(await shown()));
    await age(photo, paper);
    const agreed = await decide(second, { act: 'switch', digest, stops });
    assert.equal(agreed.json['state'], 'switched', JSON.stringify(agreed.json));
    const { rows } = await database.app.query<{ fresh: boolean }>(
      "SELECT used_at > now() - interval '1 hour' AS fresh FROM attachment WHERE id = $1",
      [photo],
    );
    assert.equal(rows[0]?.fresh, true, 'the switch uses the files of its rows');
    await age(photo, paper);
    assert.equal(await sweep(), 'ok');
    assert.deepEqual(await left(photo, paper), [true, true]);
    const { rows: former } = await database.owner.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'f_papers'
        WHERE c.relnamespace = 'rows'::regnamespace AND c.relkind = 'r' AND c.relname LIKE 'u\\_%'`,
    );
    assert.equal(former.length, 1);
    await database.owner.query(`DROP TABLE rows."${former[0]?.name ?? ''}"`);
    assert.equal(await sweep(), 'ok');
    assert.deepEqual(await left(photo, paper), [true, false]);
  });
}
