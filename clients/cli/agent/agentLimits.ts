/**
 * What one program may take of the agent, so that the others go on: connections, requests under way, and time. Owner of who has a request
 * under way now.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Problem } from '../../../terms/problem.ts';

export interface AgentLimits {
  /** open connections: for one more, the oldest without a request under way is closed */
  readonly connections: number;
  /** requests under way of all applications */
  readonly underWay: number;
  /** requests under way of one application */
  readonly underWayOfOne: number;
  /** requests under way that an application may have, however many the others have */
  readonly ownPlaces: number;
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
  ownPlaces: 8,
  headersWithin: 10_000,
  requestWithin: 30_000,
  silence: 120_000,
};

/** Takes a place until the answer has left or its connection is gone. @throws Problem agent_busy, agent_application_busy */
export type TakePlace = (application: string, request: IncomingMessage, response: ServerResponse) => void;

/** Puts the limits on a server that does not listen yet. */
export function limitAgent(server: Server, limits: AgentLimits): TakePlace {
  /** open connections, the oldest first, and how the places of their requests are given back */
  const open = new Map<Socket, Set<() => void>>();
  const underWay = new Map<string, number>();
  let all = 0;
  server.setTimeout(limits.silence, (socket: Socket) => socket.destroy());
  server.on('connection', (socket: Socket) => {
    // whoever has shown no token, or only keeps a connection for later, makes room
    if (open.size >= limits.connections) {
      const idle = [...open].find(([, places]) => places.size === 0)?.[0];
      if (idle !== undefined) open.delete(idle);
      idle?.destroy();
    }
    const places = new Set<() => void>();
    open.set(socket, places);
    // an answer that waits behind another has no connection yet, and hears nothing of its end
    socket.once('close', () => {
      open.delete(socket);
      for (const giveBack of places) giveBack();
    });
  });
  return (application, { socket }, response) => {
    const own = underWay.get(application) ?? 0;
    if (own >= limits.underWayOfOne) throw busy('agent_application_busy', limits.underWayOfOne);
    if (all >= limits.underWay && own >= limits.ownPlaces) throw busy('agent_busy', limits.underWay);
    const places = open.get(socket);
    if (places === undefined) throw busy('agent_busy', limits.connections); // it made room meanwhile: nobody hears this
    const giveBack = (): void => {
      if (!places.delete(giveBack)) return;
      all -= 1;
      underWay.set(application, (underWay.get(application) ?? 1) - 1);
    };
    places.add(giveBack);
    all += 1;
    underWay.set(application, own + 1);
    response.once('close', giveBack);
  };
}

const busy = (code: 'agent_busy' | 'agent_application_busy', limit: number): Problem =>
  new Problem(code, { limit }, { headers: { 'retry-after': '1' } });
