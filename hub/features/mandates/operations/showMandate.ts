import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import { mandateById } from '../../../identity/store/mandates.ts';
import { loadedMandates } from './loadedMandates.ts';
import { mandateView } from './mandates.ts';
import { seen } from '../../../domain/cells.ts';
import { ofMandate } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** GET /v1/mandates/{mandate}: includes the artefact, for independent verification. @throws Problem not_found */
export const showMandate = operation('showMandate', {
  kind: 'inspect',
  permission: seen,
  owner: ofMandate,
  run: async (call, services) => {
    const found = await mandateById(services.database.app, call.params.mandate);
    const [row] = await loadedMandates(found === undefined ? [] : [found], services);
    if (row === undefined) throw new Problem('not_found');
    const view = { ...mandateView(row, call.now, services), artefact: row.jws };
    return allowed<'showMandate'>(200, view, {
      facts: { change: { kind: 'Mandate', id: row.id, act: 'show' } },
    });
  },
});
