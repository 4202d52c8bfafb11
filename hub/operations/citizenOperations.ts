/** The operations of the citizen listener. */
import type { OperationIdOf } from '../pipeline/contract.ts';
import { endOwnSession } from '../features/subjects/operations/endOwnSession.ts';
import { viewOwnData } from '../features/subjects/operations/viewOwnData.ts';
import { listOwnOffers } from '../features/consents/operations/listOwnOffers.ts';
import { giveOwnConsent } from '../features/consents/operations/giveOwnConsent.ts';
import { listOwnTickets } from '../features/tickets/operations/listOwnTickets.ts';
import { openOwnTicket } from '../features/tickets/operations/openOwnTicket.ts';
import { withdrawOwnConsent } from '../features/consents/operations/withdrawOwnConsent.ts';
import { beginOwnSession } from '../features/subjects/operations/beginOwnSession.ts';

/** By the session of a person on their own page. */
export const citizenOperations = {
  endOwnSession,
  viewOwnData,
  listOwnOffers,
  giveOwnConsent,
  listOwnTickets,
  openOwnTicket,
  withdrawOwnConsent,
} as const satisfies { readonly [Id in OperationIdOf<'citizen', 'ownSession'>]: { readonly id: Id } };

/** Of a person who comes with a code. */
export const citizenSignInOperations = { beginOwnSession } as const satisfies {
  readonly [Id in OperationIdOf<'citizen', 'none'>]: { readonly id: Id };
};
