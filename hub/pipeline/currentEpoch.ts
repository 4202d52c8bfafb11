import type { AuditLog } from '../log/draft.ts';

/**
 * The epoch that a decision may claim: that of registries as new as the log, read in the very turn in which they were found to be so.
 * Were it read a turn later, a suspension in between would make a decision by the old rules look like one by the new, and the append
 * would let it through.
 * @param current undefined when every registry is as new as the log, else a promise of their being read again
 */
export async function currentEpoch(
  current: () => Promise<void> | undefined,
  audit: Pick<AuditLog, 'epoch'>,
): Promise<number> {
  for (;;) {
    const reading = current();
    if (reading === undefined) return audit.epoch();
    await reading;
  }
}

/** Two registries as one. */
export function bothCurrent(
  identity: Promise<void> | undefined,
  registry: Promise<void> | undefined,
): Promise<void> | undefined {
  if (identity === undefined) return registry;
  return registry === undefined ? identity : Promise.all([identity, registry]).then(() => undefined);
}
