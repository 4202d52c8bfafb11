/** The operations of the staff listener for a person who is not signed in yet. */
import type { OperationIdOf } from '../pipeline/contract.ts';
import { acceptInvitation } from '../features/staff/operations/acceptInvitation.ts';
import {
  showSignIn,
  signInByCode,
  signInByAccount,
  signInByPasskey,
  signInAsDemo,
} from '../features/sessions/operations/signIn.ts';
import { askForPasskey } from '../features/sessions/operations/passkeys.ts';
import { askForAccount } from '../features/sessions/operations/accounts.ts';

export const signInOperations = {
  acceptInvitation,
  showSignIn,
  askForPasskey: askForPasskey,
  askForAccount: askForAccount,
  signInByAccount,
  signInByPasskey,
  signInByCode,
  signInAsDemo,
} as const satisfies { readonly [Id in OperationIdOf<'staff', 'none'>]: { readonly id: Id } };
