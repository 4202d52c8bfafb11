/**
 * Whether a row may leave on the ground of consent, at a time. Pure: what stands, what the register says of the person, and the time are
 * arguments. One standing is kept for each subject, recipient, dataset and purpose: that of the newest event.
 */
import { civilDateInChina, civilDateText, fullYears, type CivilDate } from '../../terms/civilDate.ts';
import { dayAfter } from '../obligations/obligations.ts';

/** What the newest event left standing. */
export interface ConsentStanding {
  /** id of the artefact */
  readonly consent: string;
  readonly state: 'given' | 'withdrawn';
  /** department that asked for it and signed */
  readonly collectedBy: string;
  readonly fields: readonly string[];
  /** Unix milliseconds, half-open */
  readonly notBefore: number;
  readonly until: number;
  readonly maxUses: number | undefined;
  /** uses claimed so far */
  readonly uses: number;
  /** how long what is received may be kept: `P180D`; undefined where the person named no time */
  readonly retention: string | undefined;
  /** keyed hash of the guardian who gave it (hex); undefined where the person did */
  readonly guardian: string | undefined;
}

export interface ConsentAsk {
  /** every field that would be released */
  readonly fields: readonly string[];
  /** Unix milliseconds, the decision's time */
  readonly now: number;
  /** full years under which a guardian decides; absent = age is not asked */
  readonly guardianUnder: number | undefined;
  /** departments whose consents count */
  readonly collectors: readonly string[];
  /** when the agreement has what is received deleted: the period of its obligation `delete-after`; undefined where it has none */
  readonly deletedAfter: string | undefined;
}

/** What the provider's own row says of the person. A guardian comes from the register, never from the caller. */
export interface ConsentPerson {
  readonly birth: CivilDate | undefined;
  /** keyed hash (hex) of the guardian */
  readonly guardian: string | undefined;
}

export type ConsentCode =
  | 'no_consent'
  | 'withdrawn'
  | 'other_collector'
  | 'not_yet'
  | 'expired'
  | 'used_up'
  | 'other_fields'
  | 'kept_longer'
  | 'guardian_required';

/** ms by which the clock of whoever wrote a consent may be ahead of the hub's: as for signatures */
const clockSkew = 30_000;

/**
 * Unix ms from which a consent stands. One that begins «now» by a clock a little ahead stands from its entry on, as its giver was told,
 * instead of being refused for the moment that the clocks are apart.
 * @param at Unix ms: when it was taken in
 */
export function standsFrom(notBefore: string, at: number): number {
  const from = Date.parse(notBefore);
  return from > at && from <= at + clockSkew ? at : from;
}

/**
 * Why a consent does not carry an ask, seen from itself alone; undefined where it does, but for the question who had to give it.
 * Two answers on one standing differ only by time and fields.
 */
export function consentFault(
  standing: ConsentStanding | undefined,
  ask: ConsentAsk,
): ConsentCode | undefined {
  if (standing === undefined) return 'no_consent';
  if (standing.state === 'withdrawn') return 'withdrawn';
  if (!ask.collectors.includes(standing.collectedBy)) return 'other_collector';
  if (ask.now < standing.notBefore) return 'not_yet';
  if (ask.now >= standing.until) return 'expired';
  if (standing.maxUses !== undefined && standing.uses >= standing.maxUses) return 'used_up';
  if (!ask.fields.every((field) => standing.fields.includes(field))) return 'other_fields';
  return isKeptLonger(standing, ask) ? 'kept_longer' : undefined;
}

/** Whether the recipient need not have deleted, on the last day that the person let it keep, what it receives now. */
function isKeptLonger({ retention }: ConsentStanding, { deletedAfter, now }: ConsentAsk): boolean {
  if (retention === undefined) return false;
  if (deletedAfter === undefined) return true;
  const today = civilDateInChina(now);
  return civilDateText(dayAfter(today, deletedAfter)) > civilDateText(dayAfter(today, retention));
}

/**
 * Whether the one who gave it is the one who had to: under the age the guardian whom the register names, from that birthday on (calendar
 * of China) the person. An unknown birth date counts as under age. Where age is not asked, a guardian's consent still needs the register's
 * word.
 */
export function giverFault(
  { guardian }: ConsentStanding,
  { guardianUnder, now }: ConsentAsk,
  person: ConsentPerson,
): ConsentCode | undefined {
  const isGuardian = guardian !== undefined && guardian === person.guardian;
  if (guardianUnder === undefined)
    return guardian === undefined || isGuardian ? undefined : 'guardian_required';
  const age = person.birth === undefined ? -1 : fullYears(person.birth, civilDateInChina(now));
  if (age >= guardianUnder) return guardian === undefined ? undefined : 'no_consent';
  return isGuardian ? undefined : 'guardian_required';
}
