/** Who may use the agent: applications of this machine that hold a token. A page in a browser never. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIPv6, type Socket } from 'node:net';
import { Problem } from '../../../terms/problem.ts';

/** Hex SHA-256 of a token → name of its application. */
export type Applications = ReadonlyMap<string, string>;

export const tokenDigest = (token: string): string => createHash('sha256').update(token).digest('hex');

/**
 * A browser says where a page comes from, or names the host that a page was rebound to; neither is answered, whatever token it brings.
 * @returns the name of the application
 * @throws Problem agent_host_refused, agent_browser_refused, agent_token_refused
 */
export function refuseStrangers(request: IncomingMessage, applications: Applications): string {
  const { headers, headersDistinct, socket } = request;
  // of a name said twice the parser keeps the first one, and whoever stands before it may have read the other
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
 * By the token alone: whether one that was let in still is.
 * @throws Problem agent_token_refused
 */
export function applicationOf(
  { headersDistinct }: Pick<IncomingMessage, 'headersDistinct'>,
  applications: Applications,
): string {
  const { authorization: said = [] } = headersDistinct;
  const [, token] = (said.length === 1 && /^Bearer ([\x21-\x7e]+)$/.exec(said[0] ?? '')) || [];
  // looked up by digest: how long it takes tells nothing of a token
  const application = token === undefined ? undefined : applications.get(tokenDigest(token));
  if (application === undefined)
    throw new Problem('agent_token_refused', {}, { headers: { 'www-authenticate': 'Bearer' } });
  return application;
}

/** The address that was connected to, by one of its own names. */
function isOwn(said: readonly string[] | undefined, { localPort = 0, localAddress = '' }: Socket): boolean {
  const [host] = said ?? [];
  if (host === undefined || said?.length !== 1) return false;
  const names = [
    '127.0.0.1',
    'localhost',
    '[::1]',
    isIPv6(localAddress) ? `[${localAddress}]` : localAddress,
  ];
  // a port that the scheme implies is not said
  return names.some((name) => host === `${name}:${localPort}` || (localPort === 80 && host === name));
}
