/**
 * Backup and restore of a hub whose attachments are in a bucket: what an archive and a restored hub report about the bucket, and that a hub
 * which was restored to an earlier moment removes no object of the one that went on.
 */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { DatongClient } from '../../clients/sdk/datongClient.ts';
import { sweepStoredObjects } from '../../hub/flows/attachments/jobs/sweepStoredObjects.ts';
import { S3Storage } from '../../hub/flows/attachments/s3Storage.ts';
import { AttachmentStorages } from '../../hub/flows/attachments/storage.ts';
import type { Database } from '../../hub/platform/database/database.ts';
import { readConfig } from '../../hub/platform/config/readConfig.ts';
import { Problem } from '../../terms/problem.ts';
import { configurationInFolder } from '../adjacentConfiguration.ts';
import { cityHub } from '../cityHub.ts';
import { emptyDatabase } from '../database.ts';
import { leavesWhere } from '../leafTexts.ts';
import { machineOf, testHub, type TestHub } from '../hub.ts';
import { s3Server } from '../s3Server.ts';
import { typedDatong } from '../typedDatong.ts';
import { ageAttachments, post, reported, sha256 } from './intakeCalls.ts';

const s3 = await s3Server();
after(() => s3.close());
const stored = { attachments: s3.attachments };
const { database, hub, city } = await cityHub({ jobsByTime: false, config: stored }, { connections: 20 });
const { client: sender } = city.ecology;
const { client: reader } = city.education;
const home = mkdtempSync(join(tmpdir(), 'datong-bucket-'));
after(() => rmSync(home, { recursive: true, force: true }));
const dataset = 'ecology.odour-reports';
const context = { purpose: 'environment-study', agreement: 'agr-odour-reports' };
const config = await configurationInFolder(hub, database.address, home, stored);
const restored = await emptyDatabase();
mkdirSync(join(home, 'state'));
const restoredConfig = await configurationInFolder(hub, restored.address, home, {
  ...stored,
  stateDir: join(home, 'state'),
});
const archive = join(home, 'day.dtb');
const place =
  readConfig({ name: 'yunxi', publicOrigin: 'https://localhost:8443', ...stored }, {}).attachments.s3 ??
  assert.fail();
const storage = new S3Storage(database.app, place);
after(() => storage.close());

const put = async (bytes: Buffer, by: DatongClient = sender): Promise<string> => {
  const upload = { field: 'papers', mediaType: 'application/pdf', name: `${randomUUID()}.pdf` };
  return (await by.attachments.put(dataset, bytes, upload)).json.attachment;
};
const pdf = (): Buffer =>
  Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(300_000), Buffer.from('\n%%EOF\n')]);
const names = (report: string, ids: readonly string[]) =>
  post(sender, `/v1/datasets/${dataset}/rows`, [{ report_id: report, district: 'east', papers: ids }]);
async function digestOf(id: string, by: DatongClient = reader): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of by.attachments.bytes(dataset, id, context)) pieces.push(piece);
  return sha256(Buffer.concat(pieces));
}
const readiness = async (of: TestHub): Promise<string | undefined> => {
  const answer = await fetch(`${of.hub.origins.admin}/readyz`);
  return ((await answer.json()) as { checks: Record<string, string> }).checks['attachments'];
};
const idsStored = async (): Promise<ReadonlySet<string>> =>
  new Set((await storage.list(undefined)).objects.map(({ id }) => id));
const codeOf = (error: unknown): unknown => (error instanceof Problem ? error.code : error);
/** A sweep of objects without a record, as in eight days. */
const sweep = (of: Database, by: S3Storage) =>
  sweepStoredObjects({ database: of, attachments: new AttachmentStorages(by) }).run({
    now: () => of.now() + 8 * 86_400_000,
    state: null,
    signal: new AbortController().signal,
    act: () => Promise.resolve({ exchange: '' }),
  });
const datong = (...words: readonly string[]) => typedDatong(['hub', ...words]);
const verified = (...more: readonly string[]) =>
  datong('verify-backup', archive, '--restore', '--config', config, ...more);

/** the file of a row, one that is removed after the archive, and one that is uploaded after it */
const [bytes, removedBytes, laterBytes] = [pdf(), pdf(), pdf()];
let [id, removed, later] = ['', '', ''];

before(async () => {
  await city.apply('odour-reports/dataset.yaml');
  await city.apply('odour-reports/agreement.yaml', [city.education, city.ecology]);
  id = await put(bytes);
  removed = await put(removedBytes);
  await names('B-1', [id]);
  await names('B-2', [removed]);
  const made = await datong('backup', '--out', archive, '--config', config);
  assert.equal(made.code, 0, made.stderr);
});

test('an archive whose attachments are all in the bucket is good, and the bucket is not in it', async () => {
  const ran = await verified('--json');
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  assert.deepEqual((JSON.parse(ran.stdout) as { attachments: unknown }).attachments, {
    inBucket: 2,
    missing: 0,
  });
  assert.match((await verified('--lang', 'en')).stderr, /all 2 attachments in the bucket are there/);
  const without = JSON.parse(readFileSync(config, 'utf8')) as Record<string, unknown>;
  delete without['attachments'];
  const other = join(home, 'without.json');
  writeFileSync(other, JSON.stringify(without));
  const blind = await datong('verify-backup', archive, '--restore', '--config', other, '--lang', 'en');
  assert.equal(blind.code, 0, blind.stderr);
  assert.match(blind.stderr, /2 attachments are in a bucket and were not compared: .*attachments\.s3/);
});

test('a file that was removed since the archive is counted, and is no finding', async () => {
  await names('B-2', []);
  await ageAttachments(database, removed);
  assert.equal(await hub.hub.runner.run('sweepAttachments'), 'ok');
  later = await put(laterBytes);
  await names('B-3', [later]);
  assert.deepEqual([(await idsStored()).has(removed), (await idsStored()).has(later)], [false, true]);
  const ran = await verified('--json');
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  assert.deepEqual((JSON.parse(ran.stdout) as { attachments: unknown }).attachments, {
    inBucket: 2,
    missing: 1,
  });
  assert.match(
    (await verified('--lang', 'en')).stderr,
    /the bucket lacks 1 of 2 attachments: the hub removed them since the archive: /,
  );
});

test('a hub that was restored to an earlier moment serves what is there, and deletes nothing of the one that went on', async (t) => {
  const ran = await datong('restore', archive, '--accept-older', '--config', restoredConfig, '--lang', 'en');
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(
    ran.stderr,
    /uploads and deletes nothing in the bucket datong until datong hub restore --claim-bucket/,
  );
  const checked = await typedDatong(['serve', '--check', '--config', restoredConfig, '--lang', 'en']);
  assert.equal(checked.code, 0, checked.stderr);
  assert.match(checked.stderr, new RegExp(`the bucket lacks the bytes of 1 of 2 attachments: ${removed}`));
  const older = await testHub({
    database: restored,
    keysDir: hub.hub.config.keysDir,
    stateOf: join(home, 'state'),
    jobsByTime: false,
    config: stored,
  });
  t.after(() => older.stop());
  const { client: olderReader } = machineOf(city.education, older);
  const { client: olderSender } = machineOf(city.ecology, older);
  t.after(() => [olderReader, olderSender].forEach((one) => one.close()));
  assert.equal(await digestOf(id, olderReader), sha256(bytes));
  await assert.rejects(digestOf(removed, olderReader), (error) => {
    assert.ok(error instanceof DatongProblem);
    assert.equal(error.code, 'attachment_bytes_missing');
    assert.ok(error.message.includes(removed), error.message);
    return true;
  });
  assert.equal(await readiness(older), 'degraded: attachment_storage_differs');
  assert.equal(
    await reported(put(pdf(), olderSender).then(() => ({ status: 201 }))),
    'attachment_storage_differs',
  );
  const olderStorage = new S3Storage(restored.app, place);
  t.after(() => olderStorage.close());
  // it compares nevertheless
  const { failures = [] } = await sweep(restored, olderStorage);
  assert.deepEqual(failures.map(codeOf), ['attachment_objects_missing', 'attachment_storage_differs']);
  assert.equal(await digestOf(later), sha256(laterBytes));
  assert.equal(await readiness(hub), 'ok');
});

test('a restored database does not own the bucket, also where no entry was accepted as lost', async () => {
  const third = await emptyDatabase();
  const stateDir = join(home, 'copied');
  cpSync(hub.stateDir, stateDir, { recursive: true });
  const copied = await configurationInFolder(hub, third.address, home, { ...stored, stateDir });
  const ran = await datong('restore', archive, '--json', '--config', copied, '--lang', 'en');
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, /--claim-bucket/);
  const copy = new S3Storage(third.app, place);
  await assert.rejects(copy.check(), { code: 'attachment_storage_differs' });
  // a hub that lost its state folder only gives up the bucket too, also where it has no file there
  await third.owner.query('DELETE FROM attachment');
  rmSync(stateDir, { recursive: true });
  mkdirSync(stateDir);
  for (const json of [[], ['--json']]) {
    const lost = await datong('restore', '--accept-older', ...json, '--config', copied, '--lang', 'en');
    assert.equal(lost.code, 0, lost.stderr);
    assert.match(lost.stderr, /deletes nothing in the bucket datong until datong hub restore --claim-bucket/);
    rmSync(stateDir, { recursive: true });
    mkdirSync(stateDir);
  }
  await copy.close();
});

test('a restored hub claims no bucket whose marker is lost, also where it knows all objects', async () => {
  const older = new S3Storage(restored.app, place);
  const claims = "SELECT hub FROM attachment_place WHERE storage = 's3'";
  const { rows: before } = await restored.app.query(claims);
  await storage.remove(undefined, { id: 'hub', upload: '' });
  await assert.rejects(older.check(), { code: 'attachment_storage_differs' });
  const { rows } = await database.owner.query<{ record: unknown }>(
    'SELECT to_jsonb(a) AS record FROM attachment AS a WHERE id = $1',
    [later],
  );
  await restored.owner.query(
    'INSERT INTO attachment SELECT * FROM jsonb_populate_record(NULL::attachment, $1)',
    [rows[0]?.record],
  );
  await assert.rejects(older.check(), { code: 'attachment_storage_differs' });
  await assert.rejects(older.begin(randomUUID()), { code: 'attachment_storage_differs' });
  assert.equal((await idsStored()).has('hub'), false, 'it wrote no marker');
  assert.deepEqual((await restored.app.query(claims)).rows, before);
  await restored.owner.query('DELETE FROM attachment WHERE id = $1', [later]);
  await older.close();
  // the hub that went on writes it again
  await storage.check();
  assert.equal((await idsStored()).has('hub'), true);
});

test('a claim whose marker cannot be written changes nothing', async () => {
  const other = new S3Storage(restored.app, place);
  const claims = "SELECT hub FROM attachment_place WHERE storage = 's3'";
  const { rows: before } = await restored.app.query(claims);
  const refusing = createServer((request, response) => {
    if (request.method === 'PUT') {
      response.writeHead(403, { 'content-type': 'application/xml' });
      response.end('<Error><Code>AccessDenied</Code><Message>no</Message></Error>');
      return;
    }
    const from = httpRequest(
      new URL(request.url ?? '', place.endpoint),
      { method: request.method ?? 'GET', headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(from);
  });
  refusing.listen(0, '127.0.0.1');
  await once(refusing, 'listening');
  const endpoint = `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`;
  mkdirSync(join(home, 'refusing'));
  const readOnly = await configurationInFolder(hub, restored.address, join(home, 'refusing'), {
    attachments: { ...stored.attachments, s3: { ...stored.attachments.s3, endpoint } },
    stateDir: join(home, 'state'),
  });
  const entries = (await leavesWhere(restored)).length;
  const ran = await datong('restore', '--claim-bucket', '--config', readOnly);
  assert.notEqual(ran.code, 0, ran.stderr);
  refusing.close();
  refusing.closeAllConnections();
  assert.deepEqual((await restored.app.query(claims)).rows, before);
  assert.equal((await leavesWhere(restored)).length, entries);
  await assert.rejects(other.check(), { code: 'attachment_storage_differs' });
  await other.close();
  await storage.check();
});

test('an operator who claims the bucket uses it from then on, and the former hub no longer writes there', async (t) => {
  const unfinished = { id: randomUUID(), upload: '' };
  unfinished.upload = await storage.begin(unfinished.id);
  const ran = await datong('restore', '--claim-bucket', '--json', '--config', restoredConfig);
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual((JSON.parse(ran.stdout) as { claimed: unknown }).claimed, { inBucket: 2, missing: 1 });
  const operations = (await leavesWhere(restored)).map(({ operation }) => operation);
  assert.ok(operations.includes('claimBucket'), operations.at(-1));
  const owner = new S3Storage(restored.app, place);
  t.after(() => owner.close());
  await owner.check();
  const upload = randomUUID();
  await owner.remove(undefined, { id: upload, upload: await owner.begin(upload) });
  await assert.rejects(storage.check(), { code: 'attachment_storage_differs' });
  await assert.rejects(storage.begin(randomUUID()), { code: 'attachment_storage_differs' });
  // neither does an upload that had begun before
  const sealed = () => [Buffer.alloc(64)];
  const sent = storage.put(unfinished, { first: 0, sealed }, () => assert.fail('a part was stored'));
  await assert.rejects(sent, { code: 'attachment_storage_differs' });
  await assert.rejects(storage.complete(unfinished, ['"tag"'], 64), { code: 'attachment_storage_differs' });
  const again = await datong('restore', '--claim-bucket', '--config', config);
  assert.equal(again.code, 0, again.stderr);
  await storage.remove(undefined, unfinished);
});

test('a claim that ends before its entry is not in force, and is made by the next command', async () => {
  const claims = async (): Promise<unknown> =>
    (await restored.app.query("SELECT hub FROM attachment_place WHERE storage = 's3'")).rows;
  const before = await claims();
  const claiming = new S3Storage(restored.app, place);
  let atEntry: unknown;
  const broken = claiming.claim(restored.owner, async () => {
    atEntry = await claims();
    throw new Error('broken off');
  });
  await assert.rejects(broken, /broken off/);
  assert.deepEqual([atEntry, await claims()], [before, before]);
  await assert.rejects(claiming.check(), { code: 'attachment_storage_differs' });
  await assert.rejects(storage.check(), { code: 'attachment_storage_differs' });
  await claiming.close();
  const again = await datong('restore', '--claim-bucket', '--config', config);
  assert.equal(again.code, 0, again.stderr);
  await storage.check();
});

test('a bucket that was lost is found with the number of files, by the archive and by the check of a start', async () => {
  const whole = await idsStored();
  await storage.remove(undefined, { id, upload: '' });
  const lost = await verified('--json');
  assert.equal(lost.code, 5, lost.stdout + lost.stderr);
  const report = JSON.parse(lost.stdout) as {
    readonly attachments: unknown;
    readonly findings: readonly {
      readonly code: string;
      readonly path?: string;
      readonly message: { en: string };
    }[];
  };
  assert.deepEqual(report.attachments, { inBucket: 2, missing: 2 });
  assert.deepEqual(
    report.findings.map(({ code, path }) => [code, path]),
    [['attachment_objects_missing', id]],
  );
  assert.match(
    report.findings[0]?.message.en ?? '',
    /lacks the bytes of 1 of 2 attachments.*copy of the bucket/,
  );
  const { failures = [] } = await sweep(database, storage);
  assert.deepEqual(
    failures.map((error) => error instanceof Problem && [error.code, error.facts['missing']]),
    [['attachment_objects_missing', 1]],
  );
  for (const one of whole) if (one !== id) await storage.remove(undefined, { id: one, upload: '' });
  const checked = await typedDatong(['serve', '--check', '--config', config, '--lang', 'en']);
  assert.equal(checked.code, 0, checked.stderr);
  assert.match(checked.stderr, /the bucket lacks the bytes of 2 of 2 attachments: .*copy of the bucket/);
  // the marker is lost with the rest
  await assert.rejects(storage.check(), { code: 'attachment_storage_differs' });
});
