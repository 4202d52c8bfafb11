import { searchForm } from '../../../domain/catalogue.ts';
import type { Identity } from '../../../identity/identity.ts';
import type { Registry } from '../../../registry/registry.ts';
import { deriveEntry, liveEntriesAfter } from '../../../registry/store/catalogue.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Job } from '../../../platform/jobs/job.ts';
import { searchOf, type EntryBody } from '../operations/showCatalogueEntry.ts';

/** Entries of one run. */
const most = 200;

interface Derived {
  /** form that all entries up to `after` have */
  readonly form: number;
  /** last id that was derived; absent: all were */
  readonly after?: string;
}

/** What catalogue entries are found by, once for each form of the search: a later release derives those anew that an earlier one stored. */
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
    const rows = await liveEntriesAfter(reader, known.form === searchForm ? (known.after ?? '') : '', most);
    for (const row of rows) {
      if (run.signal.aborted) return {};
      const search = searchOf(row.document as EntryBody, registry.current, identity, row.department);
      await deriveEntry(reader, row, search);
    }
    const last = rows.at(-1)?.id;
    const more = rows.length === most;
    const state: Derived = { form: searchForm, ...(more && last !== undefined ? { after: last } : {}) };
    return { state, more };
  },
});
