import { catalogueEntry, insertEntries } from '../../../registry/store/catalogue.ts';
import { registered } from '../../registry/operations/registration.ts';
import { checkedEntry } from './checkedEntry.ts';
import { checkOfficer, followEntries, sharesMore } from './followEntries.ts';
import { proposing } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { providerOf, datasetId } from '../../../../terms/ids.ts';
import { proposable } from '../../proposals/operations/proposable.ts';

/**
 * Registers a catalogue entry or a further revision. It waits as a proposal next to the live revision until a second person agrees. That
 * person is the security officer if a linked dataset would be shared more freely or under other conditions. Its datasets then follow the
 * entry.
 * @throws Problem department_unknown, unknown_reference (dataset), catalogue_secret, sharing_conditions, sharing_basis, element_source,
 *   catalogue_duplicate, entry_contradicts, entry_stops_agreements, entry_revives_agreements, event_rule_unfit, officer_decides
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
        await followEntries(transaction, [row], call.exchange);
        await insertEntries(transaction, [row], actingPersons, call.exchange);
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
      asks: { registered: { ...reported, digest: row.digest }, needsOfficer: true, body: entry },
    };
  },
});
