/** Binds operations to a listener: how its callers are authenticated, and what the operations work with. */
import type { Caller } from '../identity/authentication/caller.ts';
import type { Door } from './callers/door.ts';
import type { Answering, Gate } from './pipeline.ts';
import type { Operation } from './operation.ts';
import type { BoundOperation } from './passage.ts';

export type Operations<C extends Caller, S> = Readonly<Record<string, Operation<C, S>>>;

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

/** @throws TypeError where openapi.yaml lacks an operation or asks for another security scheme: the boot fails */
export function bindOperations<C extends Caller, S>(
  { gate, door, declared, permit }: Behind<C>,
  operations: Operations<C, S>,
  services: S,
): Readonly<Record<string, Answering>> {
  const bound = Object.values(operations).map(({ id, kind, run, admit }) => {
    const known = declared.find(({ operationId }) => operationId === id);
    if (known === undefined) throw new TypeError(`openapi.yaml has no operation ${id}`);
    const asked =
      door.scheme === undefined ? known.security.length === 0 : known.security.includes(door.scheme);
    if (!asked) {
      throw new TypeError(
        `${id} requires ${known.security.join()}, but is bound to ${door.scheme ?? 'no security'}`,
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
