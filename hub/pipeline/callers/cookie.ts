/** Session cookies. */
import type { CallHead } from '../../identity/authentication/caller.ts';
import { Problem } from '../../../terms/problem.ts';
import { headerOf } from '../requestChecks.ts';

export interface SessionCookie {
  readonly name: string;
  /** sent over https only; `__Host-` also binds it to this host (RFC 6265bis §4.1.3) */
  readonly secure: boolean;
}

export const hostCookie: SessionCookie = { name: '__Host-datong', secure: true };
/** For citizens on their own page. */
export const ownCookie: SessionCookie = { name: '__Host-datong-own', secure: true };
/** For the demo on http://localhost, where browsers reject `__Host-` cookies. */
export const demoCookie: SessionCookie = { name: 'datong-demo', secure: false };
/** For citizens on their own page in the demo. The name differs because the ports of a host share their cookies. */
export const demoOwnCookie: SessionCookie = { name: 'datong-demo-own', secure: false };

/** @throws Problem header_duplicate: with two sessions it is ambiguous which one is meant */
export function cookieOf(head: Pick<CallHead, 'rawHeaders'>, { name }: SessionCookie): string | undefined {
  const found = (headerOf(head, 'cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`));
  if (found.length > 1) throw new Problem('header_duplicate', { name: 'cookie' }, { at: 'cookie' });
  return found[0]?.slice(name.length + 1);
}

const attributes = ({ secure }: SessionCookie): string =>
  `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;

/** A session cookie: the browser discards it when it closes, the hub after eight hours at the latest. */
export const setCookie = (cookie: SessionCookie, value: string): Readonly<Record<string, string>> => ({
  'set-cookie': `${cookie.name}=${value}; ${attributes(cookie)}`,
});

export const clearCookie = (cookie: SessionCookie): Readonly<Record<string, string>> => ({
  'set-cookie': `${cookie.name}=; ${attributes(cookie)}; Max-Age=0`,
});
