/**
 * All processes of a hub must have the same lasting keys; otherwise searches for access to a person's data silently become incomplete.
 * Keys are compared by digest through the database, at the start and while the process runs, because a year's key takes effect on 1
 * January. The key of the next year is created as soon as the current year begins, so there is a year to copy it to the other processes.
 */
import { basename } from 'node:path';
import { createHash, createHmac, type KeyObject } from 'node:crypto';
import { Problem } from '../../terms/problem.ts';
import type { HubKeys, LogKeys } from '../platform/keys/hubKeys.ts';
import { parseVkey } from '../../log/note/noteKey.ts';
import { comingAuthorities } from '../identity/store/authorities.ts';
import { intermediateFile } from '../platform/keys/createKeys.ts';
import { comingLogKeys, storeRotation, logKeyRotations } from './store/logKeys.ts';
import { claimKeyDigest, keyDigest } from './store/keyDigests.ts';
import type { Database } from '../platform/database/database.ts';
import type { Reader } from '../platform/database/reader.ts';
import { tokenYear } from './subjects.ts';
import { parseRotation } from '../../log/note/keyRotation.ts';

type LastingKeys = Pick<
  HubKeys,
  'authority' | 'log' | 'subject' | 'pseudonym' | 'sealing' | 'heldLogToken' | 'offerLogToken'
>;

/** ms between two comparisons */
const every = 600_000;

export interface AgreedKeys {
  /**
   * `ok`, or the key that could not be written here or must still be copied here: of the next year, of a log key rotation, of a future
   * authority
   */
  state(): string;
  /** Compares now. @throws Problem keys_differ, keys_missing */
  compare(): Promise<void>;
  close(): void;
}

/**
 * @param halt called when the keys are found to differ while the process runs: the process stops serving
 * @throws Problem keys_differ, keys_missing
 */
export async function agreeOnKeys(
  database: Pick<Database, 'app' | 'now'>,
  keys: LastingKeys,
  halt: (problem: Problem) => void,
): Promise<AgreedKeys> {
  let missing: string | undefined;
  const compare = async (): Promise<void> => {
    const year = tokenYear(database.now());
    await refuseOtherKeys(database.app, keys, year, claimKeyDigest);
    await refuseMissingYear(database.app, keys, year);
    missing = (await ahead(database.app, keys, year + 1)) ? undefined : `${logTokenName(year + 1)}.key`;
    missing ??= await missingLogKey(database.app, keys);
    missing ??= await missingAuthority(database.app, keys, database.now());
  };
  await compare();
  const timer = setInterval(() => {
    compare().catch((error: unknown) => {
      if (error instanceof Problem && error.code.startsWith('keys_')) halt(error);
    });
  }, every).unref();
  return {
    state() {
      const unkept = keys.authority.keep();
      if (unkept !== undefined) return `degraded: ${unkept} could not be written to this key folder`;
      return missing === undefined ? 'ok' : `degraded: ${missing} is not in this key folder yet`;
    },
    compare,
    close: () => clearInterval(timer),
  };
}

const logTokenName = (year: number): string => `log-token-${year}`;

/** The missing file of a key that another process has made to replace the log's key. */
async function missingLogKey(reader: Reader, { log }: Pick<HubKeys, 'log'>): Promise<string | undefined> {
  for (const vkey of await comingLogKeys(reader)) {
    const key = parseVkey(vkey);
    try {
      log.heldKey(key);
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'keys_missing') throw error;
      return log.fileOf(key);
    }
  }
  return undefined;
}

/** The missing file of an authority key that is certified, or waits for its second person. */
async function missingAuthority(
  reader: Reader,
  { authority }: Pick<HubKeys, 'authority'>,
  now: number,
): Promise<string | undefined> {
  const waiting = (await comingAuthorities(reader)).find((id) => !authority.holds(id));
  const { other } = authority.lacking(now);
  return other === undefined ? waiting && intermediateFile(waiting, 'pem') : basename(other);
}

/** Shows only whether two keys are equal. */
const digestOf = (name: string, key: KeyObject): string =>
  createHmac('sha256', key).update(`datong key digest 1\n${name}\n`).digest('hex');

/** The recorded digest of a key: `claimKeyDigest` records it where none is, `comparedDigest` only reads. */
type RecordedDigest = (reader: Reader, name: string, digest: string) => Promise<string>;

const comparedDigest: RecordedDigest = async (reader, name, digest) =>
  (await keyDigest(reader, name)) ?? digest;

/** @throws Problem keys_differ */
async function refuseOther(
  reader: Reader,
  name: string,
  key: KeyObject,
  recorded: RecordedDigest,
): Promise<void> {
  await refuseOtherDigest(reader, name, digestOf(name, key), recorded, `${name}.key`);
}

async function refuseOtherDigest(
  reader: Reader,
  name: string,
  digest: string,
  recorded: RecordedDigest,
  file: string,
): Promise<void> {
  if ((await recorded(reader, name, digest)) !== digest) throw new Problem('keys_differ', { file });
}

/** Compares the lasting keys, and the key of the current year where it is here. @throws Problem keys_differ */
async function refuseOtherKeys(
  reader: Reader,
  keys: Pick<LastingKeys, 'subject' | 'pseudonym' | 'sealing' | 'heldLogToken'>,
  year: number,
  recorded: RecordedDigest,
): Promise<void> {
  for (const name of ['subject', 'pseudonym', 'sealing'] as const)
    await refuseOther(reader, name, keys[name], recorded);
  const held = keys.heldLogToken(year);
  if (held !== undefined) await refuseOther(reader, logTokenName(year), held, recorded);
}

/** The start creates the key of the current year where no process has. @throws Problem keys_missing */
async function refuseMissingYear(reader: Reader, keys: LastingKeys, year: number): Promise<void> {
  if (keys.heldLogToken(year) === undefined && !(await made(reader, keys, year)))
    throw new Problem('keys_missing', { file: `${logTokenName(year)}.key` });
}

/**
 * What `agreeOnKeys` refuses at the start, without writing anything.
 * @param now Unix ms @throws Problem keys_differ, keys_missing
 */
export async function verifyKeys(
  reader: Reader,
  keys: Pick<LastingKeys, 'subject' | 'pseudonym' | 'sealing' | 'heldLogToken'>,
  now: number,
): Promise<void> {
  const year = tokenYear(now);
  await refuseOtherKeys(reader, keys, year, comparedDigest);
  const name = logTokenName(year);
  if (keys.heldLogToken(year) === undefined && (await keyDigest(reader, name)) !== undefined)
    throw new Problem('keys_missing', { file: `${name}.key` });
}

type KeysOfLog = Pick<HubKeys, 'headMac'> & {
  readonly log: Pick<LogKeys, 'vkey' | 'rotations'>;
};

/**
 * Compares the keys of the log before anything is verified with them: a key of another hub must not read as an altered entry. Their
 * digests are recorded once the log has been opened with them.
 * @throws Problem keys_differ
 */
export const refuseOtherLogKeys = (reader: Reader, keys: KeysOfLog): Promise<void> =>
  compareLogKeys(reader, keys, comparedDigest);

/** Call when the log has been verified with these keys. @throws Problem keys_differ */
export const recordLogKeys = (reader: Reader, keys: KeysOfLog): Promise<void> =>
  compareLogKeys(reader, keys, claimKeyDigest);

async function compareLogKeys(
  reader: Reader,
  { headMac, log }: KeysOfLog,
  recorded: RecordedDigest,
): Promise<void> {
  // the key with which the log began: it stays the same in every rotation
  const olds = log.rotations().map((statement) => parseRotation(statement));
  const nexts = new Set(olds.map(({ next }) => next.vkey));
  const first = olds.find(({ old }) => !nexts.has(old.vkey))?.old.vkey ?? log.vkey;
  await refuseOther(reader, 'head-mac', headMac, recorded);
  const digest = createHash('sha256').update(`datong key digest 1\nlog\n${first}`).digest('hex');
  await refuseOtherDigest(reader, 'log', digest, recorded, 'log.pem');
}

/** Whether the key of the next year is present: an equal one, or one created now. @throws Problem keys_differ */
async function ahead(reader: Reader, keys: LastingKeys, year: number): Promise<boolean> {
  const held = keys.heldLogToken(year);
  if (held === undefined) return made(reader, keys, year);
  await refuseOther(reader, logTokenName(year), held, claimKeyDigest);
  return true;
}

/** Creates the key of a year, unless another process has: then it must be copied from there. */
async function made(reader: Reader, keys: LastingKeys, year: number): Promise<boolean> {
  const name = logTokenName(year);
  return keys.offerLogToken(year, async (key) => {
    const standing = await keyDigest(reader, name);
    return (standing ?? (await claimKeyDigest(reader, name, digestOf(name, key)))) === digestOf(name, key);
  });
}

/* All processes of a hub sign with the same key of the log. Compares the rotations in the database with the key folder. */

/**
 * Reads the rotations in the database. @returns a function that applies them, which throws Problem keys_missing if a key must be copied
 * here
 * @throws Problem log_inconsistent
 */
export async function logKeysIn(reader: Reader, ring: LogKeys): Promise<() => void> {
  const rotations = await logKeyRotations(reader);
  return () => ring.learn(rotations);
}

/**
 * Called at the start. A database from before a rotation does not contain it, although the old key has ended. Verifiers that know the
 * rotation would reject new signatures of the old key, so the statement is restored from the key folder.
 * @throws Problem keys_missing, log_inconsistent
 */
export async function agreeOnLogKeys(reader: Reader, ring: LogKeys): Promise<void> {
  const rotations = await logKeyRotations(reader);
  ring.learn(rotations);
  const stored = new Set(rotations.map(({ statement }) => statement));
  for (const statement of ring.rotations())
    if (!stored.has(statement)) await storeRotation(reader, { ...parseRotation(statement), exchange: null });
}
