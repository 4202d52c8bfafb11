/** Proofs that the log only grew. Holders of a checkpoint request them at each contact. */
import type { KeyObject } from 'node:crypto';
import { toBase64 } from '../../../log/base64.ts';
import { Problem } from '../../../terms/problem.ts';
import { readHead } from '../store/head.ts';
import { trustedHead } from '../head.ts';
import { StoredTree } from '../prover.ts';
import { newestCheckpoint, type LogAccess } from './logAccess.ts';

export interface ConsistencyAccess extends LogAccess {
  readonly keys: LogAccess['keys'] & { readonly headMac: KeyObject };
}

export interface Consistency {
  /** of the newer tree */
  readonly size: number;
  /** the newest one of this process */
  readonly checkpoint: string;
  readonly proofs: readonly { readonly from: number; readonly proof: readonly string[] }[];
}

/**
 * @param from sizes of older trees @param size of the newer one, default: that of the newest checkpoint
 * @throws Problem log_shorter if the log never had that size; log_entry_missing; log_inconsistent
 */
export async function consistency(
  access: ConsistencyAccess,
  { from, size: wanted }: { readonly from: readonly number[]; readonly size: number | undefined },
): Promise<Consistency> {
  const { size: own, note } = newestCheckpoint(access);
  const size = wanted ?? own;
  const largest = Math.max(size, ...from);
  if (largest > own) await refuseBeyond(access, largest);
  const signed = access.audit.signedTree?.();
  const frontier = signed?.size === size ? signed.frontier : undefined;
  const tree = new StoredTree(access.database.app, size, { frontier });
  const proofs: Consistency['proofs'][number][] = [];
  for (const older of from) {
    if (older > size) throw new Problem('log_shorter', { size: older, known: size });
    proofs.push({ from: older, proof: (await tree.consistencyProof(older)).map(toBase64) });
  }
  return { size, checkpoint: note, proofs };
}

/** Another process of this hub may have written entries that this one has not read yet: the head records them, under its MAC. */
async function refuseBeyond({ database, keys }: ConsistencyAccess, size: number): Promise<void> {
  const seal = { key: keys.headMac, origin: keys.log.name };
  const { tree } = trustedHead(await readHead(database.app, false), seal);
  if (size > tree.size) throw new Problem('log_shorter', { size, known: tree.size });
}
