import { Problem } from '../../../../terms/problem.ts';
import { codeListVersion, withdrawCodeList as withdrawRow } from '../../../registry/store/codeLists.ts';
import { checkListTogether } from './checkListTogether.ts';
import { registered } from './registration.ts';
import { proposing } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { codeListOwner } from '../../../registry/store/codeLists.ts';
import { proposable } from '../../proposals/operations/proposable.ts';

/**
 * A version counts no more; what it was stays readable. Refused while something could not go on without it.
 * @throws Problem not_found (it does not ship with the hub, and nobody registered it), code_list_unfit
 */
export const withdrawCodeList = proposable('withdrawCodeList', {
  permission: { operator: proposing, 'office steward': proposing, steward: proposing },
  owner: async (call, { database }) =>
    anyOf((await codeListOwner(database.app, call.params.list))?.owner ?? undefined),
  secondPerson: true,
  run: async (call, services) => {
    const { reason } = call.body;
    const [id, version] = [call.params.list, call.params.version];
    const row = await codeListVersion(services.database.app, id, version);
    if (row === undefined) throw new Problem('not_found');
    if (row.withdrawn === null) await checkListTogether(services, { without: row });
    return registered({
      kind: 'Withdrawal',
      id,
      version,
      digest: row.digest,
      registered: row.withdrawn === null ? undefined : row.digest,
      versioned: true,
      work: async (transaction) => {
        if (!(await withdrawRow(transaction, { id, version, reason }, call.exchange)))
          throw new Problem('transition_not_allowed', {
            what: `CodeList ${id}@${version}`,
            state: 'withdrawn',
            act: 'withdraw',
          });
      },
      change: { withdrawn: true },
    });
  },
});
