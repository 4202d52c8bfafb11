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
import { claimKeyDigest, comingLogKeys, keyDigest, logKeyRotations, storeRotation } from './store/logKeys.ts';
import type { Database } from '../platform/database/database.ts';
import type { Reader } from '../platform/database/reader.ts';
import { tokenYear } from './subjects.ts';
import { parseRotation } from '../../log/note/keyRotation.ts';

type LastingKeys = Pick<
  HubKeys,
  'authority' | 'log' | 'subject' | 'pseudonym' | 'sealing' | 'heldLogToken' | 'offerLogToken'
>;

const compareIntervalMs = 600_000;

export interface AgreedKeys {
  /**
   * `ok`, or the key that could not be written here, or that is needed later and cannot be used here yet: of the next year, of a log key
   * rotation, of a future authority
   */
  state(): string;
  /** Compares now. @throws Problem keys_differ; keys_missing, keys_unsafe, keys_unreadable, keys_malformed for a key that is in use */
  compare(): Promise<void>;
  close(): void;
}

/**
 * @param halt called when a comparison while the process runs finds keys that differ, or that a key in use is missing or unusable: the
 * process stops appending
 * @throws Problem as `compare`
 */
export async function agreeOnKeys(
  database: Pick<Database, 'app' | 'now'>,
  keys: LastingKeys,
  halt: (problem: Problem) => void,
): Promise<AgreedKeys> {
  let lacking: string | undefined;
  const compare = async (): Promise<void> => {
    const year = tokenYear(database.now());
    await refuseOtherKeys(database.app, keys, year, claimKeyDigest);
    await refuseMissingYear(database.app, keys, year);
    // assigned when all are compared: readiness must not change while a query runs, or when one fails
    let found = await lackingNextYear(database.app, keys, year + 1);
    found ??= await lackingLogKey(database.app, keys);
    found ??= await lackingAuthority(database.app, keys, database.now());
    lacking = found;
  };
  await compare();
  const timer = setInterval(() => {
    compare().catch((error: unknown) => {
      if (error instanceof Problem && error.code.startsWith('keys_')) halt(error);
    });
  }, compareIntervalMs).unref();
  return {
    state() {
      const unwritten = keys.authority.keep();
      if (unwritten !== undefined) return `degraded: ${unwritten} could not be written to this key folder`;
      return lacking === undefined ? 'ok' : `degraded: ${lacking}`;
    },
    compare,
    close: () => clearInterval(timer),
  };
}

const logTokenName = (year: number): string => `log-token-${year}`;

const notCopied = (file: string): string => `${file} is not in this key folder yet`;

const unusable: readonly string[] = ['keys_unsafe', 'keys_unreadable', 'keys_malformed'];

/** Why a key that is needed later cannot be used here yet. Until then it is only reported, because its file may still be on its way. */
async function lackOf(file: string, isHeld: () => boolean | Promise<boolean>): Promise<string | undefined> {
  try {
    return (await isHeld()) ? undefined : notCopied(file);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.code === 'keys_missing') return notCopied(file);
    if (!unusable.includes(error.code)) throw error;
    const { file: faulty } = error.facts;
    return `${basename(typeof faulty === 'string' ? faulty : file)} in this key folder cannot be used (${error.code})`;
  }
}

/** What this process lacks of the key of the next year, which is created here if no process has. @throws Problem keys_differ */
const lackingNextYear = (reader: Reader, keys: LastingKeys, year: number): Promise<string | undefined> =>
  lackOf(`${logTokenName(year)}.key`, async () => {
    const held = keys.heldLogToken(year);
    if (held === undefined) return createLogToken(reader, keys, year);
    await refuseOther(reader, logTokenName(year), held, claimKeyDigest);
    return true;
  });

/** What this process lacks of a key that another process has created to replace the log's key. */
async function lackingLogKey(reader: Reader, { log }: Pick<HubKeys, 'log'>): Promise<string | undefined> {
  for (const vkey of await comingLogKeys(reader)) {
    const key = parseVkey(vkey);
    const lack = await lackOf(log.fileOf(key), () => log.heldKey(key).vkey === key.vkey);
    if (lack !== undefined) return lack;
  }
  return undefined;
}

/** What this process lacks of an authority key that is certified, or waits for its second person. */
async function lackingAuthority(
  reader: Reader,
  { authority }: Pick<HubKeys, 'authority'>,
  now: number,
): Promise<string | undefined> {
  const { other, problem } = authority.lacking(now);
  if (other !== undefined)
    return lackOf(basename(other), () => {
      if (problem !== undefined) throw problem;
      return false;
    });
  for (const id of await comingAuthorities(reader)) {
    const lack = await lackOf(intermediateFile(id, 'pem'), () => authority.holds(id));
    if (lack !== undefined) return lack;
  }
  return undefined;
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
  await refuseOtherYear(reader, keys, year, recorded);
}

/** Compares the key of a year where it is here. @throws Problem keys_differ */
async function refuseOtherYear(
  reader: Reader,
  keys: Pick<LastingKeys, 'heldLogToken'>,
  year: number,
  recorded: RecordedDigest,
): Promise<void> {
  const held = keys.heldLogToken(year);
  if (held !== undefined) await refuseOther(reader, logTokenName(year), held, recorded);
}

/** The start creates the key of the current year where no process has. @throws Problem keys_missing */
async function refuseMissingYear(reader: Reader, keys: LastingKeys, year: number): Promise<void> {
  if (keys.heldLogToken(year) === undefined && !(await createLogToken(reader, keys, year)))
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
  // one that cannot be used stops the start only when its year begins
  await lackOf(`${logTokenName(year + 1)}.key`, async () => {
    await refuseOtherYear(reader, keys, year + 1, comparedDigest);
    return true;
  });
  const name = logTokenName(year);
  if (keys.heldLogToken(year) === undefined && (await keyDigest(reader, name)) !== undefined)
    throw new Problem('keys_missing', { file: `${name}.key` });
}

type KeysOfLog = Pick<HubKeys, 'headMac'> & {
  readonly log: Pick<LogKeys, 'vkey' | 'rotations'>;
};

/**
 * Compares the keys of the log before anything is verified with them: otherwise a key of another hub would be reported as an altered entry.
 * Their digests are recorded once the log has been opened with them.
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

/** Creates the key of a year. @returns false if another process has: then it must be copied from there */
async function createLogToken(reader: Reader, keys: LastingKeys, year: number): Promise<boolean> {
  const name = logTokenName(year);
  const isCreated = await keys.offerLogToken(year, async (key) => {
    const recorded = await keyDigest(reader, name);
    return (recorded ?? (await claimKeyDigest(reader, name, digestOf(name, key)))) === digestOf(name, key);
  });
  // a process with the same folder may have stored it since the year was looked up
  return isCreated || keys.heldLogToken(year) !== undefined;
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
