import { Problem } from '../../terms/problem.ts';
import { holdsIdentityNumber } from '../domain/identityNumberIn.ts';
import { verdictOf, type Owner, type StaffOperation, type Verdict } from '../domain/permissions.ts';
import type { Announced, Call, Operation } from '../gate/call.ts';
import type { StaffCaller } from '../identity/authentication/caller.ts';
import type { Services } from './services.ts';
import { ownersOf } from './owners.ts';
import type { Owners } from './whose.ts';
import { doneOrProposed } from './proposals/proposed.ts';

/**
 * An operation of the staff listener behind the table of hub/domain/permissions.ts: nothing of it runs for whom the table refuses.
 * @throws Problem not_your_department, reason_identifies
 */
export function permitted(
  name: StaffOperation,
  operation: Operation<StaffCaller, Services>,
): Operation<StaffCaller, Services> {
  return async (call, services) => {
    refuseIdentifying(call);
    await permit(name, call, services);
    return operation(call, services);
  };
}

/** Whether a body of the operation may be read at all: asked of the table before a byte of it comes. @throws Problem not_your_department */
export async function permitBody(
  name: StaffOperation,
  call: Announced<StaffCaller>,
  services: Services,
): Promise<void> {
  await permit(name, { ...call, bytes: new Uint8Array(0), body: undefined }, services);
}

/** One that waits for a person of the owner where the table says `propose`, or wants four eyes. @throws Problem not_your_department, reason_identifies */
export function proposable(name: StaffOperation): Operation<StaffCaller, Services> {
  return async (call, services) => {
    refuseIdentifying(call);
    return doneOrProposed(name, call, services, await permit(name, call, services));
  };
}

/** Reasons come into entries, which are kept for ever. @throws Problem reason_identifies */
function refuseIdentifying({ body }: Call<StaffCaller>): void {
  if (typeof body !== 'object' || body === null || !('reason' in body)) return;
  if (typeof body.reason === 'string' && holdsIdentityNumber(body.reason))
    throw new Problem('reason_identifies', {}, { at: '/body/reason' });
}

interface Permission {
  /** the least that one of the owners has for her */
  readonly verdict: Verdict;
  /** the owner, of what has one */
  readonly owner: Owner;
}

async function permit(
  name: StaffOperation,
  call: Call<StaffCaller>,
  services: Services,
): Promise<Permission> {
  const { grants } = call.caller;
  const { asked, of } = await ownersOf[name](call, services);
  // the department that is the data office owns what the office owns
  const owners = of.map((owner): Owner =>
    owner !== undefined && services.identity.department(owner)?.dataOffice === true ? undefined : owner,
  );
  if (owners.length === 0) owners.push(undefined);
  const verdicts: readonly Verdict[] =
    asked === 'any'
      ? [verdictOf(name, grants, owners)]
      : owners.map((owner) => verdictOf(name, grants, [owner]));
  if (verdicts.includes('refuse'))
    throw new Problem('not_your_department', { department: named({ asked, of: owners }) });
  return { verdict: verdicts.includes('propose') ? 'propose' : 'act', owner: owners[0] };
}

const named = ({ of }: Owners): string => [...new Set(of.map((owner) => owner ?? 'office'))].join(', ');
