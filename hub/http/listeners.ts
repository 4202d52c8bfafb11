/**
 * The four listeners of a hub. Made from the contract and checked against it before any of them opens its port; closed together: no new
 * connection, calls in flight finish, then the last socket closes.
 */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Gate } from '../exchange/gate.ts';
import type { Services } from '../operations/services.ts';
import { bindings } from './bindings.ts';
import type { Connections } from './connections.ts';
import { checkHandlers, listeners, readContract, type Listener } from './contract.ts';
import { docs } from './docs.ts';
import { exchangeListener } from './exchangeListener.ts';
import { expressListener } from './expressListener.ts';
import type { ListenerEvents } from './listenerEvents.ts';

export interface ListenersOptions {
  readonly services: Services;
  readonly gate: Gate;
  /** operationIds that stand behind the gate: the walks and the other operations of the exchange listener */
  readonly exchangeOperations: readonly string[];
}

export interface HubListeners {
  readonly servers: Readonly<Record<Listener, Server>>;
  /** Opens one port. @returns the port, which the system chose where 0 was asked for. @throws the system's error (EADDRINUSE) */
  listen(listener: Listener, place: { readonly host: string; readonly port: number }): Promise<number>;
  /** Destroys the exchange listener's open sockets of one client certificate. @returns how many */
  closeSerial(serial: string): number;
  /** Ends when every call in flight is answered and every socket closed. @param patience milliseconds until the rest is cut off */
  drain(patience?: number): Promise<void>;
}

/** @throws ContractError when handlers and openapi.yaml differ */
export async function makeListeners(options: ListenersOptions): Promise<HubListeners> {
  const { services, gate } = options;
  const { identity } = services;
  const contract = readContract();
  const bound = bindings(services);
  checkHandlers(contract, {
    exchange: options.exchangeOperations,
    open: Object.keys(bound.open),
    staff: Object.keys(bound.staff),
    admin: Object.keys(bound.admin),
  });
  const events = eventsOf(services);
  const exchange = exchangeListener({
    contract,
    gate,
    publicOrigin: () => services.hub.publicOrigin(),
    tls: identity.tlsOptions('exchange'),
    events,
  });
  const open = await expressListener({
    contract,
    listener: 'open',
    operations: bound.open,
    tls: identity.tlsOptions('open'),
    before: docs(),
    events,
  });
  const staff = await expressListener({
    contract,
    listener: 'staff',
    operations: bound.staff,
    authenticate: (authorization) => identity.staff(authorization),
    tls: identity.tlsOptions('staff'),
    events,
  });
  const admin = await expressListener({ contract, listener: 'admin', operations: bound.admin, events });
  identity.bindServer(exchange.server, 'exchange');
  if (open.tlsServer !== undefined) identity.bindServer(open.tlsServer, 'open');
  if (staff.tlsServer !== undefined) identity.bindServer(staff.tlsServer, 'staff');
  identity.onRevoked((serials) => {
    for (const serial of serials) exchange.connections.closeSerial(serial);
  });
  const made: Readonly<Record<Listener, { readonly server: Server; readonly connections: Connections }>> = {
    exchange,
    open,
    staff,
    admin,
  };
  return {
    servers: { exchange: exchange.server, open: open.server, staff: staff.server, admin: admin.server },
    listen: (listener, place) => listenOn(made[listener].server, place),
    closeSerial: (serial) => exchange.connections.closeSerial(serial),
    drain: (patience = 30_000) =>
      drainAll(
        listeners.map((name) => made[name]),
        patience,
      ),
  };
}

function eventsOf({ metrics, report }: Services): ListenerEvents {
  return {
    answered: (operation, status, milliseconds) => metrics.answered(operation, status, milliseconds),
    refused: (reason) => metrics.refused(reason),
    failed: (error) => {
      metrics.failed();
      report({ exchange: '', operation: 'listener', error });
    },
  };
}

async function listenOn(
  server: Server,
  place: { readonly host: string; readonly port: number },
): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(place.port, place.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}

async function drainAll(
  all: readonly { readonly server: Server; readonly connections: Connections }[],
  patience: number,
): Promise<void> {
  const cut = setTimeout(() => {
    for (const { server } of all) server.closeAllConnections();
  }, patience);
  await Promise.all(all.map(({ connections }) => connections.drain()));
  clearTimeout(cut);
}
