import { hkdfSync } from 'node:crypto';
import type { PseudonymKeys } from '../mask.ts';
import { issuedEpoch, type PseudonymEpoch } from './pseudonym.ts';

/**
 * Derives keys of pseudonyms from one master (RFC 5869 HKDF-SHA-256). Destroying the master, or never deriving an epoch again, permanently
 * severs the links of that epoch. The master is stored in hub/platform/keys, never in the database or a log.
 * @param master at least 32 bytes
 * @param schedule epochs with the time from which each is issued; none = epoch 1 for all time
 */
export function pseudonymKeys(master: Uint8Array, schedule: readonly PseudonymEpoch[] = []): PseudonymKeys {
  if (master.length < 32) throw new RangeError('the pseudonym master needs at least 32 bytes');
  const derived = new Map<string, Uint8Array>();
  return {
    pseudonym(consumer, domain, epoch, scope) {
      const info =
        scope === undefined
          ? `datong-pseudonym-1\n${consumer}\n${domain}\n${epoch}`
          : `datong-pseudonym-2\n${consumer}\n${domain}\n${epoch}\n${scope}`;
      let key = derived.get(info);
      if (key === undefined) {
        key = new Uint8Array(hkdfSync('sha256', master, new Uint8Array(0), info, 32));
        derived.set(info, key);
      }
      return key;
    },
    issuing: (_domain, now) => issuedEpoch(schedule, now),
  };
}
