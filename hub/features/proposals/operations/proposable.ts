/** Operations that a person of the owner, or a second person, may have to accept first. */
import type { Call } from '../../../pipeline/call.ts';
import type { OperationId, StaffOperationId } from '../../../pipeline/contract.ts';
import type { Guard, StaffOperation } from '../../../pipeline/operation.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import type { ActingPersons, Registrar } from '../../registry/operations/registration.ts';
import type { Services } from '../../common/services.ts';
import { defined } from '../../../../terms/defined.ts';

interface Definition<Id extends OperationId, Stored> extends Guard<Id, Services> {
  /** a second person of the owner must accept it, regardless of the author */
  readonly secondPerson?: true;
  /** the part of the body stored while the proposal waits; absent: the whole body. It names no person */
  readonly bodyToStore?: (call: Call<StaffCaller, Id>, services: Services) => Promise<Stored> | Stored;
  /**
   * Checks the registration and describes its effect. It is executed at once with the received body, or on acceptance with the stored body.
   */
  readonly run: (
    call: Call<StaffCaller, Id> | (Omit<Call<StaffCaller, Id>, 'body'> & { readonly body: Stored }),
    services: Services,
    actingPersons: ActingPersons,
  ) => ReturnType<Registrar>;
}

export interface ProposableOperation<Id extends StaffOperationId = StaffOperationId> extends Pick<
  StaffOperation<Services, Id>,
  'id' | 'permission' | 'owner'
> {
  readonly secondPerson?: true;
  readonly bodyToStore?: (call: Call<StaffCaller>, services: Services) => unknown;
  readonly register: Registrar;
}

/** Each member is named, so that a cast cannot hide one that has another name here. */
export const proposable = <Id extends StaffOperationId, Stored = never>(
  id: Id,
  { permission, owner, secondPerson, bodyToStore, run }: Definition<Id, Stored>,
): ProposableOperation<Id> => ({
  id,
  permission,
  owner: owner as ProposableOperation<Id>['owner'],
  register: run as unknown as Registrar,
  ...defined({ secondPerson }),
  ...(bodyToStore === undefined
    ? {}
    : { bodyToStore: bodyToStore as unknown as NonNullable<ProposableOperation['bodyToStore']> }),
});
