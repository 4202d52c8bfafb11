import { Problem } from '../../../../terms/problem.ts';
import { consentById } from '../store/listConsents.ts';
import { withdrawn } from './withdrawn.ts';
import { operation } from '../../common/operation.ts';

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
