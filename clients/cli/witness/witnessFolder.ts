/**
 * Storage of a witness: its key, the latest checkpoint it cosigned of each log, and its alarms. One process at a time uses it; a checkpoint
 * is on the disk before its cosignature is sent.
 */
import { createPrivateKey } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claimedCheckpoint, type Checkpoint } from '../../../log/checkpoint.ts';
import { sha256 } from '../../../log/hash.ts';
import { writeDurably } from '../../../machine/writeDurably.ts';
import { removeDrafts, writeNew } from '../../../machine/writeNew.ts';
import { witnessSigner, type WitnessSigner } from '../../../log/witness/cosignature.ts';
import { lockForProcess } from '../processLock.ts';
import { exitCode, VerbFailure } from '../verb.ts';
import { newNotePair } from '../../../machine/newKeyPair.ts';

/** A finding of a witness about a log. */
export interface Alarm {
  /**
   * `forked`: two signed histories; `shrunk`: shorter than the cosigned one; `unproven`: it gives no proof; `stolen`: a key that has ended
   * still signs, or names another successor
   */
  readonly kind: 'forked' | 'shrunk' | 'unproven' | 'stolen';
  readonly origin: string;
  /** RFC 3339 */
  readonly at: string;
  /** cosigned by this witness, a signed note */
  readonly kept: string;
  /** shown by the log, a signed note */
  readonly shown: string;
}

export interface WitnessFolder {
  readonly signer: WitnessSigner;
  /** The latest cosigned checkpoint of a log, with the cosignature. */
  latest(origin: string): (Checkpoint & { readonly note: string }) | undefined;
  /** The file is on the disk when the promise resolves. */
  keep(origin: string, note: string): Promise<void>;
  /** Statements by which a log changed its key, as far as they were followed. */
  rotations(origin: string): readonly string[];
  /** The file is on the disk when the promise resolves. */
  keepRotations(origin: string, statements: readonly string[]): Promise<void>;
  /** Writes an alarm, once for each kind and latest cosigned checkpoint. @returns its file, undefined where it exists already */
  alarm(alarm: Alarm): string | undefined;
  alarms(): readonly Alarm[];
  close(): void;
}

export const originHash = (origin: string): string => sha256(Buffer.from(origin)).toString('hex');

/** Creates a witness: its folder and its key. @throws VerbFailure where there is one already, or another process makes one */
export function createWitness(folder: string, name: string): WitnessSigner {
  const keyFile = join(folder, 'witness.pem');
  if (existsSync(keyFile)) throw existing(folder);
  for (const part of ['logs', 'alarms']) mkdirSync(join(folder, part), { recursive: true, mode: 0o700 });
  // key and vkey are two files: without the lock each could be of another process
  const unlock = lockForProcess(join(folder, 'lock'), taken);
  try {
    if (existsSync(keyFile)) throw existing(folder);
    const { privateKey } = newNotePair();
    const signer = witnessSigner(name, privateKey);
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    writeFileSync(join(folder, 'witness.vkey'), `${signer.vkey}\n`, { mode: 0o644, flush: true });
    // the last one: with it there is a witness
    if (!writeNew(keyFile, pem)) throw existing(folder);
    return signer;
  } finally {
    unlock();
  }
}

/**
 * @param lock reserves the folder for this process; reading alone needs none
 * @throws VerbFailure where there is no witness, or another process runs it
 */
export function openWitness(folder: string, { lock }: { readonly lock: boolean }): WitnessFolder {
  if (!existsSync(join(folder, 'witness.pem')))
    throw new VerbFailure(
      exitCode.local,
      { zh: `${folder} 中没有见证方`, en: `there is no witness in ${folder}` },
      { zh: '先运行 datong audit witness init', en: 'run datong audit witness init first' },
    );
  const signer = witnessSigner(
    readFileSync(join(folder, 'witness.vkey'), 'utf8').split('+')[0] ?? '',
    createPrivateKey(readFileSync(join(folder, 'witness.pem'), 'utf8')),
  );
  const unlock = lock ? lockForProcess(join(folder, 'lock'), taken) : undefined;
  if (lock) removeDrafts(folder);
  const fileOf = (origin: string): string => join(folder, 'logs', `${originHash(origin)}.checkpoint`);
  const keysOf = (origin: string): string => join(folder, 'logs', `${originHash(origin)}.rotations.json`);
  return {
    signer,
    latest: (origin) => {
      if (!existsSync(fileOf(origin))) return undefined;
      const note = readFileSync(fileOf(origin), 'utf8');
      return { ...claimedCheckpoint(note), note };
    },
    keep: async (origin, note) => {
      await writeDurably(fileOf(origin), note);
    },
    rotations: (origin) => {
      const file = keysOf(origin);
      return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as string[]) : [];
    },
    keepRotations: async (origin, statements) => {
      await writeDurably(keysOf(origin), `${JSON.stringify(statements)}\n`);
    },
    alarm: (alarm) => {
      const reported = Buffer.from(`${alarm.kind}\n${alarm.kept}`);
      const name = `${alarm.kind}-${sha256(reported).toString('hex').slice(0, 12)}.json`;
      const path = join(folder, 'alarms', name);
      return writeNew(path, `${JSON.stringify(alarm, undefined, 2)}\n`) ? path : undefined;
    },
    alarms: () =>
      readdirSync(join(folder, 'alarms'))
        .filter((name) => name.endsWith('.json'))
        .map((name) => JSON.parse(readFileSync(join(folder, 'alarms', name), 'utf8')) as Alarm),
    close: () => unlock?.(),
  };
}

const existing = (folder: string): VerbFailure =>
  new VerbFailure(
    exitCode.local,
    { zh: `${folder} 已有见证方密钥`, en: `${folder} has the key of a witness already` },
    {
      zh: '用 datong audit witness serve 运行它，或为另一见证方另选文件夹',
      en: 'run it with datong audit witness serve, or choose another folder for another witness',
    },
  );

/** Two processes of one witness could cosign two histories. */
const taken = (pid: number): VerbFailure =>
  new VerbFailure(
    exitCode.local,
    { zh: `进程 ${pid} 正在运行或建立这个见证方`, en: `process ${pid} runs or creates this witness` },
    {
      zh: '每个见证方只运行一个进程：先结束该进程，或另选文件夹',
      en: 'a witness runs in one process: end that one first, or choose another folder',
    },
  );
