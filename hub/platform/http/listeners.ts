/**
 * The listeners of a hub: four, and one for citizens if it is configured. They are made from the contract and compared with it before any of
 * them opens its port. They close together: no new connection, calls in flight finish, then the last socket closes.
 */
import type { Server } from 'node:http';
import type { Server as NetServer } from 'node:net';
import type { Answering } from '../../pipeline/pipeline.ts';
import type { Bindings } from '../../operations/bindings.ts';
import type { Services } from '../../features/common/services.ts';
import { checkHandlers, listeners, type Contract, type Listener } from './contract/contract.ts';
import { docs } from './contract/docs.ts';
import { makeListener, type RunningListener } from './listener.ts';
import { citizenPages, consolePages } from './pages.ts';
import { portFault, type ReservedPort } from './reservedPort.ts';
import type { ListenerEvents } from './requestHandler.ts';
import { defaultConnectionLimits, type ConnectionLimits } from './sockets/connectionLimits.ts';
import { anyHost, exactHost, hostNameOf } from './sockets/server.ts';

export interface ListenersOptions {
  readonly services: Pick<Services, 'hub' | 'identity' | 'counters' | 'report'>;
  readonly contract: Contract;
  /** of the public listeners */
  readonly connectionLimits?: ConnectionLimits;
  /** see `RequestHandlerOptions` */
  readonly streamPatience?: number | undefined;
  /** handlers of the operations, by listener */
  readonly bindings: Bindings;
  readonly demo?: DemoListener | undefined;
}

/** A demo's second staff listener on http://localhost: browsers show no warning and offer passkeys there without a trusted certificate. */
export interface DemoListener {
  readonly operations: Readonly<Record<string, Answering>>;
  /** bound to loopback */
  readonly reserved: NetServer;
  /** the citizen listener is plain HTTP too */
  readonly plainCitizen: boolean;
}

type Always = Exclude<Listener, 'citizen'>;
type Reserved = Readonly<Record<Always, ReservedPort>> & { readonly citizen?: ReservedPort };
const always = listeners.filter((name): name is Always => name !== 'citizen');

export interface HubListeners {
  readonly servers: Readonly<Record<Always, Server>>;
  /** Starts to answer, on reserved ports. */
  listen(reserved: Reserved): Promise<void>;
  /** Destroys the exchange listener's open sockets of one client certificate. @returns how many */
  closeSerial(serial: string): number;
  /** Resolves when all calls in flight are answered and all sockets closed. @param patience milliseconds until open sockets are destroyed */
  drain(patience?: number): Promise<void>;
}

/** @throws ContractError when handlers and openapi.yaml differ */
export async function makeListeners(options: ListenersOptions): Promise<HubListeners> {
  const { services, contract, bindings } = options;
  const connectionLimits = options.connectionLimits ?? defaultConnectionLimits;
  const { identity, hub } = services;
  checkHandlers(contract, {
    exchange: Object.keys(bindings.exchange),
    open: Object.keys(bindings.open),
    staff: Object.keys(bindings.staff),
    citizen: Object.keys(bindings.citizen),
    admin: Object.keys(bindings.admin),
  });
  const events = eventsOf(services);
  const exchange = await makeListener({
    listener: 'exchange',
    contract,
    operations: bindings.exchange,
    signedOrigin: hub.publicOrigin,
    checkHost: exactHost(hub.publicOrigin),
    tls: { ...identity.tlsOptions('exchange'), requestCert: true, rejectUnauthorized: true },
    connectionLimits,
    streamPatience: options.streamPatience,
    events,
  });
  const open = await makeListener({
    listener: 'open',
    contract,
    operations: bindings.open,
    checkHost: anyHost,
    tls: identity.tlsOptions('open'),
    connectionLimits,
    pages: docs(),
    events,
  });
  const staff = await makeListener({
    listener: 'staff',
    contract,
    operations: bindings.staff,
    checkHost: hostNameOf(hub.staff.origin),
    tls: identity.tlsOptions('staff'),
    connectionLimits,
    pages: consolePages(),
    events,
  });
  const citizen =
    hub.citizen === undefined
      ? undefined
      : await makeListener({
          listener: 'citizen',
          contract,
          operations: bindings.citizen,
          checkHost: hostNameOf(hub.citizen.origin),
          ...(options.demo?.plainCitizen === true ? {} : { tls: identity.tlsOptions('citizen') }),
          connectionLimits,
          pages: citizenPages(),
          events,
        });
  const admin = await makeListener({
    listener: 'admin',
    contract,
    operations: bindings.admin,
    checkHost: anyHost,
    events,
  });
  const demo =
    options.demo &&
    (await makeListener({
      listener: 'staff',
      contract,
      operations: options.demo.operations,
      checkHost: hostNameOf('http://localhost'),
      pages: consolePages(),
      events,
    }));
  const made: Readonly<Record<Always, RunningListener>> = { exchange, open, staff, admin };
  for (const name of always) {
    const { tlsServer } = made[name];
    if (name !== 'admin' && tlsServer !== undefined) identity.bindServer(tlsServer, name);
  }
  if (citizen?.tlsServer !== undefined) identity.bindServer(citizen.tlsServer, 'citizen');
  identity.onRevoked((serials) => {
    for (const serial of serials) exchange.connections.closeSerial(serial);
  });
  return {
    servers: { exchange: exchange.server, open: open.server, staff: staff.server, admin: admin.server },
    listen: async (reserved) => {
      for (const name of always) await listenOn(made[name].server, reserved[name], name);
      if (citizen !== undefined && reserved.citizen !== undefined)
        await listenOn(citizen.server, reserved.citizen, 'citizen');
      if (demo !== undefined && options.demo !== undefined)
        await listenOn(demo.server, options.demo.reserved, 'staff');
    },
    closeSerial: (serial) => exchange.connections.closeSerial(serial),
    drain: async (patience = 30_000) => {
      if (demo?.server.listening === true) {
        demo.connections.cut();
        await demo.connections.drain();
      }
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

/** @throws Problem port_taken */
async function listenOn(server: Server, reserved: ReservedPort, listener: Listener): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      reject('port' in reserved ? portFault(error, listener, reserved.port) : error);
    };
    server.once('error', fail);
    server.listen(reserved, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

async function drainAll(all: readonly RunningListener[], patience: number): Promise<void> {
  const cut = setTimeout(() => {
    for (const { connections } of all) connections.cut();
  }, patience);
  await Promise.all(all.map(({ connections }) => connections.drain()));
  clearTimeout(cut);
}
