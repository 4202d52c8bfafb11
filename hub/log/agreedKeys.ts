/**
 * Every process of a hub has the same lasting keys, or «who saw this person» splits silently. They are compared through the database, by
 * digest: at the start, and while the process runs, because a year's key begins to count on 1 January. The key of the coming year is made
 * as soon as its year before has begun, so there is a year to carry it to the other processes.
 */
import { basename } from 'node:path';
import { createHmac, type KeyObject } from 'node:crypto';
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
  /** `ok`, or what could not be written here, or which key is still to be copied here: of the coming year, of a rotation of the log's key, of an authority to come */
  state(): string;
  /** Compares now. @throws Problem keys_differ, keys_missing */
  compare(): Promise<void>;
  close(): void;
}

/**
 * @param halt told when the keys are found to differ while the process runs: it does not serve
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
    for (const name of ['subject', 'pseudonym', 'sealing'] as const)
      await refuseOther(database.app, name, keys[name]);
    await refuseOtherYear(database.app, keys, year);
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

/** The file of a key that is to take over the log and that another process has made. */
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

/** The file of a key by which an authority is to sign that is certified, or waits for its second person. */
async function missingAuthority(
  reader: Reader,
  { authority }: Pick<HubKeys, 'authority'>,
  now: number,
): Promise<string | undefined> {
  const waiting = (await comingAuthorities(reader)).find((id) => !authority.holds(id));
  const { other } = authority.lacking(now);
  return other === undefined ? waiting && intermediateFile(waiting, 'pem') : basename(other);
}

/** Tells whether two keys are one, and nothing else. */
const digestOf = (name: string, key: KeyObject): string =>
  createHmac('sha256', key).update(`datong key digest 1\n${name}\n`).digest('hex');

/** @throws Problem keys_differ */
async function refuseOther(reader: Reader, name: string, key: KeyObject): Promise<void> {
  const digest = digestOf(name, key);
  if ((await claimKeyDigest(reader, name, digest)) !== digest)
    throw new Problem('keys_differ', { file: `${name}.key` });
}

/** The key that counts now. @throws Problem keys_differ, keys_missing */
async function refuseOtherYear(reader: Reader, keys: LastingKeys, year: number): Promise<void> {
  const name = logTokenName(year);
  const held = keys.heldLogToken(year);
  if (held !== undefined) await refuseOther(reader, name, held);
  else if (!(await made(reader, keys, year))) throw new Problem('keys_missing', { file: `${name}.key` });
}

/** Whether the key of the coming year is here: held and the same, or made now. @throws Problem keys_differ */
async function ahead(reader: Reader, keys: LastingKeys, year: number): Promise<boolean> {
  const held = keys.heldLogToken(year);
  if (held === undefined) return made(reader, keys, year);
  await refuseOther(reader, logTokenName(year), held);
  return true;
}

/** Makes the key of a year, unless another process has: then it is to be copied from there. */
async function made(reader: Reader, keys: LastingKeys, year: number): Promise<boolean> {
  const name = logTokenName(year);
  return keys.offerLogToken(year, async (key) => {
    const standing = await keyDigest(reader, name);
    return (standing ?? (await claimKeyDigest(reader, name, digestOf(name, key)))) === digestOf(name, key);
  });
}

/* Every process of a hub signs by the same key of the log: what the database says of its rotations, and what the key folder knows. */

/** What the database says. @returns learns it. @throws (what is returned) Problem keys_missing where a key is to be copied here; log_inconsistent */
export async function logKeysIn(reader: Reader, ring: LogKeys): Promise<() => void> {
  const rotations = await logKeyRotations(reader);
  return () => ring.learn(rotations);
}

/**
 * At the start: an archive from before a rotation does not know of it, and the old key has ended all the same. Whoever heard of it would
 * refuse what it signs, so that the statement comes back from the key folder.
 * @throws Problem keys_missing, log_inconsistent
 */
export async function agreeOnLogKeys(reader: Reader, ring: LogKeys): Promise<void> {
  const rotations = await logKeyRotations(reader);
  ring.learn(rotations);
  const stored = new Set(rotations.map(({ statement }) => statement));
  for (const statement of ring.rotations())
    if (!stored.has(statement)) await storeRotation(reader, { ...parseRotation(statement), exchange: null });
}
