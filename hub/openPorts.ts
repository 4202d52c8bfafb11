/** The ports of the four listeners, and the origins under which clients reach them. */
import { Problem } from '../terms/problem.ts';
import type { HubConfig, ListenerName } from './config/hubConfig.ts';
import type { HubListeners } from './http/listeners.ts';

export type Origins = Readonly<Record<ListenerName, string>>;

/** Ports tried after one that is taken. */
const triesAfter = 50;

export interface MovedPort {
  readonly listener: ListenerName;
  readonly wanted: number;
  readonly port: number;
}

/**
 * Opens the exchange, open, staff and admin ports, in this order.
 * @param taken refuse a port that is in use, or take the next free one
 * @throws Problem port_taken
 */
export async function openPorts(
  listeners: HubListeners,
  config: HubConfig,
  taken: 'refuse' | 'next',
): Promise<{ readonly origins: Origins; readonly moved: readonly MovedPort[] }> {
  const moved: MovedPort[] = [];
  const open = async (listener: ListenerName): Promise<number> => {
    const { host, port: wanted } = config.listeners[listener];
    const last = taken === 'next' && wanted !== 0 ? wanted + triesAfter : wanted;
    for (let port = wanted; ; port += 1) {
      try {
        const opened = await listeners.listen(listener, { host, port });
        if (opened !== wanted) moved.push({ listener, wanted, port: opened });
        return opened;
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : undefined;
        if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
        if (port >= last) throw new Problem('port_taken', { listener, port: wanted }, { cause: error });
      }
    }
  };
  const port = {
    exchange: await open('exchange'),
    open: await open('open'),
    staff: await open('staff'),
    admin: await open('admin'),
  };
  const publicly = (configured: string, listener: 'exchange' | 'open'): string =>
    port[listener] === config.listeners[listener].port ? configured : withPort(configured, port[listener]);
  const host = new URL(config.publicOrigin).hostname;
  return {
    origins: {
      exchange: publicly(config.publicOrigin, 'exchange'),
      open: publicly(config.openOrigin, 'open'),
      staff: `https://${host}:${port.staff}`,
      admin: `http://${config.listeners.admin.host}:${port.admin}`,
    },
    moved,
  };
}

function withPort(origin: string, port: number): string {
  const url = new URL(origin);
  url.port = String(port);
  return url.origin;
}
