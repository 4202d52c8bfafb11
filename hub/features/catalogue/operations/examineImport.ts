/** Entries that come together: each is held against what stands, as it would be alone. */
import type { components } from '../../../../api/openapi.ts';
import { breather } from '../../../../machine/breather.ts';
import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import {
  catalogueEntries,
  type CatalogueRow,
  type CatalogueSearch,
} from '../../../registry/store/catalogue.ts';
import type { Services } from '../../common/services.ts';
import { checkedEntry } from './checkedEntry.ts';
import { changedMembers, type Standing } from './keptImport.ts';

export type ImportBody = components['schemas']['CatalogueImport'];

/** What becomes of one entry, in the order of the import. */
export type Examined = { readonly entry: string } & (
  | { readonly outcome: 'refused'; readonly problem: Problem }
  | {
      readonly outcome: 'new' | 'changed' | 'unchanged';
      readonly row: CatalogueRow & CatalogueSearch;
      /** members that differ from the live revision */
      readonly changes: readonly string[];
    }
);

/**
 * @param standing of a proposal: what stood when it was made. An entry that was revised since is refused, or its revision would be undone unseen
 * @throws Problem department_unknown
 */
export async function examineImport(
  { department, entries }: ImportBody,
  services: Services,
  standing?: readonly Standing[],
): Promise<readonly Examined[]> {
  if (services.identity.department(department) === undefined)
    throw new Problem('department_unknown', { department }, { at: '/body/department' });
  await services.registry.refresh();
  const rows = await catalogueEntries(
    services.database.app,
    entries.map(({ id }) => id),
  );
  const live = new Map(rows.map((row) => [row.id, row]));
  const stood = standing && new Map(standing.map(({ entry, revision }) => [entry, revision]));
  const seen = new Set<string>();
  const examined: Examined[] = [];
  const breathe = breather();
  for (const entry of entries) {
    await breathe();
    const known = live.get(entry.id);
    const twice = seen.has(entry.id);
    seen.add(entry.id);
    try {
      if (providerOf(datasetId(entry.id)) !== department)
        throw new Problem('entry_foreign', { entry: entry.id, department });
      if (twice) throw new Problem('entry_twice', { entry: entry.id });
      if (stood !== undefined && stood.get(entry.id) !== (known?.revision ?? 0))
        throw new Problem('entry_revised', { entry: entry.id, revision: known?.revision ?? 0 });
      const row = await checkedEntry(entry, known, services, entries);
      const outcome = known === undefined ? 'new' : known.revision === row.revision ? 'unchanged' : 'changed';
      examined.push({ entry: entry.id, outcome, row, changes: changedMembers(known?.document, entry) });
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      examined.push({ entry: entry.id, outcome: 'refused', problem });
    }
  }
  return examined;
}
