import type { Server as NetServer } from 'node:net';
import { demoCookie, demoOwnCookie, type SessionCookie } from './pipeline/callers/cookie.ts';
import type { StaffPlace } from './pipeline/callers/staffAuth.ts';
import { portOf, reservePort } from './reservePorts.ts';

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
