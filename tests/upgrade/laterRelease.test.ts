/** What a later release wrote is refused by its format version, in each reader, before anything else of it is read; so is a version that is none. */
import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readVerified } from '../../clients/cli/audit/verifiedLog.ts';
import { DiskBuffer } from '../../clients/cli/bridge/diskBuffer.ts';
import { exitOfProblem } from '../../clients/cli/exitCode.ts';
import { copyInFolder } from '../../clients/cli/listen/destinations.ts';
import { mandateFileIn } from '../../clients/cli/mandate/give.ts';
import { readDemoState } from '../../clients/cli/profile.ts';
import { inUse, storedProfile, storeProfile } from '../../clients/cli/profiles/profileHome.ts';
import { readSignatureFile } from '../../clients/cli/sign/signatureFile.ts';
import { checkpointsInFile } from '../../clients/sdk/checkpointFile.ts';
import { readProfile } from '../../clients/sdk/profile.ts';
import { highWaterFile, readHighWater } from '../../hub/log/highWater.ts';
import { RowVersions, rowVersionsFile } from '../../hub/log/rowVersions.ts';
import { readSealed, writeSealed } from '../../hub/log/sealedFile.ts';
import { readLastBackup, recordBackup } from '../../hub/platform/backup/lastBackup.ts';
import { encodeFrame } from '../../hub/platform/backup/store/frames.ts';
import { readArchive } from '../../hub/platform/backup/store/restore.ts';
import { readConfig } from '../../hub/platform/config/readConfig.ts';
import { openKeys } from '../../hub/platform/keys/openKeys.ts';
import { Problem } from '../../terms/problem.ts';
import { refuseLaterVersion } from '../../terms/refuseLaterVersion.ts';

const folder = mkdtempSync(join(tmpdir(), 'datong-later-'));
after(() => rmSync(folder, { recursive: true, force: true }));
process.env['DATONG_HOME'] = folder;
process.env['DATONG_STATE'] = join(folder, 'demo.json');

let count = 0;
/** A file with members of a later release. */
function fileOf(content: object = {}, path?: string): string {
  const file = path ?? join(folder, `later-${(count += 1)}.json`);
  writeFileSync(file, JSON.stringify({ v: 2, ...content }), { mode: 0o600 });
  return file;
}

const malformed = [0, -1, 1.5, '1', '2', null, [1], true];

/** The refusal of a file with a version. */
async function refusalOf(read: (version: unknown) => unknown, version: unknown): Promise<Problem> {
  const error: unknown = await Promise.resolve()
    .then(() => read(version))
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  assert.ok(error instanceof Problem, `${JSON.stringify(version)}: ${String(error)}`);
  assert.equal(exitOfProblem(error), 4);
  return error;
}

/** @param read is refused because of the version, and names the file. The version is written to the file, or given to the reader */
async function refused(read: (version: unknown) => unknown, file: string): Promise<void> {
  const later = await refusalOf(read, 2);
  assert.equal(
    later.text.en,
    `${file} was made by a later release: its format version is 2, this release knows 1`,
  );
  const text = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  for (const v of malformed) {
    if (text !== undefined) writeFileSync(file, JSON.stringify({ ...(JSON.parse(text) as object), v }));
    const none = await refusalOf(read, v);
    assert.equal(none.text.en, `the format version (v) of ${file} is not a version`);
  }
  if (text !== undefined) writeFileSync(file, text);
}

const key = createSecretKey(Buffer.alloc(32, 1));

test('a version that is absent or known is read; a greater integer is of a later release, another value is no version', () => {
  for (const known of [null, 'text', {}, { v: 1 }]) refuseLaterVersion(known, 'f');
  assert.throws(() => refuseLaterVersion({ v: 2 }, 'f'), { code: 'made_by_later_release' });
  for (const v of malformed)
    assert.throws(() => refuseLaterVersion({ v }, 'f'), { code: 'format_version_malformed' }, String(v));
});

test('files of clients', async () => {
  const file = fileOf();
  await refused((v) => readProfile({ v }, 'datong.json'), 'datong.json');
  await refused(() => readVerified(file, []), file);
  await refused(() => readSignatureFile(file), file);
  await refused(() => mandateFileIn(file), file);
  await refused(() => readDemoState(), fileOf({}, join(folder, 'demo.json')));
  const checkpoint = fileOf();
  const { authority } = await openKeys(join(folder, 'keys-of-client'), { create: true, hubName: 'yunxi' });
  await refused(() => checkpointsInFile(checkpoint, authority.rootCertificate).read(), checkpoint);
  const buffer = join(folder, 'buffer');
  mkdirSync(buffer);
  await refused(() => DiskBuffer.open(buffer), fileOf({}, join(buffer, 'state.json')));
  const of = { hub: 'h', department: 'd', dataset: 's', agreement: 'a', purpose: 'p' };
  const copy = copyInFolder(join(folder, 'copy'), of);
  await refused(() => copy.place(), fileOf(of, join(folder, 'copy', 'copy.json')));
});

test('profiles of this user, and which is in use', async () => {
  storeProfile('office', { v: 1, kind: 'department', department: 'education', file: '/datong.json' });
  const inUseFile = join(folder, 'in-use.json');
  assert.deepEqual(JSON.parse(readFileSync(inUseFile, 'utf8')), { v: 1, department: 'office' });
  assert.deepEqual(inUse(), { department: 'office' });
  const file = fileOf({ kind: 'department' }, join(folder, 'profiles', 'office.json'));
  await refused(() => storedProfile('office'), file);
  await refused(() => inUse(), fileOf({}, inUseFile));
});

test('hub.json and the folder of keys', async () => {
  const file = fileOf({ name: 'yunxi', publicOrigin: 'https://hub.example:8443', ofLaterRelease: true });
  await refused(() => readConfig(file, {}), file);
  const keysDir = join(folder, 'keys');
  const open = (): Promise<unknown> => openKeys(keysDir, { create: true, hubName: 'yunxi' });
  await open();
  const format = join(keysDir, 'format.json');
  assert.equal(readFileSync(format, 'utf8'), '{"v":1}\n');
  await refused(open, fileOf({}, format));
  rmSync(format);
  await open();
});

test('the files of the state folder', async () => {
  await refused(() => readHighWater(folder, []), fileOf({}, highWaterFile(folder)));
  const versions = (): Promise<unknown> => RowVersions.open(folder, key, () => undefined);
  await refused(versions, fileOf({ versions: {}, mac: '' }, rowVersionsFile(folder)));
  const sealed = { path: join(folder, 'log-erasures.json'), name: 'erasures' as const, key };
  await recordBackup(folder, 1_000);
  const lastBackup = join(folder, 'last-backup.json');
  assert.equal(readFileSync(lastBackup, 'utf8'), '{"v":1,"at":1000}\n');
  await refused(() => readLastBackup(folder), fileOf({ at: 1 }, lastBackup));
  await writeSealed(sealed, []);
  assert.match(readFileSync(sealed.path, 'utf8'), /^\{"v":1,/);
  await refused(() => readSealed(sealed), fileOf({}, sealed.path));
});

test('an archive, before its migrations are compared', async () => {
  const read = (v: unknown): Promise<unknown> => {
    const value = { v: v as 1, hub: 'yunxi', at: '', migrations: ['9999_later'], entries: 0, extra: [] };
    const frames = Buffer.concat([
      encodeFrame({ kind: 'head', value }),
      encodeFrame({ kind: 'end', value: { tables: 0, rows: 0 } }),
    ]);
    async function* source(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(frames);
    }
    return readArchive(source());
  };
  await refused(read, 'the archive');
});
