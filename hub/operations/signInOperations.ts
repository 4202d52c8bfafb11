/** The operations of the staff listener for a person who is not signed in yet. */
import type { OperationIdOf } from '../pipeline/contract.ts';
import { acceptInvitation } from '../features/staff/operations/acceptInvitation.ts';
import { showSignIn } from '../features/sessions/operations/showSignIn.ts';
import { askForPasskey } from '../features/sessions/operations/askForPasskey.ts';
import { askForAccount } from '../features/sessions/operations/askForAccount.ts';
import { signInByAccount } from '../features/sessions/operations/signInByAccount.ts';
import { signInByPasskey } from '../features/sessions/operations/signInByPasskey.ts';
import { signInByCode } from '../features/sessions/operations/signInByCode.ts';
import { signInAsDemo } from '../features/sessions/operations/signInAsDemo.ts';

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
