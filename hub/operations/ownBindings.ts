/** What answers on the citizen listener: a person on her own page, and whoever comes in with a code. */
import type { Answering, Gate } from '../gate/gate.ts';
import { bindRows, type DeclaredOperation, type OperationRows } from '../gate/bindRows.ts';
import { ownCookie } from '../gate/doors/cookie.ts';
import { ownDoor } from '../gate/doors/ownDoor.ts';
import { signInDoor } from '../gate/doors/staffDoor.ts';
import type { Stranger, SubjectCaller } from '../identity/authentication/caller.ts';
import { giveOwnConsent } from './consents/giveOwnConsent.ts';
import { listOwnOffers } from './consents/listOwnOffers.ts';
import { withdrawOwnConsent } from './consents/withdrawOwnConsent.ts';
import { beginOwnSession } from './subjects/beginOwnSession.ts';
import { endOwnSession } from './subjects/endOwnSession.ts';
import { viewOwnData } from './subjects/viewOwnData.ts';
import { listOwnTickets } from './tickets/listOwnTickets.ts';
import { openOwnTicket } from './tickets/openOwnTicket.ts';
import type { Services } from './services.ts';

const ownOperations: OperationRows<SubjectCaller, Services> = {
  viewOwnData: { kind: 'inspect', run: viewOwnData },
  listOwnOffers: { kind: 'inspect', run: listOwnOffers },
  giveOwnConsent: { kind: 'consent', run: giveOwnConsent },
  withdrawOwnConsent: { kind: 'consent', run: withdrawOwnConsent },
  listOwnTickets: { kind: 'inspect', run: listOwnTickets },
  openOwnTicket: { kind: 'management', run: openOwnTicket },
  endOwnSession: { kind: 'management', run: endOwnSession },
};

const comingIn: OperationRows<Stranger, Services> = {
  beginOwnSession: { kind: 'management', run: beginOwnSession },
};

/** A hub without the page: nothing listens, and no origin is its own. */
const noPlace = { origin: '', cookie: ownCookie };

/** @throws TypeError where openapi.yaml says otherwise */
export function ownBindings(
  gate: Gate,
  declared: readonly DeclaredOperation[],
  services: Services,
): Readonly<Record<string, Answering>> {
  const place = services.hub.citizen ?? noPlace;
  return {
    ...bindRows({ gate, declared, door: ownDoor(services.identity, place) }, ownOperations, services),
    ...bindRows({ gate, declared, door: signInDoor(place) }, comingIn, services),
  };
}
