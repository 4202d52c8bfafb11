import type { OperationRows } from '../../gate/bindRows.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { confirmPerson } from './confirmPerson.ts';
import { endPerson } from './endPerson.ts';
import { endStandIn } from './endStandIn.ts';
import { grantRole } from './grantRole.ts';
import { invitePerson } from './invitePerson.ts';
import { issueToken } from './issueToken.ts';
import { listPersons } from './listPersons.ts';
import { listStandIns } from './listStandIns.ts';
import { revokeToken } from './revokeToken.ts';

/** Persons, their roles and tokens, and who stands in for whom. */
export const staffing = {
  invitePerson: { kind: 'management', run: invitePerson },
  grantRole: { kind: 'management', run: grantRole },
  confirmPerson: { kind: 'management', run: confirmPerson },
  endPerson: { kind: 'management', run: endPerson },
  endStandIn: { kind: 'management', run: endStandIn },
  listStandIns: { kind: 'inspect', run: listStandIns },
  issueToken: { kind: 'management', run: issueToken },
  revokeToken: { kind: 'management', run: revokeToken },
  listPersons: { kind: 'inspect', run: listPersons },
} as const satisfies OperationRows<StaffCaller, Services>;
