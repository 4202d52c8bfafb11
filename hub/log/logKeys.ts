/** Every process of a hub signs by the same key of the log: what the database says of its rotations, and what the key folder knows. */
import { parseRotation } from '../../log/note/keyRotation.ts';
import type { LogKeys } from '../platform/keys/hubKeys.ts';
import { keepRotation, logKeyRotations } from './store/logKeys.ts';
import type { Reader } from '../platform/database/reader.ts';

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
  const kept = new Set(rotations.map(({ statement }) => statement));
  for (const statement of ring.rotations())
    if (!kept.has(statement)) await keepRotation(reader, { ...parseRotation(statement), exchange: null });
}
