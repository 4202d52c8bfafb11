/** The operations of the citizen listener. */
import type { OperationIdOf } from '../gate/contract.ts';
import { endOwnSession } from './subjects/endOwnSession.ts';
import { viewOwnData } from './subjects/viewOwnData.ts';
import { listOwnOffers } from './consents/listOwnOffers.ts';
import { giveOwnConsent } from './consents/giveOwnConsent.ts';
import { listOwnTickets } from './tickets/listOwnTickets.ts';
import { openOwnTicket } from './tickets/openOwnTicket.ts';
import { withdrawOwnConsent } from './consents/withdrawOwnConsent.ts';
import { beginOwnSession } from './subjects/beginOwnSession.ts';

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
