/** How long the hub's authority still lets anybody in: told long before, because only the root, which lies offline, can make another. */
import type { Authorities } from '../../keys/hubKeys.ts';

const day = 86_400_000;
/** from then on somebody is to see to it */
export const warnedDays = 180;

/** What of it ends when, in Unix ms: the newest intermediate authority, and the root's list. */
export function authorityEnds(
  authority: Authorities,
): readonly { readonly what: 'intermediate' | 'root-list'; readonly at: number }[] {
  const standing = authority.all().filter(({ serial }) => authority.revokedAt(serial) === undefined);
  return [
    { what: 'intermediate', at: Math.max(0, ...standing.map(({ notAfter }) => notAfter)) },
    { what: 'root-list', at: authority.rootList.nextUpdate },
  ];
}

const words = {
  intermediate: 'the intermediate authority',
  'root-list': 'the revocation list of the root',
} as const;

/** Whichever comes first. */
function ends(authority: Authorities): { readonly what: string; readonly at: number } {
  const [first, ...rest] = authorityEnds(authority);
  const { what, at } = rest.reduce((one, other) => (other.at < one.at ? other : one), first ?? nothing);
  return { what: words[what], at };
}
const nothing = { what: 'intermediate', at: 0 } as const;

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
