import { Problem } from '../../../../terms/problem.ts';
import { standsOn, withdrawConsent as withdraw, consentById, type ConsentRow } from '../store/consents.ts';
import { operation } from '../../common/operation.ts';
import { holdsIdentityNumber } from '../../../domain/identityNumberIn.ts';
import { counterOf } from '../../subjects/operations/viewSubject.ts';
import { personHash } from '../../subjects/operations/ownSession.ts';
import { atCounter } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { dayAfter } from '../../../../policies/obligations/obligations.ts';
import { consentOf } from '../../../../policies/consents/readConsent.ts';
import { civilDateInChina, civilDateText } from '../../../../terms/civilDate.ts';
import { tokensOf } from '../../../log/evidence/searchEntries.ts';
import { subjectToken, tokenYear } from '../../../log/subjects.ts';
import { daysToDeleteWithdrawn } from '../../../domain/duty.ts';
import { allowed, type AllowedOutcome, type Call } from '../../../pipeline/call.ts';
import { addWithdrawnDuties } from '../../duties/store/addWithdrawnDuties.ts';
import { listPurposes } from '../../../registry/store/purposes.ts';
import type { Services } from '../../common/services.ts';
import { consentView } from './listConsents.ts';
import { purposesBelow } from './consentOffers.ts';

/**
 * POST /v1/consents/{consent}/withdrawal: by the department whose service collected it. Somebody else's consent is as unknown as one that
 * never was.
 * @throws Problem consent_unknown
 */
export const withdrawConsent = operation('withdrawConsent', {
  kind: 'consent',
  run: async (call, services) => {
    const row = await consentById(services.database.app, call.params.consent);
    if (row?.collectedBy !== call.caller.department) throw new Problem('consent_unknown');
    return withdrawn(row, call, services);
  },
});

/**
 * POST /v1/consents/{consent}/withdrawal/at-counter: the person says no at the counter of an appointed department, whose clerk compared a
 * document with her. Any appointed counter takes it, whoever collected the consent: to withdraw is as easy as to give (PIPL art. 15).
 * Somebody else's consent is as unknown as one that never was.
 * @throws Problem not_person_service, search_identity_number, assertion_invalid, consent_unknown
 */
export const withdrawConsentAtCounter = operation('withdrawConsentAtCounter', {
  kind: 'consent',
  permission: atCounter,
  owner: self,
  run: async (call, services) => {
    const body = call.body;
    const { subject, document, presentedBy, application } = body;
    const department = await counterOf(call.caller, services);
    // the log keeps the number of the application for ever
    if (holdsIdentityNumber(application))
      throw new Problem('search_identity_number', { member: 'application' });
    const row = await consentById(services.database.app, call.params.consent);
    if (row?.subject !== personHash(services.keys.subject, subject.value).toString('hex'))
      throw new Problem('consent_unknown');
    return withdrawn(row, call, services, { counter: department, document, presentedBy, application });
  },
});

/**
 * POST /v1/own/consents/{consent}/withdrawal: she says no on her own page, whoever collected her yes. Somebody else's consent is as unknown as
 * one that never was. @throws Problem consent_unknown
 */
export const withdrawOwnConsent = operation('withdrawOwnConsent', {
  kind: 'consent',
  run: async (call, services) => {
    const { subject, session, presentedBy } = call.caller;
    const row = await consentById(services.database.app, call.params.consent);
    if (row?.subject !== Buffer.from(subject).toString('hex')) throw new Problem('consent_unknown');
    return withdrawn(row, call, services, { session, presentedBy });
  },
});

/**
 * A consent ends, whoever brought the person's word. It holds from its entry on, for whatever stands for this recipient, dataset and
 * purposes, though another consent gave it: a person who says no means the data. Withdrawing twice changes nothing. Whoever received on
 * consent for them is to delete it and to say so.
 * @param reported what else its entry says of how the word came
 */
async function withdrawn(
  row: ConsentRow,
  call: Pick<Call, 'now' | 'exchange'>,
  services: Services,
  reported: Readonly<Record<string, string>> = {},
): Promise<AllowedOutcome> {
  const { database, keys, identity } = services;
  // a row that says so, while something stands on it, is nobody's withdrawal: this one is the first
  const changed = row.withdrawnAt === null || (await standsOn(database.app, row));
  const purposes = changed
    ? purposesBelow(await listPurposes(database.app), consentOf(row.jws).purposes)
    : [];
  const view = consentView({ ...row, state: 'withdrawn', withdrawnAt: row.withdrawnAt ?? call.now });
  const owed = {
    consent: row.id,
    subject: Buffer.from(row.subject, 'hex'),
    recipient: row.recipient,
    consumers: [
      row.recipient,
      ...identity
        .departments()
        .filter(({ principal }) => principal === row.recipient)
        .map(({ code }) => code),
    ],
    dataset: row.dataset,
    purposes,
    tokens: (await tokensOf(services, Buffer.from(row.subject, 'hex'), call.now)).tokens,
    due: civilDateText(dayAfter(civilDateInChina(call.now), daysToDeleteWithdrawn)),
  };
  const token = subjectToken(keys.logToken(tokenYear(call.now)), Buffer.from(row.subject, 'hex'));
  return allowed<'withdrawConsent'>(200, view, {
    facts: {
      consumer: row.recipient,
      provider: row.provider,
      dataset: row.dataset,
      change: { consent: row.id, state: 'withdrawn', changed, ...reported },
    },
    subjects: [token],
    ...(changed
      ? {
          work: async (transaction) => {
            await withdraw(transaction, row, purposes, { at: call.now, exchange: call.exchange });
          },
          // behind the head: every answer before the withdrawal is seen
          confirm: (transaction) => addWithdrawnDuties(transaction, owed),
        }
      : {}),
  });
}
