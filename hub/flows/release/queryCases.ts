/**
 * POST /v1/datasets/{dataset}/cases: a person reads rows that several departments work on, for one department in which they have a role.
 * The call is decided, masked, counted and logged like a query of that department's system; the entry names the person.
 */
import { sent } from '../../domain/cells.ts';
import { asDepartment, ofActingDepartment } from '../actingDepartment.ts';
import { releaseOperation } from '../operation.ts';
import { whenAllowed } from './allowedCall.ts';
import { checkCases } from './checkCases.ts';
import { noticedRows } from './noticedRows.ts';
import { release, requestedIn } from './queryDataset.ts';

/** @throws Problem acting_department_missing, rows_not_changeable, not_a_contributor, case_notices_unfit, and those of queryDataset */
export const queryCases = releaseOperation('queryCases', {
  kind: 'release',
  permission: sent,
  owner: ofActingDepartment,
  run: (call, services) => {
    const { query = {}, notices } = call.body;
    const acting = asDepartment(call, call.body);
    const requested = requestedIn(services.registry.current, call.params.dataset, query);
    return whenAllowed(acting, services, requested, (allowed) =>
      release(services, acting, query, allowed, {
        cases: {
          source: (dataset) => {
            checkCases(dataset, acting.caller.department);
            return notices === undefined
              ? undefined
              : noticedRows(services, dataset, acting.caller.department, notices);
          },
        },
      }),
    );
  },
});
