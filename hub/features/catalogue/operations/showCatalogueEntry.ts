import type { components } from '../../../../api/openapi.ts';
import { Problem } from '../../../../terms/problem.ts';
import { verdictOf } from '../../../domain/permissions.ts';
import { allowed } from '../../../pipeline/call.ts';
import { catalogueEntry } from '../../../registry/store/catalogue.ts';
import { waitingForEntry } from '../../../registry/store/proposals.ts';
import { placeOf } from '../../../identity/staffPlaces.ts';
import type { Reading } from '../../common/reach.ts';
import type { Services } from '../../common/services.ts';
import { fieldsOf } from './derived.ts';
import { namesBeside } from '../../common/namesBeside.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { showProposal } from '../../proposals/operations/showProposal.ts';

/** GET /v1/catalogue/{entry}: an entry with the fields of its datasets as their schema versions have them now. @throws Problem not_found */
export const showCatalogueEntry = operation('showCatalogueEntry', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database, registry, identity }) => {
    const id = call.params.entry;
    const row = await catalogueEntry(database.app, id);
    if (row === undefined) throw new Problem('not_found');
    await registry.refresh();
    const datasets = row.datasets.map((dataset) => {
      const live = registry.current.datasets.get(dataset);
      return {
        dataset,
        state: live?.row.state ?? 'retired',
        ...(live === undefined ? {} : { schema: live.row.schema }),
        fields: fieldsOf(registry.current, dataset),
      };
    });
    const waiting = seesWaiting(call.caller, row.department, identity)
      ? (await waitingForEntry(database.app, id)).map(({ id: proposal, digest, author }) => ({
          proposal,
          digest,
          author,
          ...namesBeside(identity, { author }),
        }))
      : [];
    const body = {
      ...{
        entry: row.document as components['schemas']['CatalogueEntry'],
        revision: row.revision,
        department: row.department,
        datasets,
      },
      ...(waiting.length === 0 ? {} : { waiting }),
    };
    return allowed<'showCatalogueEntry'>(200, body, { facts: { change: { entry: id } } });
  },
});

/** Whoever may read a proposal of this department finds it at the entry. A department's machine does not. */
const seesWaiting = (caller: Reading, department: string, identity: Services['identity']): boolean =>
  caller.kind === 'staff' &&
  verdictOf(showProposal.permission, caller.grants, [placeOf(identity, department)]) === 'act';
