/**
 * What is registered, as walks and operations read it: one immutable snapshot per `state_epoch`. It is read again when the log's epoch
 * has moved (an activation, revocation or suspension, by this process or another), and when the day has come from which a version of a code
 * list counts; the append refuses what was decided under an older
 * epoch, so a stale copy can never let anything out.
 */
import type { AuditLog } from '../log/draft.ts';
import type { Database } from '../platform/database/database.ts';
import { readSnapshot, type RegistrySnapshot } from './snapshot.ts';

export interface Registry {
  /** as of the newest epoch this process knows; a promise only while it is read again */
  refresh(): Promise<void> | undefined;
  readonly current: RegistrySnapshot;
  /** the batch readers of a snapshot dataset see, as last heard */
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
      while (isStale()) current = await readSnapshot(database, audit.epoch(), current);
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
