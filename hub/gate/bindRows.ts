/** Operations as tables: what answers an operationId, and what of it the gate must know. */
import type { EntryKind } from '../../log/leaf.ts';
import type { Caller } from '../identity/authentication/caller.ts';
import type { Announced, Operation } from './call.ts';
import type { Door } from './doors/door.ts';
import type { Answering, Gate } from './gate.ts';
import type { BoundOperation } from './passage.ts';

export interface OperationRow<C extends Caller, S> {
  /** kind of its entries; `none`: public material or health, which leave none */
  readonly kind: EntryKind | 'none';
  readonly run: Operation<C, S>;
  /** whether a body of this call may be read at all, from its head. @throws Problem */
  readonly admit?: (call: Announced<C>, services: S) => Promise<void> | void;
}

export type OperationRows<C extends Caller, S> = Readonly<Record<string, OperationRow<C, S>>>;

/** What openapi.yaml says of an operation. */
export interface DeclaredOperation {
  readonly operationId: string;
  /** names of security schemes */
  readonly security: readonly string[];
  /** staff scopes, any one of which is enough */
  readonly scopes: readonly string[];
  readonly secret: boolean;
  /** its answer may be a stream */
  readonly stream: boolean;
  /** its answer may open a connection */
  readonly connection: boolean;
}

export interface Behind<C extends Caller> {
  readonly gate: Gate;
  readonly door: Door<C>;
  readonly declared: readonly DeclaredOperation[];
  /** whether the caller may do what is declared so. @throws Problem */
  readonly permit?: (caller: C, declared: DeclaredOperation) => void;
}

/**
 * Puts a table of operations behind a door.
 * @throws TypeError where openapi.yaml lacks an operation or asks for other security than the door does: the boot fails
 */
export function bindRows<C extends Caller, S>(
  { gate, door, declared, permit }: Behind<C>,
  rows: OperationRows<C, S>,
  services: S,
): Readonly<Record<string, Answering>> {
  const bound = Object.entries(rows).map(([id, { kind, run, admit }]) => {
    const known = declared.find(({ operationId }) => operationId === id);
    if (known === undefined) throw new TypeError(`openapi.yaml has no operation ${id}`);
    const asked =
      door.scheme === undefined ? known.security.length === 0 : known.security.includes(door.scheme);
    if (!asked) {
      throw new TypeError(
        `${id} asks for ${known.security.join()}, and stands behind ${door.scheme ?? 'an open door'}`,
      );
    }
    const operation: BoundOperation<C> = {
      id,
      kind,
      secret: known.secret,
      stream: known.stream,
      connection: known.connection,
      permit: permit && ((caller) => permit(caller, known)),
      admit: admit && ((call) => admit(call, services)),
      run: (call) => run(call, services),
    };
    return [id, gate.open(door, operation)] as const;
  });
  return Object.fromEntries(bound);
}
