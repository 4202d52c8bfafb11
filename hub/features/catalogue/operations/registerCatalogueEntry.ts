import { catalogueEntry, insertEntries } from '../../../registry/store/catalogue.ts';
import { registered } from '../../registry/operations/registration.ts';
import { checkedEntry } from './checkedEntry.ts';
import { checkOfficer, followEntries, sharesMore } from './followEntries.ts';
import { proposing } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { providerOf, datasetId } from '../../../../terms/ids.ts';
import { proposable } from '../../proposals/operations/proposable.ts';

/**
 * An entry of the catalogue, or a further revision of it; it waits as a proposal beside the live one until a second person agrees,
 * the security officer where a dataset that it links comes to be shared more freely, or on other conditions. Its datasets are shared as it says from then on.
 * @throws Problem department_unknown, unknown_reference (dataset), catalogue_secret, sharing_conditions, sharing_basis, element_source,
 *   catalogue_duplicate, entry_contradicts, entry_stops_agreements, entry_revives_agreements, officer_decides
 */
export const registerCatalogueEntry = proposable('registerCatalogueEntry', {
  permission: { operator: proposing, 'office steward': proposing, steward: proposing },
  owner: (call) => anyOf(providerOf(datasetId(call.body.id))),
  secondPerson: true,
  run: async (call, services, actingPersons) => {
    const entry = call.body;
    await services.registry.refresh();
    const known = await catalogueEntry(services.database.app, entry.id);
    const row = await checkedEntry(entry, known, services);
    const changes = known?.revision !== row.revision;
    const more = changes && (await sharesMore([entry], services));
    if (more && actingPersons.approver !== null) checkOfficer(call.caller, row.department);
    const outcome = registered({
      kind: 'CatalogueEntry',
      id: entry.id,
      version: String(row.revision),
      digest: row.digest,
      registered: known?.revision === row.revision ? known.digest : undefined,
      versioned: true,
      work: async (transaction) => {
        await insertEntries(transaction, [row], actingPersons, call.exchange);
        await followEntries(transaction, [row], call.exchange);
      },
      change: { sharing: row.sharing, datasets: row.datasets.length },
    });
    if (!more || actingPersons.approver !== null) return outcome;
    const reported = {
      kind: 'CatalogueEntry',
      id: entry.id,
      version: String(row.revision),
      changed: true,
    } as const;
    return {
      ...outcome,
      asks: { told: { ...reported, digest: row.digest }, needsOfficer: true, body: entry },
    };
  },
});
