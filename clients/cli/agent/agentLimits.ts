/**
 * Limits of what one program may use of the agent, so that others still work: connections, pending requests, and time. Owns the counts of
 * pending requests.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type Socket, isIPv6 } from 'node:net';
import { Problem } from '../../../terms/problem.ts';
import { createHash } from 'node:crypto';

export interface AgentLimits {
  /** open connections; for one more, the application with the most loses its oldest connection without a pending request */
  readonly connections: number;
  /** pending requests of all applications */
  readonly underWay: number;
  /** pending requests of one application */
  readonly underWayOfOne: number;
  /** pending requests that an application may always have, however many the others have */
  readonly ownPlaces: number;
  /** calls at the hub at a time; the others wait for their turn, by application */
  readonly atOnce: number;
  /** milliseconds from the first byte of a request to the end of its head */
  readonly headersWithin: number;
  /** milliseconds from the first byte of a request to its last */
  readonly requestWithin: number;
  /** milliseconds without a byte in either direction; a client that does not read its answer loses it */
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

/** Takes a place until the answer was sent or its connection is closed. @throws Problem agent_busy, agent_application_busy */
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
    // an answer queued after another has no connection yet, and is not notified of its end
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
    // the connection was closed to make room: no client receives this
    if (connection === undefined) throw busy('agent_busy', limits.connections);
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
  /** application that made the last request; undefined before the first token was shown */
  application: string | undefined;
}

/**
 * The oldest connection that is idle or has requested nothing yet, of the application (or of all unknown clients together) with the most
 * connections.
 */
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

/* Who may use the agent: applications of this machine that have a token, and never a page in a browser. */

/** Hex SHA-256 of a token → name of its application. */
export type Applications = ReadonlyMap<string, string>;

export const tokenDigest = (token: string): string => createHash('sha256').update(token).digest('hex');

/**
 * Refuses browsers: they name the origin of a page, or the host that a page was rebound to. Their token does not matter.
 * @returns the name of the application
 * @throws Problem agent_host_refused, agent_browser_refused, agent_token_refused
 */
export function refuseStrangers(request: IncomingMessage, applications: Applications): string {
  const { headers, headersDistinct, socket } = request;
  // of a repeated header the parser uses the first one, while a proxy in front may have used the other
  if (!isOwn(headersDistinct.host, socket)) throw new Problem('agent_host_refused');
  if (
    headers.origin !== undefined ||
    headers['sec-fetch-site'] !== undefined ||
    headers.referer !== undefined
  )
    throw new Problem('agent_browser_refused');
  return applicationOf(request, applications);
}

/**
 * Checks by the token alone whether an admitted application still is.
 * @throws Problem agent_token_refused
 */
export function applicationOf(
  { headersDistinct }: Pick<IncomingMessage, 'headersDistinct'>,
  applications: Applications,
): string {
  const { authorization = [] } = headersDistinct;
  const [, token] =
    (authorization.length === 1 && /^Bearer ([\x21-\x7e]+)$/.exec(authorization[0] ?? '')) || [];
  // found by digest, so that the duration reveals nothing about a token
  const application = token === undefined ? undefined : applications.get(tokenDigest(token));
  if (application === undefined)
    throw new Problem('agent_token_refused', {}, { headers: { 'www-authenticate': 'Bearer' } });
  return application;
}

/** The address that was connected to, by one of its own names. */
function isOwn(hosts: readonly string[] | undefined, { localPort = 0, localAddress = '' }: Socket): boolean {
  const [host] = hosts ?? [];
  if (host === undefined || hosts?.length !== 1) return false;
  const names = [
    '127.0.0.1',
    'localhost',
    '[::1]',
    isIPv6(localAddress) ? `[${localAddress}]` : localAddress,
  ];
  // the default port of the scheme is omitted
  return names.some((name) => host === `${name}:${localPort}` || (localPort === 80 && host === name));
}

/**
 * Limits the calls that are at the hub at a time, served in turn by application: an application that sends a hundred at once delays only
 * itself. Owns the queue of waiting calls.
 */
export class Turns {
  private free: number;
  /** by application, the next one's first */
  private readonly waiting = new Map<string, (() => void)[]>();

  /** @param atOnce the number of connections to the hub: further calls would wait there, in order of arrival */
  constructor(atOnce: number) {
    this.free = atOnce;
  }

  /** @param work called with whether it waited: what was true on arrival may have changed */
  async take<T>(application: string, work: (waited: boolean) => Promise<T>): Promise<T> {
    const waits = this.free === 0;
    if (waits) await this.turn(application);
    else this.free -= 1;
    try {
      return await work(waits);
    } finally {
      this.startNext();
    }
  }

  private turn(application: string): Promise<void> {
    return new Promise((go) => {
      const queue = this.waiting.get(application);
      if (queue === undefined) this.waiting.set(application, [go]);
      else queue.push(go);
    });
  }

  private startNext(): void {
    const [next] = this.waiting;
    if (next === undefined) {
      this.free += 1;
      return;
    }
    const [application, [go, ...others]] = next;
    this.waiting.delete(application);
    if (others.length > 0) this.waiting.set(application, others);
    go?.();
  }
}
