import { Problem } from '../../../../terms/problem.ts';
import { consentById } from '../store/listConsents.ts';
import { withdrawn } from './withdrawn.ts';
import { operation } from '../../common/operation.ts';

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
