/** A call through an express listener, and what stands behind an operationId there. */
import type { IncomingMessage } from 'node:http';
import type { ServerOptions } from 'node:https';
import type { RequestHandler } from 'express';
import type { Problem } from '../../terms/problem.ts';
import type { StaffCaller } from '../identity/caller.ts';
import type { Contract, ContractOperation, Listener } from './contract.ts';
import type { ListenerEvents } from './listenerEvents.ts';
import type { WireReply } from './problemReply.ts';

/** One call that reached an operation. */
export interface ListenerCall {
  readonly operation: ContractOperation;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** lower-case names */
  readonly headers: IncomingMessage['headers'];
  /** the validated JSON body, undefined where the operation takes none */
  readonly body: unknown;
  /** the bytes of the body as received */
  readonly bytes: Uint8Array;
  /** who was authenticated, on the staff listener */
  readonly staff: StaffCaller | undefined;
  readonly socket: IncomingMessage['socket'];
}

/** What stands behind one operationId. */
export interface ListenerOperation {
  answer(call: ListenerCall): Promise<WireReply> | WireReply;
  /** the call was refused before the operation: security, body or shape */
  refuse(call: ListenerCall, problem: Problem): Promise<WireReply> | WireReply;
}

export interface ExpressListenerOptions {
  readonly contract: Contract;
  readonly listener: Exclude<Listener, 'exchange'>;
  /** by operationId; exactly the operations of this listener */
  readonly operations: Readonly<Record<string, ListenerOperation>>;
  /** who holds this token. @throws Problem */
  readonly authenticate?: (authorization: string | undefined) => Promise<StaffCaller>;
  /** absent = plain HTTP, for loopback */
  readonly tls?: ServerOptions;
  /** what answers before the contract, such as /docs */
  readonly before?: RequestHandler;
  readonly events?: ListenerEvents;
}

/** One request on its way through the backend. */
export interface CallState {
  readonly request: IncomingMessage;
  readonly bytes: Uint8Array;
  /** the very object the backend validates; the body is put in once the caller is known */
  readonly backendRequest: {
    method: string;
    path: string;
    query: string;
    headers: Record<string, string>;
    body?: unknown;
  };
  call: ListenerCall | undefined;
  /** who sent it, or why that is not known; without either on listeners that ask nobody */
  readonly caller: { readonly staff: StaffCaller | undefined } | { readonly problem: Problem };
  /** why the caller may not do this */
  refusal: Problem | undefined;
}
