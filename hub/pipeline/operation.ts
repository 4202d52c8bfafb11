/** One operation: its handler, the kind of its entries, and on the staff listener who may call it. */
import type { EntryKind } from '../../log/leaf.ts';
import type { Permission } from '../domain/permissions.ts';
import type { Caller, StaffCaller } from '../identity/authentication/caller.ts';
import type { Announced, Call, Outcome, Run } from './call.ts';
import type { CallerOf, OperationId, StaffOperationId } from './contract.ts';
import type { OwnersOf } from './ownership.ts';
import type { CallerAuth } from './callers/callerAuth.ts';
import type { Answering, Gate } from './pipeline.ts';
import type { BoundOperation } from './passage.ts';

interface Answered<Id extends OperationId, C extends Caller, S> {
  /** kind of its entries; `none`: public material or health, which leave none */
  readonly kind: EntryKind | 'none';
  /** whether a body of this call may be read at all, from its head. @throws Problem */
  readonly admit?: (call: Announced<C, Id>, services: S) => Promise<void> | void;
  /** An error it throws becomes a denial: a Problem with its code, any other as internal_error. */
  readonly run: (call: Call<C, Id>, services: S) => Promise<Outcome> | Outcome;
}

/** Who may call it on the staff listener. */
export interface Guard<Id extends OperationId, S> {
  /** verdicts by role: docs/roles.md */
  readonly permission: Permission;
  /** the departments that own the object of the call */
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

/** The same for the staff listener. */
export interface StaffOperation<S, Id extends OperationId = OperationId> extends Operation<
  StaffCaller,
  S,
  Id
> {
  readonly permission: Permission;
  readonly owner: (call: Call<StaffCaller>, services: S) => ReturnType<OwnersOf<OperationId, S>>;
}

/**
 * Defines operations that use the same services. An operation of the staff listener needs `permission` and `owner`. `operation<'getBatch',
 * DepartmentCaller>` defines an operation for only one of its caller types.
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

/** Operations by id. */
export type Operations<C extends Caller, S> = Readonly<Record<string, Operation<C, S>>>;

/** An operation as openapi.yaml declares it. */
export interface DeclaredOperation {
  readonly operationId: string;
  /** names of security schemes */
  readonly security: readonly string[];
  /** staff scopes, any one of which is enough */
  readonly scopes: readonly string[];
  readonly secret: boolean;
  /** an answer 201 or 202 is declared */
  readonly creates: boolean;
  /** its answer may be a stream */
  readonly stream: boolean;
  /** its answer may open a connection */
  readonly connection: boolean;
  /** calls of staff are counted by person and day and have no entry each */
  readonly counted: boolean;
}

interface Behind<C extends Caller> {
  readonly gate: Gate;
  readonly door: CallerAuth<C>;
  readonly declared: readonly DeclaredOperation[];
  /** checks that the caller may call an operation with these declarations. @throws Problem */
  readonly permit?: (caller: C, declared: DeclaredOperation) => void;
}

/** Calls of these kinds change nothing and show no rows of a dataset. */
const countedKinds: ReadonlySet<BoundOperation<Caller>['kind']> = new Set(['inspect', 'sandbox']);

/**
 * Binds operations to a listener: how its callers are authenticated, and which services the operations use.
 * @throws TypeError where openapi.yaml lacks an operation, requires another security scheme or counts an act: the start fails
 */
export function bindOperations<C extends Caller, S>(
  { gate, door, declared, permit }: Behind<C>,
  operations: Operations<C, S>,
  services: S,
): Readonly<Record<string, Answering>> {
  const bound = Object.values(operations).map(({ id, kind, run, admit }) => {
    const known = declared.find(({ operationId }) => operationId === id);
    if (known === undefined) throw new TypeError(`openapi.yaml has no operation ${id}`);
    const requested =
      door.scheme === undefined ? known.security.length === 0 : known.security.includes(door.scheme);
    if (!requested) {
      throw new TypeError(
        `${id} requires ${known.security.join()}, but is bound to ${door.scheme ?? 'no security'}`,
      );
    }
    if (known.counted && !countedKinds.has(kind))
      throw new TypeError(`${id} is declared x-counted, but is of kind ${kind}`);
    const operation: BoundOperation<C> = {
      id,
      kind,
      secret: known.secret,
      creates: known.creates,
      stream: known.stream,
      connection: known.connection,
      counted: known.counted,
      permit: permit && ((caller) => permit(caller, known)),
      admit: admit && ((call) => admit(call, services)),
      run: (call) => run(call, services),
    };
    return [id, gate.open(door, operation)] as const;
  });
  return Object.fromEntries(bound);
}
