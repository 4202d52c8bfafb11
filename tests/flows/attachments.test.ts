/** Files that rows name: uploaded in parts, checked, sealed, named by rows, and downloaded under the decision of the row. */
import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import sharp from 'sharp';
import type { Attachment } from '../../clients/sdk/attachments.ts';
import type { DatongClient } from '../../clients/sdk/datongClient.ts';
import type { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { CallContext } from '../../clients/sdk/types.ts';
import type { MaskUse } from '../../policies/decision.ts';
import { batchTable } from '../../hub/domain/rowTable/layout.ts';
import { ImageDecoder } from '../../hub/flows/attachments/imageDecoder.ts';
import { Renditions } from '../../hub/flows/attachments/rendition.ts';
import type { AttachmentRow } from '../../hub/flows/attachments/store/attachments.ts';
import type { AttachmentType } from '../../schemas/attachments.ts';
import { ageAttachments, post, reported, sha256 } from './intakeCalls.ts';
import { lastLeaf, newestLeaves } from './leaves.ts';
import { requestedHold } from './requestedHold.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
const { client: sender } = city.ecology;
const { client: reader } = city.education;
const dataset = 'ecology.odour-reports';
const context: CallContext = { purpose: 'environment-study', agreement: 'agr-odour-reports' };

before(async () => {
  await city.apply('odour-reports/dataset.yaml');
  await city.apply('odour-reports/agreement.yaml', [city.education, city.ecology]);
});

/** A photo as a telephone makes it: with the place, the time and the device in its metadata. */
const photo = (width = 1600, height = 1200): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: { r: 20, g: 90, b: 160 } } })
    .withExif({ IFD0: { Model: 'SECRET-PHONE', DateTime: '2026:09:01 08:00:00' } })
    .jpeg()
    .toBuffer();
const pdf = (bytes = 2_000): Buffer =>
  Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(bytes), Buffer.from('\n%%EOF\n')]);

const opening = (bytes: Uint8Array, more: object = {}): object => ({
  field: 'photo',
  name: `${randomUUID()}.jpg`,
  mediaType: 'image/jpeg',
  bytes: bytes.length,
  sha256: sha256(bytes),
  ...more,
});
const open = async (bytes: Uint8Array, more: object = {}, by = sender): Promise<Attachment> =>
  (await post(by, `/v1/datasets/${dataset}/attachments`, opening(bytes, more))).json as Attachment;
const part = (id: string, at: number, body: Uint8Array, by = sender) =>
  by.call({
    method: 'PUT',
    path: `/v1/attachments/${id}/parts/${at}`,
    headers: { 'content-type': 'application/octet-stream' },
    body,
    receipt: 'optional',
  });
const finish = (id: string, by = sender) =>
  by.call({ method: 'POST', path: `/v1/attachments/${id}/finish`, receipt: 'optional' });
const put = async (bytes: Uint8Array, more: object = {}): Promise<string> => {
  const { attachment } = await open(bytes, more);
  await part(attachment, 0, bytes);
  await finish(attachment);
  return attachment;
};
const push = (rows: readonly object[]) =>
  sender.call({
    method: 'POST',
    path: `/v1/datasets/${dataset}/rows`,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(rows)),
    receipt: 'required',
  });
async function bytesOf(id: string, by: DatongClient = reader, more: CallContext = context): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of by.attachments.bytes(dataset, id, more)) pieces.push(piece);
  return Buffer.concat(pieces);
}
const got = (id: string, headers: Readonly<Record<string, string>> = {}, by = reader) =>
  by.call({
    method: 'GET',
    path: `/v1/datasets/${dataset}/attachments/${id}`,
    headers: { 'datong-purpose': context.purpose, 'datong-agreement': context.agreement, ...headers },
    receipt: 'required',
  });

describe('an upload', () => {
  test('arrives in parts, continues after a lost one, and is sealed', async () => {
    const bytes = pdf(9 * 1024 * 1024);
    const { attachment, offset } = await open(bytes, { field: 'papers', mediaType: 'application/pdf' });
    assert.equal(offset, 0);
    const first = bytes.subarray(0, 8 * 1024 * 1024);
    assert.equal(await reported(finish(attachment)), 'attachment_incomplete');
    assert.equal(await reported(part(attachment, 0, first.subarray(1))), 'attachment_part_length');
    await part(attachment, 0, first);
    await part(attachment, 0, first);
    assert.equal(await reported(part(attachment, 0, first.subarray(1))), 'part_differs');
    assert.equal(await reported(part(attachment, 9, first)), 'part_offset_mismatch');
    const state = await sender.attachments.state(attachment);
    assert.equal(state.json.offset, first.length);
    await part(attachment, first.length, bytes.subarray(first.length));
    const { json } = await finish(attachment);
    assert.deepEqual([(json as Attachment).state, (json as Attachment).sha256], ['ready', sha256(bytes)]);
    assert.equal((await lastLeaf(database)).change?.['sha256'], sha256(bytes));
    assert.equal(await reported(finish(attachment)), '200');
    assert.equal(await reported(part(attachment, bytes.length, first)), 'attachment_not_open');
    const { rows } = await database.app.query<{ sealed: Buffer }>(
      'SELECT sealed FROM attachment_piece WHERE attachment = $1 ORDER BY piece',
      [attachment],
    );
    assert.equal(Buffer.concat(rows.map(({ sealed }) => sealed)).includes('%PDF'), false);
  });

  test('is refused where its description is invalid', async () => {
    const bytes = await photo(40, 30);
    const refused = async (more: object, to = dataset, by = sender): Promise<string> =>
      reported(post(by, `/v1/datasets/${to}/attachments`, opening(bytes, more)));
    assert.equal(await refused({ field: 'district' }), 'attachment_field_unknown');
    assert.equal(await refused({ mediaType: 'image/svg+xml' }), 'attachment_type_refused');
    assert.equal(await refused({ bytes: 30_000_000 }), 'attachment_too_large');
    assert.equal(await refused({ bytes: 0 }), 'attachment_empty');
    for (const name of ['../x.jpg', 'a/b.jpg', 'a\\b.jpg', '..', ' ', '身份证11010519491231002X.jpg'])
      assert.equal(await refused({ name }), 'attachment_name_invalid', name);
    assert.equal(await refused({}, dataset, reader), 'not_the_provider');
    assert.equal(await refused({}, 'ecology.air-quality-hourly'), 'attachment_field_unknown');
    for (const name of ['a\u0001.jpg', 'a\u202Egpj.exe'])
      assert.equal(await refused({ name }), 'invalid_request', name);
    const { attachment } = await open(bytes, { name: 'same.jpg' });
    assert.equal(await refused({ name: 'same.jpg' }), 'attachment_name_open');
    await part(attachment, 0, bytes);
    await finish(attachment);
    const again = await open(bytes, { name: 'same.jpg' });
    assert.notEqual(again.attachment, attachment);
  });

  test('of another department is unknown', async () => {
    const bytes = await photo(40, 30);
    const { attachment } = await open(bytes);
    const other = city.publicSecurity.client;
    assert.equal(await reported(part(attachment, 0, bytes, other)), 'attachment_unknown');
    assert.equal(await reported(finish(attachment, other)), 'attachment_unknown');
    await assert.rejects(other.attachments.state(attachment), { code: 'attachment_unknown' });
  });

  for (const [name, code, make] of [
    [
      'an SVG with a script',
      'attachment_type_wrong',
      () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    ],
    [
      'a ZIP archive',
      'attachment_type_wrong',
      () => Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), Buffer.alloc(60)]),
    ],
    [
      'a picture of another format',
      'attachment_type_wrong',
      () =>
        sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
          .png()
          .toBuffer(),
    ],
    [
      'a picture that is a ZIP archive too',
      'attachment_content_refused',
      async () =>
        Buffer.concat([await photo(40, 30), Buffer.from('PK\u0005\u0006', 'latin1'), Buffer.alloc(18)]),
    ],
    [
      'a picture that is a web page too',
      'attachment_content_refused',
      async () => Buffer.concat([await photo(40, 30), Buffer.from('<SCRIPT>alert(1)</SCRIPT>')]),
    ],
    [
      'a picture that is a PDF file too',
      'attachment_content_refused',
      async () => {
        const bytes = await photo(40, 30);
        return Buffer.concat([
          bytes.subarray(0, 2),
          Buffer.from([0xff, 0xfe, 0, 11]),
          Buffer.from('%PDF-1.4\n'),
          bytes.subarray(2),
        ]);
      },
    ],
  ] as const)
    test(`of ${name} is refused as a photo, and ends`, async () => {
      const bytes = await make();
      const { attachment } = await open(bytes);
      await part(attachment, 0, bytes);
      assert.equal(await reported(finish(attachment)), code);
      assert.equal(await reported(finish(attachment)), 'attachment_unknown');
    });

  test('of a picture that unpacks to gigabytes is refused', async () => {
    const bytes = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    bytes.writeUInt32BE(50_000, 16);
    bytes.writeUInt32BE(50_000, 20);
    const { attachment } = await open(bytes, { mediaType: 'image/png' });
    await part(attachment, 0, bytes);
    assert.equal(await reported(finish(attachment)), 'attachment_content_refused');
  });

  test('of a PDF with JavaScript, or with other bytes than declared, is refused', async () => {
    const script = Buffer.concat([
      pdf(),
      Buffer.from('7 0 obj << /S /JavaScript /JS (app.alert(1)) >> endobj'),
    ]);
    const papers = { field: 'papers', mediaType: 'application/pdf' };
    const one = await open(script, papers);
    await part(one.attachment, 0, script);
    assert.equal(await reported(finish(one.attachment)), 'attachment_content_refused');
    const bytes = pdf();
    const other = await open(bytes, { ...papers, sha256: sha256(script) });
    await part(other.attachment, 0, bytes);
    assert.equal(await reported(finish(other.attachment)), 'attachment_digest_mismatch');
  });
});

describe('a row', () => {
  test('names an attachment that is ready for its field, and no other', async () => {
    const bytes = await photo();
    const unfinished = await open(bytes);
    const paper = await put(pdf(), { field: 'papers', mediaType: 'application/pdf' });
    for (const photoId of [randomUUID(), unfinished.attachment, paper]) {
      const refusal = await push([{ report_id: 'X-1', district: 'east', photo: photoId }]).then(
        () => assert.fail('it was let in'),
        (error: unknown) => error as { readonly code: string; readonly document?: object },
      );
      assert.equal(refusal.code, 'rows_refused');
      assert.match(JSON.stringify(refusal), /attachment\.missing/);
    }
    assert.equal(
      await reported(push([{ report_id: 'X-1', district: 'east', papers: [paper, randomUUID()] }])),
      'rows_refused',
    );
    const ready = await put(bytes);
    assert.equal(
      await reported(push([{ report_id: 'X-1', district: 'east', photo: ready, papers: [paper] }])),
      '200',
    );
  });

  test('of a file does so too: the batch is rejected', async () => {
    const ready = await put(await photo(64, 48));
    const csv = (id: string): Buffer => Buffer.from(`report,district,photo\nF-1,east,${id}\n`);
    const bad = await sender
      .sendFile(dataset, csv(randomUUID()), { mapping: 'odour' })
      .catch((error: unknown) => error as { code: string });
    assert.equal('code' in bad ? bad.code : bad.json.problem, 'batch_attachments_missing');
    const good = await sender.sendFile(dataset, csv(ready), { mapping: 'odour' });
    assert.equal(good.json.state, 'published', JSON.stringify(good.json));
    assert.ok((await bytesOf(ready)).length > 0);
  });
});

test('a batch that waits for a person is not released once its attachments are gone', async () => {
  const ready = await put(await photo(64, 48));
  const csv = Buffer.from(`report,district,photo\nH-1,east,${ready}\nH-2,,\n`);
  const held = await sender
    .sendFile(dataset, csv, { mapping: 'odour' })
    .catch((error: unknown) => error as DatongProblem);
  const { rows } = await database.app.query<{ id: string }>(
    "SELECT id FROM batch WHERE dataset = $1 AND state = 'held'",
    [dataset],
  );
  assert.equal(rows.length, 1, JSON.stringify(held));
  await database.owner.query("UPDATE attachment SET state = 'removed' WHERE id = $1", [ready]);
  const steward = await hub.token('Li', ['steward'], 'ecology');
  const answer = await hub.staff(steward, 'POST', `/v1/batches/${rows[0]?.id ?? ''}/release`, {
    reason: 'the row is right',
  });
  assert.equal(answer.json['code'], 'batch_attachments_gone', JSON.stringify(answer));
});

test('the number of unfinished uploads of a department is limited', async () => {
  await database.owner.query(
    `INSERT INTO attachment (id, dataset, department, field, name, media_type, bytes, sha256, storage, upload, opened_at, used_at)
     SELECT gen_random_uuid(), $1, 'ecology', 'photo', n::text, 'image/jpeg', 9, decode(repeat('00', 32), 'hex'), 'database', '', now(), now()
       FROM generate_series(1, 100) AS n`,
    [dataset],
  );
  const bytes = await photo(64, 48);
  assert.equal(await reported(open(bytes).then(() => ({ status: 201 }))), 'too_many_open_attachments');
  await database.owner.query('DELETE FROM attachment WHERE bytes = 9');
});

test('the bytes that a department stores without a row are limited', async () => {
  const id = await put(await photo(64, 48));
  const { rows } = await database.owner.query<{ bytes: string }>(
    'UPDATE attachment SET bytes = 50::bigint * 1024 * 1024 * 1024 WHERE id = $1 RETURNING (SELECT a.bytes FROM attachment AS a WHERE a.id = $1)',
    [id],
  );
  const bytes = await photo(64, 48);
  assert.equal(await reported(open(bytes).then(() => ({ status: 201 }))), 'attachment_bytes_unnamed');
  await database.owner.query('UPDATE attachment SET bytes = $2 WHERE id = $1', [id, rows[0]?.bytes]);
  await push([{ report_id: 'B-1', district: 'east', photo: id }]);
  assert.equal((await open(bytes)).attachment.length, 36);
});

test('an attachment that a database administrator marks as checked is not released', async () => {
  const bytes = await photo(64, 48);
  const { attachment } = await open(bytes);
  await database.owner.query("UPDATE attachment SET state = 'ready', received = bytes WHERE id = $1", [
    attachment,
  ]);
  await push([{ report_id: 'B-2', district: 'east', photo: attachment }]);
  assert.equal(await reported(got(attachment)), 'rows_unauthenticated');
});

describe('a download', () => {
  test('returns the picture under the mask: scaled, upright, without metadata', async () => {
    const bytes = await photo();
    assert.ok(bytes.includes('SECRET-PHONE'));
    const id = await put(bytes);
    await push([{ report_id: 'D-1', district: 'east', photo: id }]);
    const answer = await reader.query(dataset, { filter: [] }, context);
    const row = answer.json.records.find((one) => one['report_id'] === 'D-1');
    assert.equal(row?.['photo'], id, 'a page has the reference, never bytes');
    const masked = await bytesOf(id);
    const { width, height, exif } = await sharp(masked).metadata();
    assert.deepEqual([width, height, exif], [640, 480, undefined]);
    assert.equal(masked.includes('SECRET-PHONE'), false);
    const leaf = await lastLeaf(database);
    assert.deepEqual(
      [leaf.kind, leaf.dataset, leaf.change?.['attachment'], leaf.change?.['sha256'], leaf.change?.['mask']],
      ['release', dataset, id, sha256(masked), 'maxEdge'],
    );
  });

  test('honours Range, and its signed digest is that of the whole', async () => {
    const bytes = pdf(9 * 1024 * 1024);
    const id = (
      await sender.attachments.put(dataset, bytes, {
        field: 'papers',
        mediaType: 'application/pdf',
        name: 'p.pdf',
      })
    ).json.attachment;
    await push([{ report_id: 'D-2', district: 'west', papers: [id] }]);
    assert.equal(sha256(await bytesOf(id)), sha256(bytes));
    assert.equal(await reported(got(id)), 'range_wanted');
    const some = await got(id, { range: 'bytes=300000-300009' });
    assert.equal(some.status, 206);
    assert.deepEqual(Buffer.from(some.body), bytes.subarray(300_000, 300_010));
    assert.equal(some.headers.get('content-range'), `bytes 300000-300009/${bytes.length}`);
    assert.match(some.headers.get('signature-input') ?? '', /"repr-digest"/);
    assert.equal(
      some.headers.get('repr-digest'),
      `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`,
    );
    const last = await got(id, { range: 'bytes=-10' });
    assert.deepEqual(Buffer.from(last.body), bytes.subarray(-10));
    assert.equal(
      last.headers.get('content-range'),
      `bytes ${bytes.length - 10}-${bytes.length - 1}/${bytes.length}`,
    );
    for (const range of ['bytes=99999999-', 'bytes=5-1', 'bytes=-0'])
      assert.equal(await reported(got(id, { range })), 'range_invalid', range);
    assert.equal(await reported(got(id, { range: 'bytes=0-9', 'if-range': '"x"' })), 'range_wanted');
  });

  test('is refused without a row of the agreement that names it, and without an agreement', async () => {
    const id = await put(await photo(64, 48));
    assert.equal(await reported(got(id)), 'attachment_unknown', 'no row');
    await push([{ report_id: 'D-3', district: 'north', photo: id }]);
    assert.equal(await reported(got(id)), 'attachment_unknown', 'a row of a district that is not granted');
    await push([{ report_id: 'D-3', district: 'east', photo: id }]);
    assert.equal(await reported(got(id)), '200');
    assert.equal(await reported(got(id, {}, city.publicSecurity.client)), 'no_agreement');
    assert.equal(await reported(got(id, { 'datong-purpose': 'school-enrolment' })), 'purpose_not_agreed');
    const other = await put(await photo(64, 48));
    await push([{ report_id: 'D-3', district: 'east', photo: other }]);
    assert.equal(await reported(got(id)), 'attachment_unknown', 'the row names another one now');
    const unknown = randomUUID()
      .replace(/^(.{14})./, '$17')
      .replace(/^(.{19})./, '$1a');
    assert.equal(await reported(got(unknown)), 'attachment_unknown');
  });

  test('of altered bytes, or of bytes moved to another description, fails', async () => {
    const id = await put(await photo(64, 48));
    await push([{ report_id: 'D-4', district: 'east', photo: id }]);
    await database.owner.query('UPDATE attachment SET bytes = bytes - 1 WHERE id = $1', [id]);
    assert.equal(await reported(got(id)), 'rows_unauthenticated');
    await database.owner.query('UPDATE attachment SET bytes = bytes + 1 WHERE id = $1', [id]);
    await database.owner.query(
      'UPDATE attachment_piece SET sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1) WHERE attachment = $1',
      [id],
    );
    assert.equal(await reported(got(id)), 'sealed_bytes_damaged');
  });
});

test('bytes that the storage lost, or a storage that is no longer configured, are reported as such', async () => {
  const id = await put(await photo(64, 48));
  await push([{ report_id: 'D-5', district: 'east', photo: id }]);
  await database.owner.query('DELETE FROM attachment_piece WHERE attachment = $1', [id]);
  assert.equal(await reported(got(id)), 'attachment_bytes_missing');
  await database.owner.query("UPDATE attachment SET storage = 's3' WHERE id = $1", [id]);
  assert.equal(await reported(got(id)), 'attachment_storage_unavailable');
});

describe('an attachment that is not needed', () => {
  const sweep = () => hub.hub.runner.run('sweepAttachments');
  const age = (...ids: readonly string[]) => ageAttachments(database, ...ids);
  const left = async (...ids: readonly string[]): Promise<readonly boolean[]> => {
    const { rows } = await database.app.query<{ id: string; pieces: number }>(
      'SELECT id, (SELECT count(*)::int FROM attachment_piece WHERE attachment = id) AS pieces FROM attachment WHERE id = ANY($1)',
      [ids],
    );
    return ids.map((id) => rows.some((row) => row.id === id && row.pieces > 0));
  };

  test('goes a day after its row, with its bytes and an entry; one that a row names stays', async () => {
    const [named, listed, unnamed, fresh] = [
      await put(await photo(64, 48)),
      await put(pdf(), { field: 'papers', mediaType: 'application/pdf' }),
      await put(await photo(64, 48)),
      await put(await photo(64, 48)),
    ];
    const { attachment: cut } = await open(pdf(9_000_000), { field: 'papers', mediaType: 'application/pdf' });
    await push([{ report_id: 'S-1', district: 'east', photo: named, papers: [listed] }]);
    await age(named, listed, unnamed, cut);
    assert.equal(await sweep(), 'ok');
    assert.deepEqual(await left(named, listed, unnamed, fresh), [true, true, false, true]);
    assert.equal(await reported(got(named)), '200');
    await assert.rejects(sender.attachments.state(cut), { code: 'attachment_unknown' });
    const ended = (await newestLeaves(database, 50)).filter(({ kind }) => kind === 'retire');
    assert.equal(ended.find(({ change }) => change?.['attachment'] === unnamed)?.change?.['state'], 'unused');
    assert.equal(ended.find(({ change }) => change?.['attachment'] === cut)?.change?.['state'], 'expired');

    await push([{ report_id: 'S-1', district: 'east', photo: fresh }]);
    assert.equal(await reported(got(named)), 'attachment_unknown', 'its row names another one');
    await age(named, listed, fresh);
    await sweep();
    assert.deepEqual(await left(named, listed, fresh), [false, false, true]);
    assert.equal(
      await reported(push([{ report_id: 'S-2', district: 'east', photo: named }])),
      'rows_refused',
    );
  });

  test('stays a day from the moment its last row went, however old it is', async () => {
    const [gone, returned] = [await put(await photo(64, 48)), await put(await photo(64, 48))];
    const names = (photo: string, row: string) => push([{ report_id: row, district: 'east', photo }]);
    const back = (column: string) =>
      database.owner.query(
        `UPDATE attachment SET ${column} = ${column} - interval '25 hours' WHERE id = ANY($1)`,
        [[gone, returned]],
      );
    await names(gone, 'S-4');
    await names(returned, 'S-5');
    await back('used_at');
    const other = await put(await photo(64, 48));
    await names(other, 'S-4');
    await names(other, 'S-5');
    await sweep();
    assert.deepEqual(await left(gone, returned), [true, true]);
    await names(returned, 'S-5');
    await back('used_at');
    await back('unnamed_since');
    // past the hub: it goes all the same
    await database.owner.query("UPDATE attachment SET used_at = 'infinity' WHERE id = $1", [gone]);
    await sweep();
    assert.deepEqual(await left(gone, returned), [false, true]);
  });

  test('stays while the schema of its dataset cannot be read', async () => {
    const { owner } = database;
    const id = await put(await photo(64, 48));
    await push([{ report_id: 'S-3', district: 'east', photo: id }]);
    await age(id);
    const { rows } = await owner.query<{ urn: string; document: string }>(
      'SELECT urn, document FROM schema_version WHERE urn = (SELECT schema FROM dataset WHERE id = $1)',
      [dataset],
    );
    const [{ urn, document } = assert.fail()] = rows;
    const written = async (text: string): Promise<void> => {
      await owner.query('UPDATE schema_version SET document = $2 WHERE urn = $1', [urn, text]);
      await hub.token(`reads again ${randomUUID()}`, ['auditor']);
    };
    await written('{');
    try {
      await sweep();
      const refused = open(pdf(), { field: 'papers', mediaType: 'application/pdf' }).then(() => ({
        status: 201,
      }));
      assert.equal(await reported(refused), 'dataset_unavailable');
    } finally {
      await written(document);
    }
    assert.deepEqual(await left(id), [true]);
    assert.equal(await reported(got(id)), '200');
  });

  test('stays under a legal hold, as do cut uploads and bytes that wait for their deletion', async () => {
    const papers = { field: 'papers', mediaType: 'application/pdf' };
    const [unnamed, ended] = [await put(await photo(64, 48)), await put(pdf(), papers)];
    const { attachment: cut } = await open(pdf(9_000_000), papers);
    await age(unnamed, ended, cut);
    await database.owner.query("UPDATE attachment SET state = 'removed' WHERE id = $1", [ended]);
    const officer = await hub.token('Hold', ['security']);
    const withdraw = await requestedHold(hub, officer, dataset, 'SS-2026-0101');
    await sweep();
    assert.deepEqual(await left(unnamed, ended), [true, true]);
    assert.equal((await sender.attachments.state(cut)).json.state, 'receiving');
    await withdraw();
    await sweep();
    assert.deepEqual(await left(unnamed, ended), [false, false]);
    await assert.rejects(sender.attachments.state(cut), { code: 'attachment_unknown' });
  });

  test('stays where a batch of another schema version names it in a column of another type', async () => {
    const ids = [
      await put(await photo(64, 48)),
      await put(pdf(), { field: 'papers', mediaType: 'application/pdf' }),
    ];
    const [single = '', listed = ''] = ids;
    await age(single, listed);
    const { rows } = await database.owner.query<{ id: string }>('SELECT id FROM batch WHERE dataset = $1', [
      dataset,
    ]);
    const table = batchTable(rows[0]?.id ?? '');
    await database.owner.query(`DROP TABLE IF EXISTS ${table}`);
    await database.owner.query(
      `CREATE TABLE ${table} AS SELECT json_build_array('${single}') AS f_photo, '${listed}'::text AS f_papers`,
    );
    await database.owner.query(`GRANT SELECT ON ${table} TO datong_app`);
    assert.equal(await sweep(), 'ok');
    assert.deepEqual(await left(single, listed), [true, true]);
    await database.owner.query(`DROP TABLE ${table}`);
    assert.equal(await sweep(), 'ok');
    assert.deepEqual(await left(single, listed), [false, false]);
  });
});

describe('the masks of images', () => {
  const renditions = new Renditions(new ImageDecoder());
  const row = (bytes: Buffer, mediaType: AttachmentType): AttachmentRow => ({
    id: randomUUID(),
    dataset,
    department: 'ecology',
    field: 'photo',
    name: 'x',
    mediaType,
    bytes: bytes.length,
    sha256: Buffer.alloc(32),
    received: bytes.length,
    state: 'ready',
    storage: 'database',
    upload: '',
  });
  const under = async (bytes: Buffer, mask: MaskUse, mediaType: AttachmentType = 'image/jpeg') =>
    renditions.of(row(bytes, mediaType), mask, async function* () {
      yield await Promise.resolve(bytes);
    });

  test('maxEdge: pixels bound the longer edge, and nothing is enlarged', async () => {
    const bytes = await photo(300, 200);
    const edges = async (pixels: number): Promise<number | undefined> =>
      (await sharp((await under(bytes, { name: 'maxEdge', params: { pixels } })).bytes).metadata()).width;
    assert.deepEqual([await edges(64), await edges(299), await edges(4000)], [64, 299, 300]);
  });

  test('stripMetadata: the picture is turned as its camera was, without what it recorded', async () => {
    const bytes = await sharp(await photo(300, 200))
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const { bytes: masked, sha256: digest } = await under(bytes, { name: 'stripMetadata', params: {} });
    const { width, height, exif, orientation, icc, xmp } = await sharp(masked).metadata();
    assert.deepEqual(
      [width, height, exif, orientation, icc, xmp],
      [200, 300, undefined, undefined, undefined, undefined],
    );
    assert.equal(digest.toString('hex'), sha256(masked));
  });

  test('no other file leaves under them', async () => {
    const mask = { name: 'stripMetadata', params: {} };
    await assert.rejects(under(pdf(), mask, 'application/pdf'), { code: 'attachment_mask_unfit' });
    await assert.rejects(under(pdf(), mask), { code: 'attachment_mask_unfit' });
  });

  test('a picture that is turned is decoded as a whole, and has a limit of bytes', async () => {
    const create = { width: 9_500, height: 9_500, channels: 3, background: 'grey' } as const;
    const turned = await sharp({ create }).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    await assert.rejects(under(turned, { name: 'stripMetadata', params: {} }), ({ cause }: Error) => {
      assert.match(String(cause), /takes more than 256 MiB to decode/);
      return true;
    });
  });
});
