import type { components } from '../../../api/openapi.ts';
import { Problem } from '../../../terms/problem.ts';
import { codeListVersion, withdrawCodeList as withdrawRow } from '../../store/registry/codeLists.ts';
import { checkListTogether } from './checkListTogether.ts';
import { registered } from './registration.ts';
import type { AllowedOutcome, Call } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';

/**
 * A version counts no more; what it was stays readable. Refused while something could not go on without it.
 * @throws Problem not_found (it does not ship with the hub, and nobody registered it), code_list_unfit
 */
export async function withdrawCodeList(call: Call<StaffCaller>, services: Services): Promise<AllowedOutcome> {
  const { reason } = call.body as components['schemas']['Withdrawal'];
  const [id, version] = [call.params['list'] ?? '', call.params['version'] ?? ''];
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
}
