/**
 * Decides whether a row may be released on the basis of consent, at a given time. Pure: the consent state, the register's data on the
 * person, and the time are arguments. One consent state is stored for each subject, recipient, dataset and purpose: that of the newest
 * event.
 */
import { civilDateInChina, civilDateText, fullYears, type CivilDate } from '../../terms/civilDate.ts';
import { dayAfter } from '../obligations/obligations.ts';

/** Consent state after the newest event. */
export interface ConsentState {
  /** id of the artefact */
  readonly consent: string;
  readonly state: 'given' | 'withdrawn';
  /** department that requested it and signed */
  readonly collectedBy: string;
  readonly fields: readonly string[];
  /** Unix milliseconds, half-open */
  readonly notBefore: number;
  readonly until: number;
  readonly maxUses: number | undefined;
  /** uses claimed so far */
  readonly uses: number;
  /** how long the recipient may store the data: `P180D`; undefined where the person set no limit */
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
  /** when the agreement requires deletion: the period of its obligation `delete-after`; undefined where it has none */
  readonly deletedAfter: string | undefined;
}

/** What the provider's own row states about the person. A guardian comes from the register, never from the caller. */
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

/** Milliseconds by which the clock of a consent's issuer may be ahead of the hub's: the same as for signatures. */
const clockSkew = 30_000;

/**
 * Unix ms from which a consent is valid. A consent that begins «now» by a clock slightly ahead is valid from its entry on, as its giver was
 * informed, and is not refused because of the clock difference.
 * @param at Unix ms at which it was accepted
 */
export function standsFrom(notBefore: string, at: number): number {
  const from = Date.parse(notBefore);
  return from > at && from <= at + clockSkew ? at : from;
}

/**
 * Why a consent does not permit a request, judged by the consent alone; undefined where it does. Who had to give it is checked separately.
 * Two results on one consent state differ only by time and fields.
 */
export function consentFault(consent: ConsentState | undefined, ask: ConsentAsk): ConsentCode | undefined {
  if (consent === undefined) return 'no_consent';
  if (consent.state === 'withdrawn') return 'withdrawn';
  if (!ask.collectors.includes(consent.collectedBy)) return 'other_collector';
  if (ask.now < consent.notBefore) return 'not_yet';
  if (ask.now >= consent.until) return 'expired';
  if (consent.maxUses !== undefined && consent.uses >= consent.maxUses) return 'used_up';
  if (!ask.fields.every((field) => consent.fields.includes(field))) return 'other_fields';
  return isRetainedLonger(consent, ask) ? 'kept_longer' : undefined;
}

/** Whether the agreement's deletion period for data received now ends after the last day that the person allows. */
function isRetainedLonger({ retention }: ConsentState, { deletedAfter, now }: ConsentAsk): boolean {
  if (retention === undefined) return false;
  if (deletedAfter === undefined) return true;
  const today = civilDateInChina(now);
  return civilDateText(dayAfter(today, deletedAfter)) > civilDateText(dayAfter(today, retention));
}

/**
 * Checks that the consent was given by the right person. Below the age limit that is the guardian in the register; from that birthday on
 * (calendar of China) it is the person. An unknown birth date counts as under age. Where age is not checked, a guardian's consent still
 * needs the register's confirmation.
 */
export function giverFault(
  { guardian }: ConsentState,
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
