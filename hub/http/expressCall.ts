/** A call through an express listener, as openapi-backend hands it on. */
import type { IncomingMessage } from 'node:http';
import type { ServerOptions } from 'node:https';
import type { RequestHandler } from 'express';
import type { Answering } from '../gate/gate.ts';
import type { Contract, Listener } from './contract/contract.ts';
import type { BodyLimits } from './bodies/bodiesInFlight.ts';
import type { DoorkeeperLimits } from './sockets/doorkeeper.ts';
import type { ListenerEvents } from './listenerEvents.ts';

export interface ExpressListenerOptions {
  readonly contract: Contract;
  readonly listener: Exclude<Listener, 'exchange'>;
  /** by operationId; exactly the operations of this listener */
  readonly operations: Readonly<Record<string, Answering>>;
  /** who may open connections, and how many */
  readonly door?: DoorkeeperLimits;
  /** absent = plain HTTP, for loopback */
  readonly tls?: ServerOptions;
  /** what answers before the contract, such as /docs */
  readonly before?: RequestHandler;
  /** memory that bodies in flight may take */
  readonly bodies?: BodyLimits;
  readonly events?: ListenerEvents;
}

/** One request on its way through the backend. */
export interface WireCall {
  readonly request: IncomingMessage;
  /** as the backend routes and validates it */
  readonly asked: {
    readonly method: string;
    readonly path: string;
    readonly query: string;
    readonly headers: Record<string, string>;
  };
  /** operationId, once it was found */
  operation: string | undefined;
}
