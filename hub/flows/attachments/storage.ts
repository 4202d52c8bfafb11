import { Semaphore } from '../../../machine/semaphore.ts';
import { Problem } from '../../../terms/problem.ts';
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

export const busy = (): Problem => new Problem('attachments_busy', {}, { headers: { 'retry-after': '5' } });
