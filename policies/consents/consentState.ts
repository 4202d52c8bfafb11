/** Whether a row may leave on the ground of consent, at a time. Pure: registers, events and the time are arguments. */
import { civilDateInChina, fullYears, type CivilDate } from '../../terms/civilDate.ts';
import { purposeAncestors, type Purpose } from '../context.ts';
import { readTime } from '../documents/checkMeaning.ts';
import type { Consent, ConsentEvent } from './consent.ts';

export interface ConsentAsk {
  readonly recipient: string;
  readonly dataset: string;
  readonly purpose: string;
  readonly fields: readonly string[];
  /** Unix milliseconds, the decision's time */
  readonly now: number;
  /** full years under which a guardian decides; absent = age is not asked */
  readonly guardianUnder?: number;
}

/** What the registers know of the subject. A guardian comes from the register, never from the caller. */
export interface ConsentSubject {
  readonly birth?: CivilDate;
  /** subject keys of the guardians */
  readonly guardians?: readonly string[];
}

export interface ConsentHistory {
  readonly consent: Consent;
  readonly events: readonly ConsentEvent[];
  /** uses claimed so far */
  readonly uses: number;
}

export type ConsentCode =
  'no_consent' | 'withdrawn' | 'expired' | 'used_up' | 'guardian_required' | 'not_separate';

export type ConsentState = { readonly consent: string } | { readonly code: ConsentCode };

/** All consents of one subject → the one that carries this ask, or why none does. */
export function consentState(
  histories: readonly ConsentHistory[],
  ask: ConsentAsk,
  subject: ConsentSubject,
  purposes: readonly Purpose[],
): ConsentState {
  const newest = newestEvent(histories, ask, purposes);
  if (newest === undefined) return { code: 'no_consent' };
  const { event, history } = newest;
  if (event.type === 'refused') return { code: 'no_consent' };
  if (event.type === 'withdrawn') return { code: 'withdrawn' };
  if (event.type === 'expired' || event.type === 'superseded') return { code: 'expired' };
  const { consent, uses } = history;
  const from = readTime(consent.notBefore) ?? Infinity;
  const until = event.until ?? readTime(consent.expires) ?? -Infinity;
  if (ask.now < from) return { code: 'no_consent' };
  if (ask.now >= until) return { code: 'expired' };
  if (!consent.separate) return { code: 'not_separate' };
  if (consent.maxUses !== undefined && uses >= consent.maxUses) return { code: 'used_up' };
  return guardianFault(consent, ask, subject) ?? { consent: consent.id };
}

interface Newest {
  readonly event: ConsentEvent;
  readonly history: ConsentHistory;
}

const denying = new Set<ConsentEvent['type']>(['withdrawn', 'refused', 'expired', 'superseded']);

/** The newest event that speaks about this ask; of several at one moment, a denying one. */
function newestEvent(
  histories: readonly ConsentHistory[],
  ask: ConsentAsk,
  purposes: readonly Purpose[],
): Newest | undefined {
  let newest: Newest | undefined;
  for (const history of histories) {
    for (const event of history.events) {
      if (event.at > ask.now || !speaksOf(history.consent, event, ask, purposes)) continue;
      const later =
        newest === undefined ||
        event.at > newest.event.at ||
        (event.at === newest.event.at && denying.has(event.type) && !denying.has(newest.event.type));
      if (later) newest = { event, history };
    }
  }
  return newest;
}

/** A grant must cover every field asked for; a denial holds as soon as it touches one of them. */
function speaksOf(
  consent: Consent,
  event: ConsentEvent,
  ask: ConsentAsk,
  purposes: readonly Purpose[],
): boolean {
  if (consent.recipient !== ask.recipient || consent.dataset !== ask.dataset) return false;
  const line = purposeAncestors(purposes, ask.purpose);
  const covers = consent.purposes.some(
    (purpose) =>
      purpose === ask.purpose || (line.includes(purpose) && consent.notice.purposes.includes(purpose)),
  );
  if (!covers) return false;
  return denying.has(event.type)
    ? ask.fields.some((field) => consent.fields.includes(field))
    : ask.fields.every((field) => consent.fields.includes(field));
}

/**
 * Under the age the guardian decides, and only a guardian the register knows; from the birthday on (calendar of China) only the person
 * does. An unknown birth date counts as under age.
 */
function guardianFault(consent: Consent, ask: ConsentAsk, subject: ConsentSubject): ConsentState | undefined {
  const { grantedBy } = consent;
  if (ask.guardianUnder === undefined) {
    return grantedBy.kind === 'guardian' && subject.guardians?.includes(grantedBy.subjectKey) !== true
      ? { code: 'guardian_required' }
      : undefined;
  }
  const age = subject.birth === undefined ? -1 : fullYears(subject.birth, civilDateInChina(ask.now));
  if (age >= ask.guardianUnder) return grantedBy.kind === 'guardian' ? { code: 'no_consent' } : undefined;
  return grantedBy.kind === 'guardian' && subject.guardians?.includes(grantedBy.subjectKey) === true
    ? undefined
    : { code: 'guardian_required' };
}
