/** The files of an enrolled department: datong.json, and next to it a 0700 folder with keys (0600) and certificates. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { renameDurably } from '../../../machine/renameDurably.ts';
import { removeDrafts, writeNew } from '../../../machine/writeNew.ts';
import type { ProfileDocument } from '../../sdk/profile.ts';
import { isAlive } from '../processLock.ts';
import { refuseTakenAlong } from '../takenAlong.ts';
import { exitCode, VerbFailure } from '../verb.ts';

/** Paths relative to datong.json. */
export const clientFiles = {
  tlsKey: 'datong-keys/tls.key.pem',
  signingKey: 'datong-keys/signing.key.pem',
  certificate: 'datong-keys/tls.cert.pem',
  root: 'datong-keys/hub-root.pem',
  anchors: 'datong-keys/anchors.json',
} as const;

export const profileFile = 'datong.json';

/** @throws VerbFailure (exit 4) where a department is enrolled here already: keys are never overwritten; where Git would take them along */
export function refuseEnrolled(folder: string): void {
  refuseTakenAlong(join(folder, 'datong-keys'));
  for (const name of [profileFile, clientFiles.tlsKey, clientFiles.signingKey]) {
    if (!existsSync(join(folder, name))) continue;
    throw enrolledAlready(join(folder, name));
  }
}

const enrolledAlready = (file: string): VerbFailure =>
  new VerbFailure(
    exitCode.local,
    { zh: `${file} 已存在`, en: `${file} is there already` },
    {
      zh: '换一个文件夹（--dir），或先把旧文件移走；换发证书用 datong enrol --renew',
      en: 'use another folder (--dir) or move the old files away; to renew a certificate use datong enrol --renew',
    },
  );

/** Writes a new private file. @throws VerbFailure (exit 4) where it exists */
export function writeSecret(folder: string, name: string, text: string): void {
  makeFolder(folder);
  if (!writeNew(join(folder, name), text)) throw enrolledAlready(join(folder, name));
}

/** Writes or replaces a file atomically and durably: a reader finds the old one or the new one, also after a power cut. */
export function writeWhole(folder: string, name: string, text: string): void {
  makeFolder(folder);
  // a separate name for each process: two that renew simultaneously write two drafts
  const draft = join(folder, `${name}.${process.pid}.new`);
  try {
    writeFileSync(draft, text, { mode: 0o600 });
    renameDurably(draft, join(folder, name));
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

export function removeFiles(folder: string, names: readonly string[]): void {
  for (const name of names) rmSync(join(folder, name), { force: true });
}

/**
 * Undoes a failed enrolment. Folders are removed unless they have files of others.
 * @param made the files that it wrote, in this order: the first one excluded other enrolments, so it is removed last
 * @param isNewFolder whether the folder did not exist before
 */
export function removeMade(folder: string, made: readonly string[], isNewFolder: boolean): void {
  removeFiles(folder, made.toReversed());
  for (const one of [join(folder, 'datong-keys'), ...(isNewFolder ? [folder] : [])])
    if (existsSync(one) && readdirSync(one).length === 0) rmdirSync(one);
}

/** @param name of the profile's file, where it is another one than datong.json */
export function writeProfile(folder: string, profile: ProfileDocument, name = profileFile): void {
  writeWhole(folder, name, `${JSON.stringify(profile, undefined, 2)}\n`);
}

function makeFolder(folder: string): void {
  const keys = join(folder, 'datong-keys');
  mkdirSync(keys, { recursive: true, mode: 0o700 });
  chmodSync(keys, 0o700);
  removeLeftDrafts(keys);
}

/** ms; the id of a process in another container is unknown here, although it may be writing */
const minAgeMs = 60_000;

/** Deletes drafts of `writeNew` and `writeWhole` that a killed process left in a folder: they have the content of keys. */
function removeLeftDrafts(folder: string): void {
  removeDrafts(folder);
  for (const name of readdirSync(folder)) {
    const [, pid] = /\.(\d+)\.new$/.exec(name) ?? [];
    if (pid === undefined || isAnother(Number(pid))) continue;
    const draft = join(folder, name);
    const found = statSync(draft, { throwIfNoEntry: false });
    if (found !== undefined && found.mtimeMs < Date.now() - minAgeMs) rmSync(draft, { force: true });
  }
}

/** This process writes no draft while it looks for old ones: one with its id is of an earlier process, as in a container that was restarted. */
const isAnother = (pid: number): boolean => pid !== process.pid && isAlive(pid);
