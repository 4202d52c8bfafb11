/** The operations of the citizen listener. */
import type { OperationIdOf } from '../pipeline/contract.ts';
import { listOwnCases } from '../features/cases/operations/listOwnCases.ts';
import { beginOwnSession, endOwnSession } from '../features/subjects/operations/ownSession.ts';
import { viewOwnData } from '../features/subjects/operations/viewSubject.ts';
import { listOwnOffers } from '../features/consents/operations/listConsents.ts';
import { giveOwnConsent } from '../features/consents/operations/giveOwnConsent.ts';
import { openOwnTicket, listOwnTickets } from '../features/tickets/operations/ownTickets.ts';
import { withdrawOwnConsent } from '../features/consents/operations/withdrawConsent.ts';

/** Authenticated by the session of a person on their own page. */
export const citizenOperations = {
  endOwnSession,
  viewOwnData,
  listOwnCases,
  listOwnOffers,
  giveOwnConsent,
  listOwnTickets,
  openOwnTicket,
  withdrawOwnConsent,
} as const satisfies { readonly [Id in OperationIdOf<'citizen', 'ownSession'>]: { readonly id: Id } };

/** For a person who comes with a code. */
export const citizenSignInOperations = { beginOwnSession } as const satisfies {
  readonly [Id in OperationIdOf<'citizen', 'none'>]: { readonly id: Id };
};
