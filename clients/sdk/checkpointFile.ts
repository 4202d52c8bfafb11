/** Stores the newest checkpoint of a hub's log in a file next to the profile. These 300 bytes reveal a rewritten log. */
import { createHash, X509Certificate } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { pinOf } from '../../certs/authority/identifiers.ts';
import { claimedCheckpoint } from '../../log/checkpoint.ts';
import { readIfPresent } from '../../machine/readIfPresent.ts';
import { defined } from '../../terms/defined.ts';
import { Problem } from '../../terms/problem.ts';
import { formatVersion, refuseLaterVersion } from '../../terms/refuseLaterVersion.ts';
import type { CheckpointStore, StoredLog } from './checkpointKeeper.ts';

/**
 * @param path of the file; a file of another hub is replaced
 * @param ca PEM of the hub's root certificate. Its key identifies the hub, regardless of the log's key and of the certificate's lifetime
 */
export function checkpointsInFile(path: string, ca: string): CheckpointStore {
  const hub = pinOf(ca);
  const write = async (retained: StoredLog): Promise<void> => {
    const draft = `${path}.${process.pid}`;
    await writeFile(draft, `${JSON.stringify({ v: formatVersion, hub, ...retained }, undefined, 2)}\n`, {
      mode: 0o600,
      flush: true, // an empty file after a loss of power would be refused at each call
    });
    await rename(draft, path);
  };
  return {
    read: async () => {
      const found = await readStored(path, [hub, certificateName(ca)]);
      // a name made from the certificate would change when the root certificate is renewed
      if (found !== undefined && found.of !== hub) await write(found.retained);
      return found?.retained;
    },
    write,
    keepConflict: async (conflict) => {
      const text = `${JSON.stringify({ v: formatVersion, hub, ...conflict }, undefined, 2)}\n`;
      const name = createHash('sha256').update(text).digest('hex').slice(0, 12);
      const place = `${path.replace(/\.json$/, '')}.conflict-${name}.json`;
      await writeFile(place, text, { mode: 0o600 });
      return place;
    },
  };
}

/** Name that older files gave the hub, before they named its root's key. */
const certificateName = (ca: string): string =>
  `sha256:${new X509Certificate(ca).fingerprint256.replaceAll(':', '').toLowerCase()}`;

/** @throws Problem configuration_invalid where the file is not what this client wrote; made_by_later_release, format_version_malformed */
async function readStored(
  path: string,
  names: readonly string[],
): Promise<{ readonly of: string; readonly retained: StoredLog } | undefined> {
  const text = await readIfPresent(path);
  if (text === undefined) return undefined;
  const content = membersOf(text);
  refuseLaterVersion(content, path);
  const { hub: of, checkpoint, waiting, unprovenSince, rotations = [] } = content;
  if (typeof of === 'string' && !names.includes(of)) return undefined;
  const notes = [checkpoint, ...(Array.isArray(waiting) ? (waiting as unknown[]) : [undefined])];
  const since = typeof unprovenSince === 'string' ? unprovenSince : undefined;
  const timed = unprovenSince === undefined || Number.isFinite(Date.parse(since ?? ''));
  if (
    typeof of !== 'string' ||
    typeof checkpoint !== 'string' ||
    !notes.every(isNote) ||
    !timed ||
    !isTexts(rotations)
  )
    throw unreadable(path);
  const retained = {
    checkpoint,
    waiting: notes.slice(1).map(String),
    ...defined({ unprovenSince: since }),
    ...(rotations.length === 0 ? {} : { rotations }),
  };
  return { of, retained };
}

function membersOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

function isNote(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    claimedCheckpoint(value);
    return true;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

const unreadable = (source: string): Problem =>
  new Problem('configuration_invalid', {
    key: 'checkpoint',
    reason: {
      zh: '不是留存的检查点；请从副本恢复',
      en: 'it is not a stored checkpoint; restore it from a copy',
    },
    source,
  });
