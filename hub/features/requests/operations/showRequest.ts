import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import { requestById } from '../store/requests.ts';
import { requestView } from './requestView.ts';
import { seen } from '../../../domain/cells.ts';
import { ofRequest } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** GET /v1/requests/{request}. @throws Problem not_found */
export const showRequest = operation('showRequest', {
  kind: 'inspect',
  permission: seen,
  owner: ofRequest,
  run: async (call, { database, identity }) => {
    const request = await requestById(database.app, call.params.request);
    if (request === undefined) throw new Problem('not_found');
    return allowed<'showRequest'>(200, requestView(request, identity.persons(), call.now), {
      facts: { change: { request: request.id } },
    });
  },
});
