/** The operations of the staff listener for a person who is not signed in yet. */
import type { OperationIdOf } from '../gate/contract.ts';
import { acceptInvitation } from './staff/acceptInvitation.ts';
import { showSignIn } from './sessions/showSignIn.ts';
import { askForPasskey } from './sessions/askForPasskey.ts';
import { askForAccount } from './sessions/askForAccount.ts';
import { signInByAccount } from './sessions/signInByAccount.ts';
import { signInByPasskey } from './sessions/signInByPasskey.ts';
import { signInByCode } from './sessions/signInByCode.ts';
import { signInAsDemo } from './sessions/signInAsDemo.ts';

export const signInOperations = {
  acceptInvitation,
  showSignIn,
  askForPasskey,
  askForAccount,
  signInByAccount,
  signInByPasskey,
  signInByCode,
  signInAsDemo,
} as const satisfies { readonly [Id in OperationIdOf<'staff', 'none'>]: { readonly id: Id } };
