import { Problem } from '../../../../terms/problem.ts';
import { holdsIdentityNumber } from '../../../domain/identityNumberIn.ts';
import { consentById } from '../store/listConsents.ts';
import { counterOf } from '../../subjects/operations/counterOf.ts';
import { personHash } from '../../subjects/operations/personHash.ts';
import { withdrawn } from './withdrawn.ts';
import { atCounter } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

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
