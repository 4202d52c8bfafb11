import { consentOf } from '../../../../policies/consents/readConsent.ts';
import type { ConsentRow } from '../store/listConsents.ts';

/** A consent as those concerned see it: `ConsentView` of openapi.yaml. It names no person. */
export function consentView(row: Pick<ConsentRow, 'jws' | 'state' | 'givenAt' | 'withdrawnAt'>) {
  const {
    id,
    recipient,
    provider,
    dataset,
    purposes,
    fields,
    notBefore,
    expires,
    maxUses,
    retention,
    collectedBy,
    notice,
    assurance,
  } = consentOf(row.jws);
  return {
    id,
    state: row.state,
    recipient,
    provider,
    dataset,
    purposes,
    fields,
    notBefore,
    expires,
    ...(maxUses === undefined ? {} : { maxUses }),
    ...(retention === undefined ? {} : { retention }),
    collectedBy,
    notice: notice.digest,
    ...(assurance === undefined ? {} : { assurance }),
    givenAt: new Date(row.givenAt).toISOString(),
    ...(row.withdrawnAt === null ? {} : { withdrawnAt: new Date(row.withdrawnAt).toISOString() }),
  };
}
