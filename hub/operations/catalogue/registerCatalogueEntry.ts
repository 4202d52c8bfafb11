import { datasetId, providerOf } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import { unregistered } from '../../domain/catalogue.ts';
import type { AllowedOutcome, Call } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { catalogueEntry, insertEntry, sameTags } from '../../store/registry/catalogue.ts';
import { digestOf, registered } from '../registry/registration.ts';
import type { Hands } from '../registry/registrar.ts';
import type { Services } from '../services.ts';
import { checkElements } from './claimedElements.ts';
import { searchOf, type EntryBody } from './derived.ts';

/** Fewer tags than these say nothing of whose the data is: every register names a person. */
const tellingTags = 2;

/**
 * An entry of the catalogue, or a further revision of it; it waits as a proposal beside the live one until a second person agrees.
 * @throws Problem department_unknown, unknown_reference (dataset), catalogue_secret, sharing_conditions, sharing_basis, element_source,
 *   catalogue_duplicate
 */
export async function registerCatalogueEntry(
  call: Call<StaffCaller>,
  { database, registry, identity }: Services,
  hands: Hands,
): Promise<AllowedOutcome> {
  const entry = call.body as EntryBody;
  const department = providerOf(datasetId(entry.id));
  if (identity.department(department) === undefined)
    throw new Problem('department_unknown', { department }, { at: '/body/id' });
  checkShared(entry);
  await registry.refresh();
  const { datasets = [] } = entry;
  for (const [index, dataset] of datasets.entries()) {
    const live = registry.current.datasets.get(dataset);
    if (live?.row.department === department && live.row.state !== 'retired') continue;
    const at = `/body/datasets/${index}`;
    throw new Problem('unknown_reference', { kind: 'Dataset', name: dataset }, { at });
  }
  await checkElements(
    database.app,
    department,
    datasets.flatMap((dataset) => registry.current.datasets.get(dataset) ?? []),
  );
  const search = searchOf(entry, registry.current, identity, department);
  if (entry.sameData === undefined && search.tags.length >= tellingTags) {
    const others = await sameTags(database.app, department, search.tags);
    const [first] = others;
    if (first !== undefined)
      throw new Problem(
        'catalogue_duplicate',
        { other: first.id, department: first.department },
        { findings: others },
      );
  }
  const known = await catalogueEntry(database.app, entry.id);
  const digest = digestOf(entry);
  const revision = known === undefined ? 1 : known.digest === digest ? known.revision : known.revision + 1;
  return registered({
    kind: 'CatalogueEntry',
    id: entry.id,
    version: String(revision),
    digest,
    registered: known?.revision === revision ? known.digest : undefined,
    versioned: true,
    work: (transaction) =>
      insertEntry(
        transaction,
        {
          ...{ id: entry.id, revision, department, document: entry, digest, datasets, ...search },
          ...{
            titleZh: entry.title.zh,
            titleEn: entry.title.en,
            category: entry.category,
            sharing: entry.sharing.type,
          },
        },
        hands,
        call.exchange,
      ),
    change: { sharing: entry.sharing.type, datasets: datasets.length },
  });
}

/** @throws Problem catalogue_secret, sharing_conditions, sharing_basis */
function checkShared({ dataClass, sharing: { type, conditions, basis } }: EntryBody): void {
  if ((unregistered as readonly string[]).includes(dataClass))
    throw new Problem('catalogue_secret', { dataClass }, { at: '/body/dataClass' });
  if ((type === 'conditional') !== (conditions !== undefined))
    throw new Problem('sharing_conditions', { type }, { at: '/body/sharing/conditions' });
  // 不予共享 says by which law, regulation or policy of the state
  if ((type === 'none') !== (basis !== undefined))
    throw new Problem('sharing_basis', { type }, { at: '/body/sharing/basis' });
}
