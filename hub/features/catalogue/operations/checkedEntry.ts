/** Checks one catalogue entry, alone or in an import, and builds the row to store. */
import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import { unregistered } from '../../../domain/catalogue.ts';
import { sameTags, type CatalogueRow, type CatalogueSearch } from '../../../registry/store/catalogue.ts';
import { digestOf } from '../../registry/operations/registration.ts';
import type { Services } from '../../common/services.ts';
import { checkElements } from './claimedElements.ts';
import { searchOf, type EntryBody } from './showCatalogueEntry.ts';
import { checkFollowing, isFollowed } from './followEntries.ts';

/** Minimum number of tags for the duplicate check: fewer do not identify the owner of the data, because every register names a person. */
const minTags = 2;

/**
 * Returns the next revision of an entry. An identical entry returns the current revision, unless the sharing of one of its datasets
 * differs. The caller determines how fresh the registry snapshot is.
 * @param known the live revision
 * @param together entries written with it
 * @throws Problem department_unknown, unknown_reference (dataset), catalogue_secret, sharing_conditions, sharing_basis, element_source,
 *   catalogue_duplicate, entry_contradicts, entry_stops_agreements, entry_revives_agreements, event_rule_unfit
 */
export async function checkedEntry(
  entry: EntryBody,
  known: Pick<CatalogueRow, 'revision' | 'digest'> | undefined,
  services: Services,
  together: readonly EntryBody[] = [],
): Promise<CatalogueRow & CatalogueSearch> {
  const { database, registry, identity } = services;
  const department = providerOf(datasetId(entry.id));
  if (identity.department(department) === undefined)
    throw new Problem('department_unknown', { department }, { at: '/body/id' });
  checkShared(entry);
  const { datasets = [] } = entry;
  for (const [index, dataset] of datasets.entries()) {
    const live = registry.current.datasets.get(dataset);
    if (live?.row.department === department && live.row.state !== 'retired') continue;
    const at = `/body/datasets/${index}`;
    throw new Problem('unknown_reference', { kind: 'Dataset', name: dataset }, { at });
  }
  await checkFollowing(entry, services, together);
  await checkElements(
    database.app,
    department,
    datasets.flatMap((dataset) => registry.current.datasets.get(dataset)?.schema ?? []),
    registry.current.surroundings.resolve,
  );
  const search = searchOf(entry, registry.current, identity, department);
  if (entry.sameData === undefined && search.tags.length >= minTags) {
    const others = await sameTags(database.app, department, search.tags);
    const [first] = others;
    if (first !== undefined)
      throw new Problem(
        'catalogue_duplicate',
        { other: first.id, department: first.department },
        { findings: others },
      );
  }
  const digest = digestOf(entry);
  const isUnchanged = known?.digest === digest && isFollowed(entry, registry.current);
  const revision = known === undefined ? 1 : isUnchanged ? known.revision : known.revision + 1;
  return {
    id: entry.id,
    revision,
    department,
    document: entry,
    digest,
    datasets,
    ...search,
    titleZh: entry.title.zh,
    titleEn: entry.title.en,
    category: entry.category,
    sharing: entry.sharing.type,
  };
}

/** @throws Problem catalogue_secret, sharing_conditions, sharing_basis, entry_contradicts */
function checkShared({ id, dataClass, openness, sharing: { type, conditions, basis } }: EntryBody): void {
  if ((unregistered as readonly string[]).includes(dataClass))
    throw new Problem('catalogue_secret', { dataClass }, { at: '/body/dataClass' });
  if ((type === 'conditional') !== (conditions !== undefined))
    throw new Problem('sharing_conditions', { type }, { at: '/body/sharing/conditions' });
  // 不予共享 (not shared) must name the law, regulation or state policy
  if ((type === 'none') !== (basis !== undefined))
    throw new Problem('sharing_basis', { type }, { at: '/body/sharing/basis' });
  if (type === 'none' && openness === 'open')
    throw new Problem(
      'entry_contradicts',
      { what: `CatalogueEntry ${id}`, reason: 'the entry is open to the public, and not shared' },
      { at: '/body/openness' },
    );
}
