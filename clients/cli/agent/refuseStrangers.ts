/** Who may use the agent: applications of this machine that hold a token. A page in a browser never. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
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
  const { headers, socket } = request;
  const port = socket.localPort ?? 0;
  const own = [
    `127.0.0.1:${port}`,
    `localhost:${port}`,
    `[::1]:${port}`,
    `${socket.localAddress ?? ''}:${port}`,
  ];
  if (!own.includes(headers.host ?? '')) throw new Problem('agent_host_refused');
  if (
    headers.origin !== undefined ||
    headers['sec-fetch-site'] !== undefined ||
    headers.referer !== undefined
  )
    throw new Problem('agent_browser_refused');
  const [, token] = /^Bearer ([\x21-\x7e]+)$/.exec(headers.authorization ?? '') ?? [];
  // looked up by digest: how long it takes tells nothing of a token
  const application = token === undefined ? undefined : applications.get(tokenDigest(token));
  if (application === undefined)
    throw new Problem('agent_token_refused', {}, { headers: { 'www-authenticate': 'Bearer' } });
  return application;
}
