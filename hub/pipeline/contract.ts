/** What openapi.yaml says of an operation, as types: its parameters, its body, its replies and who may call it. */
import type { contractOperations } from '../../api/contractOperations.ts';
import type { operations } from '../../api/openapi.ts';
import type {
  DepartmentCaller,
  StaffCaller,
  Stranger,
  SubjectCaller,
} from '../identity/authentication/caller.ts';

type Contract = typeof contractOperations;
export type OperationId = keyof Contract & keyof operations;
type Listener = Contract[OperationId]['listeners'][number];
type Scheme = Contract[OperationId]['security'][number];

/** Callers by security scheme. */
interface CallerBy {
  readonly signedRequest: DepartmentCaller;
  readonly clientCertificate: DepartmentCaller | Stranger;
  readonly staffToken: StaffCaller;
  readonly ownSession: SubjectCaller;
}

/** Who may call an operation, on any of its listeners. */
export type CallerOf<Id extends OperationId> = Contract[Id]['security'][number] extends never
  ? Stranger
  : CallerBy[Contract[Id]['security'][number]];

/** Operations of a listener. `none`: those that ask for no security. */
export type OperationIdOf<L extends Listener, S extends Scheme | 'none'> = {
  [Id in OperationId]: L extends Contract[Id]['listeners'][number]
    ? S extends 'none'
      ? Contract[Id]['security'] extends readonly []
        ? Id
        : never
      : S extends Contract[Id]['security'][number]
        ? Id
        : never
    : never;
}[OperationId];

/** Operations that the table of roles decides about: those of persons on the staff listener. */
export type StaffOperationId = OperationIdOf<'staff', 'staffToken'>;

type Parameters<Id extends OperationId, In extends 'path' | 'query'> = NonNullable<
  operations[Id]['parameters'][In]
>;
/** A parameter as it is received: text, of the words that the contract lists. */
type Received<T> = { readonly [Name in keyof T]: T[Name] extends string | undefined ? T[Name] : string };

/** The operationId. Without an operation: any. */
export type NameOf<Id> = Id extends OperationId ? Id : string;

/** Path parameters. Without an operation: of any. */
export type PathOf<Id> = Id extends OperationId
  ? [Parameters<Id, 'path'>] extends [never]
    ? Readonly<Record<never, string>>
    : Received<Parameters<Id, 'path'>>
  : Readonly<Record<string, string>>;

/** Query parameters. Without an operation: of any. */
export type QueryOf<Id> = Id extends OperationId
  ? [Parameters<Id, 'query'>] extends [never]
    ? Readonly<Record<never, string>>
    : Received<Parameters<Id, 'query'>>
  : Readonly<Record<string, string>>;

interface JsonContent<B> {
  readonly content: { readonly 'application/json': B };
}

/** The JSON body; undefined where the operation takes none. Without an operation: unknown. */
export type BodyOf<Id> = Id extends OperationId
  ? [NonNullable<operations[Id]['requestBody']>] extends [never]
    ? undefined
    : operations[Id]['requestBody'] extends JsonContent<infer B> | undefined
      ? undefined extends operations[Id]['requestBody']
        ? B | undefined
        : B
      : undefined
  : unknown;

/** A value whose arrays and members may be read-only. What the contract leaves open (any members) may be anything. */
type Frozen<T> = T extends readonly (infer E)[]
  ? readonly Frozen<E>[]
  : T extends object
    ? string extends keyof T
      ? unknown
      : { readonly [Name in keyof T]: Frozen<T[Name]> }
    : T;

/** Statuses that the contract gives an operation's answer. */
export type StatusOf<Id extends OperationId> = keyof operations[Id]['responses'] & number;

/** The JSON body of a reply with a status. */
export type ReplyOf<Id extends OperationId, S> = Id extends OperationId
  ? S extends keyof operations[Id]['responses']
    ? operations[Id]['responses'][S] extends JsonContent<infer B>
      ? Frozen<B>
      : never
    : never
  : never;
