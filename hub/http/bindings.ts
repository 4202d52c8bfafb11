/** Operations as the express listeners call them: public ones answer at once, managed ones through the gate that writes their entry. */
import { TLSSocket } from 'node:tls';
import { claimedToken } from '../identity/staffToken.ts';
import { adminOperations, openActs, openReads, staffOperations } from '../operations/handlers.ts';
import type { ManagedOperation, PublicOperation } from '../operations/managed.ts';
import type { ManagementInput } from '../operations/managementEntry.ts';
import { managementGate, type ManagementGate } from '../operations/managementGate.ts';
import type { Services } from '../operations/services.ts';
import type { ListenerCall, ListenerOperation } from './listenerCall.ts';
import { problemReply } from './problemReply.ts';

type Bound = Readonly<Record<string, ListenerOperation>>;

export interface Bindings {
  readonly open: Bound;
  readonly staff: Bound;
  readonly admin: Bound;
}

export function bindings(services: Services): Bindings {
  const gate = managementGate(services);
  const managed = (operations: Readonly<Record<string, ManagedOperation>>): Bound =>
    bindAll(operations, (operation) => bindManaged(operation, gate));
  const open = (operations: Readonly<Record<string, PublicOperation>>): Bound =>
    bindAll(operations, (operation) => bindPublic(operation, services));
  return {
    open: { ...managed(openActs), ...open(openReads) },
    staff: managed(staffOperations),
    admin: open(adminOperations),
  };
}

function bindAll<T>(
  operations: Readonly<Record<string, T>>,
  bind: (operation: T) => ListenerOperation,
): Bound {
  return Object.fromEntries(Object.entries(operations).map(([id, operation]) => [id, bind(operation)]));
}

function bindManaged(operation: ManagedOperation, gate: ManagementGate): ListenerOperation {
  return {
    answer: (call) => gate.answer(inputOf(call), operation),
    // through the gate too: the refusal of a known or unknown caller is an entry
    refuse: (call, problem) =>
      gate.answer(inputOf(call), () => {
        throw problem;
      }),
  };
}

function bindPublic(operation: PublicOperation, services: Services): ListenerOperation {
  return {
    answer: async (call) => {
      const { status, contentType, body } = await operation(
        { params: call.params, query: call.query, certificate: certificateOf(call) },
        services,
      );
      return {
        status,
        headers: [
          ['content-type', contentType],
          ['cache-control', 'no-store'],
        ],
        body,
      };
    },
    refuse: (_call, problem) => problemReply(problem),
  };
}

function inputOf(call: ListenerCall): ManagementInput {
  const key = call.headers['datong-idempotency-key'];
  return {
    operation: call.operation.operationId,
    staff: call.staff,
    params: call.params,
    query: call.query,
    body: call.body,
    bytes: call.bytes,
    certificate: certificateOf(call),
    address: call.socket.remoteAddress ?? '',
    idempotencyKey: typeof key === 'string' ? key : undefined,
    claimedToken: claimedToken(call.headers.authorization),
    secret: call.operation.secret,
  };
}

const certificateOf = ({ socket }: ListenerCall) =>
  socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
