import { searchForm } from '../../../domain/catalogue.ts';
import type { Identity } from '../../../identity/identity.ts';
import type { Registry } from '../../../registry/registry.ts';
import { deriveEntry, liveEntriesAfter } from '../../../registry/store/catalogue.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Job } from '../../../platform/jobs/job.ts';
import { searchOf, type EntryBody } from '../operations/showCatalogueEntry.ts';

/** Maximum number of entries of one run. */
const maxEntries = 200;

interface Derived {
  /** form of all entries up to `after` */
  readonly form: number;
  /** id of the last derived entry; absent if all are derived */
  readonly after?: string;
}

/**
 * Derives the search data of catalogue entries, once for each form of the search. A later release derives entries of an earlier release
 * again.
 */
export const deriveCatalogue = (
  reader: Reader,
  { registry, identity }: { readonly registry: Registry; readonly identity: Pick<Identity, 'department'> },
): Job => ({
  name: 'deriveCatalogue',
  every: 3_600_000,
  lease: 60_000,
  run: async (run) => {
    const known = (run.state ?? {}) as Partial<Derived>;
    if (known.form === searchForm && known.after === undefined) return {};
    await registry.refresh();
    const rows = await liveEntriesAfter(
      reader,
      known.form === searchForm ? (known.after ?? '') : '',
      maxEntries,
    );
    for (const row of rows) {
      if (run.signal.aborted) return {};
      const search = searchOf(row.document as EntryBody, registry.current, identity, row.department);
      await deriveEntry(reader, row, search);
    }
    const last = rows.at(-1)?.id;
    const more = rows.length === maxEntries;
    const state: Derived = { form: searchForm, ...(more && last !== undefined ? { after: last } : {}) };
    return { state, more };
  },
});
