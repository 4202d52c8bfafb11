/** How long the hub's authority still lets anybody in: told long before, because only the root, which lies offline, can make another. */
import type { Authorities } from '../../keys/hubKeys.ts';

const day = 86_400_000;
/** from then on somebody is to see to it */
const warnedDays = 180;

/** Unix ms: the newest intermediate authority's end, or the root's list's, whichever comes first. */
function ends(authority: Authorities): { readonly what: string; readonly at: number } {
  const standing = authority.all().filter(({ serial }) => authority.revokedAt(serial) === undefined);
  const last = Math.max(0, ...standing.map(({ notAfter }) => notAfter));
  const { nextUpdate } = authority.rootList;
  return nextUpdate < last
    ? { what: 'the revocation list of the root', at: nextUpdate }
    : { what: 'the intermediate authority', at: last };
}

/** Whole days until then, 0 once it is over. @param now Unix ms */
export const authorityDays = (authority: Authorities, now: number): number =>
  Math.max(0, Math.floor((ends(authority).at - now) / day));

/** For readiness. @param now Unix ms */
export function authorityState(authority: Authorities, now: number): string {
  const { what, at } = ends(authority);
  if (at <= now) return 'authority_ended';
  const days = authorityDays(authority, now);
  return days < warnedDays ? `degraded: ${what} ends in ${days} days` : 'ok';
}
