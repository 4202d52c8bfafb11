import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

/**
 * Below those that the system gives to outgoing connections (from 32768 on, Linux): there a port that was free a moment ago is
 * taken by any connection of any test. From 20000 on no service listens by custom.
 */
const first = 20_000;
const last = 32_000;

/** So many ports in a row on which no process listens at any address. @returns the first of them */
export async function freePorts(count = 1): Promise<number> {
  for (;;) {
    const from = first + Math.floor(Math.random() * (last - first - count));
    const servers: Server[] = [];
    try {
      for (let at = from; at < from + count; at += 1) {
        const server = createServer().listen(at, '0.0.0.0');
        servers.push(server);
        await once(server, 'listening');
        if ((server.address() as AddressInfo).port !== at) throw new Error(`port ${at} was not given`);
      }
      return from;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    } finally {
      await Promise.all(servers.filter(({ listening }) => listening).map(closed));
    }
  }
}

const closed = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
