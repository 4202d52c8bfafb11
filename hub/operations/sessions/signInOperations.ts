import type { OperationRows } from '../../gate/bindRows.ts';
import type { Stranger } from '../../identity/authentication/caller.ts';
import { acceptInvitation } from '../staff/acceptInvitation.ts';
import type { Services } from '../services.ts';
import { askForAccount } from './askForAccount.ts';
import { askForPasskey } from './askForPasskey.ts';
import { showSignIn } from './showSignIn.ts';
import { signInAsDemo } from './signInAsDemo.ts';
import { signInByAccount } from './signInByAccount.ts';
import { signInByCode } from './signInByCode.ts';
import { signInByPasskey } from './signInByPasskey.ts';

/** On the staff listener, of whoever is not signed in yet. */
export const signInOperations = {
  showSignIn: { kind: 'none', run: showSignIn },
  acceptInvitation: { kind: 'management', run: acceptInvitation },
  askForPasskey: { kind: 'none', run: askForPasskey },
  signInByPasskey: { kind: 'management', run: signInByPasskey },
  askForAccount: { kind: 'none', run: askForAccount },
  signInByAccount: { kind: 'management', run: signInByAccount },
  signInByCode: { kind: 'management', run: signInByCode },
  signInAsDemo: { kind: 'management', run: signInAsDemo },
} as const satisfies OperationRows<Stranger, Services>;
