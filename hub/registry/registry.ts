/**
 * The registry for flows and operations: one immutable snapshot per `state_epoch`. It is read again when the log's epoch has moved: after
 * an activation, revocation or suspension by any process. It is also read again on the day from which a version of a code list takes
 * effect. The append refuses decisions under an older epoch, so a stale snapshot can never release data.
 */
import type { AuditLog } from '../log/draft.ts';
import type { Database } from '../platform/database/database.ts';
import { readSnapshot, type RegistrySnapshot } from './snapshot.ts';

export interface Registry {
  /** Reads the snapshot again if it is older than the newest known epoch. Returns a promise only while reading. */
  refresh(): Promise<void> | undefined;
  readonly current: RegistrySnapshot;
  /** the current batch of a snapshot dataset, as last reported */
  pointer(dataset: string): string | null;
  movePointer(dataset: string, batch: string | null): void;
}

export async function openRegistry(services: {
  readonly database: Database;
  readonly audit: Pick<AuditLog, 'epoch'>;
}): Promise<Registry> {
  const { database, audit } = services;
  const pointers = new Map<string, string | null>();
  let current = await readSnapshot(database, audit.epoch());
  let reading: Promise<void> | undefined;

  async function readAgain(): Promise<void> {
    try {
      // only for another epoch at once: if reading takes long, `until` has passed after each
      do current = await readSnapshot(database, audit.epoch(), current);
      while (current.epoch !== audit.epoch());
    } finally {
      reading = undefined;
    }
  }

  const isStale = (): boolean => current.epoch !== audit.epoch() || database.now() >= current.until;

  return {
    get current() {
      return current;
    },
    refresh() {
      if (!isStale()) return undefined;
      return (reading ??= readAgain());
    },
    pointer: (dataset) => pointers.get(dataset) ?? current.datasets.get(dataset)?.row.currentBatch ?? null,
    movePointer: (dataset, batch) => pointers.set(dataset, batch),
  };
}
