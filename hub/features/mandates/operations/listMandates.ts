import { pageMandates } from '../../../identity/store/mandates.ts';
import { listed, names, oneMore, pageAsked } from '../../common/listing.ts';
import { reachOf, within } from '../../common/reach.ts';
import { loadedMandates } from './loadedMandates.ts';
import { mandateView } from './mandateView.ts';
import { seen } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

const permission = seen;

/** GET /v1/mandates: of the caller's departments, or all for the data office; what has ended is among them. */
export const listMandates = operation('listMandates', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, services) => {
    const { department, person } = call.query;
    const page = pageAsked(call.query, names.mandate);
    const departments = within(reachOf(permission, call.caller), department);
    const rows = await pageMandates(services.database.app, { ...oneMore(page), departments, person });
    return listed(
      call,
      'mandates',
      page,
      await loadedMandates(rows, services),
      ({ id }) => id,
      (row) => mandateView(row, call.now, services),
    );
  },
});
