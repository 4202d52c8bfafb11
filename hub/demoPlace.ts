import type { Server as NetServer } from 'node:net';
import { demoCookie } from './gate/doors/cookie.ts';
import type { StaffPlace } from './gate/doors/staffDoor.ts';
import { portOf, reservePort } from './reservePorts.ts';

export interface DemoPlace extends StaffPlace {
  /** bound to loopback, for a listener to take over */
  readonly reserved: NetServer;
}

/** The console of a demo on http://localhost: browsers take it for safe, as nothing of it leaves the machine. @throws Problem port_taken */
export async function demoPlace(port: number): Promise<DemoPlace> {
  const reserved = await reservePort('console', { host: '127.0.0.1', port }, 'next');
  return { reserved, origin: `http://localhost:${portOf(reserved)}`, cookie: demoCookie };
}
