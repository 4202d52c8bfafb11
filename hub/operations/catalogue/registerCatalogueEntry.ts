import type { AllowedOutcome, Call } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { catalogueEntry, insertEntries } from '../../store/registry/catalogue.ts';
import { registered } from '../registry/registration.ts';
import type { Hands } from '../registry/registrar.ts';
import type { Services } from '../services.ts';
import { checkedEntry } from './checkedEntry.ts';
import type { EntryBody } from './derived.ts';

/**
 * An entry of the catalogue, or a further revision of it; it waits as a proposal beside the live one until a second person agrees.
 * @throws Problem department_unknown, unknown_reference (dataset), catalogue_secret, sharing_conditions, sharing_basis, element_source,
 *   catalogue_duplicate
 */
export async function registerCatalogueEntry(
  call: Call<StaffCaller>,
  services: Services,
  hands: Hands,
): Promise<AllowedOutcome> {
  const entry = call.body as EntryBody;
  await services.registry.refresh();
  const known = await catalogueEntry(services.database.app, entry.id);
  const row = await checkedEntry(entry, known, services);
  return registered({
    kind: 'CatalogueEntry',
    id: entry.id,
    version: String(row.revision),
    digest: row.digest,
    registered: known?.revision === row.revision ? known.digest : undefined,
    versioned: true,
    work: (transaction) => insertEntries(transaction, [row], hands, call.exchange),
    change: { sharing: row.sharing, datasets: row.datasets.length },
  });
}
