import type { components } from '../../../../api/openapi.ts';
import type { EvidenceRow } from '../../../log/store/evidence.ts';
import { namesBeside } from '../../common/namesBeside.ts';
import type { Services } from '../../common/services.ts';
import { listEnd } from './sealedList.ts';

/** A request for evidence as it stands: `EvidenceRequested` of openapi.yaml. It names no person whose data were read. */
export const evidenceView = (
  row: EvidenceRow,
  identity: Services['identity'],
): components['schemas']['EvidenceRequested'] => ({
  ...{ id: row.id, state: row.state, reason: row.reason, case: row.caseNumber, askedBy: row.askedBy },
  ...{ askedAt: new Date(row.askedAt).toISOString(), subject: row.tokens !== null },
  ...(row.subjects === null
    ? {}
    : { list: { subjects: row.subjects, until: new Date(listEnd(row)).toISOString() } }),
  ...(row.answeredBy === null ? {} : { answeredBy: row.answeredBy }),
  ...namesBeside(identity, { askedBy: row.askedBy, answeredBy: row.answeredBy }),
});
