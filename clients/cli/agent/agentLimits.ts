/**
 * What one program may take of the agent, so that the others go on: connections, requests under way, and time. Owner of who has a request
 * under way now.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Problem } from '../../../terms/problem.ts';

export interface AgentLimits {
  /** open connections: for one more, whoever has the most loses the oldest of his without a request under way */
  readonly connections: number;
  /** requests under way of all applications */
  readonly underWay: number;
  /** requests under way of one application */
  readonly underWayOfOne: number;
  /** requests under way that an application may have, however many the others have */
  readonly ownPlaces: number;
  /** calls at the hub at a time; the others wait for their turn, one application after another */
  readonly atOnce: number;
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
  // connections of a client of the SDK
  atOnce: 16,
  headersWithin: 10_000,
  requestWithin: 30_000,
  silence: 120_000,
};

/** Takes a place until the answer has left or its connection is gone. @throws Problem agent_busy, agent_application_busy */
export type TakePlace = (application: string, request: IncomingMessage, response: ServerResponse) => void;

/** Puts the limits on a server that does not listen yet. */
export function limitAgent(server: Server, limits: AgentLimits): TakePlace {
  /** open connections, the oldest first */
  const open = new Map<Socket, OpenConnection>();
  const underWay = new Map<string, number>();
  let all = 0;
  server.setTimeout(limits.silence, (socket: Socket) => socket.destroy());
  server.on('connection', (socket: Socket) => {
    if (open.size >= limits.connections) {
      const idle = idleOfMost(open);
      if (idle !== undefined) open.delete(idle);
      idle?.destroy();
    }
    const places = new Set<() => void>();
    open.set(socket, { places, application: undefined });
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
    const connection = open.get(socket);
    if (connection === undefined) throw busy('agent_busy', limits.connections); // it made room meanwhile: nobody hears this
    const { places } = connection;
    connection.application = application;
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

interface OpenConnection {
  /** how the places of its requests are given back */
  readonly places: Set<() => void>;
  /** who asked by it last; undefined: nobody has shown a token yet */
  application: string | undefined;
}

/** Only what is kept for later, or has asked nothing yet: of the application, or of all strangers together, with the most connections. */
function idleOfMost(open: ReadonlyMap<Socket, OpenConnection>): Socket | undefined {
  const counts = new Map<string | undefined, number>();
  for (const { application } of open.values()) counts.set(application, (counts.get(application) ?? 0) + 1);
  let found: { readonly socket: Socket; readonly count: number } | undefined;
  for (const [socket, { places, application }] of open) {
    const count = counts.get(application) ?? 0;
    if (places.size === 0 && count > (found?.count ?? 0)) found = { socket, count };
  }
  return found?.socket;
}

const busy = (code: 'agent_busy' | 'agent_application_busy', limit: number): Problem =>
  new Problem(code, { limit }, { headers: { 'retry-after': '1' } });
