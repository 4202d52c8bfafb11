/** An inbox as the hub itself looks at it, in somebody's place. */
import { departmentCode } from '../../../../terms/ids.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import type { Services } from '../../common/services.ts';

/** A person with her roles of now, lent ones included. @param now Unix milliseconds @returns undefined where she has left */
export function personOf(id: string, { identity }: Services, now: number): StaffCaller | undefined {
  const person = identity.person(id);
  if (person?.state !== 'active') return undefined;
  const { department } = person;
  return {
    ...nobody,
    ...identity.rolesNow(id, now),
    person: id,
    name: person.name,
    department: department === null ? undefined : departmentCode(department),
  };
}

export const nobody: StaffCaller = {
  ...{ kind: 'staff', person: '', hands: [], insteadOf: [], tokenId: '', name: '' },
  ...{ department: undefined, grants: [], scopes: [] },
};

/** The inbox asked for by nobody but the hub: of a call it needs who looks, and when. */
export const callOf = (caller: StaffCaller, now: number): Call<StaffCaller> => ({
  ...{ exchange: '', operation: 'listWaiting', now, caller, params: {}, query: {} },
  ...{ bytes: new Uint8Array(0), body: undefined },
  head: {
    ...{ method: 'GET', target: '/v1/inbox', headers: [], hasBody: false, peer: undefined, address: '' },
    certificate: () => undefined,
  } as unknown as Call<StaffCaller>['head'],
});
