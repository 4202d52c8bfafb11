/**
 * What one program may take of the agent, so that the others go on: connections, requests under way, and time. Owner of who has a request
 * under way now.
 */
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Problem } from '../../../terms/problem.ts';

export interface AgentLimits {
  /** open connections whose requests are served; over it idle ones are closed, and a request is told to come again */
  readonly connections: number;
  /** requests under way of all applications */
  readonly underWay: number;
  /** requests under way of one application */
  readonly underWayOfOne: number;
  /** milliseconds from the first byte of a request to the end of its head */
  readonly headersWithin: number;
  /** milliseconds from the first byte of a request to its last */
  readonly requestWithin: number;
  /** milliseconds without a byte either way: whoever does not read his answer loses it */
  readonly silence: number;
}

export const usualLimits: AgentLimits = {
  connections: 256,
  underWay: 96,
  underWayOfOne: 64,
  headersWithin: 10_000,
  requestWithin: 30_000,
  silence: 120_000,
};

/** Connections that are still heard beyond the limit, to be told why; what comes beyond them is closed at once. */
const toldBeyond = 64;

export interface Places {
  /** @throws Problem agent_busy where the connection of this answer is one too many */
  refuseCrowd(response: ServerResponse): void;
  /** Takes a place until the answer has left or its connection is gone. @throws Problem agent_busy, agent_application_busy */
  take(application: string, response: ServerResponse): void;
}

/** Puts the limits on a server that does not listen yet. */
export function limitAgent(server: Server, limits: AgentLimits): Places {
  const open = new Set<Socket>();
  const crowd = new WeakSet<Socket>();
  const underWay = new Map<string, number>();
  let all = 0;
  server.maxConnections = limits.connections + toldBeyond;
  server.setTimeout(limits.silence, (socket: Socket) => socket.destroy());
  server.on('connection', (socket: Socket) => {
    // whoever only keeps a connection for later makes room
    if (open.size >= limits.connections) server.closeIdleConnections();
    if (open.size >= limits.connections) crowd.add(socket);
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return {
    refuseCrowd(response) {
      const { socket } = response;
      if (socket === null || !crowd.has(socket) || open.size <= limits.connections) return;
      response.setHeader('connection', 'close');
      throw busy('agent_busy', limits.connections);
    },
    take(application, response) {
      const own = underWay.get(application) ?? 0;
      if (own >= limits.underWayOfOne) throw busy('agent_application_busy', limits.underWayOfOne);
      if (all >= limits.underWay) throw busy('agent_busy', limits.underWay);
      all += 1;
      underWay.set(application, own + 1);
      response.once('close', () => {
        all -= 1;
        underWay.set(application, (underWay.get(application) ?? 1) - 1);
      });
    },
  };
}

const busy = (code: 'agent_busy' | 'agent_application_busy', limit: number): Problem =>
  new Problem(code, { limit }, { headers: { 'retry-after': '1' } });
