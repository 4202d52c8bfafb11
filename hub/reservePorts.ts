/** Reserves the ports of the four listeners before they serve, so that the origins are known to the code that needs them. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { HubConfig, ListenerName, ListenerPlace } from './platform/config/hubConfig.ts';
import { withPort } from './platform/config/readConfig.ts';
import { portFault, type ReservedPort } from './platform/http/reservedPort.ts';

export type Origins = Readonly<Record<ListenerName, string>> & { readonly citizen?: string };

const noPlace: ListenerPlace = { host: '127.0.0.1', port: 0 };

/** Number of ports to try after one that is taken. */
const triesAfter = 50;

export interface MovedPort {
  readonly listener: ListenerName | 'citizen';
  readonly wanted: number;
  readonly port: number;
}

export interface ReservedPorts {
  /** as clients reach them */
  readonly origins: Origins;
  readonly moved: readonly MovedPort[];
  /**
   * each bound to its port, for a listener to take over (`server.listen(reserved)`), and until then connections are closed; a place for
   * `share`
   */
  readonly servers: Readonly<Record<ListenerName, ReservedPort>> & { readonly citizen?: ReservedPort };
  /** Releases the ports, taken over or not. */
  release(): void;
}

/**
 * Reserves the exchange, open, staff and admin ports, in this order.
 * @param taken fail on a port that is in use, or use the next free one; `share`: processes of one machine share it (workers.ts), so nothing
 *   is bound before it serves, because a process that binds also takes connections from the others
 * @throws Problem port_taken; no port remains reserved then
 */
export async function reservePorts(
  config: Pick<HubConfig, 'listeners' | 'publicOrigin' | 'openOrigin'>,
  taken: 'refuse' | 'next' | 'share',
): Promise<ReservedPorts> {
  const made: Server[] = [];
  const moved: MovedPort[] = [];
  const release = (): void => {
    for (const server of made) server.close();
  };
  const reserve = async (listener: ListenerName | 'citizen'): Promise<ReservedPort> => {
    const wanted = config.listeners[listener] ?? noPlace;
    if (taken === 'share') return wanted;
    const server = await reservePort(listener, wanted, taken);
    made.push(server);
    if (portOf(server) !== wanted.port) moved.push({ listener, wanted: wanted.port, port: portOf(server) });
    return server;
  };
  try {
    const servers = {
      exchange: await reserve('exchange'),
      open: await reserve('open'),
      staff: await reserve('staff'),
      admin: await reserve('admin'),
      ...(config.listeners.citizen === undefined ? {} : { citizen: await reserve('citizen') }),
    };
    return { origins: originsOf(config, servers), moved, servers, release };
  } catch (error) {
    release();
    throw error;
  }
}

/** Binds one port. @param name of the listener that will serve it. @throws Problem port_taken */
export async function reservePort(
  name: string,
  { host, port: wanted }: ListenerPlace,
  taken: 'refuse' | 'next',
): Promise<Server> {
  const last = taken === 'next' && wanted !== 0 ? wanted + triesAfter : wanted;
  for (let port = wanted; ; port += 1) {
    try {
      return await bound(host, port);
    } catch (error) {
      const fault = portFault(error as NodeJS.ErrnoException, name, wanted);
      if (fault === error || port >= last) throw fault;
    }
  }
}

async function bound(host: string, port: number): Promise<Server> {
  const server = createServer((socket: Socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}

export const portOf = (reserved: ReservedPort): number =>
  'port' in reserved ? reserved.port : (reserved.address() as AddressInfo).port;

function originsOf(
  config: Pick<HubConfig, 'listeners' | 'publicOrigin' | 'openOrigin'>,
  servers: ReservedPorts['servers'],
): Origins {
  const publicly = (configured: string, listener: 'exchange' | 'open'): string => {
    const port = portOf(servers[listener]);
    return port === config.listeners[listener].port ? configured : withPort(configured, port);
  };
  const host = new URL(config.publicOrigin).hostname;
  return {
    exchange: publicly(config.publicOrigin, 'exchange'),
    open: publicly(config.openOrigin, 'open'),
    staff: `https://${host}:${portOf(servers.staff)}`,
    admin: `http://${config.listeners.admin.host}:${portOf(servers.admin)}`,
    ...(servers.citizen === undefined
      ? {}
      : { citizen: config.listeners.citizen?.origin ?? `https://${host}:${portOf(servers.citizen)}` }),
  };
}
