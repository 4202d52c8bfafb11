/**
 * The listeners of a hub: four, and one for persons' own pages where it is configured. Made from the contract and checked against it before any of them opens its port; closed together: no new
 * connection, calls in flight finish, then the last socket closes.
 */
import type { Server } from 'node:http';
import type { Server as NetServer } from 'node:net';
import type { Bindings } from '../operations/bindings.ts';
import type { Services } from '../operations/services.ts';
import type { Connections } from './sockets/connections.ts';
import { checkHandlers, listeners, type Contract, type Listener } from './contract/contract.ts';
import { consolePages } from './consolePages.ts';
import { ownPages } from './ownPages.ts';
import { docs } from './contract/docs.ts';
import { demoListener, type DemoListenerOptions } from './demoListener.ts';
import { usualDoor, type DoorkeeperLimits } from './sockets/doorkeeper.ts';
import { exchangeListener } from './exchangeListener.ts';
import { expressListener } from './expressListener.ts';
import type { ListenerEvents } from './listenerEvents.ts';

export interface ListenersOptions {
  readonly services: Pick<Services, 'hub' | 'identity' | 'counters' | 'report'>;
  readonly contract: Contract;
  /** who may open connections to the public listeners, and how many */
  readonly door?: DoorkeeperLimits;
  /** see `ExchangeListenerOptions` */
  readonly streamPatience?: number | undefined;
  /** what answers each operation, by listener */
  readonly bindings: Bindings;
  /** of a demo: the staff listener once more, on http://localhost, where persons' own pages may stand too */
  readonly demo?:
    (Pick<DemoListenerOptions, 'operations' | 'reserved'> & { readonly plainCitizen: boolean }) | undefined;
}

type Always = Exclude<Listener, 'citizen'>;
type Reserved = Readonly<Record<Always, NetServer>> & { readonly citizen?: NetServer };
const always = listeners.filter((name): name is Always => name !== 'citizen');

export interface HubListeners {
  readonly servers: Readonly<Record<Always, Server>>;
  /** Answers from now on, on ports that were taken before. */
  listen(reserved: Reserved): Promise<void>;
  /** Destroys the exchange listener's open sockets of one client certificate. @returns how many */
  closeSerial(serial: string): number;
  /** Ends when every call in flight is answered and every socket closed. @param patience milliseconds until the rest is cut off */
  drain(patience?: number): Promise<void>;
}

/** @throws ContractError when handlers and openapi.yaml differ */
export async function makeListeners(options: ListenersOptions): Promise<HubListeners> {
  const { services, contract, bindings } = options;
  const door = options.door ?? usualDoor;
  const { identity } = services;
  checkHandlers(contract, {
    exchange: Object.keys(bindings.exchange),
    open: Object.keys(bindings.open),
    staff: Object.keys(bindings.staff),
    citizen: Object.keys(bindings.citizen),
    admin: Object.keys(bindings.admin),
  });
  const events = eventsOf(services);
  const exchange = exchangeListener({
    contract,
    operations: bindings.exchange,
    publicOrigin: services.hub.publicOrigin,
    tls: identity.tlsOptions('exchange'),
    door,
    streamPatience: options.streamPatience,
    events,
  });
  const open = await expressListener({
    contract,
    listener: 'open',
    operations: bindings.open,
    tls: identity.tlsOptions('open'),
    door,
    before: docs(),
    events,
  });
  const staff = await expressListener({
    contract,
    listener: 'staff',
    operations: bindings.staff,
    tls: identity.tlsOptions('staff'),
    door,
    before: consolePages(),
    events,
  });
  const citizen =
    services.hub.citizen === undefined
      ? undefined
      : await expressListener({
          contract,
          listener: 'citizen',
          operations: bindings.citizen,
          ...(options.demo?.plainCitizen === true ? {} : { tls: identity.tlsOptions('citizen') }),
          door,
          before: ownPages(),
          events,
        });
  const admin = await expressListener({ contract, listener: 'admin', operations: bindings.admin, events });
  identity.bindServer(exchange.server, 'exchange');
  if (open.tlsServer !== undefined) identity.bindServer(open.tlsServer, 'open');
  if (staff.tlsServer !== undefined) identity.bindServer(staff.tlsServer, 'staff');
  if (citizen?.tlsServer !== undefined) identity.bindServer(citizen.tlsServer, 'citizen');
  identity.onRevoked((serials) => {
    for (const serial of serials) exchange.connections.closeSerial(serial);
  });
  let closeDemo: (() => Promise<void>) | undefined;
  const made: Readonly<Record<Always, { readonly server: Server; readonly connections: Connections }>> = {
    exchange,
    open,
    staff,
    admin,
  };
  return {
    servers: { exchange: exchange.server, open: open.server, staff: staff.server, admin: admin.server },
    listen: async (reserved) => {
      for (const name of always) await listenOn(made[name].server, reserved[name]);
      if (citizen !== undefined && reserved.citizen !== undefined)
        await listenOn(citizen.server, reserved.citizen);
      if (options.demo !== undefined) closeDemo = await demoListener({ ...options.demo, contract, events });
    },
    closeSerial: (serial) => exchange.connections.closeSerial(serial),
    drain: async (patience = 30_000) => {
      await closeDemo?.();
      await drainAll(
        [...always.map((name) => made[name]), ...(citizen === undefined ? [] : [citizen])],
        patience,
      );
    },
  };
}

function eventsOf({ counters, report }: ListenersOptions['services']): ListenerEvents {
  return {
    answered: (operation, status, milliseconds) => counters.answered(operation, status, milliseconds),
    refused: (reason) => counters.refused(reason),
    failed: (error) => report({ exchange: '', operation: 'listener', error }),
  };
}

async function listenOn(server: Server, reserved: NetServer): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(reserved, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function drainAll(
  all: readonly { readonly server: Server; readonly connections: Connections }[],
  patience: number,
): Promise<void> {
  const cut = setTimeout(() => {
    for (const { connections } of all) connections.cut();
  }, patience);
  await Promise.all(all.map(({ connections }) => connections.drain()));
  clearTimeout(cut);
}
