import { setTimeout as sleep } from 'node:timers/promises';
import { Semaphore } from '../../../machine/semaphore.ts';
import { Problem } from '../../../terms/problem.ts';
import type { AttachmentConfig } from '../../platform/config/hubConfig.ts';
import type { Pool } from '../../platform/database/database.ts';
import { attachmentsBusy } from './attachmentsBusy.ts';
import { databaseStorage } from './store/databaseStorage.ts';
import { ImageDecoder } from './imageDecoder.ts';
import { S3Storage } from './s3Storage.ts';
import { hasAttachmentsInS3 } from './store/storagePlaces.ts';
import type { AttachmentStorage, StorageName } from './store/storage.ts';

/** Uploads whose content is checked at once: each check reads all bytes. */
const inspectedAtOnce = 2;
/** Uploads that wait for their check, and the milliseconds that each waits. */
const maxWaiting = 64;
const maxWaitMs = 60_000;
/** Milliseconds for which a readiness check waits for the storages, and for which their state is reported again. */
const statePatienceMs = 1_500;
const stateFreshMs = 3_000;

interface StorageOptions {
  /** where earlier attachments are read */
  readonly others?: readonly AttachmentStorage[];
  readonly maxUnnamedBytes?: number;
}

/** The storages of this hub: new attachments go to one of them, and each is read where it was stored. */
export class AttachmentStorages {
  readonly current: AttachmentStorage;
  /** bytes that a department may have here without a row: uploads that are open, and finished ones that no row names */
  readonly maxUnnamedBytes: number;
  readonly images = new ImageDecoder();
  private readonly inspections = new Semaphore(inspectedAtOnce);
  private readonly inspecting = new Map<string, Promise<void>>();
  private checked: Promise<string> | undefined;
  private readonly all: ReadonlyMap<StorageName, AttachmentStorage>;

  /** @param first where new attachments are stored */
  constructor(first: AttachmentStorage, { others = [], maxUnnamedBytes = Infinity }: StorageOptions = {}) {
    this.current = first;
    this.maxUnnamedBytes = maxUnnamedBytes;
    this.all = new Map([first, ...others].map((one) => [one.name, one]));
  }

  /** The storage that may have bytes without a record. */
  get listed(): AttachmentStorage | undefined {
    return [...this.all.values()].find((one) => one.list !== undefined);
  }

  /**
   * `ok`, or why attachments cannot be stored or read now; everything else is served. One check runs at a time. A storage that hangs
   * delays no answer.
   */
  async state(): Promise<string> {
    this.checked ??= this.check();
    const timer = new AbortController();
    const late = sleep(statePatienceMs, 'degraded: attachment_storage_unavailable', {
      signal: timer.signal,
    }).catch(() => 'ok');
    try {
      return await Promise.race([this.checked, late]);
    } finally {
      timer.abort();
    }
  }

  private async check(): Promise<string> {
    try {
      await Promise.all([...this.all.values()].map((one) => one.check?.() ?? Promise.resolve()));
      return 'ok';
    } catch (error) {
      return `degraded: ${error instanceof Problem ? error.code : 'internal_error'}`;
    } finally {
      setTimeout(() => (this.checked = undefined), stateFreshMs).unref();
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
    const running =
      this.inspecting.get(id) ??
      this.inspections
        .runWithin({ maxWaitMs, maxWaiting }, attachmentsBusy, check)
        .finally(() => this.inspecting.delete(id));
    this.inspecting.set(id, running);
    return running;
  }
}

/** The storages of a configuration: the database, and the object store where there is one. */
export function openStorages(
  pool: Pool,
  { storage, s3, maxUnnamedBytes }: AttachmentConfig,
): AttachmentStorages {
  const database = databaseStorage(pool);
  if (s3 === undefined)
    return new AttachmentStorages({ ...database, check: () => checkNoneInS3(pool) }, { maxUnnamedBytes });
  const store = new S3Storage(pool, s3);
  const [current, other] = storage === 's3' ? [store, database] : [database, store];
  return new AttachmentStorages(current, { others: [other], maxUnnamedBytes });
}

/** @throws Problem attachment_storage_unavailable where attachments are in an object store that is not configured */
async function checkNoneInS3(pool: Pool): Promise<void> {
  if (await hasAttachmentsInS3(pool)) throw new Problem('attachment_storage_unavailable');
}
