import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import { riskById } from '../store/risks.ts';
import { riskReaders as permission, riskView, riskPlaces } from './risks.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** GET /v1/risks/{risk}: a finding of other departments is reported like one that does not exist. @throws Problem not_found */
export const showRisk = operation('showRisk', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, services) => {
    const row = await riskById(services.database.app, call.params.risk);
    const places = riskPlaces(call.caller, services, permission);
    if (row === undefined || (places !== undefined && !row.departments.some((code) => places.includes(code))))
      throw new Problem('not_found');
    return allowed<'showRisk'>(200, riskView(row, call.now, services.identity), {
      facts: { change: { risk: row.id } },
    });
  },
});
