import type { OperationRows } from '../../gate/bindRows.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { showSession } from './showSession.ts';
import { listSessions } from './listSessions.ts';
import { endSession } from './endSession.ts';
import { offerAuthenticator } from './offerAuthenticator.ts';
import { offerPasskey } from './offerPasskey.ts';
import { offerAccount } from './offerAccount.ts';
import { registerAccount } from './registerAccount.ts';
import { listPasskeys } from './listPasskeys.ts';
import { registerPasskey } from './registerPasskey.ts';

/** What a person does about her sessions and credentials. */
export const ownSessions = {
  showSession: { kind: 'inspect', run: showSession },
  listSessions: { kind: 'inspect', run: listSessions },
  endSession: { kind: 'management', run: endSession },
  offerAuthenticator: { kind: 'management', run: offerAuthenticator },
  offerPasskey: { kind: 'inspect', run: offerPasskey },
  listPasskeys: { kind: 'inspect', run: listPasskeys },
  registerPasskey: { kind: 'management', run: registerPasskey },
  offerAccount: { kind: 'inspect', run: offerAccount },
  registerAccount: { kind: 'management', run: registerAccount },
} as const satisfies OperationRows<StaffCaller, Services>;
