import type { Server as NetServer } from 'node:net';
import type { HubPlace } from './features/common/services.ts';
import {
  demoCookie,
  demoOwnCookie,
  hostCookie,
  ownCookie,
  type SessionCookie,
} from './pipeline/callers/cookie.ts';
import type { StaffPlace } from './pipeline/callers/staffAuth.ts';
import { defined } from '../terms/defined.ts';
import { portOf, reservePort, type Origins } from './reservePorts.ts';

/** What a demo has in addition to a hub. */
export interface DemoOptions {
  /** first port to try for the console */
  readonly port: number;
  /** first port to try for the citizen's pages; absent: there are none */
  readonly own?: number;
  /** address of the fictional city's app, which links a person to their own page */
  readonly personApp?: string;
}

export interface DemoPlace extends StaffPlace {
  /** bound to loopback, for a listener to take over */
  readonly reserved: NetServer;
}

export interface DemoPlaces {
  readonly console: DemoPlace;
  readonly own?: DemoPlace;
}

/**
 * Reserves the console of a demo on http://localhost, and the citizen's pages on another origin there. Browsers treat localhost as
 * secure, because nothing leaves the machine.
 * @throws Problem port_taken
 */
export async function demoPlaces({ port, own }: DemoOptions): Promise<DemoPlaces> {
  const console = await demoPlace('console', port, demoCookie);
  return own === undefined ? { console } : { console, own: await demoPlace('citizen', own, demoOwnCookie) };
}

async function demoPlace(name: string, port: number, cookie: SessionCookie): Promise<DemoPlace> {
  const reserved = await reservePort(name, { host: '127.0.0.1', port }, 'next');
  return { reserved, origin: `http://localhost:${portOf(reserved)}`, cookie };
}

/** Where browsers and departments reach the hub; citizens of a demo use its own page. */
export const hubPlace = (
  name: string,
  { exchange, open, staff, citizen }: Origins,
  places: DemoPlaces | undefined,
  demo: DemoOptions | undefined,
): HubPlace => ({
  name,
  publicOrigin: exchange,
  openOrigin: open,
  staff: { origin: staff, cookie: hostCookie },
  ...(citizen === undefined ? {} : { citizen: { origin: citizen, cookie: ownCookie } }),
  ...(places?.own === undefined ? {} : { citizen: places.own }),
  ...defined({ personApp: demo?.personApp }),
});
