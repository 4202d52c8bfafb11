import { Problem } from '../../../../terms/problem.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { personService } from '../store/personServices.ts';
import type { Services } from '../../common/services.ts';

/** The appointed department whose steward or clerk she is. @throws Problem not_person_service */
export async function counterOf({ grants }: StaffCaller, { database, identity }: Services): Promise<string> {
  const office = identity.departments().find(({ dataOffice }) => dataOffice)?.code;
  const codes = grants.flatMap(({ role, department = office }) =>
    (role === 'steward' || role === 'clerk') && department !== undefined ? [department] : [],
  );
  for (const code of codes) if ((await personService(database.app, code)) === true) return code;
  throw new Problem('not_person_service', { department: codes.join(', ') });
}
