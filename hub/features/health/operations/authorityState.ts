/** Remaining validity of the hub's authority. It warns early, because only the root, which is offline, can create a new one. */
import { pinOf } from '../../../../certs/authority/identifiers.ts';
import type { AuditLog } from '../../../log/draft.ts';
import { rootToCome } from '../../../identity/directory/acceptedRoot.ts';
import { untoldRows } from '../../../identity/directory/authorities.ts';
import type { RootAccess } from '../../../identity/directory/provenEntries.ts';
import { currentRoot } from '../../../identity/directory/currentRoot.ts';
import type { Identity } from '../../../identity/identity.ts';
import type { Authorities, HubKeys } from '../../../platform/keys/hubKeys.ts';
import type { Database } from '../../../platform/database/database.ts';
import { counted } from '../../../../terms/counted.ts';

const day = 86_400_000;
/** days before expiry from which a warning is shown */
export const warnedDays = 180;

/** End of validity in Unix ms of the newest intermediate authority and of the root's list. */
export function authorityEnds(
  authority: Authorities,
): readonly { readonly what: 'intermediate' | 'root-list'; readonly at: number }[] {
  const valid = authority.all().filter(({ serial }) => authority.revokedAt(serial) === undefined);
  return [
    { what: 'intermediate', at: Math.max(0, ...valid.map(({ notAfter }) => notAfter)) },
    { what: 'root-list', at: authority.rootList.nextUpdate },
  ];
}

const words = {
  intermediate: 'the intermediate authority',
  'root-list': 'the revocation list of the root',
} as const;

/** The earlier of the two. */
function ends(authority: Authorities): { readonly what: string; readonly at: number } {
  const [first, ...rest] = authorityEnds(authority);
  const { what, at } = rest.reduce((one, other) => (other.at < one.at ? other : one), first ?? nothing);
  return { what: words[what], at };
}
const nothing = { what: 'intermediate', at: 0 } as const;

/** Whole days until then, 0 afterwards. @param at and now in Unix ms */
export const daysUntil = (at: number, now: number): number => Math.max(0, Math.floor((at - now) / day));

/** Whole days until the authority ends. @param now Unix ms */
export const authorityDays = (authority: Authorities, now: number): number =>
  daysUntil(ends(authority).at, now);

/** days before its end in which a department's certificate is counted */
const endingDays = 30;

/** Certificates of departments that end soon. @param now Unix ms */
export const departmentsEnding = (identity: Pick<Identity, 'certificates'>, now: number): number =>
  identity
    .certificates()
    .filter(
      ({ notAfter, revoked }) => revoked === undefined && notAfter > now && notAfter - now < endingDays * day,
    ).length;

/**
 * Readiness check of the authority: what ends, which accepted root waits for its key folder, and unproven database rows. If another root
 * is current, the check reports that this process must be restarted with the folder of that root.
 * @param now Unix ms
 */
export async function authorityReady(
  access: RootAccess & { readonly database: Database; readonly keys: HubKeys; readonly audit: AuditLog },
  now: number,
): Promise<string> {
  const { authority } = access.keys;
  const own = pinOf(authority.rootCertificate);
  const current = await currentRoot(access, own);
  if (current.pin !== undefined && current.pin !== own) return 'authority_foreign';
  const state = authorityState(authority, now);
  if (state === 'authority_ended') return state;
  const { coming, missing = current.missing } = await rootToCome(access, now);
  const untold = await untoldRows(access, current);
  const reported = [
    ...(state === 'ok' ? [] : [state.replace(/^degraded: /, '')]),
    ...(coming === undefined
      ? []
      : [
          `the accepted root ${coming.pin} waits for its key folder until ${new Date(coming.until).toISOString()}: stop every process, give each that folder, start them`,
        ]),
    ...(missing === undefined
      ? []
      : [
          `entry ${missing} of the log is missing; without it, it cannot be proven whether another root was accepted or followed`,
        ]),
    ...(untold === 0
      ? []
      : [
          `${counted(untold, 'row')} of the database name${untold === 1 ? 's' : ''} an authority that no entry or root vouches for`,
        ]),
  ];
  return reported.length === 0 ? 'ok' : `degraded: ${reported.join('; ')}`;
}

/** Remaining validity of the current authority. @param now Unix ms */
export function authorityState(authority: Authorities, now: number): string {
  const { what, at } = ends(authority);
  if (at <= now) return 'authority_ended';
  const days = authorityDays(authority, now);
  return days < warnedDays ? `degraded: ${what} ends in ${counted(days, 'day')}` : 'ok';
}
