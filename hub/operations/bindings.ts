/** Binds every operation to its listener. At boot they are compared with openapi.yaml: both must have the same operations. */
import type { IntakeServices } from '../flows/intake/services.ts';
import type { EventServices } from '../features/events/services.ts';
import { intakeOperations, releaseOperations } from '../flows/flows.ts';
import { bindOperations, type DeclaredOperation } from '../pipeline/operation.ts';
import { ownCookie } from '../pipeline/callers/cookie.ts';
import { noAuth, certificateAuth, mtlsAuth } from '../pipeline/callers/callerAuth.ts';
import { citizenSessionAuth } from '../pipeline/callers/citizenSessionAuth.ts';
import { signInAuth, staffAuth } from '../pipeline/callers/staffAuth.ts';
import type { Answering, Gate } from '../pipeline/pipeline.ts';
import { adminOperations } from './adminOperations.ts';
import { citizenOperations, citizenSignInOperations } from './citizenOperations.ts';
import { certificateOperations, eventOperations, exchangeOperations } from './exchangeOperations.ts';
import type { HubMetrics } from '../features/health/operations/hubMetrics.ts';
import { metrics } from '../features/health/operations/metrics.ts';
import { openOperations } from './openOperations.ts';
import { guardedOperations } from './permitted.ts';
import type { Services } from '../features/common/services.ts';
import { signInOperations } from './signInOperations.ts';
import { rolesText } from '../../terms/factWords.ts';
import type { StaffCaller } from '../identity/authentication/caller.ts';
import { Problem } from '../../terms/problem.ts';

/** Services derived from the others, for some operations only. */
export interface FurtherServices {
  readonly intake: IntakeServices;
  readonly release: EventServices;
  readonly metrics: HubMetrics;
}

/** By listener, by operationId. */
export type Bindings = Readonly<
  Record<'exchange' | 'open' | 'staff' | 'citizen' | 'admin', Readonly<Record<string, Answering>>>
>;

/** A hub without the citizen listener: no origin belongs to it. */
const noCitizenListener = { origin: '', cookie: ownCookie };

/** @throws TypeError where openapi.yaml differs */
export function bindings(
  gate: Gate,
  declared: readonly DeclaredOperation[],
  services: Services,
  further: FurtherServices,
): Bindings {
  const { identity, keys, database, hub } = services;
  const signer = { key: keys.hubSigning, now: () => database.now() };
  const departments = { gate, declared, door: mtlsAuth(identity, signer) };
  const certified = { gate, declared, door: certificateAuth(identity, signer) };
  const open = { gate, declared, door: noAuth };
  const citizen = hub.citizen ?? noCitizenListener;
  return {
    exchange: {
      ...bindOperations(departments, releaseOperations, further.release),
      ...bindOperations(departments, eventOperations, further.release),
      ...bindOperations(departments, intakeOperations, further.intake),
      ...bindOperations(departments, exchangeOperations, services),
      ...bindOperations(certified, certificateOperations, services),
    },
    open: bindOperations(open, openOperations, services),
    citizen: {
      ...bindOperations(
        { gate, declared, door: citizenSessionAuth(identity, citizen) },
        citizenOperations,
        services,
      ),
      ...bindOperations({ gate, declared, door: signInAuth(citizen) }, citizenSignInOperations, services),
    },
    staff: staffBindings(gate, declared, services, further),
    admin: {
      ...bindOperations(open, adminOperations, services),
      ...bindOperations(open, { metrics }, further.metrics),
    },
  };
}

/** The operations of the staff listener, also for the demo on http://localhost: `services.hub.staff` holds its address and cookie. */
export function staffBindings(
  gate: Gate,
  declared: readonly DeclaredOperation[],
  services: Services,
  further: Pick<FurtherServices, 'intake' | 'release'>,
): Readonly<Record<string, Answering>> {
  const { identity, hub } = services;
  const staff = { gate, declared, door: staffAuth(identity, hub.staff), permit: mayCall };
  const signingIn = { gate, declared, door: signInAuth(hub.staff) };
  return {
    ...bindOperations(staff, guardedOperations(further), services),
    ...bindOperations(signingIn, signInOperations, services),
  };
}

/** Whether one of the token's scopes is enough for the operation. @throws Problem scope_missing */
function mayCall(staff: StaffCaller, { scopes }: DeclaredOperation): void {
  if (staff.scopes.some((scope) => scopes.includes(scope))) return;
  throw new Problem('scope_missing', { scope: rolesText(scopes) });
}
