/** An operation in one place: what answers it, what kind of entries it leaves, and on the staff listener who may call it. */
import type { EntryKind } from '../../log/leaf.ts';
import type { Permission } from '../domain/permissions.ts';
import type { Caller, StaffCaller } from '../identity/authentication/caller.ts';
import type { Announced, Call, Outcome, Run } from './call.ts';
import type { CallerOf, OperationId, StaffOperationId } from './contract.ts';
import type { OwnersOf } from './ownership.ts';

interface Answered<Id extends OperationId, C extends Caller, S> {
  /** kind of its entries; `none`: public material or health, which leave none */
  readonly kind: EntryKind | 'none';
  /** whether a body of this call may be read at all, from its head. @throws Problem */
  readonly admit?: (call: Announced<C, Id>, services: S) => Promise<void> | void;
  /** What it throws becomes a denial: a Problem with its code, anything else as internal_error. */
  readonly run: (call: Call<C, Id>, services: S) => Promise<Outcome> | Outcome;
}

/** Who may call it on the staff listener. */
export interface Guard<Id extends OperationId, S> {
  /** verdicts by role: docs/roles.md */
  readonly permission: Permission;
  /** to which departments the thing that the call is about belongs */
  readonly owner: OwnersOf<Id, S>;
}

type Definition<Id extends OperationId, C extends Caller, S> = Answered<Id, C, S> &
  (Id extends StaffOperationId ? (StaffCaller extends C ? Guard<Id, S> : unknown) : unknown);

/** An operation as the listeners bind it: the pipeline has validated its call against the contract of its id. */
export interface Operation<C extends Caller, S, Id extends OperationId = OperationId> {
  readonly id: Id;
  readonly kind: EntryKind | 'none';
  readonly run: Run<C, S>;
  readonly admit?: (call: Announced<C>, services: S) => Promise<void> | void;
}

/** The same of the staff listener. */
export interface StaffOperation<S, Id extends OperationId = OperationId> extends Operation<
  StaffCaller,
  S,
  Id
> {
  readonly permission: Permission;
  readonly owner: (call: Call<StaffCaller>, services: S) => ReturnType<OwnersOf<OperationId, S>>;
}

/**
 * Defines operations that work with the same services. An operation of the staff listener needs `permission` and `owner`.
 * `operation<'getBatch', DepartmentCaller>` defines an operation for one of its callers alone.
 */
export const operationsWith =
  <S>() =>
  <Id extends OperationId, C extends CallerOf<Id> = CallerOf<Id>>(
    id: Id,
    definition: Definition<Id, C, S>,
  ): Defined<Id, C, S> =>
    ({ id, ...definition }) as unknown as Defined<Id, C, S>;

type Defined<Id extends OperationId, C extends Caller, S> = Operation<C, S, Id> &
  (Id extends StaffOperationId
    ? StaffCaller extends C
      ? Pick<StaffOperation<S, Id>, 'permission' | 'owner'>
      : unknown
    : unknown);
