import { Semaphore } from '../../../machine/semaphore.ts';
import { Problem } from '../../../terms/problem.ts';
import type { AttachmentStorage, StorageName } from './store/storage.ts';

/** The storages of this hub: new attachments go to one of them, and each is read where it was stored. */
export class AttachmentStorages {
  readonly current: AttachmentStorage;
  /** uploads whose content is being checked: each reads all of its bytes */
  readonly inspections = new Semaphore(2);
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
}
