/** Stored form of a waiting import: the entries that it changes, and their state when it was proposed. */
import { breather } from '../../../../machine/yieldIfSlow.ts';
import type { components } from '../../../../api/openapi.ts';
import { canonicalText } from '../../../../schemas/readJson.ts';
import type { StaffOperationId } from '../../../pipeline/contract.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { catalogueEntries } from '../../../registry/store/catalogue.ts';
import type { EntryBody } from './showCatalogueEntry.ts';

export interface Standing {
  readonly entry: string;
  /** the live revision; 0 if there is none */
  readonly revision: number;
  /** members that would change */
  readonly changes: readonly string[];
}

/** The waiting import; the decision compares `standing` with the current state first. */
export interface StoredImport {
  readonly department: string;
  readonly standing: readonly Standing[];
  readonly entries: EntryBody[];
}

/** Names of the members in which two documents differ; all members for a first document. */
export function changedMembers(was: object | undefined, is: object): readonly string[] {
  const before = (was ?? {}) as Readonly<Record<string, unknown>>;
  const after = is as Readonly<Record<string, unknown>>;
  const text = (value: unknown): string => (value === undefined ? '' : canonicalText(value));
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => text(before[name]) !== text(after[name]))
    .sort();
}

export async function storedImportOf(
  reader: Reader,
  { department, entries }: components['schemas']['CatalogueImport'],
): Promise<StoredImport> {
  const rows = await catalogueEntries(
    reader,
    entries.map(({ id }) => id),
  );
  const live = new Map(rows.map((row) => [row.id, row]));
  const stored: {
    readonly entry: EntryBody;
    readonly revision: number;
    readonly changes: readonly string[];
  }[] = [];
  const breathe = breather();
  for (const entry of entries) {
    await breathe();
    const known = live.get(entry.id);
    const changes = changedMembers(known?.document, entry);
    if (changes.length > 0) stored.push({ entry, revision: known?.revision ?? 0, changes });
  }
  return {
    department,
    standing: stored.map(({ entry, revision, changes }) => ({ entry: entry.id, revision, changes })),
    entries: stored.map(({ entry }) => entry),
  };
}

/** Catalogue entries that accepting a proposal would change. @param body as stored */
export function storedEntries(operation: StaffOperationId, body: unknown): readonly string[] {
  if (operation === 'registerCatalogueEntry') return [(body as EntryBody).id];
  if (operation === 'importCatalogue') return (body as StoredImport).entries.map(({ id }) => id);
  return [];
}
