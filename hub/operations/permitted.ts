/** Enforces `permission` and `owner` of every operation of the staff listener, before any part of the operation runs. */
import { Problem } from '../../terms/problem.ts';
import type { IntakeServices } from '../flows/intake/services.ts';
import { staffIntakeOperations, staffReleaseOperations } from '../flows/flows.ts';
import { holdsIdentityNumber } from '../domain/holdsIdentityNumber.ts';
import { verdictOf, type Owner, type Permission, type Verdict } from '../domain/permissions.ts';
import type { Operation, StaffOperation, Operations } from '../pipeline/operation.ts';
import type { Announced, Call } from '../pipeline/call.ts';
import type { Owners } from '../pipeline/ownership.ts';
import type { StaffCaller } from '../identity/authentication/caller.ts';
import { doneOrProposed } from '../features/proposals/operations/proposed.ts';
import type { ProposableOperation } from '../features/proposals/operations/proposable.ts';
import type { EventServices } from '../features/events/services.ts';
import type { Services } from '../features/common/services.ts';
import { staffEventOperations, staffOperations } from './staffOperations.ts';

type Guarded = Operation<StaffCaller, Services>;

/** Every operation of persons on the staff listener, with its permission enforced. */
export function guardedOperations(further: {
  readonly intake: IntakeServices;
  readonly release: EventServices;
}): Operations<StaffCaller, Services> {
  const ofIntake: Readonly<Record<string, StaffOperation<IntakeServices>>> = staffIntakeOperations;
  const ofRelease: Readonly<Record<string, StaffOperation<EventServices>>> = {
    ...staffEventOperations,
    ...staffReleaseOperations,
  };
  return Object.fromEntries(
    Object.entries<
      | StaffOperation<Services>
      | StaffOperation<IntakeServices>
      | StaffOperation<EventServices>
      | ProposableOperation
    >(staffOperations).map(([id, operation]): [string, Guarded] => {
      const sending = ofIntake[id];
      if (sending !== undefined) return [id, permitted(withServices(sending, further.intake))];
      const delivering = ofRelease[id];
      if (delivering !== undefined) return [id, permitted(withServices(delivering, further.release))];
      return 'register' in operation
        ? [id, waiting(operation)]
        : [id, permitted(operation as StaffOperation<Services>)];
    }),
  );
}

/** @throws Problem not_your_department, reason_identifies */
function permitted(operation: StaffOperation<Services>): Guarded {
  const { run, admit } = operation;
  return {
    id: operation.id,
    kind: operation.kind,
    run: async (call, services) => {
      refuseIdentifying(call);
      await permit(operation, call, services);
      return run(call, services);
    },
    ...(admit === undefined
      ? {}
      : {
          // runs before any byte of the body is read
          admit: async (call: Announced<StaffCaller>, services: Services) => {
            await permit(operation, { ...call, bytes: new Uint8Array(0), body: undefined }, services);
            await admit(call, services);
          },
        }),
  };
}

/** The same operation with other services than those of the listener. */
function withServices<S>(operation: StaffOperation<S>, own: S): StaffOperation<Services> {
  const { id, kind, permission, owner, run, admit } = operation;
  return {
    id,
    kind,
    permission,
    owner: (call) => owner(call, own),
    run: (call) => run(call, own),
    ...(admit === undefined ? {} : { admit: (call: Announced<StaffCaller>) => admit(call, own) }),
  };
}

/**
 * A proposal waits for a person of the owner where the verdict is `propose`, or where a second person has to agree.
 * @throws Problem not_your_department, reason_identifies
 */
function waiting(operation: ProposableOperation): Guarded {
  return {
    id: operation.id,
    kind: 'management',
    run: async (call, services) => {
      refuseIdentifying(call);
      return doneOrProposed(operation, call, services, await permit(operation, call, services));
    },
  };
}

/** Reasons become part of log entries, which are stored permanently. @throws Problem reason_identifies */
function refuseIdentifying({ body }: Call<StaffCaller>): void {
  if (typeof body !== 'object' || body === null || !('reason' in body)) return;
  if (typeof body.reason === 'string' && holdsIdentityNumber(body.reason))
    throw new Problem('reason_identifies', {}, { at: '/body/reason' });
}

interface Permitted {
  /** the lowest verdict over the owners */
  readonly verdict: Verdict;
  /** the owner, if there is one */
  readonly owner: Owner;
}

async function permit(
  operation: {
    readonly permission: Permission;
    readonly owner: (call: Call<StaffCaller>, services: Services) => Promise<Owners> | Owners;
  },
  call: Call<StaffCaller>,
  services: Services,
): Promise<Permitted> {
  const { grants } = call.caller;
  const { asked: requested, of } = await operation.owner(call, services);
  // the department that is the data office owns what the office owns
  const owners = of.map((owner): Owner =>
    owner !== undefined && services.identity.department(owner)?.dataOffice === true ? undefined : owner,
  );
  if (owners.length === 0) owners.push(undefined);
  const verdicts: readonly Verdict[] =
    requested === 'any'
      ? [verdictOf(operation.permission, grants, owners)]
      : owners.map((owner) => verdictOf(operation.permission, grants, [owner]));
  if (verdicts.includes('refuse'))
    throw new Problem('not_your_department', { department: named({ asked: requested, of: owners }) });
  return { verdict: verdicts.includes('propose') ? 'propose' : 'act', owner: owners[0] };
}

const named = ({ of }: Owners): string => [...new Set(of.map((owner) => owner ?? 'office'))].join(', ');
