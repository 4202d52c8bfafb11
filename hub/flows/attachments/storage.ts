import { Semaphore } from '../../../machine/semaphore.ts';
import { Problem } from '../../../terms/problem.ts';
import type { AttachmentConfig } from '../../platform/config/hubConfig.ts';
import type { Pool } from '../../platform/database/database.ts';
import { databaseStorage } from './store/databaseStorage.ts';
import { S3Storage } from './s3Storage.ts';
import type { AttachmentStorage, StorageName } from './store/storage.ts';

/** Uploads whose content is checked at once: each check reads all bytes. */
const inspectedAtOnce = 2;
/** Uploads that wait for their check, and the milliseconds that each waits. */
const maxWaiting = 64;
const patienceMs = 60_000;

/** The storages of this hub: new attachments go to one of them, and each is read where it was stored. */
export class AttachmentStorages {
  readonly current: AttachmentStorage;
  private readonly inspections = new Semaphore(inspectedAtOnce);
  private readonly inspecting = new Map<string, Promise<void>>();
  private readonly all: ReadonlyMap<StorageName, AttachmentStorage>;

  /** @param first where new attachments are stored */
  constructor(first: AttachmentStorage, ...others: readonly AttachmentStorage[]) {
    this.current = first;
    this.all = new Map([first, ...others].map((one) => [one.name, one]));
  }

  /** The storage that may have bytes without a record. */
  get listed(): AttachmentStorage | undefined {
    return [...this.all.values()].find((one) => one.list !== undefined);
  }

  /** `ok`, or why attachments cannot be stored or read now; everything else is served. */
  async state(): Promise<string> {
    try {
      for (const one of this.all.values()) await one.check?.();
      return 'ok';
    } catch (error) {
      return `degraded: ${error instanceof Problem ? error.code : 'internal_error'}`;
    }
  }

  async close(): Promise<void> {
    for (const one of this.all.values()) await one.close?.();
  }

  /** @throws Problem attachment_storage_unavailable where it is no longer configured */
  named(name: StorageName): AttachmentStorage {
    const found = this.all.get(name);
    if (found === undefined) throw new Problem('attachment_storage_unavailable');
    return found;
  }

  /**
   * Checks the content of an upload, a few at a time. A call for an upload that is being checked gets the result of that check.
   * @throws Problem attachments_busy, and those of the check
   */
  inspected(id: string, check: () => Promise<void>): Promise<void> {
    const running = this.inspecting.get(id) ?? this.inspect(check).finally(() => this.inspecting.delete(id));
    this.inspecting.set(id, running);
    return running;
  }

  private async inspect(check: () => Promise<void>): Promise<void> {
    const end = await this.inspections.take(patienceMs, maxWaiting);
    if (end === undefined) throw busy();
    try {
      await check();
    } finally {
      end();
    }
  }
}

/** The storages of a configuration: the database, and the object store where there is one. */
export function openStorages(pool: Pool, { storage, s3 }: AttachmentConfig): AttachmentStorages {
  const database = databaseStorage(pool);
  if (s3 === undefined) return new AttachmentStorages(database);
  const store = new S3Storage(pool, s3);
  return storage === 's3' ? new AttachmentStorages(store, database) : new AttachmentStorages(database, store);
}

export const busy = (): Problem => new Problem('attachments_busy', {}, { headers: { 'retry-after': '5' } });
